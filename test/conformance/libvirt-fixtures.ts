import { randomUUID } from 'node:crypto';
import type { Connection, Logger } from '../../drivers/api/driver.ts';
import type { Host, SocketAddress } from '../../drivers/api/host.ts';
import { parseUri } from '../../drivers/api/uri.ts';
import { libvirtDriver } from '../../drivers/libvirt/index.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';
import { whyNoLibvirtd } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import type { Fixture, Subject } from './fixtures.ts';

const log: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** Each a daemon of its own, in a network of its own. */
async function open(driver: string, path: string): Promise<Subject> {
  const lab = await startLibvirtd({ network: true });
  const opened: Connection[] = [];
  const again: Subject['again'] = async (options = {}) => {
    const readOnly = options.readOnly ?? false;
    const uri = parseUri(lab.uri({ driver, path, readOnly }));
    const connection = await libvirtDriver.open(uri, { host: hostOf(lab), readOnly, log });
    opened.push(connection);
    return connection;
  };
  const connection = await again();
  if (driver === 'qemu') {
    const pool = `<pool type='dir'><name>images</name><target><path>${lab.files}/images</path></target></pool>`;
    await connection.pools?.create(pool, { build: true });
  }
  return {
    connection,
    again,
    folder: lab.files,
    devices: '',
    end: async () => {
      for (const one of opened) await one.close();
      await lab.end();
    },
  };
}

/** A disk with a backing image, so that there is something to pull and to commit. */
async function disk({ connection }: Subject): Promise<string> {
  const name = randomUUID();
  const format = 'qcow2';
  const base = await connection.volumes.create('images', {
    name: `${name}.base`,
    format,
    capacity: 1024 ** 2,
  });
  const { path } = await connection.volumes.create('images', {
    name: `${name}.qcow2`,
    format,
    capacity: 1024 ** 2,
    backing: { path: base.path, format },
  });
  return `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>`;
}

/** Sockets that the daemon made in its own view of the machine are elsewhere for us. */
function hostOf(lab: Libvirtd): Host {
  const host = createLocalHost({});
  return Object.assign(Object.create(host) as Host, {
    connect: (address: SocketAddress) =>
      host.connect('unix' in address ? { unix: lab.outside(address.unix) } : address),
  });
}

/** A real libvirtd's drivers. */
export async function libvirtFixtures(): Promise<Fixture[]> {
  const missing = await whyNoLibvirtd();
  return [
    {
      name: 'libvirt’s QEMU',
      missing,
      type: 'qemu',
      lacks: [],
      groups: [
        'domainDevices',
        'snapshots',
        'blockJobs',
        'migration',
        'agent',
        'pools',
        'networks',
        'interfaces',
        'nodeDevices',
        'secrets',
      ],
      documents: {},
      keeps: { comments: false, startTime: false },
      // it has no event for a new volume, and an event is a hint to look
      tellsEveryChange: false,
      // the others need a system inside the guest, or are libvirt’s own words: the live suites have them
      suites: ['pools'],
      beyond: [
        'agentCommand',
        'guestInfo',
        'setUserPassword',
        'fsFreeze',
        'fsTrim',
        'pmSuspend',
        'pmWakeup',
        'migrate',
      ],
      devices: disk,
      open: () => open('qemu', '/system'),
    },
  ];
}
