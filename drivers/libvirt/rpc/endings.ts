import { GuestroomError } from '../../api/errors.ts';
import type { Procedure } from './calls.ts';

/* Why a call or a connection ended without an answer. */

/** Each caller gets an error of his own: what is written into one must not appear in another. */
export const again = (error: GuestroomError, code = error.code): GuestroomError =>
  new GuestroomError(code, error.message, { detail: error.detail, hint: error.hint, cause: error });

export const cancelled = (): GuestroomError => new GuestroomError('cancelled', 'Cancelled');

export const late = (name: Procedure, timeout: number): GuestroomError =>
  new GuestroomError('timeout', 'libvirt did not answer in time', {
    detail: `${name}, ${String(timeout)} ms`,
    hint: 'The host may be busy with another job of this virtual machine; look at its state before you try again',
  });

export const silent = (silence: number): GuestroomError =>
  new GuestroomError('lost', 'The host does not answer any more', {
    detail: `no sign of life for ${String(Math.round(silence / 1000))} s`,
  });

export const cut = (error?: Error): GuestroomError =>
  new GuestroomError('lost', 'The connection to libvirt ended', { detail: error?.message, cause: error });

export const malformed = (cause: Error): GuestroomError =>
  new GuestroomError('protocol', 'What came is not what libvirt sends', {
    detail: cause.message,
    hint: 'Check that a libvirt daemon listens there',
    cause,
  });

export const closedByUs = (): GuestroomError =>
  new GuestroomError('lost', 'The connection to libvirt was closed');
