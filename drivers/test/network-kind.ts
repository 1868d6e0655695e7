import { GuestroomError } from '../api/errors.ts';
import type { Patch } from '../xml/codec/structs.ts';
import { contains, parseIp } from '../xml/network/subnet.ts';
import { network } from '../xml/network/tables.ts';
import type { Network } from '../xml/network/types.ts';
import type { ObjectKind } from './named-objects.ts';

/** Ways out for which libvirt makes the bridge itself; no way out is one, too. */
const withOwnBridge: ReadonlySet<string | undefined> = new Set([undefined, 'nat', 'route', 'open']);
const modes: ReadonlySet<string> = new Set([
  'nat',
  'route',
  'open',
  'bridge',
  'passthrough',
  'private',
  'vepa',
  'hostdev',
]);

const wrong = (message: string, hint?: string): GuestroomError =>
  new GuestroomError('xml_invalid', message, hint === undefined ? {} : { hint });

/** Virtual networks: what libvirt fills into their documents, and refuses. */
export const networkKind: ObjectKind<Network> = {
  document: network,
  noun: 'network',
  complete(model) {
    const { forward, bridge, ips } = model;
    const mode = forward?.mode;
    if (mode !== undefined && !modes.has(mode)) throw wrong(`No network has the forward mode ${mode}`);
    for (const ip of ips) {
      if (ip.address === undefined || !parseIp(ip.address))
        throw wrong(`Not an IP address: ${ip.address ?? '(none)'}`, 'Change <ip address> in the document');
      const outside = ip.dhcp?.ranges.find(({ start, end }) => !contains(ip, start) || !contains(ip, end));
      if (outside)
        throw wrong(
          `The range from ${outside.start} to ${outside.end} is not in the network of ${ip.address}`,
        );
    }
    if (forward && withOwnBridge.has(mode) && ips.length === 0)
      throw wrong(`A network with forward mode ${forward.mode} needs an IP address`, 'Add an <ip> element');
    const change: Patch<Network> = {};
    if (forward) change.forward = { mode: forward.mode };
    if (withOwnBridge.has(mode)) change.bridge = { stp: bridge?.stp ?? true, delay: bridge?.delay ?? 0 };
    return change;
  },
};
