/** Reads at most `length` bytes from `offset`; fewer at the end of the file. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/** What the descriptors of an optical disc say (ECMA-119, ECMA-167, El Torito 1.0). */
export interface Disc {
  /** Volume id: the primary descriptor's, else Joliet's or UDF's. */
  readonly label: string;
  readonly systemId: string;
  readonly publisherId: string;
  readonly applicationId: string;
  /** Day the volume was made, as YYYY-MM-DD. */
  readonly created: string | undefined;
  /** Firmware that finds a boot image for itself. */
  readonly boots: readonly ('bios' | 'efi')[];
  /** libvirt's name of the architecture that the boot files are for, where they tell. */
  readonly arch: string | undefined;
  /** Bytes of the volume as its descriptor counts them. */
  readonly size: number | undefined;
}

const sector = 2048;
const maxDescriptors = 32;
const latin = new TextDecoder('latin1');
const utf16 = new TextDecoder('utf-16be');

interface Directory {
  readonly start: number;
  readonly length: number;
}

interface Descriptors {
  primary: Uint8Array | undefined;
  joliet: Uint8Array | undefined;
  catalog: number | undefined;
  udf: boolean;
}

/** The disc in this file, or undefined when it is none. */
export async function readDisc(read: ReadAt): Promise<Disc | undefined> {
  const found = await readDescriptors(read);
  if (!found.primary && !found.udf) return undefined;
  const { primary, joliet } = found;
  const text = (from: number, length: number): string =>
    primary ? latin.decode(primary.subarray(from, from + length)).trim() : '';
  const udfLabel = found.udf ? await readUdfLabel(read) : undefined;
  const wide = joliet ? utf16.decode(joliet.subarray(40, 72)).replace(/\0/g, '').trim() : '';
  const boot = found.catalog === undefined ? none : await readBootCatalog(read, found.catalog);
  const arch = (primary && (await archOfFiles(read, directoryOf(primary)))) ?? boot.arch;
  return {
    label: text(40, 32) || wide || (udfLabel ?? ''),
    systemId: text(8, 32),
    publisherId: text(318, 128),
    applicationId: text(574, 128),
    created: dateOf(text(813, 16)),
    boots: boot.boots,
    arch,
    size: primary && view(primary).getUint32(80, true) * sector,
  };
}

async function readDescriptors(read: ReadAt): Promise<Descriptors> {
  const found: Descriptors = { primary: undefined, joliet: undefined, catalog: undefined, udf: false };
  for (let index = 16; index < 16 + maxDescriptors; index++) {
    const block = await read(index * sector, sector);
    if (block.length < sector) break;
    const mark = latin.decode(block.subarray(1, 6));
    if (mark === 'NSR02' || mark === 'NSR03') found.udf = true;
    if (mark === 'BEA01' || mark === 'NSR02' || mark === 'NSR03') continue;
    if (mark === 'TEA01' || mark !== 'CD001') break;
    const type = block[0];
    if (type === 1) found.primary ??= block;
    else if (type === 2 && isJoliet(block)) found.joliet ??= block;
    else if (type === 0 && latin.decode(block.subarray(7, 30)) === 'EL TORITO SPECIFICATION')
      found.catalog ??= view(block).getUint32(71, true);
    // the set ends with 255; UDF's recognition sequence may follow it
  }
  return found;
}

function isJoliet(block: Uint8Array): boolean {
  const escape = latin.decode(block.subarray(88, 91));
  return escape === '%/@' || escape === '%/C' || escape === '%/E';
}

/** Volume identifier of UDF's logical volume descriptor, by the anchor at sector 256. */
async function readUdfLabel(read: ReadAt): Promise<string | undefined> {
  const anchor = await read(256 * sector, sector);
  if (anchor.length < sector || view(anchor).getUint16(0, true) !== 2) return undefined;
  const length = Math.min(view(anchor).getUint32(16, true), 64 * sector);
  const start = view(anchor).getUint32(20, true) * sector;
  const sequence = await read(start, length);
  for (let at = 0; at + sector <= sequence.length; at += sector) {
    const tag = view(sequence).getUint16(at, true);
    if (tag === 8) break;
    if (tag === 6) return dstring(sequence.subarray(at + 84, at + 212));
  }
  return undefined;
}

function dstring(field: Uint8Array): string | undefined {
  const length = field[field.length - 1] ?? 0;
  if (length < 2 || length >= field.length) return undefined;
  const text = field.subarray(1, length);
  if (field[0] === 8) return latin.decode(text).trim();
  return field[0] === 16 ? utf16.decode(text).trim() : undefined;
}

interface Boot {
  readonly boots: readonly ('bios' | 'efi')[];
  readonly arch: string | undefined;
}
const none: Boot = { boots: [], arch: undefined };

async function readBootCatalog(read: ReadAt, lba: number): Promise<Boot> {
  const catalog = await read(lba * sector, sector);
  if (catalog.length < 64 || catalog[0] !== 1 || catalog[30] !== 0x55 || catalog[31] !== 0xaa) return none;
  const boots = new Set<'bios' | 'efi'>();
  let arch: string | undefined;
  const take = async (platform: number | undefined, at: number): Promise<void> => {
    if (catalog[at] !== 0x88) return;
    if (platform === 0) boots.add('bios');
    if (platform !== 0xef) return;
    boots.add('efi');
    arch ??= archOfFat(await read(view(catalog).getUint32(at + 8, true) * sector, 1024 * 1024));
  };
  await take(catalog[1], 32);
  let at = 64;
  while (at + 32 <= catalog.length) {
    const header = catalog[at];
    if (header !== 0x90 && header !== 0x91) break;
    const platform = catalog[at + 1];
    const entries = view(catalog).getUint16(at + 2, true);
    at += 32;
    for (let entry = 0; entry < entries && at + 32 <= catalog.length; entry++, at += 32) {
      while (catalog[at] === 0x44 && at + 64 <= catalog.length) at += 32;
      await take(platform, at);
    }
    if (header === 0x91) break;
  }
  return { boots: [...boots], arch };
}

/** Removable-media boot files of UEFI (specification 2.10, table 3-5), 64-bit ones first. */
const bootFiles: readonly (readonly [name: string, short: string, arch: string])[] = [
  ['BOOTX64.EFI', 'BOOTX64 EFI', 'x86_64'],
  ['BOOTAA64.EFI', 'BOOTAA64EFI', 'aarch64'],
  ['BOOTRISCV64.EFI', 'BOOTRI~1EFI', 'riscv64'],
  ['BOOTLOONGARCH64.EFI', 'BOOTLO~1EFI', 'loongarch64'],
  ['BOOTIA32.EFI', 'BOOTIA32EFI', 'i686'],
  ['BOOTARM.EFI', 'BOOTARM EFI', 'armv7l'],
];

function archOfFat(image: Uint8Array): string | undefined {
  const text = latin.decode(image);
  return bootFiles.find(([, short]) => text.includes(short))?.[2];
}

/** Looks for /EFI/BOOT on the disc itself. */
async function archOfFiles(read: ReadAt, root: Directory): Promise<string | undefined> {
  const efi = (await listDirectory(read, root)).get('EFI');
  const boot = efi && (await listDirectory(read, efi)).get('BOOT');
  if (!boot) return undefined;
  const files = await listDirectory(read, boot);
  return bootFiles.find(([name]) => files.has(name))?.[2];
}

function directoryOf(primary: Uint8Array): Directory {
  const record = view(primary);
  return { start: record.getUint32(158, true), length: record.getUint32(166, true) };
}

/** Names in capitals without their version number. */
async function listDirectory(read: ReadAt, directory: Directory): Promise<Map<string, Directory>> {
  const block = await read(directory.start * sector, Math.min(directory.length, 64 * 1024));
  const entries = new Map<string, Directory>();
  for (let at = 0; at + 34 <= block.length;) {
    const length = block[at] ?? 0;
    if (length < 34) {
      // records do not cross sectors: the rest of this one is empty
      at = (Math.floor(at / sector) + 1) * sector;
      continue;
    }
    const nameLength = block[at + 32] ?? 0;
    const name = latin.decode(block.subarray(at + 33, at + 33 + nameLength));
    const record = view(block);
    if (at + length <= block.length)
      entries.set(name.replace(/\.?;\d+$/, '').toUpperCase(), {
        start: record.getUint32(at + 2, true),
        length: record.getUint32(at + 10, true),
      });
    at += length;
  }
  return entries;
}

function dateOf(text: string): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)/.exec(text);
  if (!match || match[1] === '0000') return undefined;
  return `${match[1] ?? ''}-${match[2] ?? ''}-${match[3] ?? ''}`;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
