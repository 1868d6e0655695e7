import type { Driver } from './api/driver.ts';
import { GuestroomError } from './api/errors.ts';
import { formatUri, parseUri, type ConnectionUri } from './api/uri.ts';
import { libvirtDriver } from './libvirt/index.ts';
import { qemuDriver } from './qemu/index.ts';
import { testDriver } from './test/index.ts';

/** Every driver of this build; the first that accepts a URI takes it. */
export const drivers: readonly Driver[] = [qemuDriver, libvirtDriver, testDriver];

/** The driver for a URI. Throws `invalid_argument` for what is none and for a name that no driver has, `unsupported` for what is not in this build. */
export function driverFor(uri: string | ConnectionUri): Driver {
  const parsed = typeof uri === 'string' ? parseUri(uri) : uri;
  const driver = drivers.find((one) => one.accepts(parsed));
  if (driver) return driver;
  throw unsupported(parsed);
}

const embeddable = ['qemu', 'lxc', 'uml', 'xen', 'vbox', 'openvz'];

function unsupported(uri: ConnectionUri): GuestroomError {
  const text = formatUri(uri);
  const known =
    'This build knows qemu:///embed, libvirt’s addresses such as qemu:///system, both on hosts over SSH as qemu+ssh://host/system, and test:///default';
  const refuse = (message: string, hint: string) =>
    new GuestroomError('unsupported', message, { hint, detail: text });
  if (uri.driver === 'test')
    return refuse('The test hypervisor is only on this computer', 'Try test:///default or test:///showcase');
  if (uri.embedded && embeddable.includes(uri.driver))
    return refuse(`The embedded driver for ${uri.driver} is not in this build yet`, known);
  return new GuestroomError('invalid_argument', `No driver takes ${uri.driver}: addresses`, {
    hint: known,
    detail: text,
  });
}
