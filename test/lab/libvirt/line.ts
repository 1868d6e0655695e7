import { once } from 'node:events';
import type { GuestroomError } from '../../../drivers/api/errors.ts';
import type { Host } from '../../../drivers/api/host.ts';
import { parseUri } from '../../../drivers/api/uri.ts';
import { addressOf } from '../../../drivers/libvirt/address.ts';
import {
  type Transport,
  type TransportContext,
  connectTransport,
} from '../../../drivers/libvirt/transport/index.ts';

const log: TransportContext['log'] = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** AUTH_LIST, libvirt's first call: length 28, program, version 1, procedure 66, call, serial 1, ok. */
const authList = Buffer.from('0000001c2000808600000001000000420000000000000001' + '00000000', 'hex');

export const open = (
  uri: string,
  host: Host,
  options: Partial<TransportContext> & { readOnly?: boolean } = {},
) => connectTransport(addressOf(parseUri(uri), options.readOnly ?? false), host, { log, ...options });

/** The daemon's answer to its first call: the procedure, the status, and how many ways to log in there are. */
export async function firstWords(
  transport: Transport,
): Promise<{ procedure: number; status: number; ways: number }> {
  const { stream } = transport;
  stream.write(authList);
  let answer = Buffer.alloc(0);
  while (answer.length < 36) {
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    answer = Buffer.concat([answer, chunk]);
  }
  stream.destroy();
  return {
    procedure: answer.readInt32BE(12),
    status: answer.readUInt32BE(24),
    ways: answer.readUInt32BE(28),
  };
}
export const answered = { procedure: 66, status: 0, ways: 1 };

export async function refusalOf(work: Promise<Transport>): Promise<GuestroomError> {
  try {
    (await work).stream.destroy();
  } catch (error) {
    return error as GuestroomError;
  }
  throw new Error('it was accepted');
}
