import { ORPCError } from '@orpc/client';
import * as v from 'valibot';
import { ErrorData, GuestroomError } from '../../drivers/api/errors.ts';

/** Whatever a call or feed was rejected with, as one of our errors. */
export function errorOfCall(thrown: unknown): GuestroomError {
  if (thrown instanceof GuestroomError) return thrown;
  if (thrown instanceof ORPCError) {
    const own = v.safeParse(ErrorData, thrown.data);
    if (own.success) return GuestroomError.from(own.output);
    const options = { detail: detailOf(thrown), cause: thrown };
    if (thrown.code === 'BAD_REQUEST') {
      return new GuestroomError('invalid_argument', 'The values do not fit', options);
    }
    if (thrown.code === 'NOT_FOUND') {
      return new GuestroomError('unsupported', 'Guestroom does not know this call', options);
    }
    return new GuestroomError('internal', thrown.message, options);
  }
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new GuestroomError('cancelled', 'Cancelled', { cause: thrown });
  }
  return new GuestroomError('internal', thrown instanceof Error ? thrown.message : String(thrown), {
    cause: thrown,
  });
}

const Issues = v.object({
  issues: v.array(
    v.object({
      message: v.string(),
      path: v.optional(v.array(v.union([v.string(), v.number(), v.object({ key: v.unknown() })]))),
    }),
  ),
});

function detailOf(error: ORPCError<string, unknown>): string | undefined {
  const parsed = v.safeParse(Issues, error.data);
  if (!parsed.success) return undefined;
  return parsed.output.issues
    .map(({ message, path }) => {
      const where = path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
      return where ? `${where}: ${message}` : message;
    })
    .join('\n');
}
