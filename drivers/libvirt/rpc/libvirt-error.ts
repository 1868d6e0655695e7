import type { ErrorReply } from './procedures.gen.ts';

/** What a daemon answers in place of a result, or at the end of a stream. */
export class LibvirtError extends Error {
  /** ErrorNumber: what went wrong. */
  readonly code: number;
  /** ErrorDomain: which part of libvirt noticed it. */
  readonly domain: number;
  /** ErrorLevel. */
  readonly level: number;
  /** The message's format and what stands in it. */
  readonly parts: readonly (string | null)[];

  constructor(error: Pick<ErrorReply, 'code' | 'domain' | 'message' | 'level' | 'str1' | 'str2' | 'str3'>) {
    super(error.message ?? `libvirt error ${String(error.code)}`);
    this.name = 'LibvirtError';
    this.code = error.code;
    this.domain = error.domain;
    this.level = error.level;
    this.parts = [error.str1, error.str2, error.str3];
  }
}
