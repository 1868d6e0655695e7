import type { Driver } from '../api/driver.ts';
import { isLibvirtUri } from './address.ts';

/**
 * libvirt's daemons, by their own wire protocol: `qemu:///system`, `qemu+tls://host/system`, `lxc:///system`,
 * `test+unix:///default` … Over SSH the Host is the remote one, and the socket is a unix socket there.
 */
export const libvirtDriver: Driver = {
  name: 'libvirt',
  title: 'libvirt',
  accepts: isLibvirtUri,
  // loaded by the first that needs it, as in each driver: a command of the shell needs one of them
  probe: async (host) => (await import('./probe.ts')).probeLibvirt(host),
  open: async (uri, context) => (await import('./open.ts')).open(uri, context),
};
