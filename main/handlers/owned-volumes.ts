import type { Connection } from '../../drivers/api/driver.ts';
import { toGuestroomError } from '../../drivers/api/errors.ts';
import type { DomainSummary, Volume } from '../../drivers/api/model.ts';
import { isActive } from '../../drivers/api/operations.ts';
import type { Disk, Domain } from '../../drivers/xml/domain/types.ts';
import type { OwnedState, OwnedVolume } from '../../preload/rows.ts';
import type { Documents } from './documents.ts';
import { bounded } from '../../drivers/api/bounded.ts';
import { DiskFiles } from './disk-files.ts';

interface Read {
  domain: DomainSummary;
  document: Readonly<Domain>;
  /** As it runs, where that may differ. */
  live?: Readonly<Domain>;
}

type Keep = OwnedVolume['keep'];

/** The disks of these domains of one node, why some of them should stay when the domains are deleted, and their states. */
export async function ownedVolumes(
  node: string,
  connection: Connection,
  wanted: ReadonlySet<string>,
  domains: readonly DomainSummary[],
  documents: Documents,
): Promise<{ volumes: OwnedVolume[]; states: OwnedState[] }> {
  const own = ({ uuid }: DomainSummary): boolean => wanted.has(uuid);
  const [files, documentsRead] = await Promise.all([
    DiskFiles.of(connection),
    bounded(domains, 8, (domain) => readOne(connection, domain, documents, own(domain))),
  ]);
  const read = documentsRead.flat();
  const disks = read.flatMap(({ domain, document, live }) =>
    [...document.devices.disks, ...(live?.devices.disks ?? [])].map((disk) => ({ domain, disk })),
  );
  const user = new Map<string, string>();
  await bounded(
    disks.filter(({ domain }) => !own(domain)),
    8,
    async ({ domain, disk }) => {
      const path = files.pathOf(disk);
      if (path !== undefined) user.set(await files.real(path), domain.name);
    },
  );
  const backing = await files.backing(disks.map(({ disk }) => disk));
  const mine = read.filter(({ domain }) => own(domain));
  const named = mine.flatMap(({ domain, document }) =>
    document.devices.disks.flatMap((disk) => {
      // one that is named by its pool is left to whoever works on the pool
      const path = disk.source?.file ?? disk.source?.dev;
      return path === undefined ? [] : [{ uuid: domain.uuid, disk, path }];
    }),
  );
  const volumes = await bounded(named, 4, async ({ uuid, disk, path }): Promise<OwnedVolume> => {
    const real = await files.real(path);
    const found = await lookup(connection, path);
    const other = user.get(real);
    const keep = keepOf(disk, found, other !== undefined, backing.has(real));
    return {
      node,
      uuid,
      path,
      target: disk.target.dev,
      ...(typeof found === 'object' ? { allocation: found.allocation } : {}),
      ...(keep ? { keep } : {}),
      ...(keep === 'used_by_other' && other !== undefined ? { usedBy: other } : {}),
    };
  });
  const states = await bounded(mine, 4, async ({ domain, document }): Promise<OwnedState> => ({
    node,
    uuid: domain.uuid,
    nvram: hasVariables(document),
    tpm: document.devices.tpms.some(({ backend }) => backend?.type === 'emulator'),
    snapshots: await countSnapshots(connection, domain.uuid),
  }));
  return { volumes, states: states.filter(({ nvram, tpm, snapshots }) => nvram || tpm || snapshots > 0) };
}

async function countSnapshots({ snapshots }: Connection, uuid: string): Promise<number> {
  try {
    return (await snapshots?.list(uuid))?.length ?? 0;
  } catch (thrown) {
    // not this hypervisor, or the domain went away since the list was made
    if (['unsupported', 'not_found'].includes(toGuestroomError(thrown).code)) return 0;
    throw thrown;
  }
}

/** The hypervisor keeps UEFI variables for it. A file that the document names for them belongs to whoever named it. */
function hasVariables({ os: { firmware, loader, nvram } }: Readonly<Domain>): boolean {
  if (loader?.stateless || (nvram?.path ?? nvram?.sourceFile) !== undefined) return false;
  if (loader?.path !== undefined) return loader.type === 'pflash' && nvram?.template !== undefined;
  return firmware === 'efi';
}

/** Why a disk should stay, the strongest reason first. */
function keepOf(disk: Disk, found: Volume | 'missing' | 'unreadable', shared: boolean, under: boolean): Keep {
  if (disk.device === 'cdrom' || disk.device === 'floppy') return 'removable';
  if (found === 'missing') return 'missing';
  if (shared) return 'used_by_other';
  if (under) return 'backing';
  if (found === 'unreadable') return 'unreadable';
  if (disk.shareable) return 'shareable';
  return disk.readonly ? 'readonly' : undefined;
}

/** Nothing for a machine that went away since the list was made, and for another one that may not be read. */
async function readOne(
  connection: Connection,
  domain: DomainSummary,
  documents: Documents,
  own: boolean,
): Promise<[] | [Read]> {
  const { uuid, persistent } = domain;
  try {
    const document = documents.read(await connection.domains.xml(uuid, { inactive: persistent }));
    // a disk that was plugged in is in the document of the running machine only
    const running = !own && persistent && isActive(domain.state);
    const live = running ? documents.read(await connection.domains.xml(uuid)) : undefined;
    return [{ domain, document, ...(live ? { live } : {}) }];
  } catch (thrown) {
    const { code } = toGuestroomError(thrown);
    if (code === 'not_found' || (!own && (code === 'denied' || code === 'xml_invalid'))) return [];
    throw thrown;
  }
}

async function lookup(connection: Connection, path: string): Promise<Volume | 'missing' | 'unreadable'> {
  try {
    return await connection.volumes.lookup(path);
  } catch (thrown) {
    const { code } = toGuestroomError(thrown);
    if (code === 'not_found') return 'missing';
    if (['lost', 'timeout', 'cancelled', 'unreachable'].includes(code)) throw thrown;
    return 'unreadable';
  }
}
