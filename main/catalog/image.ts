import type { VolumeFormat } from '../../drivers/api/model.ts';
import type { ReadAt } from './disc.ts';

/** What the header of a disk image says. */
export interface DiskImage {
  readonly format: Exclude<VolumeFormat, 'iso'>;
  /** Size that a guest sees. */
  readonly capacity: number;
  readonly backing?: string;
  readonly table?: 'mbr' | 'gpt';
}

const latin = new TextDecoder('latin1');
const utf8 = new TextDecoder();

/**
 * The disk image in this file, by its content and never by its name. Raw is only what has a partition table:
 * anything could be raw. undefined when nothing is recognised.
 */
export async function readImage(read: ReadAt, size: number): Promise<DiskImage | undefined> {
  const head = await read(0, 4096);
  if (head.length < 512) return undefined;
  return (
    (await qcow2(read, head)) ??
    vmdk(head) ??
    vdi(head) ??
    (await vhdx(read, head)) ??
    (await qed(read, head)) ??
    (await vpc(read, head, size)) ??
    raw(head, size)
  );
}

async function qcow2(read: ReadAt, head: Uint8Array): Promise<DiskImage | undefined> {
  const at = view(head);
  if (at.getUint32(0) !== 0x514649fb) return undefined;
  const version = at.getUint32(4);
  if (version !== 2 && version !== 3) return undefined;
  const backing = await fileName(read, Number(at.getBigUint64(8)), at.getUint32(16));
  return { format: 'qcow2', capacity: Number(at.getBigUint64(24)), ...(backing ? { backing } : {}) };
}

function vmdk(head: Uint8Array): DiskImage | undefined {
  const at = view(head);
  if (latin.decode(head.subarray(0, 4)) === 'KDMV')
    return { format: 'vmdk', capacity: Number(at.getBigUint64(12, true)) * 512 };
  if (latin.decode(head.subarray(0, 4)) === 'COWD')
    return { format: 'vmdk', capacity: at.getUint32(12, true) * 512 };
  const text = latin.decode(head);
  if (!text.startsWith('# Disk DescriptorFile')) return undefined;
  let sectors = 0;
  for (const extent of text.matchAll(/^(?:RW|RDONLY|NOACCESS) (\d+) /gm)) sectors += Number(extent[1]);
  return { format: 'vmdk', capacity: sectors * 512 };
}

function vdi(head: Uint8Array): DiskImage | undefined {
  const at = view(head);
  if (at.getUint32(64, true) !== 0xbeda107f) return undefined;
  return { format: 'vdi', capacity: Number(at.getBigUint64(368, true)) };
}

async function qed(read: ReadAt, head: Uint8Array): Promise<DiskImage | undefined> {
  if (latin.decode(head.subarray(0, 4)) !== 'QED\0') return undefined;
  const at = view(head);
  const hasBacking = (at.getUint32(16, true) & 1) !== 0;
  const backing = hasBacking ? await fileName(read, at.getUint32(56, true), at.getUint32(60, true)) : '';
  return { format: 'qed', capacity: Number(at.getBigUint64(48, true)), ...(backing ? { backing } : {}) };
}

/** Microsoft's VHD: a copy of the footer in front of dynamic disks, the footer alone at the end of fixed ones. */
async function vpc(read: ReadAt, head: Uint8Array, size: number): Promise<DiskImage | undefined> {
  const marked = (block: Uint8Array): boolean => latin.decode(block.subarray(0, 8)) === 'conectix';
  const footer = marked(head) ? head : size >= 512 ? await read(size - 512, 512) : head;
  if (footer.length < 56 || !marked(footer)) return undefined;
  return { format: 'vpc', capacity: Number(view(footer).getBigUint64(48)) };
}

const metadataRegion = '06a27c8b90479a4bb8fe575f050f886e';
const virtualDiskSize = '2442a52f1bcd7648b2115dbed83bf4b8';

/** VHDX keeps the size in a metadata region that a region table points to (MS-VHDX 2.2.3, 2.6). */
async function vhdx(read: ReadAt, head: Uint8Array): Promise<DiskImage | undefined> {
  if (latin.decode(head.subarray(0, 8)) !== 'vhdxfile') return undefined;
  for (const start of [192 * 1024, 256 * 1024]) {
    const regions = await read(start, 64 * 1024);
    if (regions.length < 16 || latin.decode(regions.subarray(0, 4)) !== 'regi') continue;
    const region = findEntry(regions, 16, view(regions).getUint32(8, true), metadataRegion);
    if (!region) continue;
    const offset = Number(view(region).getBigUint64(16, true));
    const table = await read(offset, 64 * 1024);
    if (table.length < 32 || latin.decode(table.subarray(0, 8)) !== 'metadata') continue;
    const item = findEntry(table, 32, view(table).getUint16(10, true), virtualDiskSize);
    if (!item) continue;
    const value = await read(offset + view(item).getUint32(16, true), 8);
    if (value.length === 8) return { format: 'vhdx', capacity: Number(view(value).getBigUint64(0, true)) };
  }
  return undefined;
}

/** The 32-byte entry whose GUID has these bytes. */
function findEntry(
  table: Uint8Array,
  start: number,
  count: number,
  guid: string,
): Uint8Array<ArrayBufferLike> | undefined {
  for (let at = start; count > 0 && at + 32 <= table.length; at += 32, count--) {
    const entry = table.subarray(at, at + 32);
    if (Buffer.from(entry.subarray(0, 16)).toString('hex') === guid) return entry;
  }
  return undefined;
}

function raw(head: Uint8Array, size: number): DiskImage | undefined {
  if (head[510] !== 0x55 || head[511] !== 0xaa) return undefined;
  const gpt = latin.decode(head.subarray(512, 520)) === 'EFI PART';
  return { format: 'raw', capacity: size, table: gpt ? 'gpt' : 'mbr' };
}

async function fileName(read: ReadAt, offset: number, length: number): Promise<string> {
  if (offset === 0 || length === 0 || length > 4096) return '';
  return utf8.decode(await read(offset, length));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
