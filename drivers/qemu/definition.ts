import { randomUUID } from 'node:crypto';
import type { UndefineOptions } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { DomainDocument } from '../xml/domain/edit.ts';
import type { Disk, Domain } from '../xml/domain/types.ts';
import { macFor } from './arguments/network.ts';
import { diskPaths, usesImage } from './image-users.ts';
import type { Entry, Inventory } from './inventory.ts';
import { removeLogs } from './log.ts';
import { survey, type Survey, type Toolbox } from './survey.ts';

/** A document that may be stored or started: checked, and with everything in it that must not change from run to run. */
export interface Definition {
  uuid: string;
  text: string;
  survey: Survey;
}

/**
 * Reads a document that a person gave. Rejects where it cannot be a domain here, or where its name or UUID belongs to
 * another. What is left open is decided once and written down: UUID, MAC addresses, and the format of images, which
 * is never looked up again after a guest could have written to them.
 */
export async function readDefinition(
  tools: Toolbox,
  inventory: Inventory,
  text: string,
): Promise<Definition> {
  const document = DomainDocument.parse(text);
  const given = document.read();
  const sameName = inventory.byName(given.name);
  const uuid = given.uuid ?? randomUUID();
  const sameUuid = inventory.entries.get(uuid);
  if (sameName && sameName.uuid !== uuid) {
    throw new GuestroomError('exists', `The name '${given.name}' is taken by another virtual machine`, {
      detail: `Its UUID is ${sameName.uuid}`,
      hint: 'Choose another name; to change that machine give its UUID',
    });
  }
  if (sameUuid && inventory.domainOf(sameUuid).name !== given.name) {
    const { name } = inventory.domainOf(sameUuid);
    throw new GuestroomError('exists', `The UUID belongs to the virtual machine '${name}'`, {
      hint: 'Remove the uuid element to get a new one, or rename that machine first',
    });
  }
  keepKnownFormats(tools, inventory, document);
  const found = await survey(tools, document.toString(), uuid);
  found.findings.refuse('define');
  document.setUuid(uuid).update({ id: null });
  found.domain.devices.interfaces.forEach((network, at) => {
    if (network.mac === undefined) document.change('interfaces', at, { mac: macFor(uuid, at) });
  });
  pinFormats(document, found);
  return { uuid, text: document.toString(), survey: found };
}

/** Whether the format of a disk is still open: its image was not there when the document was stored. */
export const hasOpenFormats = (domain: Domain): boolean => domain.devices.disks.some(isOpen);

/** Writes the formats that were found down. */
export function pinFormats(document: DomainDocument, { domain, plan }: Survey): void {
  domain.devices.disks.forEach((disk, at) => {
    const format = plan?.formats.get(disk.target.dev);
    if (format !== undefined && isOpen(disk)) writeFormat(document, at, disk, format);
  });
}

/** An image that a machine here has already used stays what it was: since then its guest may have written any header. */
function keepKnownFormats(tools: Toolbox, inventory: Inventory, document: DomainDocument): void {
  const known = new Map<string, string>();
  for (const entry of inventory.entries.values()) {
    const domain = inventory.domainOf(entry);
    const paths = diskPaths(tools, domain);
    for (const { target, driver } of domain.devices.disks) {
      const path = paths.get(target.dev);
      if (path !== undefined && driver?.type !== undefined) known.set(path, driver.type);
    }
  }
  const given = document.read();
  const paths = diskPaths(tools, given);
  given.devices.disks.forEach((disk, at) => {
    const format = known.get(paths.get(disk.target.dev) ?? '');
    if (format !== undefined && isOpen(disk)) writeFormat(document, at, disk, format);
  });
}

/** CDs are left open: no guest writes to them, and the next medium may be of another format. */
const isOpen = (disk: Disk): boolean =>
  disk.driver?.type === undefined &&
  disk.device !== 'cdrom' &&
  disk.type !== 'block' &&
  disk.source !== undefined;

function writeFormat(document: DomainDocument, at: number, disk: Disk, type: string): void {
  document.change('disks', at, { driver: { name: disk.driver?.name ?? 'qemu', type } });
}

/** Forgets a persistent domain. A running one goes on as a temporary one. */
export async function undefine(
  tools: Toolbox,
  inventory: Inventory,
  entry: Entry,
  options: UndefineOptions,
): Promise<void> {
  const { files } = tools.host;
  const domain = inventory.domainOf(entry);
  const volumes = options.volumes ?? [];
  const own = new Set(diskPaths(tools, domain).values());
  for (const path of volumes) {
    if (!own.has(path)) {
      throw new GuestroomError('invalid_argument', `${path} is no disk of this virtual machine`);
    }
    const stat = await files.stat(path);
    if (stat && stat.kind !== 'file') {
      throw new GuestroomError('invalid_argument', `${path} is not a file and cannot be deleted`);
    }
    await refuseShared(tools, inventory, entry, path);
  }
  if (entry.guest && volumes.length > 0) {
    throw new GuestroomError('wrong_state', 'The disks of a running virtual machine cannot be deleted', {
      hint: 'Shut it down first',
    });
  }
  const places = tools.layout.of(entry.uuid);
  // it goes on as a temporary one: whoever sees its end clears up after it
  await entry.guest?.note({ keepNvram: options.keepNvram === true });
  await inventory.store.remove(entry.uuid);
  await files.remove(places.savedState);
  if (!entry.guest) {
    if (options.keepNvram !== true) await files.removeTree(places.own);
    await removeLogs(tools.host, tools.layout.logs, entry.uuid);
  }
  for (const path of volumes) await files.remove(path);
  inventory.forget(entry.uuid);
}

/** An image that another domain uses too, or has something lie on, is not ours to delete. */
async function refuseShared(tools: Toolbox, inventory: Inventory, entry: Entry, path: string): Promise<void> {
  for (const other of inventory.entries.values()) {
    if (other === entry) continue;
    for (const domain of [other.config, other.guest?.domain]) {
      if (!domain || !(await usesImage(tools, domain, path))) continue;
      throw new GuestroomError('busy', `${path} is also a disk of '${domain.name}', or lies under one`, {
        hint: 'Leave it out, or remove it from that virtual machine first',
        retryable: false,
      });
    }
  }
}
