import { deflateSync } from 'node:zlib';
import { GuestroomError } from '../api/errors.ts';

const isPng = (bytes: Uint8Array): boolean => bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e;

/** A screen's picture as PNG: unchanged, or made from the PPM that older hypervisors write. Throws `protocol` for anything else. */
export const pngOf = (bytes: Uint8Array): Uint8Array => (isPng(bytes) ? bytes : encodePng(readPpm(bytes)));

export interface Picture {
  width: number;
  height: number;
  /** Three bytes for a pixel. */
  rgb: Uint8Array;
}

/** A binary PPM with eight bits a channel, as QEMU writes it. */
export function readPpm(bytes: Uint8Array): Picture {
  const head = Buffer.from(bytes.subarray(0, 128)).toString('latin1');
  const match = /^P6\s(?:#.*\n)*(\d+)\s(\d+)\s255\s/.exec(head);
  const width = Number(match?.[1]);
  const height = Number(match?.[2]);
  const start = match?.[0].length ?? 0;
  if (!match || bytes.length < start + width * height * 3) {
    throw new GuestroomError('protocol', 'The hypervisor made a picture that cannot be read');
  }
  return { width, height, rgb: bytes.subarray(start, start + width * height * 3) };
}

export function encodePng({ width, height, rgb }: Picture): Uint8Array {
  const stride = width * 3;
  const raw = Buffer.alloc((stride + 1) * height);
  for (let row = 0; row < height; row++)
    raw.set(rgb.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
