import type { Spec } from '../codec/spec.ts';
import { DomainDocument } from './edit.ts';
import type { Graphics } from './types.ts';

/** An embedded driver's screens are sockets that only its account can open; libvirt's are ports of the node's loopback. */
export const vncScreen = (embedded: boolean): Spec<Graphics> =>
  embedded
    ? { type: 'vnc', listens: [{ type: 'socket' }] }
    : { type: 'vnc', port: -1, autoport: true, listens: [{ type: 'address', address: '127.0.0.1' }] };

/** The document with a VNC screen besides what it has; the very same where it has one already. Throws `xml_invalid`. */
export function withVncScreen(xml: string, embedded: boolean): string {
  const document = DomainDocument.parse(xml);
  if (document.read().devices.graphics.some(({ type }) => type === 'vnc')) return xml;
  return document.add('graphics', vncScreen(embedded)).toString();
}
