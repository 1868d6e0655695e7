import { errorCodes } from '../../drivers/api/errors.ts';
import type { ErrorData } from '../../drivers/api/errors.ts';
import type { DomainSummary } from '../../drivers/api/model.ts';

/** What went wrong with the virtual machine itself, in the form that the screen shows errors. */
export function problemError(row: DomainSummary): ErrorData | undefined {
  const { problem } = row;
  if (!problem) return undefined;
  return {
    code: errorCodes.find((code) => code === problem.code) ?? 'guest_died',
    message: problem.message,
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    retryable: false,
  };
}
