import { randomBytes, randomUUID } from 'node:crypto';
import type { Connection } from '../../drivers/api/driver.ts';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { Host } from '../../drivers/api/host.ts';
import type { Network, NodeInfo } from '../../drivers/api/model.ts';
import { parseUri, reachesInside } from '../../drivers/api/uri.ts';
import { buildDomain } from '../../drivers/xml/domain/build.ts';
import { readDomain } from '../../drivers/xml/domain/read.ts';
import type { DomainSpec } from '../../drivers/xml/domain/types.ts';
import type { Choices, Media } from '../../preload/create.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { recogniseMedia } from '../catalog/media.ts';
import { readGuestKinds } from './capabilities.ts';
import type { GuestKind } from './capabilities.ts';
import { defaultPool, mainFile, resolve } from './defaults.ts';
import { defaultAddress, portKey } from './facts.ts';
import type { Facts, FileFacts, FirmwareFacts } from './facts.ts';
import { besides } from './names.ts';
import { filesIn, newPoolFor } from './pools.ts';
import { namedFiles } from './problems-files.ts';

/** The host as a plan sees it. */
export interface GatherContext {
  readonly connection: Connection;
  /** The machine itself, where we have it: tells which ports are in use. */
  readonly host?: Host;
  /** What the person calls the host. */
  readonly hostName: string;
  readonly catalog: Catalog;
  /** The UUID and MAC of an earlier preview of the same machine, so that they do not change under the person's eyes. */
  readonly fresh?: Facts['fresh'];
}

/** More machines than this are not searched for the owner of an image: the driver's own lock still protects it. */
const maxOwners = 300;
const atOnce = 8;

/** Asks the host for everything that the choices depend on. Reads only. */
export async function gatherFacts(choices: Choices, context: GatherContext): Promise<Facts> {
  const { connection, catalog } = context;
  const { volumes, domains, verdicts } = connection;
  const uri = parseUri(connection.uri);
  const [[capabilities, node], rows, pools, networks, load] = await Promise.all([
    // in this order: the capabilities wait until every accelerator was tried, the node does not
    connection.capabilities().then(async (text) => [text, await connection.node()] as const),
    domains.list(),
    volumes.pools(),
    listNetworks(connection),
    connection.stats(),
  ]);
  const guests = readGuestKinds(capabilities);
  const reach = reachOf(uri.driver, uri.embedded, uri.path);
  const home = reachesInside(uri) ? context.host?.paths.home : undefined;
  const newPool = connection.pools && newPoolFor(pools, verdicts, reach, home);
  const files = new Map<string, FileFacts>();
  await Promise.all(
    namedFiles(choices).map(async ({ path }) => {
      if (path.trim() !== '')
        files.set(path, await lookAt(connection, path, path === mainFile(choices), catalog));
    }),
  );
  const base: Facts = {
    host: context.hostName,
    driver: uri.driver,
    reach,
    reachesInside: reachesInside(uri),
    readOnly: connection.readOnly,
    verdicts,
    node,
    memoryAvailable: load.node?.memoryAvailable,
    guests,
    firmware: new Map(),
    names: new Set(rows.map(({ name }) => name)),
    pools,
    newPool,
    networks,
    volumes: new Map(),
    files,
    owners: new Map(),
    takenPorts: new Set(),
    catalog,
    fresh: context.fresh ?? { uuid: randomUUID(), mac: newMac(uri.driver) },
  };
  const { arch } = resolve(choices, base).values;
  const pool = choices.disk?.pool ?? defaultPool(base);
  const inPlace = choices.source.kind === 'image' && choices.source.mode === 'inPlace';
  const [firmware, names, owners, takenPorts] = await Promise.all([
    probeFirmware(connection, arch, guests, node),
    newPool && newPool.name === pool
      ? filesIn(connection, newPool.folder)
      : pool !== undefined && pools.some(({ name, active }) => name === pool && active)
        ? volumes.list(pool).then((found) => found.map(({ name }) => name))
        : [],
    inPlace && rows.length <= maxOwners ? findOwners(connection, rows) : new Map<string, string>(),
    findTakenPorts(choices, context),
  ]);
  return {
    ...base,
    firmware: new Map([[arch, firmware]]),
    volumes: pool === undefined ? new Map() : new Map([[pool, new Set(names)]]),
    owners,
    takenPorts,
  };
}

/** undefined where the host has no virtual networks at all, or does not say. */
async function listNetworks({ networks }: Connection): Promise<Network[] | undefined> {
  try {
    return await networks?.list();
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    if (error.code === 'unsupported' || error.code === 'denied') return undefined;
    throw error;
  }
}

function reachOf(driver: string, embedded: boolean, path: string): Facts['reach'] {
  if (driver === 'test') return 'test';
  return embedded ? 'embedded' : path === '/session' ? 'session' : 'system';
}

/** An address of the block that QEMU's guests have by custom. */
export function newMac(driver: string): string {
  const prefix = driver === 'xen' ? [0x00, 0x16, 0x3e] : [0x52, 0x54, 0x00];
  return [...prefix, ...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** What a file of the host is. Never rejects for the file's own faults: they are facts. */
export async function lookAt(
  connection: Connection,
  path: string,
  inside: boolean,
  catalog: Catalog,
): Promise<FileFacts> {
  const { volumes } = connection;
  try {
    const volume = await volumes.lookup(path);
    if (!inside || connection.verdicts.volumeRead.can === 'no') return { state: 'ok', volume };
    const media = await readMedia(connection, path, catalog);
    const backing = media.backing ?? volume.backing;
    const full = backing === undefined ? undefined : besides(path, backing);
    const backingMissing = full !== undefined && (await isMissing(connection, full));
    return { state: 'ok', volume, media, backingMissing };
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    if (error.code === 'not_found') return { state: 'missing' };
    if (error.code === 'invalid_argument' && /folder/i.test(error.message)) return { state: 'folder' };
    if (
      ['denied', 'invalid_argument', 'unsupported', 'program_failed', 'program_missing'].includes(error.code)
    )
      return { state: 'unreadable', reason: error.message };
    throw error;
  }
}

/** What the medium in this file is, by its own content. Rejects with `not_found` where there is none. */
export async function readMedia(connection: Connection, path: string, catalog: Catalog): Promise<Media> {
  const { volumes } = connection;
  const volume = await volumes.lookup(path);
  // a raw file is as large as what the guest sees; others say their size themselves
  const size = volume.format === 'raw' || volume.format === 'iso' ? volume.capacity : volume.allocation;
  const media = await recogniseMedia((offset, length) => volumes.read(path, offset, length), size, catalog);
  return { ...media, ...(media.kind === 'disk' && volume.capacity > 0 ? { capacity: volume.capacity } : {}) };
}

async function isMissing(connection: Connection, path: string): Promise<boolean> {
  try {
    await connection.volumes.lookup(path);
    return false;
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    if (error.code === 'not_found') return true;
    throw error;
  }
}

/** Asks the driver whether it would take documents with this firmware and with a TPM. */
async function probeFirmware(
  connection: Connection,
  arch: string,
  guests: readonly GuestKind[],
  node: NodeInfo,
): Promise<FirmwareFacts> {
  const kind = guests.find((guest) => guest.arch === arch);
  const types = kind?.types ?? [];
  // emulation has the fewest demands of its own
  const type = types.includes('qemu') ? 'qemu' : (types[0] ?? 'qemu');
  const x86 = arch === 'x86_64' || arch === 'i686';
  const machine = x86 ? 'q35' : 'virt';
  const spec = (os: Partial<DomainSpec['os']>, more: Partial<DomainSpec> = {}): DomainSpec => ({
    type,
    name: 'guestroom-probe',
    memory: 256 * 1024 * 1024,
    vcpu: { count: 1 },
    os: {
      type: 'hvm',
      arch,
      ...(kind?.machines.includes(machine) || node.arch === arch ? { machine } : {}),
      ...os,
    },
    ...more,
  });
  const features = (enabled: boolean): NonNullable<DomainSpec['os']['firmwareFeatures']> => [
    { name: 'enrolled-keys', enabled },
    { name: 'secure-boot', enabled },
  ];
  const takes = async (probe: DomainSpec): Promise<boolean> => {
    const remarks = await connection.domains.check(buildDomain(probe));
    return !remarks.some(({ level, path }) => level === 'fatal' && /^(os|devices\/tpm)/.test(path));
  };
  const tpm = { model: x86 ? 'tpm-crb' : 'tpm-tis', backend: { type: 'emulator', version: '2.0' } } as const;
  const [efi, secure, withTpm] = await Promise.all([
    takes(spec({ firmware: 'efi', firmwareFeatures: features(false) })),
    takes(
      spec({ firmware: 'efi', firmwareFeatures: features(true) }, { features: { smm: { state: true } } }),
    ),
    takes(spec({}, { devices: { tpms: [tpm] } })),
  ]);
  return { efi, secure: secure && x86, tpm: withTpm };
}

/** Who has which file as a disk. */
async function findOwners(
  connection: Connection,
  rows: readonly { uuid: string; name: string }[],
): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  const waiting = [...rows];
  const work = async (): Promise<void> => {
    for (let row = waiting.pop(); row; row = waiting.pop()) {
      const text = await xmlOf(connection, row.uuid);
      for (const disk of text === undefined ? [] : readDomain(text).devices.disks) {
        const path = disk.source?.file ?? disk.source?.dev;
        if (path !== undefined && !disk.readonly && !disk.shareable) owners.set(path, row.name);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return owners;
}

/** undefined for a machine that went while we looked. */
async function xmlOf(connection: Connection, uuid: string): Promise<string | undefined> {
  try {
    return await connection.domains.xml(uuid, { inactive: true });
  } catch (thrown) {
    if (thrown instanceof GuestroomError && thrown.code === 'not_found') return undefined;
    throw thrown;
  }
}

async function findTakenPorts(choices: Choices, { host }: GatherContext): Promise<Set<string>> {
  const taken = new Set<string>();
  if (!host || choices.network?.kind === 'none') return taken;
  await Promise.all(
    (choices.network?.forwards ?? [])
      .filter(({ protocol, hostPort }) => protocol === 'tcp' && hostPort >= 1024)
      .map(async (forward) => {
        try {
          await host.freePort(forward.address ?? defaultAddress, forward.hostPort, forward.hostPort);
        } catch (thrown) {
          if (toGuestroomError(thrown).code !== 'port_in_use') throw thrown;
          taken.add(portKey(forward));
        }
      }),
  );
  return taken;
}
