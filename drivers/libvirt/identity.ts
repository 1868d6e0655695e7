import { GuestroomError } from '../api/errors.ts';
import type { Domain } from './rpc/procedures.gen.ts';

/** Sixteen bytes as the text that everybody knows. */
export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Throws `invalid_argument` for what is no UUID. */
export function uuidBytes(text: string): Uint8Array {
  const hex = text.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new GuestroomError('invalid_argument', `Not a UUID: ${text}`);
  return Buffer.from(hex, 'hex');
}

/** A domain by its UUID alone: a daemon looks for nothing else. */
export const domainOf = (uuid: string): Domain => ({ name: '', uuid: uuidBytes(uuid), id: -1 });
