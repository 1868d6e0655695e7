import { GuestroomError } from '../../drivers/api/errors.ts';

/** A file in the root of the disc. */
export interface IsoFile {
  readonly name: string;
  readonly content: Uint8Array;
}

const sector = 2048;
const padding = 16;

/*
 * Where things lie. Path tables name the root only, so each fits its sector; directories follow them, then
 * Rock Ridge's continuation area, then the files.
 */
const primaryAt = 16;
const tables = { primaryL: 19, primaryM: 20, jolietL: 21, jolietM: 22 };
const firstDirectory = 23;

/**
 * An ISO 9660 disc (level 2) with Joliet and Rock Ridge names, so that Linux, BSD and Windows all read the files by
 * the names given here. Names are letters, digits, dot, hyphen and underscore, 60 at most; the label is up to 32 of those.
 */
export function buildIso(label: string, files: readonly IsoFile[], created: Date): Uint8Array {
  if (!/^[A-Za-z0-9_.-]{1,32}$/.test(label))
    throw new GuestroomError('invalid_argument', `Not a label for a disc: ${label}`);
  const isoNames = files.map(({ name }) => isoName(name));
  if (new Set(isoNames).size !== files.length)
    throw new GuestroomError('invalid_argument', 'Two files of the disc have the same name');

  const order = (names: readonly string[]): number[] =>
    names.map((_, index) => index).sort((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1));
  const primaryOrder = order(isoNames);
  const jolietOrder = order(files.map(({ name }) => name));

  // sizes do not depend on places: lay out once with zeros, then for good
  const zero = files.map(() => 0);
  const build = (extents: readonly number[], roots: Roots): { primary: Uint8Array; joliet: Uint8Array } => ({
    primary: directory(
      roots.primary,
      primaryOrder,
      (index) => {
        const file = at(files, index);
        return record(
          latin(at(isoNames, index)),
          at(extents, index),
          file.content.length,
          0,
          created,
          rock(file.name),
        );
      },
      created,
      roots.continuation,
    ),
    joliet: directory(
      roots.joliet,
      jolietOrder,
      (index) => {
        const file = at(files, index);
        return record(ucs2(`${file.name};1`), at(extents, index), file.content.length, 0, created);
      },
      created,
    ),
  });
  const empty = { extent: 0, size: 0 };
  const draft = build(zero, { primary: empty, joliet: empty, continuation: 0 });
  const primaryRoot = { extent: firstDirectory, size: draft.primary.length };
  const jolietRoot = { extent: firstDirectory + sectors(draft.primary.length), size: draft.joliet.length };
  const continuation = jolietRoot.extent + sectors(draft.joliet.length);
  let next = continuation + 1;
  const extents = files.map(({ content }) => {
    const place = next;
    next += sectors(content.length);
    return place;
  });
  const total = Math.ceil((next + padding) / padding) * padding;

  const disc = new Uint8Array(total * sector);
  const put = (index: number, bytes: Uint8Array): void => disc.set(bytes, index * sector);
  const { primary, joliet } = build(extents, { primary: primaryRoot, joliet: jolietRoot, continuation });
  put(primaryAt, descriptor(1, label, total, primaryRoot, tables.primaryL, tables.primaryM, created));
  put(primaryAt + 1, descriptor(2, label, total, jolietRoot, tables.jolietL, tables.jolietM, created));
  put(primaryAt + 2, Uint8Array.of(255, ...latin('CD001'), 1));
  put(tables.primaryL, pathTable(primaryRoot.extent, true));
  put(tables.primaryM, pathTable(primaryRoot.extent, false));
  put(tables.jolietL, pathTable(jolietRoot.extent, true));
  put(tables.jolietM, pathTable(jolietRoot.extent, false));
  put(primaryRoot.extent, primary);
  put(jolietRoot.extent, joliet);
  put(continuation, extensionReference());
  files.forEach(({ content }, index) => {
    put(at(extents, index), content);
  });
  return disc;
}

interface Extent {
  readonly extent: number;
  readonly size: number;
}
interface Roots {
  readonly primary: Extent;
  readonly joliet: Extent;
  readonly continuation: number;
}

function isoName(name: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,59}$/.test(name))
    throw new GuestroomError('invalid_argument', `Not a name for a file of the disc: ${name}`);
  const dot = name.lastIndexOf('.');
  const clean = (part: string, max: number): string =>
    part
      .toUpperCase()
      .replace(/[^A-Z0-9_]/g, '_')
      .slice(0, max);
  const stem = clean(dot > 0 ? name.slice(0, dot) : name, 26);
  return `${stem}.${dot > 0 ? clean(name.slice(dot + 1), 3) : ''};1`;
}

/** A directory: itself, its parent (the root is its own) and its files, no record across the edge of a sector. */
function directory(
  self: Extent,
  order: readonly number[],
  make: (index: number) => Uint8Array,
  created: Date,
  continuation?: number,
): Uint8Array {
  const own = continuation === undefined ? undefined : rockRoot(continuation);
  const parent = continuation === undefined ? undefined : posix(0o040555, 2);
  const records = [
    record(Uint8Array.of(0), self.extent, self.size, 2, created, own),
    record(Uint8Array.of(1), self.extent, self.size, 2, created, parent),
    ...order.map(make),
  ];
  const places: number[] = [];
  let end = 0;
  for (const { length } of records) {
    if (Math.floor(end / sector) !== Math.floor((end + length - 1) / sector)) end = sectors(end) * sector;
    places.push(end);
    end += length;
  }
  const block = new Uint8Array(sectors(end) * sector);
  records.forEach((bytes, index) => {
    block.set(bytes, at(places, index));
  });
  return block;
}

/** ECMA-119 9.1 */
function record(
  name: Uint8Array,
  extent: number,
  size: number,
  flags: number,
  date: Date,
  systemUse: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const nameEnd = 33 + name.length + (name.length % 2 === 0 ? 1 : 0);
  const length = nameEnd + systemUse.length + ((nameEnd + systemUse.length) % 2);
  const bytes = new Uint8Array(length);
  bytes[0] = length;
  bytes.set(both32(extent), 2);
  bytes.set(both32(size), 10);
  bytes.set(
    [
      date.getUTCFullYear() - 1900,
      date.getUTCMonth() + 1,
      date.getUTCDate(),
      date.getUTCHours(),
      date.getUTCMinutes(),
      date.getUTCSeconds(),
      0,
    ],
    18,
  );
  bytes[25] = flags;
  bytes.set(both16(1), 28);
  bytes[32] = name.length;
  bytes.set(name, 33);
  bytes.set(systemUse, nameEnd);
  return bytes;
}

/** Primary (ECMA-119 8.4) or Joliet's supplementary (8.5) volume descriptor. */
function descriptor(
  type: 1 | 2,
  label: string,
  total: number,
  root: Extent,
  tableL: number,
  tableM: number,
  date: Date,
): Uint8Array {
  const wide = type === 2;
  const bytes = new Uint8Array(sector);
  const text = (offset: number, length: number, value: string): void => {
    const field = wide ? ucs2(value.padEnd(length / 2).slice(0, length / 2)) : latin(value.padEnd(length));
    bytes.set(field.subarray(0, length), offset);
  };
  const view = new DataView(bytes.buffer);
  bytes[0] = type;
  bytes.set(latin('CD001'), 1);
  bytes[6] = 1;
  text(8, 32, '');
  text(40, 32, label);
  bytes.set(both32(total), 80);
  if (wide) bytes.set(latin('%/E'), 88);
  bytes.set(both16(1), 120);
  bytes.set(both16(1), 124);
  bytes.set(both16(sector), 128);
  bytes.set(both32(10), 132);
  view.setUint32(140, tableL, true);
  view.setUint32(148, tableM);
  bytes.set(record(Uint8Array.of(0), root.extent, root.size, 2, date), 156);
  text(190, 128, '');
  text(318, 128, '');
  text(446, 128, '');
  text(574, 128, 'GUESTROOM');
  for (const [offset, length] of [
    [702, 37],
    [739, 37],
    [776, 37],
  ] as const)
    bytes.fill(32, offset, offset + length);
  const stamp = `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}00`;
  bytes.set(latin(stamp), 813);
  bytes.set(latin(stamp), 830);
  bytes.set(latin('0'.repeat(16)), 847);
  bytes.set(latin('0'.repeat(16)), 864);
  bytes[881] = 1;
  return bytes;
}

/** The root alone, ten bytes. */
function pathTable(extent: number, little: boolean): Uint8Array {
  const bytes = new Uint8Array(10);
  const view = new DataView(bytes.buffer);
  bytes[0] = 1;
  view.setUint32(2, extent, little);
  view.setUint16(6, 1, little);
  return bytes;
}

/** PX: mode and links as POSIX has them (RRIP 4.1.1). */
function posix(mode: number, links: number): Uint8Array {
  return joined(latin('PX'), [36, 1], both32(mode), both32(links), both32(0), both32(0));
}

/** NM: the name in full (RRIP 4.1.4). */
function rock(name: string): Uint8Array {
  return joined(posix(0o100444, 1), latin('NM'), [5 + name.length, 1, 0], latin(name));
}

/** SP says that extensions begin here, CE where the rest of them is (SUSP 5.1, 5.3). */
function rockRoot(continuation: number): Uint8Array {
  const rest = extensionReference().length;
  return joined(
    latin('SP'),
    [7, 1, 0xbe, 0xef, 0],
    posix(0o040555, 2),
    latin('CE'),
    [28, 1],
    both32(continuation),
    both32(0),
    both32(rest),
  );
}

/** ER: these extensions are Rock Ridge's (SUSP 5.5). */
function extensionReference(): Uint8Array {
  const id = 'RRIP_1991A';
  return joined(latin('ER'), [8 + id.length, 1, id.length, 0, 0, 1], latin(id));
}

function sectors(bytes: number): number {
  return Math.ceil(bytes / sector);
}
function both16(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, value, true);
  view.setUint16(2, value);
  return bytes;
}
function both32(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, value, true);
  view.setUint32(4, value);
  return bytes;
}
function latin(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
function ucs2(text: string): Uint8Array {
  return Buffer.from(text, 'utf16le').swap16();
}
function joined(...parts: readonly ArrayLike<number>[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}
function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`No item ${String(index)}`);
  return item;
}
