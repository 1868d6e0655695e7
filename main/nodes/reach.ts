import { GuestroomError } from '../../drivers/api/errors.ts';
import { type ConnectionUri, formatUri, transportOf } from '../../drivers/api/uri.ts';

/**
 * The machine that the driver of a URI works on. A daemon behind TLS or TCP is reached from this computer, so that is
 * the driver's host. Throws `unsupported` for a way that is not there.
 */
export function hostFor<Host>(uri: ConnectionUri, local: Host): Host {
  const transport = transportOf(uri);
  const refuse = (message: string, hint: string) =>
    new GuestroomError('unsupported', message, { hint, detail: formatUri(uri) });
  switch (transport) {
    case 'unix':
    case 'tls':
    case 'tcp':
      if (!uri.embedded || uri.local) return local;
      throw refuse(
        'Guestroom runs this hypervisor itself, which it cannot do over TLS or TCP',
        `Use ${uri.driver}+tls://${uri.host ?? ''}/system where libvirt runs on that host`,
      );
    case 'ssh':
    case 'libssh':
    case 'libssh2':
      throw refuse(
        'Hosts over SSH are not in this build yet',
        'Use TLS, as in qemu+tls://host/system, or a host on this computer, as qemu:///system',
      );
    default:
      throw refuse(
        `There is no way to a host that is called ${transport}`,
        'Use TLS, as in qemu+tls://host/system, or a host on this computer, as qemu:///system',
      );
  }
}
