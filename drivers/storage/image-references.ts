import { GuestroomError } from '../api/errors.ts';
import type { HostFiles } from '../api/host.ts';
import { detectFormat, headLength } from './image-format.ts';

/** Other places that an image says its content is in. QEMU opens them unasked, with the person's own rights. */
export interface ImageReferences {
  /** The image under this one, as the header has it. */
  backing?: string;
  /** Files that hold the content itself: data files of qcow2, extents of VMDK. */
  content: readonly string[];
}

type Read = (offset: number, length: number) => Promise<Uint8Array>;

/** The longest text of a header that is read, in bytes. */
const longestText = 1024 * 1024;
const deepestChain = 64;

/** What the image refers to when QEMU opens it as `format`. */
export async function imageReferences(read: Read, format: string): Promise<ImageReferences> {
  const head = Buffer.from(await read(0, 512));
  switch (format) {
    case 'qcow':
    case 'qcow2': {
      if (head.length < 72) return { content: [] };
      const external =
        format === 'qcow2' && head.readUInt32BE(4) >= 3 && head.length >= 80 && (head[79] ?? 0) & 4;
      const backing = await name(read, Number(head.readBigUInt64BE(8)), head.readUInt32BE(16));
      return { ...backing, content: external ? ['an external data file'] : [] };
    }
    case 'qed': {
      if (head.length < 64 || (head.readUInt32LE(16) & 1) === 0) return { content: [] };
      return { ...(await name(read, head.readUInt32LE(56), head.readUInt32LE(60))), content: [] };
    }
    case 'vmdk': {
      const sparse = head.subarray(0, 4).toString('latin1') === 'KDMV' && head.length >= 44;
      const sectors = sparse ? Number(head.readBigUInt64LE(36)) : 0;
      const text = sparse
        ? sectors === 0
          ? ''
          : await textAt(read, Number(head.readBigUInt64LE(28)) * 512, sectors * 512)
        : await textAt(read, 0, longestText);
      const parent = /^\s*parentFileNameHint\s*=\s*"([^"\n]*)"/m.exec(text)?.[1];
      // a sparse file that has a size is its own only extent
      const own = sparse && head.readBigUInt64LE(12) > 0n;
      const extents = own
        ? []
        : [...text.matchAll(/^\s*(?:RW|RDONLY|NOACCESS)\s+\d+\s+\w+\s+"([^"\n]*)"/gm)].map(
            ([, file]) => file ?? '',
          );
      return { ...(parent === undefined ? {} : { backing: parent }), content: extents };
    }
    default:
      return { content: [] };
  }
}

async function name(read: Read, offset: number, length: number): Promise<{ backing?: string }> {
  if (offset === 0 || length === 0) return {};
  return { backing: await textAt(read, offset, Math.min(length, 4096)) };
}

async function textAt(read: Read, offset: number, length: number): Promise<string> {
  if (!Number.isSafeInteger(offset)) return '';
  const bytes = await read(offset, Math.min(length, longestText));
  return Buffer.from(bytes).toString('utf8');
}

export interface ReferenceOptions {
  /** Nobody said what the image is: a guest may have written the header that we see. Then it may refer to nothing. */
  detected: boolean;
}

/**
 * Rejects with `denied` where an image, or one under it, would make QEMU open what nobody chose: a network address, a
 * description of a device, a file far from the image that is taken for its content. Backing files by plain path are let
 * through: overlays are made of them.
 */
export async function refuseForeignReferences(
  files: HostFiles,
  image: string,
  format: string,
  { detected }: ReferenceOptions,
): Promise<void> {
  let path = image;
  let kind = format;
  for (let depth = 0; depth < deepestChain; depth++) {
    if ((await files.stat(path))?.kind !== 'file') return;
    const at = path;
    const { backing, content } = await imageReferences(
      (offset, length) => files.readAt(at, offset, length),
      kind,
    );
    const foreign = content.find((file) => detected || kind !== 'vmdk' || /[\\/:]/.test(file));
    if (foreign !== undefined) throw refused(path, foreign);
    if (backing === undefined) return;
    if (detected || hasProtocol(backing)) throw refused(path, backing);
    path = files.isAbsolute(backing) ? backing : files.join(files.dirname(path), backing);
    if ((await files.stat(path))?.kind !== 'file') return;
    kind = detectFormat(await files.readAt(path, 0, headLength)) ?? 'raw';
  }
  throw new GuestroomError('denied', `Too many images lie under ${image}`, {
    hint: 'Merge them into one image with qemu-img convert',
  });
}

/** The images that lie under this one, nearest first, as far as they are files of the same machine. */
export async function imagesUnder(files: HostFiles, image: string, format?: string): Promise<string[]> {
  const found: string[] = [];
  let path = image;
  let kind = format;
  while (found.length < deepestChain && (await files.stat(path))?.kind === 'file') {
    const at = path;
    kind ??= detectFormat(await files.readAt(at, 0, headLength)) ?? 'raw';
    const { backing } = await imageReferences((offset, length) => files.readAt(at, offset, length), kind);
    if (backing === undefined || hasProtocol(backing)) break;
    path = files.isAbsolute(backing) ? backing : files.join(files.dirname(path), backing);
    kind = undefined;
    found.push(path);
  }
  return found;
}

/** As QEMU sees it: a colon before the first slash; a drive's letter is none. */
const hasProtocol = (file: string): boolean => /^[^\\/:]+:/.test(file) && !/^[A-Za-z]:[\\/]/.test(file);

function refused(image: string, reference: string): GuestroomError {
  const shown = reference.length > 200 ? `${reference.slice(0, 200)}…` : reference;
  return new GuestroomError(
    'denied',
    `The image ${image} refers to something else, which is not opened: ${shown}`,
    {
      hint: 'If you trust the image, write its format into the document, or make an image of one piece with qemu-img convert',
    },
  );
}
