import type { Driver } from '../api/driver.ts';
import { transportOf } from '../api/uri.ts';
import { isLibvirtUri, lineSteps } from './address.ts';

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
  // names are looked up while the host is reached
  steps: (uri) => [...lineSteps(transportOf(uri)), 'login', 'open'],
  open: async (uri, context) => (await import('./open.ts')).open(uri, context),
};
