import type { Libvirtd } from '../lab/libvirt/libvirtd.ts';
import { type Sshd, type SshdOptions, startSshd } from '../lab/ssh/sshd.ts';

/** An SSH server on the machine of a lab's libvirtd: who logs in there finds the daemon at its usual place. */
export const sshdOf = (lab: Libvirtd, options: SshdOptions = {}): Promise<Sshd> =>
  startSshd({ ...options, within: (file, ...args) => lab.inside(file, ...args) });

/** The address of what an account finds there, by a key file. */
export function sshUri(
  { port, address, keys, knownHosts }: Sshd,
  path: string,
  {
    driver = 'qemu',
    user = 'ada',
    params = {},
  }: { driver?: string; user?: string; params?: Record<string, string> } = {},
): string {
  const all = { keyfile: keys.ed25519, known_hosts: knownHosts, ...params };
  const query = Object.entries(all).map(([name, value]) => `${name}=${value}`);
  return `${driver}+ssh://${user}@${address}:${String(port)}${path}?${query.join('&')}`;
}
