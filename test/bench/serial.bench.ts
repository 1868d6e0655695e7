import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { makeFolders, removeFolders } from '../lab/folders.ts';
import { launchChromium } from '../lab/chromium.ts';
import { startApp } from '../lab/app.ts';
import { beside, openChannel } from './channel.ts';
import { judged, type Row } from './report.ts';

/** A serial line's bytes: through our channel beside the bare socket, and as fast as the terminal draws them. */
async function serialRows(): Promise<Row[]> {
  const folders = await makeFolders();
  const children: ChildProcess[] = [];
  const path = join(folders.root, 'serial.sock');
  const block = Buffer.from('The quick brown fox jumps over the lazy dog 0123456789\r\n'.repeat(1200));
  const flood = createServer((socket) => {
    const pour = (): void => {
      while (socket.write(block));
    };
    socket.on('drain', pour);
    socket.on('error', () => socket.destroy());
    pour();
  });
  try {
    await new Promise<void>((done) => flood.listen(path, done));
    const bare = await bareSocket(path);
    const relay = spawn(process.execPath, [beside('serial-ours'), path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(relay);
    const [line] = (await once(relay.stdout, 'data')) as [Buffer];
    const { port } = JSON.parse(line.toString()) as { port: number };
    const ours = await channelRate(`ws://127.0.0.1:${String(port)}/`);
    const drawn = await drawnRate();
    return [
      {
        metric: 'serial line, throughput',
        unit: 'MB/s',
        ours,
        floor: { name: 'bare socket', value: bare },
        better: 'more',
      },
      {
        metric: 'serial line, drawn by the terminal',
        unit: 'MB/s',
        ours: drawn,
        budget: { of: 'value', limit: 15 },
        better: 'more',
      },
    ];
  } finally {
    for (const child of children) child.kill('SIGKILL');
    flood.close();
    await removeFolders(folders);
  }
}

async function bareSocket(path: string): Promise<number> {
  const socket = connect(path);
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
  });
  await once(socket, 'data');
  const [before, began] = [bytes, process.hrtime.bigint()];
  await new Promise((done) => setTimeout(done, 2000));
  const rate = (bytes - before) / 1e6 / (Number(process.hrtime.bigint() - began) / 1e9);
  socket.destroy();
  return rate;
}

async function channelRate(url: string): Promise<number> {
  const channel = await openChannel(url, true);
  await channel.bytes(4 * 1024 * 1024);
  const [before, began] = [channel.received(), process.hrtime.bigint()];
  await new Promise((done) => setTimeout(done, 2000));
  const rate = (channel.received() - before) / 1e6 / (Number(process.hrtime.bigint() - began) / 1e9);
  channel.socket.terminate();
  return rate;
}

/** The whole way in the real window: the test hypervisor's shell prints `yes` for ever, the terminal draws it. */
async function drawnRate(): Promise<number> {
  const folders = await makeFolders();
  const app = await startApp(folders);
  const browser = await launchChromium();
  try {
    const { connectTo } = await import('../lab/client.ts');
    const client = await connectTo(app);
    const { node } = await client.rpc.nodes.add({ uri: 'test:///default' });
    const uuid = '6695eb01-f6a4-8304-79aa-97f2502e193f';
    await client.rpc.settings.set({ tabs: [`/vm/${node}/${uuid}`], tab: `/vm/${node}/${uuid}` });
    client.close();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const counted = { bytes: 0 };
    page.on('websocket', (socket) => {
      if (socket.url().endsWith('/bytes')) {
        socket.on('framereceived', ({ payload }) => {
          if (typeof payload !== 'string') counted.bytes += payload.length;
        });
      }
    });
    const fresh =
      app
        .output()
        .match(/http:\/\/127\.0\.0\.1:\d+\/\S*/g)
        ?.at(-1) ?? app.url;
    await page.goto(fresh);
    await page.getByRole('combobox', { name: /^What to show/ }).click();
    await page
      .getByRole('option', { name: /serial/i })
      .first()
      .click();
    const terminal = page.getByRole('group', { name: /^Serial terminal/ });
    await terminal.getByText(/login:/).waitFor();
    await terminal.getByRole('textbox').focus();
    await page.keyboard.type('root\n');
    await terminal.getByText(/~\$/).waitFor();
    await page.keyboard.type('yes The quick brown fox jumps over the lazy dog\n');
    await untilBytes(counted, 4 * 1024 * 1024);
    const [before, began] = [counted.bytes, process.hrtime.bigint()];
    await new Promise((done) => setTimeout(done, 3000));
    return (counted.bytes - before) / 1e6 / (Number(process.hrtime.bigint() - began) / 1e9);
  } finally {
    await browser.close();
    await app.stop();
    await removeFolders(folders);
  }
}

async function untilBytes(counted: { bytes: number }, bytes: number): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (counted.bytes < bytes) {
    if (Date.now() > deadline) throw new Error(`the serial line brought only ${String(counted.bytes)} bytes`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

export default async () => (await serialRows()).map(judged);
