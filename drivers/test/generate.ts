import { GuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import type { ConnectionUri } from '../api/uri.ts';
import { addMedia, Files } from './files.ts';
import { documentOf } from './guest.ts';
import type { Seed, World } from './hypervisor.ts';
import { macFrom, randomFrom, randomUuid, type Random } from './random.ts';
import { poolXml } from './storage.ts';
import { networkXml } from './virtual-networks.ts';

const gib = 1024 ** 3;
const roles = ['web', 'db', 'cache', 'build', 'mail', 'proxy', 'queue', 'desk', 'test', 'backup'] as const;
const systems = [
  'http://debian.org/debian/12',
  'http://ubuntu.com/ubuntu/24.04',
  'http://fedoraproject.org/fedora/40',
  'http://rockylinux.org/rocky/9',
  'http://microsoft.com/win/2k22',
  'http://microsoft.com/win/11',
  'http://freebsd.org/freebsd/14.1',
] as const;
const sizes = [0.5, 1, 2, 4, 8, 16] as const;
const most = 100_000;

const pick = <T>(random: Random, from: readonly [T, ...T[]]): T =>
  from[Math.floor(random() * from.length)] ?? from[0];

/** Room for as many guests as there may be. */
const wideNetwork = networkXml({
  name: 'default',
  forward: { mode: 'nat' },
  bridge: { name: 'virbr0', stp: true, delay: 0 },
  ips: [
    {
      address: '10.0.0.1',
      netmask: '255.0.0.0',
      dhcp: { ranges: [{ start: '10.1.0.0', end: '10.250.255.254' }] },
    },
  ],
});
const labNetwork = networkXml({
  name: 'lab',
  bridge: { name: 'virbr1', stp: true, delay: 0 },
  ips: [{ address: '192.168.200.1', prefix: 24 }],
});

/** `test:///generate?domains=1000&seed=7&running=0.4`: the same host for the same numbers. */
export function generatedWorld(uri: ConnectionUri, host: Host): World {
  const domains = parameter(uri, 'domains', 1000, 0, most);
  const seed = parameter(uri, 'seed', 1, 0, 0xffff_ffff);
  const running = parameter(uri, 'running', 0.5, 0, 1);
  if (!Number.isInteger(domains)) throw wrong('domains', 'a whole number');
  const random = randomFrom(seed);
  const pool = '/var/lib/libvirt/images';
  const files = new Files('/home/guest');
  addMedia(files, '/home/guest/Downloads');
  const digits = String(Math.max(domains, 1)).length;
  const machines = Array.from({ length: domains }, (_, index) =>
    machine(random, index, digits, pool, files, running),
  );
  const cpus = Math.max(16, 2 ** Math.ceil(Math.log2(Math.max(1, domains / 4))));
  return {
    node: {
      hostname: host.hostname,
      os: 'test',
      arch: 'x86_64',
      cpuModel: 'Made-up processor',
      cpus,
      cpuMhz: 3000,
      sockets: 2,
      coresPerSocket: cpus / 4,
      threadsPerCore: 2,
      memory: Math.max(16, domains * 4) * gib,
      hypervisor: 'test',
      hypervisorVersion: '0.0.2',
    },
    files,
    pools: [
      { xml: poolXml('default', pool), capacity: Math.max(1, domains) * 64 * gib, autostart: true },
      { xml: poolXml('backup', '/srv/backup'), active: false },
    ],
    networks: [
      { xml: wideNetwork, autostart: true },
      { xml: labNetwork, active: false },
    ],
    interfaces: [],
    devices: [],
    machines,
  };
}

function machine(
  random: Random,
  index: number,
  digits: number,
  pool: string,
  files: Files,
  running: number,
): Seed {
  const name = `${pick(random, roles)}-${String(index + 1).padStart(digits, '0')}`;
  const uuid = randomUuid(random);
  const path = `${pool}/${name}.qcow2`;
  const fate = random();
  const memory = pick(random, sizes);
  files.addImage(path, 'qcow2', 20 * gib, 2 * gib);
  const document = documentOf({
    name,
    uuid,
    osId: pick(random, systems),
    memory,
    vcpus: Math.max(1, Math.round(memory / 2)),
    disks: [{ path, format: 'qcow2' }],
    cdrom: null,
    macs: [macFrom(random)],
  });
  const autostart = random() < 0.3;
  if (fate < running)
    return {
      uuid,
      document,
      autostart,
      // a few of the running ones are paused
      state: fate < running * 0.03 ? 'paused' : 'running',
      uptime: Math.floor(random() * 20 * 86_400),
    };
  return { uuid, document, autostart, state: 'shutoff', reason: 'shutdown', managedSave: random() < 0.05 };
}

const wrong = (name: string, should: string) =>
  new GuestroomError('invalid_argument', `${name} in the address must be ${should}`, {
    hint: 'Example: test:///generate?domains=1000&seed=7&running=0.4',
  });

function parameter(
  uri: ConnectionUri,
  name: string,
  otherwise: number,
  least: number,
  largest: number,
): number {
  const text = uri.params.get(name);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text === '' || !(value >= least && value <= largest))
    throw wrong(name, `a number from ${String(least)} to ${String(largest)}`);
  return value;
}
