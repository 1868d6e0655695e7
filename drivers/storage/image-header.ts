import { detectFormat } from './image-format.ts';

export interface ImageFacts {
  format: string;
  /** Size that a guest sees, in bytes. */
  capacity: number;
  backing?: string;
}

/** Bytes that hold the headers of all formats that are read here. */
export const imageHeadLength = 64 * 1024;

/**
 * What the first bytes of an image tell without asking a program: qcow2, sparse VMDK, VDI, ISO and plain bytes.
 * undefined for the others.
 */
export function readImageHeader(head: Uint8Array, size: number): ImageFacts | undefined {
  const format = detectFormat(head);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  switch (format) {
    case undefined:
      return { format: 'raw', capacity: size };
    case 'iso':
      return { format: 'iso', capacity: size };
    case 'qcow2': {
      if (head.length < 32) return undefined;
      const offset = Number(view.getBigUint64(8));
      const length = view.getUint32(16);
      const backing =
        offset > 0 && length > 0 && offset + length <= head.length ? text(head, offset, length) : undefined;
      if (offset > 0 && backing === undefined) return undefined;
      return {
        format,
        capacity: Number(view.getBigUint64(24)),
        ...(backing === undefined ? {} : { backing }),
      };
    }
    case 'vmdk':
      if (text(head, 0, 4) !== 'KDMV' || head.length < 20) return undefined;
      return { format, capacity: Number(view.getBigUint64(12, true)) * 512 };
    case 'vdi':
      return head.length < 0x178 ? undefined : { format, capacity: Number(view.getBigUint64(0x170, true)) };
    default:
      return undefined;
  }
}

const text = (bytes: Uint8Array, offset: number, length: number): string =>
  Buffer.from(bytes.subarray(offset, offset + length)).toString('utf8');
