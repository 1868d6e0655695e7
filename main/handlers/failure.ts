import { ORPCError } from '@orpc/server';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { Log } from '../log.ts';

/** The one place where errors leave main: as ErrorData in the error's data. What is a fault of ours is logged. */
export function toWire(thrown: unknown, call: string, log: Log): ORPCError<string, unknown> {
  const error = fromCall(thrown);
  if (error.code === 'internal') log.error('A call failed by a fault of ours', { call, error: thrown });
  else log.debug('A call was refused', { call, code: error.code, message: error.message });
  const data = error.toData();
  return new ORPCError('GUESTROOM', { status: 400, message: data.message, data });
}

function fromCall(thrown: unknown): GuestroomError {
  if (!(thrown instanceof ORPCError)) return toGuestroomError(thrown);
  const issues = issuesOf(thrown.data);
  if (thrown.code === 'BAD_REQUEST') {
    return new GuestroomError('invalid_argument', issues ?? 'The request does not fit', { cause: thrown });
  }
  return new GuestroomError('internal', thrown.message, { cause: thrown });
}

/** The first thing that does not fit, with its place. */
function issuesOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) {
    return undefined;
  }
  const [first] = data.issues as { message?: unknown; path?: { key?: unknown }[] }[];
  if (typeof first?.message !== 'string') return undefined;
  const place = (first.path ?? []).map(({ key }) => String(key)).join('.');
  // what was received stays out of it: it may be somebody's password in the wrong place
  const message = first.message.replace(/ but received [\s\S]*$/, '');
  return place === '' ? message : `${place}: ${message}`;
}
