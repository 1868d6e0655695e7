import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { program } from '../lab/app.ts';
import { whyNoLibvirtd } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { type Sshd, sshdOrWhyNot, startSshd } from '../lab/ssh/sshd.ts';
import { beside } from './channel.ts';
import { judged, median, type Row } from './report.ts';

const bytes = 512 * 1024 * 1024;
const machines = 100;

/** Hosts over SSH beside virsh over SSH and OpenSSH's own programs, on one server. */
async function sshRows(): Promise<Row[]> {
  const missing = (await whyNoLibvirtd()) ?? (await sshdOrWhyNot('The bench'));
  if (missing !== undefined) {
    console.log(`No figures of SSH: ${missing}`);
    return [];
  }
  const lab = await startLibvirtd();
  const sshd = await startSshd({ within: (file, ...args) => lab.inside(file, ...args) });
  try {
    const place = new Place(lab, sshd);
    await place.prepare();
    return [...(await hostRows(place)), ...(await volumeRows(place))];
  } finally {
    await sshd.end();
    await lab.end();
  }
}

/** The server and who is there. */
class Place {
  readonly lab: Libvirtd;
  readonly sshd: Sshd;
  readonly uri: string;
  readonly source: string;
  readonly folder: string;
  readonly #options: string[];

  constructor(lab: Libvirtd, sshd: Sshd) {
    this.lab = lab;
    this.sshd = sshd;
    const { port, keys, knownHosts } = sshd;
    this.uri = `qemu+ssh://ada@127.0.0.1:${String(port)}/system?keyfile=${keys.ed25519}&known_hosts=${knownHosts}`;
    this.source = join(lab.files, 'source.raw');
    this.folder = join(lab.files, 'sent');
    const settings = [
      `UserKnownHostsFile=${knownHosts}`,
      `IdentityFile=${keys.ed25519}`,
      'Ciphers=aes128-gcm@openssh.com',
    ];
    this.#options = ['-F', 'none', ...settings.flatMap((setting) => ['-o', setting])];
  }

  async prepare(): Promise<void> {
    await mkdir(this.folder);
    const wrapper = join(this.lab.files, 'ssh');
    await writeFile(wrapper, `#!/bin/sh\nexec /usr/bin/ssh ${this.#options.join(' ')} "$@"\n`);
    await chmod(wrapper, 0o755);
    const file = await open(this.source, 'w');
    const block = Buffer.alloc(1024 * 1024, 'not a hole ');
    for (let written = 0; written < bytes; written += block.length) await file.write(block);
    await file.close();
    for (let number = 1; number <= machines; number += 1) {
      const document = join(this.lab.files, 'machine.xml');
      await writeFile(
        document,
        `<domain type='qemu'><name>guest-${String(number)}</name><memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>`,
      );
      await this.lab.virsh('define', document);
    }
    await this.lab.virsh(
      'pool-create-as',
      'bench',
      'dir',
      '--target',
      join(this.lab.files, 'pool'),
      '--build',
    );
    await this.lab.virsh('vol-create-as', 'bench', 'disk', String(bytes));
  }

  /** OpenSSH's own program with the server's key and ours. */
  openssh(name: 'ssh' | 'sftp', ...words: string[]): Promise<string> {
    return output(`/usr/bin/${name}`, this.words(...words));
  }

  words(...words: string[]): string[] {
    return [...this.#options, '-o', `Port=${String(this.sshd.port)}`, ...words];
  }

  /** libvirt's client runs `ssh` itself. */
  virsh(...words: string[]): Promise<string> {
    const { port } = this.sshd;
    const uri = `qemu+ssh://ada@127.0.0.1:${String(port)}/system?command=${join(this.lab.files, 'ssh')}`;
    return output('/usr/bin/virsh', ['-c', uri, ...words]);
  }

  ours(...words: string[]): Promise<string> {
    return output(process.execPath, [program, '-c', this.uri, ...words]);
  }
}

interface Figures {
  coldList: number;
  call: number;
  channel: number;
  upload: number;
  download: number;
  echoIdle: number;
  echoBusy: number;
  echoBusyLate: number;
}

async function hostRows(place: Place): Promise<Row[]> {
  const { folder, source } = place;
  const ours = JSON.parse(
    await output(process.execPath, [beside('ssh-ours'), place.uri, folder, source]),
  ) as Figures;
  const cold: number[] = [];
  for (let round = 0; round < 5; round += 1) cold.push(await timed(() => place.virsh('-q', 'list', '--all')));

  const socket = join(place.lab.files, 'mux');
  const master = spawn('/usr/bin/ssh', place.words('-M', '-S', socket, 'ada@127.0.0.1', 'echo ready; cat'), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(master.stdout, 'data');
  const muxed: number[] = [];
  for (let round = 0; round < 9; round += 1)
    muxed.push(await timed(() => place.openssh('ssh', '-S', socket, 'ada@127.0.0.1', 'true')));
  master.stdin.end();
  await once(master, 'close');

  const [up, down] = [[] as number[], [] as number[]];
  const batch = join(place.lab.files, 'batch');
  for (let round = 0; round < 3; round += 1) {
    await writeFile(batch, `put ${source} ${folder}/theirs\n`);
    up.push(await timed(() => place.openssh('sftp', '-q', '-b', batch, 'ada@127.0.0.1')));
    await writeFile(batch, `get ${folder}/theirs ${folder}/back\n`);
    down.push(await timed(() => place.openssh('sftp', '-q', '-b', batch, 'ada@127.0.0.1')));
  }
  return [
    {
      metric: 'SSH, from nothing to the list of a host with 100 machines',
      unit: 'ms',
      ours: ours.coldList,
      peer: { name: 'virsh qemu+ssh', value: median(cold) },
      budget: { of: 'peer', limit: 0.5 },
      better: 'less',
    },
    {
      metric: 'SSH, one more channel on an open connection',
      unit: 'ms',
      ours: ours.channel,
      peer: { name: 'ssh -S (mux)', value: median(muxed) },
      budget: { of: 'value', limit: 5 },
      better: 'less',
    },
    {
      metric: 'SSH, a call of libvirt there and back',
      unit: 'ms',
      ours: ours.call,
      budget: { of: 'value', limit: 0.3 },
      better: 'less',
    },
    {
      metric: 'SSH, upload of a file, 512 MiB',
      unit: 'MB/s',
      ours: rate(ours.upload),
      peer: { name: 'sftp', value: rate(median(up)) },
      better: 'more',
    },
    {
      metric: 'SSH, download of a file, 512 MiB',
      unit: 'MB/s',
      ours: rate(ours.download),
      peer: { name: 'sftp', value: rate(median(down)) },
      better: 'more',
    },
    { metric: 'SSH, a key typed and its echo', unit: 'ms', ours: ours.echoIdle, better: 'less' },
    {
      metric: 'SSH, a key typed and its echo while an upload saturates the line',
      unit: 'ms',
      ours: ours.echoBusy,
      better: 'less',
    },
    { metric: 'the same, the slowest of twenty', unit: 'ms', ours: ours.echoBusyLate, better: 'less' },
  ];
}

async function volumeRows(place: Place): Promise<Row[]> {
  const back = join(place.lab.files, 'back.raw');
  const rows: Row[] = [];
  for (const [words, metric] of [
    [['vol-upload', 'disk', place.source, '--pool', 'bench'], 'volume upload over SSH, 512 MiB'],
    [['vol-download', 'disk', back, '--pool', 'bench'], 'volume download over SSH, 512 MiB'],
  ] as const) {
    const [ours, peer] = [[] as number[], [] as number[]];
    const turns = [
      async () => ours.push(await timed(() => place.ours(...words))),
      async () => peer.push(await timed(() => place.virsh(...words))),
    ];
    for (let round = 0; round < 6; round += 1) {
      // the second finds the memory as the first left it
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) {
        await rm(back, { force: true });
        await turn();
      }
    }
    rows.push({
      metric,
      unit: 'MB/s',
      ours: rate(median(ours)),
      peer: { name: 'virsh qemu+ssh', value: rate(median(peer)) },
      budget: { of: 'peer', limit: 1.3 },
      better: 'more',
    });
  }
  return rows;
}

const rate = (ms: number): number => bytes / 1e3 / ms;

async function output(file: string, words: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', HOME: '/nonexistent' };
  const child = spawn(file, [...words], { env, stdio: ['ignore', 'pipe', 'inherit'], timeout: 120_000 });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${file} ${words.join(' ')}: ended with ${String(status)}`);
  return said;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

export default async () => (await sshRows()).map(judged);
