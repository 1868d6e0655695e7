import type { Element } from '@xmldom/xmldom';
import { GuestroomError } from '../api/errors.ts';
import type { NetworkChange } from '../api/networks.ts';
import { EditedDocument } from '../xml/kind.ts';
import { contains } from '../xml/network/subnet.ts';
import { network } from '../xml/network/tables.ts';
import type { Network } from '../xml/network/types.ts';
import {
  childElements,
  childNamed,
  childrenNamed,
  descend,
  ensureChild,
  hasContent,
  insertOrdered,
  removeElement,
  replaceElement,
  textOf,
} from '../xml/tree.ts';

/** One section of a network that can be changed in place: libvirt's virNetworkUpdateSection. */
interface Section {
  /** Its elements' name, and where they are below the network or its `<ip>`. */
  element: string;
  inside: 'network' | 'dhcp' | 'dns' | 'forward';
  /** A second such element is refused. */
  clash(wanted: Element, there: Element): boolean;
  /** The one that is meant by a change or deletion. */
  meant(wanted: Element, there: Element): boolean;
  modifiable: boolean;
}

const agree = (a: Element, b: Element, names: readonly string[]): boolean =>
  names.every((name) => a.getAttribute(name) === b.getAttribute(name));
/** Of the attributes that both have, one is the same. */
const share = (a: Element, b: Element, names: readonly string[]): boolean =>
  names.some((name) => a.getAttribute(name) !== null && sameText(a.getAttribute(name), b.getAttribute(name)));
/** All attributes that were given are the same. */
const includes = (wanted: Element, there: Element, names: readonly string[]): boolean =>
  names.some((name) => wanted.hasAttribute(name)) &&
  names.every(
    (name) => !wanted.hasAttribute(name) || sameText(wanted.getAttribute(name), there.getAttribute(name)),
  );
const sameText = (a: string | null, b: string | null): boolean => a?.toLowerCase() === b?.toLowerCase();
const hostnames = (host: Element): string[] =>
  childrenNamed(host, 'hostname').map((name) => textOf(name).trim());

const byAttributes = (
  element: string,
  inside: Section['inside'],
  names: readonly string[],
  modifiable = false,
): Section => ({
  element,
  inside,
  clash: (wanted, there) => agree(wanted, there, names),
  meant: (wanted, there) => includes(wanted, there, names),
  modifiable,
});

const hostNames = ['mac', 'id', 'name', 'ip'];

const sections: Partial<Record<NetworkChange['section'], Section>> = {
  'ip-dhcp-host': {
    element: 'host',
    inside: 'dhcp',
    clash: (wanted, there) => share(wanted, there, hostNames),
    // a change keeps what names the guest: its address is what mostly changes
    meant: (wanted, there) => includes(wanted, there, wanted.hasAttribute('mac') ? ['mac'] : ['id', 'name']),
    modifiable: true,
  },
  'ip-dhcp-range': byAttributes('range', 'dhcp', ['start', 'end']),
  'forward-interface': byAttributes('interface', 'forward', ['dev']),
  portgroup: byAttributes('portgroup', 'network', ['name'], true),
  'dns-host': {
    element: 'host',
    inside: 'dns',
    clash: (wanted, there) =>
      share(wanted, there, ['ip']) || hostnames(wanted).some((name) => hostnames(there).includes(name)),
    meant: (wanted, there) =>
      share(wanted, there, ['ip']) || hostnames(wanted).some((name) => hostnames(there).includes(name)),
    modifiable: false,
  },
  'dns-txt': byAttributes('txt', 'dns', ['name']),
  'dns-srv': byAttributes('srv', 'dns', ['service', 'protocol', 'domain', 'target', 'port']),
};

/** The network's document after one change. Throws `exists`, `not_found`, or `unsupported` for what libvirt cannot change in place. */
export function updated(xml: string, change: NetworkChange): string {
  const section = sections[change.section];
  if (!section)
    throw new GuestroomError(
      'unsupported',
      `The part ${change.section} of a network cannot be changed in place`,
      {
        hint: 'Change its document, and restart the network',
      },
    );
  if (change.command === 'modify' && !section.modifiable)
    throw new GuestroomError('unsupported', `A <${section.element}> can only be added or deleted`, {
      hint: 'Delete it, then add it as it should be',
    });
  const document = new EditedDocument(network, xml);
  const wanted = document.xml.parseFragment(change.xml.trim());
  if (wanted.tagName !== section.element)
    throw new GuestroomError('xml_invalid', `This is a <${wanted.tagName}>, not a <${section.element}>`);
  const holder = holderOf(document, section, wanted, change);
  const there = holder.element ? childrenNamed(holder.element, section.element) : [];
  if (change.command === 'add-first' || change.command === 'add-last') {
    const clash = there.find((one) => section.clash(wanted, one));
    if (clash)
      throw new GuestroomError('exists', `The network already has such a <${section.element}>`, {
        hint: 'Change the one that is there',
      });
    add(holder.ensure(), wanted, change.command === 'add-first' ? there[0] : undefined);
  } else {
    const old = there.find((one) => section.meant(wanted, one));
    if (!old || !holder.element)
      throw new GuestroomError('not_found', `The network has no such <${section.element}>`);
    if (change.command === 'modify') replaceElement(old, wanted);
    else {
      removeElement(old);
      if (
        section.inside !== 'network' &&
        !hasContent(holder.element) &&
        holder.element.attributes.length === 0
      )
        removeElement(holder.element);
    }
  }
  // what came may not be what a network can hold
  document.read();
  return document.toString();
}

interface Holder {
  element: Element | undefined;
  ensure(): Element;
}

function holderOf(
  document: EditedDocument<Network>,
  { inside }: Section,
  wanted: Element,
  { parentIndex }: NetworkChange,
): Holder {
  const { root } = document.xml;
  if (inside === 'network') return { element: root, ensure: () => root };
  const above = inside === 'dhcp' ? ipOf(document, wanted, parentIndex) : root;
  return { element: descend(above, [inside]), ensure: () => ensureChild(above, inside) };
}

/** The `<ip>` that a host or range belongs to: the one that was named, that its address lies in, or that serves DHCP already. */
function ipOf(document: EditedDocument<Network>, wanted: Element, index: number | undefined): Element {
  const elements = childrenNamed(document.xml.root, 'ip');
  const { ips } = document.read();
  const address = wanted.getAttribute('ip') ?? wanted.getAttribute('start');
  const fits = elements.findIndex((_, at) => {
    const ip = ips[at];
    return ip !== undefined && address !== null && contains(ip, address);
  });
  const serving = elements.findIndex((element) => childNamed(element, 'dhcp') !== undefined);
  const found = index ?? (fits >= 0 ? fits : serving >= 0 ? serving : 0);
  const element = elements[found];
  if (!element) throw new GuestroomError('not_found', 'The network has no IP address that this belongs to');
  return element;
}

function add(parent: Element, element: Element, before: Element | undefined): void {
  if (!before) {
    insertOrdered(parent, element);
    return;
  }
  // takes the place of the first, which comes again behind it
  const others = childElements(parent).filter((child) => child.tagName === element.tagName);
  replaceElement(before, element);
  insertOrdered(parent, before);
  for (const other of others.slice(1)) {
    removeElement(other);
    insertOrdered(parent, other);
  }
}
