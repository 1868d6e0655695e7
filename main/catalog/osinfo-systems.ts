import type { Element } from '@xmldom/xmldom';
import type { Logger } from '../../drivers/api/driver.ts';
import { anything, bsd, modernLinux, modernWindows, oldWindows, olderWindows } from './profiles.ts';
import type { DeviceProfile, MediaPattern, Resources, System } from './system.ts';
import { GiB } from './system.ts';

/** One `<os>` of libosinfo's database as it stands, before anything is inherited. */
export interface OsRow {
  readonly id: string;
  readonly name: string;
  readonly vendor: string | undefined;
  readonly family: string | undefined;
  readonly released: string | undefined;
  readonly ended: string | undefined;
  readonly parents: readonly string[];
  readonly devices: readonly string[];
  readonly withoutDevices: readonly string[];
  readonly firmware: readonly { type: string; supported: boolean }[];
  readonly minimum: Partial<Resources>;
  readonly recommended: Partial<Resources>;
  readonly media: readonly Readonly<
    Record<'arch' | 'volumeId' | 'systemId' | 'publisherId' | 'applicationId', string>
  >[];
}

export function readOsElement(element: Element): OsRow {
  const texts = (name: string): string[] => all(element, name).map(text);
  const first = (name: string): string | undefined => texts(name)[0];
  const ids = (names: string[]): string[] =>
    names.flatMap((name) => all(element, name).map((node) => node.getAttribute('id') ?? ''));
  const devices = all(element, 'devices').flatMap((list) => all(list, 'device'));
  const removed = (node: Element): boolean => node.getAttribute('removed') === 'true';
  const deviceIds = (wanted: boolean): string[] =>
    devices.filter((node) => removed(node) === wanted).map((node) => node.getAttribute('id') ?? '');
  const resources = all(element, 'resources').filter((node) =>
    ['all', 'x86_64', 'i686', null].includes(node.getAttribute('arch')),
  );
  const media = all(element, 'media').flatMap((node) =>
    all(node, 'iso').map((iso) => ({
      arch: node.getAttribute('arch') ?? '',
      volumeId: childText(iso, 'volume-id'),
      systemId: childText(iso, 'system-id'),
      publisherId: childText(iso, 'publisher-id'),
      applicationId: childText(iso, 'application-id'),
    })),
  );
  return {
    id: element.getAttribute('id') ?? '',
    name: first('name') ?? element.getAttribute('id') ?? '',
    vendor: first('vendor'),
    family: first('family'),
    released: dateOf(first('release-date')),
    ended: dateOf(first('eol-date')),
    parents: ids(['clones', 'derives-from']),
    devices: deviceIds(false),
    withoutDevices: deviceIds(true),
    firmware: all(element, 'firmware').map((node) => ({
      type: node.getAttribute('type') ?? '',
      supported: node.getAttribute('supported') !== 'false',
    })),
    minimum: readResources(resources, 'minimum'),
    recommended: readResources(resources, 'recommended'),
    media,
  };
}

/** All rows with what they inherit along derives-from and clones. */
export function resolveSystems(rows: readonly OsRow[], log: Logger): System[] {
  const byId = new Map(rows.filter(({ id }) => id !== '').map((row) => [row.id, row]));
  return [...byId.values()].map((row) => toSystem(row, lineage(row, byId), log));
}

/** The row and its ancestors, nearest first; each once, so that a circle ends. */
function lineage(row: OsRow, byId: ReadonlyMap<string, OsRow>): OsRow[] {
  const line = new Set<OsRow>([row]);
  for (const member of line) {
    for (const parent of member.parents) {
      const found = byId.get(parent);
      if (found) line.add(found);
    }
  }
  return [...line];
}

function toSystem(row: OsRow, line: readonly OsRow[], log: Logger): System {
  const family = line.find((member) => member.family !== undefined)?.family ?? 'unknown';
  const devices = new Set<string>();
  for (const member of [...line].reverse()) {
    for (const id of member.devices) devices.add(id);
    for (const id of member.withoutDevices) devices.delete(id);
  }
  const profile = profileOf(row, family, devices);
  const minimum = mergeResources(line.map((member) => member.minimum));
  const recommended = mergeResources(line.map((member) => member.recommended));
  const supports = (type: string): boolean | undefined =>
    line.flatMap(({ firmware }) => firmware).find((entry) => entry.type.startsWith(type))?.supported;
  const efiOnly = supports('bios') === false;
  const windows11 = /\/win\/(11|1[2-9])$/.test(row.id);
  return {
    id: row.id,
    name: row.name,
    family,
    ...(row.vendor === undefined ? {} : { vendor: row.vendor }),
    ...(row.released === undefined ? {} : { released: row.released }),
    ...(row.ended === undefined ? {} : { ended: row.ended }),
    devices: profile,
    // where only minimums are known, twice the minimum
    recommended: {
      memory: recommended.memory ?? (minimum.memory === undefined ? 2 * GiB : 2 * minimum.memory),
      vcpus: recommended.vcpus ?? (minimum.vcpus === undefined ? 2 : 2 * minimum.vcpus),
      disk: recommended.disk ?? (minimum.disk === undefined ? 20 * GiB : 2 * minimum.disk),
    },
    minimum,
    firmware: windows11 ? 'efi-secure' : efiOnly ? 'efi' : 'bios',
    starts: efiOnly || windows11 ? ['efi'] : supports('efi') === false ? ['bios'] : ['bios', 'efi'],
    tpm: windows11,
    media: row.media.flatMap((media) => toPattern(media, row.id, log)),
  };
}

/** Ids of PCI devices: virtio 1.0 and the transitional ones; block or SCSI, network, graphics. */
const has = (devices: ReadonlySet<string>, ...ids: string[]): boolean =>
  ids.some((id) => devices.has(`http://pcisig.com/pci/${id}`) || devices.has(`http://qemu.org/${id}`));

function profileOf(row: OsRow, family: string, devices: ReadonlySet<string>): DeviceProfile {
  const virtioDisk = has(devices, '1af4/1042', '1af4/1001', '1af4/1048', '1af4/1004');
  const virtioNet = has(devices, '1af4/1041', '1af4/1000');
  const base = baseProfile(row, family, virtioDisk);
  return {
    ...base,
    disk: virtioDisk ? 'virtio' : base.disk,
    nic: virtioNet ? 'virtio' : base.nic,
    video: has(devices, '1af4/1050') ? 'virtio' : base.video,
    rng: has(devices, '1af4/1044', '1af4/1005'),
    balloon: has(devices, '1af4/1045', '1af4/1002'),
  };
}

function baseProfile(row: OsRow, family: string, virtio: boolean): DeviceProfile {
  if (family === 'winnt' || family === 'win9x') {
    const year = Number((row.released ?? '2020').slice(0, 4));
    return year < 2007 ? oldWindows : year < 2015 ? olderWindows : modernWindows;
  }
  if (/bsd$/i.test(family)) return virtio ? bsd : anything;
  return family === 'linux' && virtio ? modernLinux : anything;
}

function mergeResources(line: readonly Partial<Resources>[]): Partial<Resources> {
  return line.reduceRight((merged, own) => ({ ...merged, ...own }), {});
}

function readResources(lists: readonly Element[], kind: string): Partial<Resources> {
  const found: { memory?: number; vcpus?: number; disk?: number } = {};
  for (const node of lists.flatMap((list) => all(list, kind))) {
    const [memory, vcpus, disk] = ['ram', 'n-cpus', 'storage'].map((name) => Number(childText(node, name)));
    if (memory) found.memory = memory;
    if (vcpus) found.vcpus = vcpus;
    if (disk) found.disk = disk;
  }
  return found;
}

/** GLib's expressions are Perl's; the few that JavaScript cannot read are named in the log. */
function toPattern(media: OsRow['media'][number], id: string, log: Logger): MediaPattern[] {
  const pattern: { -readonly [K in keyof MediaPattern]: MediaPattern[K] } = {};
  try {
    if (media.volumeId) pattern.label = new RegExp(media.volumeId);
    if (media.systemId) pattern.systemId = new RegExp(media.systemId);
    if (media.publisherId) pattern.publisherId = new RegExp(media.publisherId);
    if (media.applicationId) pattern.applicationId = new RegExp(media.applicationId);
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    log.warn('A pattern of the database of systems was left out', { system: id, reason: thrown.message });
    return [];
  }
  if (Object.keys(pattern).length === 0) return [];
  if (media.arch !== '' && media.arch !== 'all') pattern.arch = media.arch;
  return [pattern];
}

function dateOf(value: string | undefined): string | undefined {
  return value !== undefined && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined;
}

/** Child elements by name; translations (xml:lang) are left out. */
function all(parent: Element, name: string): Element[] {
  return Array.from(parent.childNodes).filter(
    (node): node is Element =>
      node.nodeType === 1 && node.nodeName === name && !(node as Element).hasAttribute('xml:lang'),
  );
}

function childText(parent: Element, name: string): string {
  const [node] = all(parent, name);
  return node ? text(node) : '';
}

function text(node: Element): string {
  return (node.textContent ?? '').trim();
}
