import type { SpiceAddress } from '../../drivers/api/driver.ts';
import { GuestroomError } from '../../drivers/api/errors.ts';

const anywhere: ReadonlySet<string> = new Set(['0.0.0.0', '::', '*']);
export const isLoopback = (address: string): boolean => /^127\.|^::1$|^localhost$/i.test(address);

/**
 * A SPICE screen as a viewer on this computer reaches it. `remote` is the host's name or address where that is another
 * machine. Throws `unreachable` for what listens on that machine only, `wrong_state` while the screen has no port.
 */
export function spiceFromHere(address: SpiceAddress, remote: string | undefined): SpiceAddress {
  const { unix, port, tlsPort } = address;
  const listens = address.host ?? '127.0.0.1';
  if (remote !== undefined && (unix !== undefined || isLoopback(listens)))
    throw new GuestroomError('unreachable', 'The screen is to be seen on its host only', {
      detail: unix ?? `${listens}:${String(port ?? tlsPort ?? 0)}`,
      hint: 'Add a VNC screen, or let SPICE listen on an address that this computer reaches',
      retryable: false,
    });
  if (unix !== undefined) return address;
  if (port === undefined && tlsPort === undefined)
    throw new GuestroomError('wrong_state', 'The screen has no port yet', { retryable: true });
  const here = anywhere.has(listens) ? (remote ?? (listens === '::' ? '::1' : '127.0.0.1')) : listens;
  return { ...address, host: here };
}
