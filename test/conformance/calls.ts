import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Connection } from '../../drivers/api/driver.ts';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { ConnectionOperation, DomainOperation } from '../../drivers/api/operations.ts';
import { freshName, guestXml, type HostDocuments } from './fixtures.ts';
import { sinkOf } from './sink.ts';

const mebibyte = 1024 * 1024;

/** A group of the connection; where the driver has none, what a caller of it would be told. */
function has<T>(group: T | undefined): T {
  if (group === undefined) throw new GuestroomError('unsupported', 'This connection lacks the whole group');
  return group;
}

/** A disk of 1 MiB for `attach`, in a file of its own. */
const spareDisk = (folder: string, target: string): string =>
  `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${join(folder, 'spare.img')}'/><target dev='${target}' bus='virtio'/></disk>`;

/** One call of each operation on a domain, with arguments that are right. Streams are closed again. */
export const domainCalls = (
  connection: Connection,
  uuid: string,
  folder: string,
): Record<DomainOperation, () => Promise<unknown>> => {
  const { domains } = connection;
  const devices = () => has(connection.domainDevices);
  const snapshots = () => has(connection.snapshots);
  const jobs = () => has(connection.blockJobs);
  const agent = () => has(connection.agent);
  const medium = `<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>`;
  const snapshot = freshName();
  return {
    start: () => domains.start(uuid),
    startPaused: () => domains.start(uuid, { paused: true }),
    shutdown: () => domains.shutdown(uuid),
    reboot: () => domains.reboot(uuid),
    reset: () => domains.reset(uuid),
    destroy: () => domains.destroy(uuid),
    suspend: () => domains.suspend(uuid),
    resume: () => domains.resume(uuid),
    managedSave: () => domains.managedSave(uuid),
    managedSaveRemove: () => domains.managedSaveRemove(uuid),
    save: () => domains.save(uuid, join(folder, `${randomUUID()}.save`)),
    undefine: () => domains.undefine(uuid),
    rename: () => domains.rename(uuid, freshName()),
    setAutostart: () => domains.setAutostart(uuid, true),
    setMetadata: () => domains.setMetadata(uuid, { title: 'A title', description: 'A note' }),
    setMemory: () => domains.setMemory(uuid, 24 * mebibyte, 'config'),
    setMaxMemory: () => domains.setMaxMemory(uuid, 64 * mebibyte),
    setVcpus: () => domains.setVcpus(uuid, 1, 'config'),
    changeMedia: () => domains.changeMedia(uuid, 'hdc', null),
    screenshot: () => domains.screenshot(uuid),
    sendKey: () => domains.sendKey(uuid, [30]),
    qemuMonitorCommand: () => domains.qemuMonitorCommand(uuid, 'info status', 'hmp'),
    openConsole: async () => (await domains.openConsole(uuid)).destroy(),
    openGraphics: async () => (await domains.openGraphics(uuid)).stream.destroy(),
    injectNmi: () => domains.injectNmi(uuid),
    pmSuspend: () => domains.pmSuspend(uuid, 'mem'),
    pmWakeup: () => domains.pmWakeup(uuid),
    coreDump: () => domains.coreDump(uuid, join(folder, `${randomUUID()}.core`)),
    attachDevice: async () => devices().attach(uuid, spareDisk(folder, 'vdx'), 'config'),
    detachDevice: async () => {
      await devices().attach(uuid, spareDisk(folder, 'vdy'), 'config');
      await devices().detach(uuid, spareDisk(folder, 'vdy'), 'config');
    },
    updateDevice: async () => devices().update(uuid, medium, 'config'),
    blockResize: async () => devices().blockResize(uuid, 'vda', 2 * mebibyte),
    snapshotCreate: async () => snapshots().create(uuid, { name: snapshot }),
    snapshotRevert: async () => {
      await snapshots().create(uuid, { name: snapshot });
      await snapshots().revert(uuid, snapshot);
    },
    snapshotDelete: async () => {
      await snapshots().create(uuid, { name: snapshot });
      await snapshots().delete(uuid, snapshot);
    },
    blockCopy: async () =>
      jobs().copy(uuid, 'vda', { path: join(folder, `${snapshot}.img`), format: 'qcow2', pivot: true }),
    blockPull: async () => jobs().pull(uuid, 'vda'),
    blockCommit: async () => jobs().commit(uuid, 'vda'),
    migrate: async () => has(connection.migration).migrate(uuid, { destination: connection.uri, live: true }),
    agentCommand: async () => agent().command(uuid, '{"execute":"guest-ping"}'),
    guestInfo: async () => agent().info(uuid),
    setUserPassword: async () => agent().setUserPassword(uuid, 'root', 'a-new-one'),
    fsFreeze: async () => {
      await agent().freeze(uuid);
      await agent().thaw(uuid);
    },
    fsTrim: async () => agent().trim(uuid),
    interfaceAddresses: async () => agent().addresses(uuid, 'lease'),
  };
};

/** One call of each operation on the host, in an order in which each finds what it needs. */
export function hostCalls(
  connection: Connection,
  type: string,
  folder: string,
  documents: HostDocuments,
): Record<ConnectionOperation, () => Promise<unknown>> {
  const { domains, volumes } = connection;
  const name = freshName();
  const pools = () => has(connection.pools);
  const networks = () => has(connection.networks);
  const devices = () => has(connection.nodeDevices);
  const secrets = () => has(connection.secrets);
  const secret = randomUUID();
  let made = '';
  const first = async (): Promise<string> => {
    const pool = (await volumes.pools()).find(({ active }) => active);
    if (!pool) throw new Error('the host has no pool');
    return pool.name;
  };
  const pathOf = async (file: string): Promise<string> => {
    const volume = (await volumes.list(await first())).find((one) => one.name === file);
    return volume?.path ?? `${file} is not there`;
  };
  const pool = (which: string): string =>
    `<pool type='dir'><name>${which}</name><target><path>${join(folder, which)}</path></target></pool>`;
  const network = (which: string, number: number): string =>
    `<network><name>${which}</name><bridge name='vbr${String(process.pid % 10_000)}n${String(number)}'/><ip address='10.77.${String(number)}.1' netmask='255.255.255.0'><dhcp><range start='10.77.${String(number)}.100' end='10.77.${String(number)}.200'/></dhcp></ip></network>`;
  const host = `<host mac='52:54:00:00:77:01' name='${name}' ip='10.77.1.50'/>`;
  const nic = (): string => documents.interface ?? "<interface type='ethernet' name='none'/>";
  const nicName = (): string => /name='([^']+)'/.exec(nic())?.[1] ?? '';
  return {
    define: () => domains.define(guestXml(type, { name })),
    create: () => domains.create(guestXml(type)),
    restore: async () => {
      const file = join(folder, `${name}.save`);
      const { uuid } = await domains.create(guestXml(type));
      await domains.save(uuid, file);
      return domains.restore(file);
    },
    volumeCreate: async () =>
      volumes.create(await first(), { name: `${name}.img`, format: 'raw', capacity: mebibyte }),
    volumeRead: async () => volumes.read(await pathOf(`${name}.img`), 0, 512),
    volumeClone: async () =>
      volumes.clone(await pathOf(`${name}.img`), await first(), {
        name: `${name}-copy.qcow2`,
        format: 'qcow2',
      }),
    volumeUpload: async () =>
      volumes.upload(await first(), `${name}.txt`, Readable.from([Buffer.from('content')])),
    volumeDownload: async () =>
      pools().downloadVolume(
        await pathOf(`${name}.img`),
        sinkOf(() => undefined),
      ),
    volumeResize: async () => pools().resizeVolume(await pathOf(`${name}.img`), 2 * mebibyte),
    volumeWipe: async () => pools().wipeVolume(await pathOf(`${name}.img`)),
    volumeDelete: async () => volumes.delete(await pathOf(`${name}.txt`)),
    browse: () => volumes.browse(null),
    poolDefine: async () => pools().define(pool(name)),
    poolBuild: async () => pools().build(name),
    poolStart: async () => pools().start(name),
    poolRefresh: async () => pools().refresh(name),
    poolSetAutostart: async () => pools().setAutostart(name, true),
    poolDestroy: async () => pools().destroy(name),
    poolDelete: async () => pools().delete(name),
    poolUndefine: async () => pools().undefine(name),
    poolCreate: async () => pools().create(pool(`${name}-temporary`), { build: true }),
    networkDefine: async () => networks().define(network(name, 1)),
    networkStart: async () => networks().start(name),
    networkSetAutostart: async () => networks().setAutostart(name, true),
    networkUpdate: async () =>
      networks().update(name, { command: 'add-last', section: 'ip-dhcp-host', xml: host, apply: 'both' }),
    networkLeases: async () => networks().leases(name),
    networkDestroy: async () => networks().destroy(name),
    networkUndefine: async () => networks().undefine(name),
    networkCreate: async () => networks().create(network(`${name}-temporary`, 2)),
    interfaceDefine: async () => has(connection.interfaces).define(nic()),
    interfaceStart: async () => has(connection.interfaces).start(nicName()),
    interfaceDestroy: async () => has(connection.interfaces).destroy(nicName()),
    interfaceUndefine: async () => has(connection.interfaces).undefine(nicName()),
    nodeDeviceList: async () => devices().list(),
    nodeDeviceCreate: async () => {
      made = await devices().create(documents.nodeDevice ?? '<device/>');
    },
    nodeDeviceDetach: async () => devices().detach(made),
    nodeDeviceReattach: async () => devices().reattach(made),
    nodeDeviceReset: async () => devices().reset(made),
    nodeDeviceDestroy: async () => devices().destroy(made),
    secretDefine: async () =>
      secrets().define(
        `<secret ephemeral='no' private='no'><uuid>${secret}</uuid><usage type='volume'><volume>/${name}</volume></usage></secret>`,
      ),
    secretSetValue: async () => secrets().setValue(secret, Buffer.from('a key')),
    secretUndefine: async () => secrets().undefine(secret),
  };
}
