import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseUri } from '../../drivers/api/uri.ts';
import { libvirtDriver } from '../../drivers/libvirt/index.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';
import { program } from '../lab/app.ts';
import { whyNoLibvirtd } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { beside } from './channel.ts';
import { judged, median, type Row } from './report.ts';

const python = '/usr/bin/python3';
const binding = '/usr/lib/python3/dist-packages/libvirt.py';
const machines = 1000;

/** Our client and shell beside python3-libvirt and virsh, all on one daemon with a thousand QEMU machines. */
async function libvirtRows(): Promise<Row[]> {
  const missing = await whyNoLibvirtd();
  if (missing !== undefined) {
    console.log(`No figures of libvirt: ${missing}`);
    return [];
  }
  const lab = await startLibvirtd({ lxc: true });
  try {
    await defineMachines(lab);
    return [
      ...(await clientRows(lab)),
      ...(await shellRows(lab)),
      ...(await volumeRows(lab)),
      ...(await consoleRows(lab)),
    ];
  } finally {
    await lab.end();
  }
}

async function defineMachines(lab: Libvirtd): Promise<void> {
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const host = createLocalHost({});
  const connection = await libvirtDriver.open(parseUri(lab.uri()), { host, readOnly: false, log });
  try {
    for (let number = 1; number <= machines; number += 1)
      await connection.domains.define(machine(`guest-${String(number)}`));
  } finally {
    await connection.close();
  }
}

const machine = (name: string): string => `<domain type='qemu'>
  <name>${name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/nowhere/${name}.qcow2'/><target dev='vda' bus='virtio'/></disk>
    <interface type='user'><model type='virtio'/></interface>
    <serial type='pty'/><graphics type='vnc' port='-1'/><video><model type='vga'/></video>
  </devices></domain>`;

interface ClientFigures {
  domains: number;
  oneByOne: number;
  inFlight: number;
  everything: number;
  statistics: number;
}

async function clientRows(lab: Libvirtd): Promise<Row[]> {
  const ours: (ClientFigures & { oneByOneFloor: number; everythingFloor: number })[] = [];
  const peers: ClientFigures[] = [];
  for (let round = 0; round < 3; round += 1) {
    ours.push(await answerOf(process.execPath, [beside('libvirt-ours'), lab.uri(), lab.sockets.rw]));
    if (existsSync(binding)) peers.push(await answerOf(python, ['test/bench/libvirt-peer.py', lab.uri()]));
  }
  const wrong = [...ours, ...peers].find(({ domains }) => domains !== machines);
  if (wrong) throw new Error(`${String(wrong.domains)} machines instead of ${String(machines)}`);
  const mine = (key: keyof (typeof ours)[number]): number => median(ours.map((figures) => figures[key]));
  const peer = (key: keyof ClientFigures): Pick<Row, 'peer'> =>
    peers.length === 0
      ? {}
      : { peer: { name: 'python3-libvirt', value: median(peers.map((figures) => figures[key])) } };
  return [
    {
      metric: 'libvirt, calls one after another (state)',
      unit: '/s',
      ours: mine('oneByOne'),
      ...peer('oneByOne'),
      floor: { name: 'bare socket', value: mine('oneByOneFloor') },
      budget: { of: 'floor', limit: 0.7 },
      better: 'more',
    },
    {
      metric: 'libvirt, calls one after another (state), held against the peer',
      unit: '/s',
      ours: mine('oneByOne'),
      ...peer('oneByOne'),
      budget: { of: 'peer', limit: 2 },
      better: 'more',
    },
    {
      metric: 'libvirt, calls 32 in flight (state)',
      unit: '/s',
      ours: mine('inFlight'),
      ...peer('inFlight'),
      better: 'more',
    },
    {
      metric: 'libvirt, list, state and document of 1,000 machines',
      unit: 'ms',
      ours: mine('everything'),
      ...peer('everything'),
      floor: { name: 'bare calls', value: mine('everythingFloor') },
      budget: { of: 'peer', limit: 0.4 },
      better: 'less',
    },
    {
      metric: 'libvirt, list, state and document of 1,000 machines, held against the floor',
      unit: 'ms',
      ours: mine('everything'),
      floor: { name: 'bare calls', value: mine('everythingFloor') },
      budget: { of: 'floor', limit: 1.5 },
      better: 'less',
    },
    {
      metric: 'libvirt, statistics of 1,000 machines',
      unit: 'ms',
      ours: mine('statistics'),
      ...peer('statistics'),
      budget: { of: 'peer', limit: 1 },
      better: 'less',
    },
  ];
}

/** Whole processes, from the start to the last line. */
async function shellRows(lab: Libvirtd): Promise<Row[]> {
  const rows: Row[] = [];
  for (const words of [['list', '--all'], ['domstats']]) {
    const floor = words[0] === 'domstats';
    const times = { ours: [] as number[], peer: [] as number[], floor: [] as number[] };
    for (let round = 0; round < 7; round += 1) {
      times.ours.push(await timed(() => ourShell(lab, words)));
      times.peer.push(await timed(() => virsh(lab, words)));
      if (floor) times.floor.push(await timed(() => bareNode(lab)));
    }
    rows.push({
      metric: `shell, ${words.join(' ')} with 1,000 machines`,
      unit: 'ms',
      ours: median(times.ours),
      peer: { name: 'virsh', value: median(times.peer) },
      ...(floor ? { floor: { name: 'bare Node', value: median(times.floor) } } : {}),
      budget: { of: 'peer', limit: 1 },
      better: 'less',
    });
  }
  return rows;
}

async function volumeRows(lab: Libvirtd): Promise<Row[]> {
  const bytes = 1024 * 1024 * 1024;
  const pool = join(lab.files, 'pool');
  const source = join(lab.files, 'source.raw');
  const back = join(lab.files, 'back.raw');
  await lab.virsh('pool-create-as', 'bench', 'dir', '--target', pool, '--build');
  await lab.virsh('vol-create-as', 'bench', 'disk', String(bytes));
  const file = await open(source, 'w');
  const block = Buffer.alloc(1024 * 1024, 'not a hole ');
  for (let written = 0; written < bytes; written += block.length) await file.write(block);
  await file.close();
  const rows: Row[] = [];
  for (const [words, metric] of [
    [['vol-upload', 'disk', source, '--pool', 'bench'], 'volume upload, 1 GiB'],
    [['vol-download', 'disk', back, '--pool', 'bench'], 'volume download, 1 GiB'],
  ] as const) {
    const times = { ours: [] as number[], peer: [] as number[] };
    const shells = [
      ['ours', ourShell],
      ['peer', virsh],
    ] as const;
    for (let round = 0; round < 6; round += 1) {
      // the second finds the memory as the first left it
      for (const [name, shell] of round % 2 === 0 ? shells : shells.toReversed()) {
        await rm(back, { force: true });
        times[name].push(await timed(() => shell(lab, [...words])));
      }
    }
    const rate = (ms: number): number => bytes / 1e3 / ms;
    rows.push({
      metric,
      unit: 'MB/s',
      ours: rate(median(times.ours)),
      peer: { name: 'virsh', value: rate(median(times.peer)) },
      budget: { of: 'peer', limit: 0.8 },
      better: 'more',
    });
  }
  return rows;
}

/** A container that prints for ever: no emulated serial port, so that the daemon is the slowest part. */
async function consoleRows(lab: Libvirtd): Promise<Row[]> {
  const uri = lab.uri({ driver: 'lxc', path: '/system' });
  const document = join(lab.files, 'pouring.xml');
  await writeFile(
    document,
    `<domain type='lxc'><name>pouring</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
      <os><type>exe</type><init>/usr/bin/yes</init><initarg>The quick brown fox jumps over the lazy dog</initarg></os>
      <devices><console type='pty'/></devices></domain>`,
  );
  await lab.virsh('-c', uri, 'create', document);
  const rates = { ours: [] as number[], peer: [] as number[] };
  for (let round = 0; round < 3; round += 1) {
    rates.ours.push(await consoleRate([process.execPath, program, '-c', uri, 'console', 'pouring']));
    rates.peer.push(await consoleRate(['/usr/bin/virsh', '-c', uri, 'console', 'pouring']));
  }
  await lab.virsh('-c', uri, 'destroy', 'pouring');
  return [
    {
      metric: 'serial line over libvirt, at the shell',
      unit: 'MB/s',
      ours: median(rates.ours),
      peer: { name: 'virsh console', value: median(rates.peer) },
      budget: { of: 'peer', limit: 0.9 },
      better: 'more',
    },
  ];
}

/** MB/s that a shell prints at a terminal of its own. */
async function consoleRate(words: readonly string[]): Promise<number> {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const child = spawn('/usr/bin/script', ['--quiet', '--command', quoted, '/dev/null'], {
    env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', HOME: '/nonexistent' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let bytes = 0;
  let first = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (bytes < 2000) first += chunk.toString();
    bytes += chunk.length;
  });
  const gone = once(child, 'exit').then(() => {
    throw new Error(`${words.join(' ')} ended:\n${first}`);
  });
  try {
    while (bytes < 4 * 1024 * 1024) await Promise.race([once(child.stdout, 'data'), gone]);
    const [before, began] = [bytes, performance.now()];
    await Promise.race([new Promise((done) => setTimeout(done, 2000)), gone]);
    return (bytes - before) / 1e3 / (performance.now() - began);
  } finally {
    gone.catch(() => undefined);
    child.kill('SIGKILL');
  }
}

const ourShell = (lab: Libvirtd, words: readonly string[]): Promise<void> =>
  quiet(process.execPath, [program, '-c', lab.uri(), ...words], lab);
const virsh = (lab: Libvirtd, words: readonly string[]): Promise<void> =>
  quiet('/usr/bin/virsh', ['-c', lab.uri(), ...words], lab);
/** Node's own start and the daemon's work: no shell in Node can be faster. */
const bareNode = (lab: Libvirtd): Promise<void> =>
  quiet(process.execPath, [beside('domstats-floor'), lab.sockets.rw, 'qemu:///system'], lab);

async function quiet(file: string, words: readonly string[], lab: Libvirtd): Promise<void> {
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', HOME: join(lab.folder, 'home') };
  const child = spawn(file, [...words], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.resume();
  await succeeded(child, words.join(' '));
}

async function succeeded(child: ChildProcess, what: string): Promise<void> {
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${what}: ended with ${String(status)}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function answerOf<T>(file: string, words: readonly string[]): Promise<T> {
  const child = spawn(file, [...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await succeeded(child, words.join(' '));
  return JSON.parse(output) as T;
}

export default async () => (await libvirtRows()).map(judged);
