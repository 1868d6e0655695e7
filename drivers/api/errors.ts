import * as v from 'valibot';

/** Everything that can go wrong, as a closed list. The window has a title for each; `message` tells the case. */
export const errorCodes = [
  'invalid_argument', // the caller's values do not fit
  'xml_invalid', // not well-formed, or not the document it should be; detail has line and column
  'unsupported', // this driver, version or build cannot do it
  'not_found', // no such domain, pool, volume, file, node
  'exists', // the name, UUID or file is taken
  'wrong_state', // not while the domain is in this state
  'busy', // something else is being done to it
  'denied', // the operating system or hypervisor refuses permission
  'read_only', // the connection was opened read-only
  'auth_failed', // login refused
  'host_key', // host key unknown, changed or revoked
  'certificate', // TLS certificate refused
  'unreachable', // the node does not answer
  'lost', // the connection ended in the middle
  'timeout', // no answer in time
  'cancelled', // the person stopped it
  'no_space', // disk full
  'no_memory', // not enough memory on the node
  'port_in_use', // another program listens there
  'program_missing', // a program that is needed is not installed
  'program_failed', // a program ended with an error
  'network_off', // a virtual network that the domain uses is not active
  'accelerator', // hardware acceleration is not there or the guest died under it
  'guest_died', // the guest's process ended by itself
  'protocol', // the other side broke the protocol
  'too_large', // over a limit that protects memory
  'internal', // a fault of ours
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** The form an error has on the wire between main and window. */
export const ErrorData = v.object({
  code: v.picklist(errorCodes),
  /** One sentence for the person, in English, without a full stop at the end. */
  message: v.string(),
  /** What the hypervisor or system said, verbatim. */
  detail: v.optional(v.string()),
  /** What the person can do about it. */
  hint: v.optional(v.string()),
  node: v.optional(v.string()),
  domain: v.optional(v.string()),
  /** True when the same call may succeed later without any change. */
  retryable: v.boolean(),
});
export type ErrorData = v.InferOutput<typeof ErrorData>;

export interface ErrorOptions {
  detail?: string | undefined;
  hint?: string | undefined;
  node?: string | undefined;
  domain?: string | undefined;
  retryable?: boolean | undefined;
  cause?: unknown;
}

const retryableCodes: ReadonlySet<ErrorCode> = new Set([
  'busy',
  'unreachable',
  'lost',
  'timeout',
  'no_space',
  'no_memory',
  'port_in_use',
]);

/** The one error class that crosses module borders; drivers translate into it at their edge. */
export class GuestroomError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  node: string | undefined;
  domain: string | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GuestroomError';
    this.code = code;
    this.detail = options.detail;
    this.hint = options.hint;
    this.node = options.node;
    this.domain = options.domain;
    this.retryable = options.retryable ?? retryableCodes.has(code);
  }

  toData(): ErrorData {
    const { code, message, detail, hint, node, domain, retryable } = this;
    return {
      code,
      message,
      ...(detail === undefined ? {} : { detail }),
      ...(hint === undefined ? {} : { hint }),
      ...(node === undefined ? {} : { node }),
      ...(domain === undefined ? {} : { domain }),
      retryable,
    };
  }

  static from(data: ErrorData): GuestroomError {
    return new GuestroomError(data.code, data.message, data);
  }
}

const systemCodes: Readonly<Record<string, [ErrorCode, string]>> = {
  ENOENT: ['not_found', 'No such file or folder'],
  EEXIST: ['exists', 'The file is already there'],
  EACCES: ['denied', 'Permission denied'],
  EPERM: ['denied', 'Operation not permitted'],
  ENOSPC: ['no_space', 'No space left on the disk'],
  EDQUOT: ['no_space', 'The disk quota is used up'],
  EROFS: ['denied', 'The file system is read-only'],
  ENOTDIR: ['invalid_argument', 'A part of the path is not a folder'],
  EISDIR: ['invalid_argument', 'This is a folder, not a file'],
  EADDRINUSE: ['port_in_use', 'The address is already in use'],
  ECONNREFUSED: ['unreachable', 'Connection refused'],
  ECONNRESET: ['lost', 'The connection was reset'],
  EPIPE: ['lost', 'The connection was closed'],
  ETIMEDOUT: ['timeout', 'No answer in time'],
  EHOSTUNREACH: ['unreachable', 'The host cannot be reached'],
  ENETUNREACH: ['unreachable', 'The network cannot be reached'],
  ENOTFOUND: ['unreachable', 'The host name is not known'],
  EMFILE: ['busy', 'Too many open files'],
};

/** Any thrown value as a GuestroomError: ours unchanged, system errors by their errno, aborts as `cancelled`, the rest `internal`. */
export function toGuestroomError(thrown: unknown, context?: ErrorOptions): GuestroomError {
  if (thrown instanceof GuestroomError) return thrown;
  if (thrown instanceof Error) {
    if (thrown.name === 'AbortError')
      return new GuestroomError('cancelled', 'Cancelled', { ...context, cause: thrown });
    const { code, path } = thrown as Error & { code?: unknown; path?: unknown };
    const known = typeof code === 'string' ? systemCodes[code] : undefined;
    if (known) {
      const message = typeof path === 'string' ? `${known[1]}: ${path}` : known[1];
      return new GuestroomError(known[0], message, { detail: thrown.message, ...context, cause: thrown });
    }
    return new GuestroomError('internal', thrown.message, { ...context, cause: thrown });
  }
  // not String(thrown): an object without a prototype has no text, and asking for it throws
  const message =
    typeof thrown === 'string' ? thrown : `Not an error was thrown, but a value: ${typeof thrown}`;
  return new GuestroomError('internal', message, context);
}
