import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Change, Connection, Driver, Logger } from '../../drivers/api/driver.ts';
import type { Host } from '../../drivers/api/host.ts';
import { isActive, no, verdictsOn, type DomainOperation, type Group } from '../../drivers/api/operations.ts';
import { parseUri } from '../../drivers/api/uri.ts';
import { drivers } from '../../drivers/index.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';
import { libvirtFixtures } from './libvirt-fixtures.ts';

type DomainGroup = 'domainDevices' | 'snapshots' | 'blockJobs' | 'migration' | 'agent';

/** Documents that only one hypervisor's host takes. */
export interface HostDocuments {
  interface?: string;
  nodeDevice?: string;
}

/** A host of its own for one driver, that ends without a trace. */
export interface Subject {
  connection: Connection;
  /** Another connection to the same host. */
  again(options?: { readOnly?: boolean }): Promise<Connection>;
  /** A folder on the host for files of the test. */
  folder: string;
  /** What a guest needs for work on its disk `vda` and with its agent, as elements of its document. */
  devices: string;
  end(): Promise<void>;
}

export interface Fixture {
  name: string;
  /** Why it does not run here. */
  missing: string | undefined;
  /** The domain type of its documents. */
  type: string;
  /** Operations on domains that its verdicts say no to. */
  lacks: readonly DomainOperation[];
  /** Optional groups of its connections. */
  groups: readonly Group[];
  /** Those whose own suites run over it; all of them where missing. */
  suites?: readonly Group[];
  documents: HostDocuments;
  /** What it remembers that others do not. */
  keeps: { comments: boolean; startTime: boolean };
  /** Every change is told to every connection, however short the time to the next one. */
  tellsEveryChange: boolean;
  /** Operations that need a system inside the guest; the live suites have one. */
  beyond: readonly DomainOperation[];
  /** Devices that its guests have besides: made for each anew. */
  devices?(subject: Subject): Promise<string>;
  open(): Promise<Subject>;
}

const log: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };

let counter = 0;
/** A name that no other test uses. */
export const freshName = (): string => {
  counter += 1;
  return `guest-${String(process.pid)}-${String(counter)}`;
};

/** Unix sockets have short paths: the folder must not be deep. */
const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), 'gr-'));

function hostIn(folder: string): Host {
  const inside = (name: string) => join(folder, name);
  return createLocalHost({
    paths: {
      data: inside('data'),
      config: inside('config'),
      state: inside('state'),
      cache: inside('cache'),
      runtime: inside('run'),
    },
  });
}

async function openOn(driver: Driver, uri: string, host: Host, folder: string): Promise<Subject> {
  const opened: Connection[] = [];
  const again = async (options: { readOnly?: boolean } = {}) => {
    const context = { host, log, readOnly: options.readOnly ?? false };
    const connection = await driver.open(parseUri(uri), context);
    opened.push(connection);
    return connection;
  };
  const connection = await again();
  return {
    connection,
    again,
    folder,
    devices: '',
    end: async () => {
      const last = await again();
      for (const domain of await last.domains.list())
        if (isActive(domain.state)) await last.domains.destroy(domain.uuid);
      for (const one of opened) await one.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const named = (name: string): Driver | undefined => drivers.find((driver) => driver.name === name);

const lacking = (...groups: DomainGroup[]): DomainOperation[] =>
  Object.keys(verdictsOn(no('driver_lacks'), ...groups)) as DomainOperation[];

async function qemuFixture(): Promise<Fixture> {
  const qemu = named('qemu');
  const fixture: Omit<Fixture, 'missing'> = {
    name: 'qemu',
    type: 'qemu',
    lacks: [
      ...lacking('domainDevices', 'snapshots', 'blockJobs', 'migration', 'agent'),
      ...(['pmSuspend', 'pmWakeup', 'coreDump'] as const),
    ],
    groups: [],
    documents: {},
    keeps: { comments: true, startTime: true },
    tellsEveryChange: true,
    beyond: [],
    open: async () => {
      if (!qemu) throw new Error('there is no QEMU driver');
      const folder = await temporary();
      return openOn(qemu, 'qemu:///embed', hostIn(folder), folder);
    },
  };
  if (!qemu) return { ...fixture, missing: 'the registry has no QEMU driver' };
  const folder = await temporary();
  try {
    const [found] = [await qemu.probe(hostIn(folder))].flat();
    return {
      ...fixture,
      missing: found?.state === 'ready' ? undefined : (found?.summary ?? 'nothing was found'),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A disk of 1 MiB in the first pool, and a channel for an agent that answers. */
async function workingDevices({ volumes }: Connection): Promise<string> {
  const pool = (await volumes.pools())[0]?.name ?? '';
  const disk = { name: `${freshName()}.img`, format: 'raw', capacity: 1024 * 1024 } as const;
  const { path } = await volumes.create(pool, disk);
  return `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>`;
}

async function testFixture(): Promise<Fixture> {
  return {
    name: 'test',
    missing: named('test') ? undefined : 'the registry has no test driver',
    type: 'test',
    // there is no QEMU behind it, and no bytes of a disk that could be copied
    lacks: ['qemuMonitorCommand', ...lacking('blockJobs', 'migration')],
    groups: [
      'domainDevices',
      'snapshots',
      'agent',
      'pools',
      'networks',
      'interfaces',
      'nodeDevices',
      'secrets',
    ],
    documents: {
      nodeDevice: `<device>
  <parent>scsi_host2</parent>
  <capability type='scsi_host'>
    <capability type='fc_host'><wwnn>2000000099990001</wwnn><wwpn>1000000099990001</wwpn></capability>
  </capability>
</device>`,
    },
    keeps: { comments: true, startTime: true },
    tellsEveryChange: true,
    beyond: [],
    open: async () => {
      const test = named('test');
      if (!test) throw new Error('there is no test driver');
      const folder = await temporary();
      const subject = await openOn(test, `test:///default?instance=${randomUUID()}`, hostIn(folder), folder);
      return { ...subject, devices: await workingDevices(subject.connection) };
    },
  };
}

// the live suites run the same tests over a real libvirtd
const known =
  process.env['GUESTROOM_CONFORMANCE'] === 'libvirt'
    ? await libvirtFixtures()
    : [await testFixture(), await qemuFixture()];
for (const { name, missing } of known)
  if (missing !== undefined) console.log(`conformance: the ${name} driver is left out: ${missing}`);

/** Every driver that can run here. */
export const fixtures: readonly Fixture[] = known.filter(({ missing }) => missing === undefined);

/** Those whose connections have this group. */
export const having = (group: Group): Fixture[] =>
  fixtures.filter(({ groups, suites }) => (suites ?? groups).includes(group));

export interface GuestOptions {
  name?: string;
  uuid?: string;
  type?: string;
  /** More elements below `<domain>`, and inside `<devices>`. */
  extra?: string;
  devices?: string;
  noConsole?: boolean;
  noGraphics?: boolean;
  noDrive?: boolean;
}

/** A guest without a system: 32 MiB, an empty CD drive, a serial line and a VNC screen. */
export function guestXml(type: string, options: GuestOptions = {}): string {
  const { name = freshName(), uuid, extra = '', devices = '' } = options;
  return `<domain type='${type}'>
  <name>${name}</name>
${uuid === undefined ? '' : `  <uuid>${uuid}</uuid>\n`}  <memory unit='MiB'>32</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
  </os>
  ${extra}
  <devices>
${options.noDrive ? '' : `    <disk type='file' device='cdrom'>\n      <target dev='hdc' bus='ide'/>\n      <readonly/>\n    </disk>\n`}${
    options.noConsole ? '' : `    <serial type='pty'>\n      <target port='0'/>\n    </serial>\n`
  }${
    options.noGraphics
      ? ''
      : `    <graphics type='vnc'>\n      <listen type='socket'/>\n    </graphics>\n    <video>\n      <model type='vga'/>\n    </video>\n`
  }    ${devices}
  </devices>
</domain>
`;
}

/** Collects changes and waits for one. */
export class Watcher {
  readonly seen: Change[] = [];
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();
  readonly #wakes = new Set<() => void>();

  constructor(connection: Connection) {
    const changes = connection.changes(this.#stop.signal);
    this.ended = this.#read(changes);
  }

  async #read(changes: AsyncIterable<Change>): Promise<void> {
    for await (const change of changes) {
      this.seen.push(change);
      for (const wake of this.#wakes) wake();
    }
  }

  /** Resolves once what was seen fits; rejects after ten seconds with what was seen. */
  async until(fits: (seen: readonly Change[]) => boolean): Promise<void> {
    if (fits(this.seen)) return;
    await new Promise<void>((resolve, reject) => {
      const finish = (end: () => void) => {
        clearTimeout(deadline);
        this.#wakes.delete(wake);
        end();
      };
      const wake = () => {
        if (fits(this.seen)) finish(resolve);
      };
      const deadline = setTimeout(
        () => finish(() => reject(new Error(`not seen in time; seen: ${JSON.stringify(this.seen)}`))),
        10_000,
      );
      this.#wakes.add(wake);
    });
  }

  /** States of one domain in the order they came, equal neighbours once; `removed` at its end. */
  states(uuid: string): string[] {
    const states = this.seen.flatMap((change) => {
      if (change.kind === 'domain' && change.domain.uuid === uuid) return [change.domain.state];
      return change.kind === 'domain-removed' && change.uuid === uuid ? ['removed'] : [];
    });
    return states.filter((state, index) => state !== states[index - 1]);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.ended;
  }
}
