import type { Driver, OpenContext } from '../api/driver.ts';
import type { Host } from '../api/host.ts';
import type { ConnectionUri } from '../api/uri.ts';

/** QEMU run by ourselves, without libvirt: `qemu:///embed`, and `qemu+ssh://host/embed` on a host reached that way. */
export const qemuDriver = {
  name: 'qemu',
  title: 'QEMU',
  accepts: (uri: ConnectionUri) => uri.driver === 'qemu' && uri.embedded,
  probe: async (host: Host) => (await import('./open.ts')).probe(host),
  open: async (uri: ConnectionUri, context: OpenContext) => (await import('./open.ts')).open(uri, context),
} satisfies Driver;
