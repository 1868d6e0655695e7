import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';

/** An error of ssh2 as ours. `where`: the host as the person knows it. */
export function connectFailure(thrown: unknown, where: string): GuestroomError {
  if (thrown instanceof GuestroomError || !(thrown instanceof Error)) return toGuestroomError(thrown);
  const { level } = thrown as Error & { level?: string };
  const told = { detail: thrown.message, cause: thrown };
  if (/no matching .* (algorithm|format|cipher)/i.test(thrown.message)) {
    return new GuestroomError('unsupported', `${where} offers only SSH algorithms that are no longer safe`, {
      ...told,
      hint: 'Update the SSH server of the host',
    });
  }
  switch (level) {
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

/** An error of the TCP connection to a host. */
export function socketFailure(thrown: unknown, where: string): GuestroomError {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code;
  const told = { detail: thrown instanceof Error ? thrown.message : undefined, cause: thrown };
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
