import type { Connection } from '../../drivers/api/driver.ts';
import { toGuestroomError } from '../../drivers/api/errors.ts';
import type { DomainSummary, Volume } from '../../drivers/api/model.ts';
import type { Disk, Domain } from '../../drivers/xml/domain/types.ts';
import type { OwnedState, OwnedVolume } from '../../preload/rows.ts';
import type { Documents } from './documents.ts';
import { bounded } from '../../drivers/api/bounded.ts';

interface Used {
  domain: DomainSummary;
  disk: Disk;
  path: string;
}

interface Read {
  domain: DomainSummary;
  document: Readonly<Domain>;
}

/** The disks of these domains of one node, why some of them should stay when the domains are deleted, and their states. */
export async function ownedVolumes(
  node: string,
  connection: Connection,
  wanted: ReadonlySet<string>,
  domains: readonly DomainSummary[],
  documents: Documents,
): Promise<{ volumes: OwnedVolume[]; states: OwnedState[] }> {
  const read = (await bounded(domains, 8, (domain) => readOne(connection, domain, documents))).flat();
  const used = read.flatMap(disksOf);
  const backing = await backingFiles(connection);
  const volumes = await bounded(
    used.filter(({ domain }) => wanted.has(domain.uuid)),
    4,
    async ({ domain, disk, path }): Promise<OwnedVolume> => {
      const volume = await lookup(connection, path);
      const other = used.find((use) => use.path === path && !wanted.has(use.domain.uuid));
      const keep =
        disk.device === 'cdrom' || disk.device === 'floppy'
          ? 'removable'
          : !volume
            ? 'missing'
            : other
              ? 'used_by_other'
              : backing.has(path)
                ? 'backing'
                : disk.shareable
                  ? 'shareable'
                  : disk.readonly
                    ? 'readonly'
                    : undefined;
      return {
        node,
        uuid: domain.uuid,
        path,
        target: disk.target.dev,
        ...(volume ? { allocation: volume.allocation } : {}),
        ...(keep ? { keep } : {}),
        ...(keep === 'used_by_other' && other ? { usedBy: other.domain.name } : {}),
      };
    },
  );
  const states = await bounded(
    read.filter(({ domain }) => wanted.has(domain.uuid)),
    4,
    async ({ domain, document }): Promise<OwnedState> => ({
      node,
      uuid: domain.uuid,
      nvram: hasVariables(document),
      tpm: document.devices.tpms.some(({ backend }) => backend?.type === 'emulator'),
      snapshots: await countSnapshots(connection, domain.uuid),
    }),
  );
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

function disksOf({ domain, document }: Read): Used[] {
  return document.devices.disks.flatMap((disk) => {
    const path = disk.source?.file ?? disk.source?.dev;
    return path === undefined ? [] : [{ domain, disk, path }];
  });
}

async function readOne(
  connection: Connection,
  domain: DomainSummary,
  documents: Documents,
): Promise<[] | [Read]> {
  let xml: string;
  try {
    xml = await connection.domains.xml(domain.uuid, { inactive: domain.persistent });
  } catch (thrown) {
    // it went away since the list was made
    if (toGuestroomError(thrown).code === 'not_found') return [];
    throw thrown;
  }
  return [{ domain, document: documents.read(xml) }];
}

async function lookup(connection: Connection, path: string): Promise<Volume | undefined> {
  try {
    return await connection.volumes.lookup(path);
  } catch (thrown) {
    if (toGuestroomError(thrown).code === 'not_found') return undefined;
    throw thrown;
  }
}

/** Images that others are written over. */
async function backingFiles(connection: Connection): Promise<ReadonlySet<string>> {
  const pools = (await connection.volumes.pools()).filter(({ active }) => active);
  const volumes = await bounded(pools, 4, ({ name }) => connection.volumes.list(name));
  return new Set(volumes.flat().flatMap(({ backing }) => backing ?? []));
}
