import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startApp } from '../lab/app.ts';
import { launchChromium } from '../lab/chromium.ts';
import { connectTo } from '../lab/client.ts';
import { makeFolders, removeFolders } from '../lab/folders.ts';
import { whyNoLibvirtd } from '../lab/libvirt/available.ts';
import { startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { testWorldOn } from '../lab/libvirt/test-driver-file.ts';
import { cpuOf, memoryOf, sum, treeOf } from './processes.ts';
import { judged, type Row } from './report.ts';

const many = 1000;
const few = 10;
const minute = 60_000;
const settling = 15_000;

/** What a window costs that shows machines of a daemon, half of them running; virt-manager's at the same time. */
async function watchRows(): Promise<Row[]> {
  const missing = await whyNoLibvirtd();
  if (missing !== undefined) {
    console.log(`No figures of watching: ${missing}`);
    return [];
  }
  const small = await watched(few, 0);
  const large = await watched(many, minute);
  const peer = (value: (from: Cost, to: Cost) => number): Pick<Row, 'peer'> =>
    small.peer && large.peer ? { peer: { name: 'virt-manager', value: value(small.peer, large.peer) } } : {};
  const growth = (from: Cost, to: Cost): number => ((to.memory - from.memory) * 1000) / (many - few);
  return [
    {
      metric: 'watching 1,000 machines for a minute, processor of main and window',
      unit: '%',
      ours: large.ours.processor,
      ...peer((_, { processor }) => processor),
      budget: { of: 'peer', limit: 0.08 },
      better: 'less',
    },
    {
      metric: 'watching 1,000 machines, processor of main alone',
      unit: '%',
      ours: large.main,
      better: 'less',
    },
    {
      metric: 'watching 1,000 machines, memory of main and window',
      unit: 'MB',
      ours: large.ours.memory,
      ...peer((_, { memory }) => memory),
      better: 'less',
    },
    {
      metric: 'memory for each further machine of a daemon, main and window',
      unit: 'kB',
      ours: growth(small.ours, large.ours),
      ...peer(growth),
      budget: { of: 'value', limit: 36 },
      better: 'less',
    },
  ];
}

interface Cost {
  /** Per cent of one core. */
  processor: number;
  /** MB */
  memory: number;
}

/** So many machines on a daemon of their own, watched for `ms` once all has settled. */
async function watched(machines: number, ms: number): Promise<{ ours: Cost; main: number; peer?: Cost }> {
  const lab = await startLibvirtd();
  const folders = await makeFolders();
  const app = await startApp(folders);
  const browser = await launchChromium();
  const peer = new VirtManager(join(folders.root, 'peer'));
  try {
    const uri = await testWorldOn(lab, 'watched', { domains: machines, running: 2 });
    const client = await connectTo(app);
    const { node } = await client.rpc.nodes.add({ uri, name: 'watched' });
    await client.rpc.settings.set({ tabs: [`/host/${node}`], tab: `/host/${node}` });
    client.close();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(
      app
        .output()
        .match(/http:\/\/127\.0\.0\.1:\d+\/\S*/g)
        ?.at(-1) ?? app.url,
    );
    await page.locator(`[role=grid][aria-rowcount="${String(machines + 1)}"]`).waitFor();
    await peer.start(uri);
    await new Promise((done) => setTimeout(done, settling));
    const ours = (): number[] => [app.pid, ...treeOf(process.pid, 'chrom')];
    const spent = (pids: readonly number[]): number => sum(pids.map(cpuOf));
    const before = { ours: spent(ours()), main: cpuOf(app.pid), peer: spent(peer.pids()) };
    const began = performance.now();
    await new Promise((done) => setTimeout(done, ms));
    const seconds = (performance.now() - began) / 1000;
    const share = (now: number, then: number): number => ((now - then) * 100) / seconds;
    const cost = (pids: readonly number[], then: number): Cost => ({
      processor: share(spent(pids), then),
      memory: sum(pids.map(memoryOf)) / 1e6,
    });
    await page.requestGC();
    return {
      main: share(cpuOf(app.pid), before.main),
      ours: cost(ours(), before.ours),
      ...(peer.isThere ? { peer: cost(peer.pids(), before.peer) } : {}),
    };
  } finally {
    await peer.end();
    await browser.close();
    await app.stop();
    await removeFolders(folders);
    await lab.end();
  }
}

/** virt-manager on a screen of its own, with settings of its own. */
class VirtManager {
  readonly isThere = existsSync('/usr/bin/virt-manager') && existsSync('/usr/bin/Xvfb');
  readonly #home: string;
  #screen: ChildProcess | undefined;
  #manager: ChildProcess | undefined;

  constructor(home: string) {
    this.#home = home;
  }

  /** Resolves once it is connected. */
  async start(uri: string): Promise<void> {
    if (!this.isThere) return;
    await mkdir(this.#home, { mode: 0o700 });
    this.#screen = spawn(
      '/usr/bin/Xvfb',
      ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const display = await firstLine(this.#screen);
    this.#manager = spawn('/usr/bin/dbus-run-session', ['--', 'virt-manager', '--no-fork', '-c', uri], {
      env: {
        PATH: process.env['PATH'] ?? '',
        LC_ALL: 'C',
        DISPLAY: `:${display}`,
        HOME: this.#home,
        XDG_RUNTIME_DIR: this.#home,
        GSETTINGS_BACKEND: 'memory',
        NO_AT_BRIDGE: '1',
      },
      stdio: 'ignore',
    });
    const log = join(this.#home, '.cache', 'virt-manager', 'virt-manager.log');
    const deadline = Date.now() + 60_000;
    for (;;) {
      if (existsSync(log) && /state=Active/.test(await readFile(log, 'utf8'))) return;
      if (Date.now() > deadline) throw new Error('virt-manager did not connect');
      await new Promise((done) => setTimeout(done, 200));
    }
  }

  /** Itself, without its screen and its bus. */
  pids(): number[] {
    return this.#manager?.pid === undefined ? [] : treeOf(this.#manager.pid, 'bin/virt-manager');
  }

  async end(): Promise<void> {
    for (const pid of this.pids()) process.kill(pid, 'SIGTERM');
    for (const child of [this.#manager, this.#screen]) {
      if (!child || child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
  }
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('nothing to read from');
  const [line] = (await once(stdout, 'data')) as [Buffer];
  return line.toString().trim();
}

export default async () => (await watchRows()).map(judged);
