import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';

/** An error of ssh2 as ours. `where`: the host as the person knows it. */
export function connectFailure(thrown: unknown, where: string): GuestroomError {
  if (thrown instanceof GuestroomError || !(thrown instanceof Error)) return toGuestroomError(thrown);
  const { level, code } = thrown as Error & { level?: string; code?: unknown };
  const told = { detail: thrown.message, cause: thrown };
  // ssh2 gives the number by which the host says why it hangs up
  if (level === undefined && typeof code === 'number') return hangUp(code, where, told);
  if (/no matching /i.test(thrown.message)) {
    return new GuestroomError('unsupported', `${where} offers only SSH algorithms that are no longer safe`, {
      ...told,
      hint: 'Update the SSH server of the host',
    });
  }
  if (/lost before handshake/i.test(thrown.message)) return closedEarly(where, told);
  // ssh2 does not say of this one that it is about the protocol
  switch (/^Invalid identification/.test(thrown.message) ? 'protocol' : level) {
    case 'client-timeout':
      return new GuestroomError('lost', `${where} does not answer any more`, {
        ...told,
        hint: 'The network or the host may be down; it is tried again',
      });
    case 'client-authentication':
      return new GuestroomError('auth_failed', `${where} refuses the login`, told);
    case 'handshake':
    case 'protocol':
      return new GuestroomError('protocol', `What answers at ${where} does not speak SSH as it should`, {
        ...told,
        hint: 'Check the address and the port: SSH is usually at port 22',
      });
    case undefined:
      break;
  }
  return socketFailure(thrown, where);
}

/** An end before anybody was let in. */
export const closedEarly = (where: string, told: { detail?: string; cause?: unknown } = {}): GuestroomError =>
  new GuestroomError('lost', `${where} has closed the connection while connecting`, {
    ...told,
    hint: 'It may limit how many connect at a time, refuse this computer, or be no SSH server: see the host’s log',
  });

/** Numbers of RFC 4253, 11.1. */
function hangUp(reason: number, where: string, told: { detail: string; cause: unknown }): GuestroomError {
  if (reason === 14 || reason === 15 || /too many authentication/i.test(told.detail)) {
    return new GuestroomError('auth_failed', `${where} refuses the login`, {
      ...told,
      hint: 'It counts every key that is shown: name the right one with ?keyfile=, or IdentitiesOnly in ~/.ssh/config',
    });
  }
  if (reason === 1) {
    return new GuestroomError('denied', `${where} does not let this computer connect`, {
      ...told,
      hint: 'See the host’s log, and what its SSH server and firewall allow',
    });
  }
  if (reason === 12) {
    return new GuestroomError('busy', `${where} has too many connections`, {
      ...told,
      hint: 'It is tried again',
    });
  }
  return new GuestroomError('lost', `${where} has closed the connection`, told);
}

/** An error of the TCP connection to a host. */
export function socketFailure(thrown: unknown, where: string): GuestroomError {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code;
  const told = { detail: thrown instanceof Error ? wordsOf(thrown) : undefined, cause: thrown };
  switch (code) {
    case 'ECONNREFUSED':
      return new GuestroomError('unreachable', `Nothing listens for SSH at ${where}`, {
        ...told,
        hint: 'Check the address and the port, and that an SSH server runs on the host',
      });
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new GuestroomError('unreachable', `The name of the host is not known: ${where}`, {
        ...told,
        hint: 'Check how it is written, and that this computer is in the right network',
      });
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new GuestroomError('unreachable', `${where} cannot be reached`, {
        ...told,
        hint: 'The host may be off, or a firewall is in between',
      });
    case 'ECONNRESET':
    case 'EPIPE':
      return new GuestroomError('lost', `${where} has closed the connection`, told);
    case undefined:
      break;
  }
  // an end without a word
  if (/closed|ended|Not connected|Unable to|No response/i.test(told.detail ?? ''))
    return new GuestroomError('lost', `${where} has closed the connection`, told);
  return toGuestroomError(thrown);
}

/** A name with several addresses fails with an error that has no words of its own. */
const wordsOf = (error: Error): string | undefined =>
  error.message ||
  (error instanceof AggregateError
    ? error.errors.map((one: unknown) => (one instanceof Error ? one.message : '')).join('; ')
    : undefined);
