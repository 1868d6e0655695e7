import { GuestroomError } from '../../api/errors.ts';
import { fieldsCodec, type Codec } from './codec.ts';
import { headerLength, longestFrame, writeHeader, FrameStatus, FrameType } from './frames.ts';
import { procedures, type Procedures } from './procedures.gen.ts';
import type { XdrWriter } from './xdr-writer.ts';

export type Procedure = keyof Procedures;
export type Args<P extends Procedure> = Procedures[P]['args'];
export type Result<P extends Procedure> = Procedures[P]['result'];

/** A call as the wire knows it. */
export interface Known {
  name: Procedure;
  program: number;
  number: number;
  args: Codec;
  result: Codec;
}

/** All programs speak their first version. */
export const protocolVersion = 1;

const known = new Map<Procedure, Known>();

export function procedureOf(name: Procedure): Known {
  let one = known.get(name);
  if (!one) {
    const [program, number, args, result] = procedures[name];
    one = { name, program, number, args: fieldsCodec(args), result: fieldsCodec(result) };
    known.set(name, one);
  }
  return one;
}

/** The packet of a call. Throws `invalid_argument` or `too_large` with the field in `detail`. */
export function encodeCall(to: XdrWriter, procedure: Known, serial: number, args: unknown): Buffer {
  to.reset(headerLength);
  procedure.args.write(to, args);
  if (to.length > longestFrame) {
    throw new GuestroomError('too_large', `${procedure.name} with more than 32 MiB`, {
      hint: 'libvirt takes no longer message; send less at once',
    });
  }
  const packet = to.written();
  const { program, number } = procedure;
  const header = { program, version: protocolVersion, procedure: number, type: FrameType.CALL, serial };
  writeHeader(packet, { ...header, status: FrameStatus.OK }, packet.length - headerLength);
  return packet;
}
