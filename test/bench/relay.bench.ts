import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { beside as program, openChannel } from './channel.ts';
import { judged, median, type Row } from './report.ts';

/** The screen relay beside websockify and a bare one: bytes per second, round trips, round trips while another session floods. */
async function relayRows(): Promise<Row[]> {
  const children: ChildProcess[] = [];
  try {
    const source = await start(children, 'relay-source', []);
    const ports = [String(source['echo']), String(source['flood'])];
    const bare = await start(children, 'relay-bare', ports);
    const ours = await start(children, 'relay-ours', ports);
    const at = (port: number | undefined, path: string): string => `ws://127.0.0.1:${String(port)}${path}`;
    const peer = await startWebsockify(children, ports);
    const relays = {
      ours: { echo: at(ours['port'], '/echo'), flood: at(ours['port'], '/flood'), granted: true },
      bare: { echo: at(bare['port'], '/echo'), flood: at(bare['port'], '/flood'), granted: false },
      ...(peer ? { peer: { ...peer, granted: false } } : {}),
    };
    const figures = await inTurns(relays, 5);
    const [oursFigures, bareFigures, peerFigures] = [figures.ours, figures.bare, figures.peer];
    const name = 'websockify';
    const beside = (key: keyof Figures): Pick<Row, 'peer' | 'floor'> => ({
      ...(peerFigures ? { peer: { name, value: peerFigures[key] } } : {}),
      floor: { name: 'bare ws relay', value: bareFigures[key] },
    });
    return [
      {
        metric: 'screen relay, throughput',
        unit: 'MB/s',
        ours: oursFigures.throughput,
        ...beside('throughput'),
        budget: { of: 'peer', limit: 0.9 },
        better: 'more',
      },
      {
        metric: 'screen relay, round trip when idle',
        unit: 'µs',
        ours: oursFigures.idle,
        ...beside('idle'),
        budget: { of: 'peer', limit: 1 },
        better: 'less',
      },
      {
        metric: 'screen relay, round trip while another floods',
        unit: 'µs',
        ours: oursFigures.flooded,
        ...beside('flooded'),
        budget: { of: 'value', limit: 1000 },
        better: 'less',
      },
    ];
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

/** Each relay in turn, several times, so that whatever else the machine does meets all of them alike; medians. */
async function inTurns<T extends Record<string, Relay>>(
  relays: T,
  rounds: number,
): Promise<{ [K in keyof T]: Figures }> {
  const all = new Map<string, Figures[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, relay] of Object.entries(relays)) {
      all.set(name, [...(all.get(name) ?? []), await measure(relay)]);
    }
  }
  const middle = (name: string): Figures => {
    const of = (key: keyof Figures): number => median((all.get(name) ?? []).map((figures) => figures[key]));
    return { throughput: of('throughput'), idle: of('idle'), flooded: of('flooded') };
  };
  return Object.fromEntries(Object.keys(relays).map((name) => [name, middle(name)])) as {
    [K in keyof T]: Figures;
  };
}

interface Relay {
  echo: string;
  flood: string;
  granted: boolean;
}

interface Figures {
  throughput: number;
  idle: number;
  flooded: number;
}

async function measure(relay: Relay): Promise<Figures> {
  const idle = await roundTrips(relay.echo, relay.granted, 2000);
  const throughput = await pour(relay.flood, relay.granted, 1500);
  // the flood is read by a process of its own, so that only the relay has to share its time
  const drain = spawn(process.execPath, [program('relay-drain'), relay.flood, String(relay.granted)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(drain.stdout, 'data');
    return { idle, throughput, flooded: await roundTrips(relay.echo, relay.granted, 2000) };
  } finally {
    drain.kill('SIGKILL');
  }
}

/** Median µs for 64 bytes there and back. */
async function roundTrips(url: string, granted: boolean, rounds: number): Promise<number> {
  const channel = await openChannel(url, granted);
  const times: number[] = [];
  const message = Buffer.alloc(64, 1);
  for (let round = 0; round < rounds; round += 1) {
    const began = process.hrtime.bigint();
    const back = channel.bytes(message.length);
    channel.socket.send(message);
    await back;
    times.push(Number(process.hrtime.bigint() - began) / 1e3);
  }
  channel.socket.terminate();
  return median(times);
}

/** MB/s over `ms`. */
async function pour(url: string, granted: boolean, ms: number): Promise<number> {
  const channel = await openChannel(url, granted);
  await channel.bytes(16 * 1024 * 1024);
  const [before, began] = [channel.received(), process.hrtime.bigint()];
  await new Promise((done) => setTimeout(done, ms));
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const rate = (channel.received() - before) / 1e6 / seconds;
  channel.socket.terminate();
  return rate;
}

async function start(
  children: ChildProcess[],
  name: string,
  args: string[],
): Promise<Record<string, number>> {
  const child = spawn(process.execPath, [program(name), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return JSON.parse(line.toString()) as Record<string, number>;
}

/** undefined where websockify is not installed. */
async function startWebsockify(
  children: ChildProcess[],
  ports: readonly string[],
): Promise<{ echo: string; flood: string } | undefined> {
  if (!existsSync('/usr/bin/websockify')) return undefined;
  const urls: string[] = [];
  for (const port of ports) {
    const listen = await freePort();
    children.push(
      spawn('/usr/bin/websockify', [`127.0.0.1:${String(listen)}`, `127.0.0.1:${port}`], { stdio: 'ignore' }),
    );
    await untilListening(listen);
    urls.push(`ws://127.0.0.1:${String(listen)}/`);
  }
  return { echo: urls[0] ?? '', flood: urls[1] ?? '' };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function untilListening(port: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port });
    const open = await new Promise<boolean>((done) => {
      socket.once('connect', () => done(true));
      socket.once('error', () => done(false));
    });
    socket.destroy();
    if (open) return;
    if (Date.now() > deadline) throw new Error(`nothing listens on port ${String(port)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

export default async () => (await relayRows()).map(judged);
