import type { Element } from '@xmldom/xmldom';
import type { NetworkChange } from '../../api/networks.ts';
import { GuestroomError } from '../../api/errors.ts';
import { prune } from '../codec/fields.ts';
import type { Spec } from '../codec/spec.ts';
import { EditedDocument } from '../kind.ts';
import { positionOf, xmlError } from '../position.ts';
import {
  childrenNamed,
  descend,
  ensure,
  insertBefore,
  insertOrdered,
  removeElement,
  replaceElement,
} from '../tree.ts';
import {
  networkChange,
  sections,
  type ChangeableSection,
  type Section,
  type SectionItems,
} from './sections.ts';
import { contains, parseIp } from './subnet.ts';
import { network } from './tables.ts';
import type { DhcpHost, DhcpRange, DnsHost, Network, NetworkIp, Portgroup } from './types.ts';

const isChangeable = (section: NetworkChange['section']): section is ChangeableSection =>
  Object.hasOwn(sections, section);

/** A network document under edit: what is not changed stays character for character as it was. */
export class NetworkDocument extends EditedDocument<Network> {
  /** Throws `xml_invalid` for what is no network document. */
  static parse(text: string): NetworkDocument {
    return new NetworkDocument(network, text);
  }

  /**
   * Adds, replaces or removes one element, as libvirt does to a network. Throws `unsupported` for sections that can
   * only be changed with the whole document, `exists` where an element is in the way, `not_found` where the one that is
   * meant, or a place for it, is missing, `xml_invalid` for what is not the section's element.
   */
  apply({ command, section, xml, parentIndex }: Omit<NetworkChange, 'apply'>): this {
    if (!isChangeable(section)) {
      throw new GuestroomError('unsupported', 'This part of a network cannot be changed by itself', {
        hint: 'Change the document of the network',
      });
    }
    this.#apply(
      section,
      sections[section] as Section<SectionItems[ChangeableSection]>,
      command,
      xml,
      parentIndex,
    );
    return this;
  }

  /** Keeps an address for one guest, in the network that the address belongs to. Throws as `apply` does. */
  addDhcpHost(host: Spec<DhcpHost>): this {
    return this.#change('add-last', 'ip-dhcp-host', host);
  }

  /** The host with the same MAC, DUID or name gets another address or name. */
  replaceDhcpHost(host: Spec<DhcpHost>): this {
    return this.#change('modify', 'ip-dhcp-host', host);
  }

  /** By MAC, DUID, name or address. */
  removeDhcpHost(which: Spec<DhcpHost>): this {
    return this.#change('delete', 'ip-dhcp-host', which);
  }

  addDhcpRange(range: Spec<DhcpRange>): this {
    return this.#change('add-last', 'ip-dhcp-range', range);
  }

  removeDhcpRange(range: Spec<DhcpRange>): this {
    return this.#change('delete', 'ip-dhcp-range', range);
  }

  addDnsHost(host: Spec<DnsHost>): this {
    return this.#change('add-last', 'dns-host', host);
  }

  /** The entry of this address that has all of these names. */
  removeDnsHost(host: Spec<DnsHost>): this {
    return this.#change('delete', 'dns-host', host);
  }

  addPortgroup(group: Spec<Portgroup>): this {
    return this.#change('add-last', 'portgroup', group);
  }

  replacePortgroup(group: Spec<Portgroup>): this {
    return this.#change('modify', 'portgroup', group);
  }

  removePortgroup(name: string): this {
    return this.#change('delete', 'portgroup', { name });
  }

  #change<S extends ChangeableSection>(
    command: NetworkChange['command'],
    section: S,
    item: Spec<SectionItems[S]>,
  ): this {
    return this.apply(networkChange(command, section, item, { apply: 'config' }));
  }

  #apply<T extends SectionItems[ChangeableSection]>(
    name: ChangeableSection,
    section: Section<T>,
    command: NetworkChange['command'],
    xml: string,
    parentIndex: number | undefined,
  ): void {
    const { kind, steps, inIp } = section;
    const element = this.xml.parseFragment(xml.trim());
    if (element.tagName !== kind.rootName)
      throw xmlError(`This is a <${element.tagName}>, not a <${kind.rootName}>`, positionOf(element));
    const wanted = kind.model.read(element);
    const adds = command === 'add-first' || command === 'add-last';
    const outer = inIp ? this.#ipFor(wanted, adds, parentIndex) : this.xml.root;
    const holder = descend(outer, steps);
    const existing = holder ? childrenNamed(holder, kind.rootName) : [];
    if (adds) {
      refuseClash(section, existing, wanted);
      const [first] = existing;
      if (command === 'add-first' && first) insertBefore(first, element);
      else insertOrdered(ensure(outer, steps), element);
      return;
    }
    const found = existing.find((one) => section.named(kind.model.read(one), wanted));
    if (!found) throw new GuestroomError('not_found', 'The network has no such element', { detail: xml });
    if (command === 'delete') {
      removeElement(found);
      if (name !== 'forward-interface') prune(outer, steps);
      return;
    }
    if (!section.replaceable) {
      throw new GuestroomError('unsupported', 'This part of a network cannot be replaced in one step', {
        hint: 'Delete it and add the new one',
      });
    }
    refuseClash(
      section,
      existing.filter((one) => one !== found),
      wanted,
    );
    replaceElement(found, element);
  }

  /** The `<ip>` that serves the address; without one, where DHCP is already, or the first. */
  #ipFor(wanted: object, adds: boolean, parentIndex: number | undefined): Element {
    const elements = childrenNamed(this.xml.root, 'ip');
    const { ips } = this.read();
    const addresses = addressesOf(wanted);
    const [address] = addresses;
    const chosen =
      parentIndex ?? (adds && address !== undefined ? indexFor(ips, address) : indexOfDhcp(ips, wanted));
    const element = elements[chosen];
    if (!element) {
      throw new GuestroomError('not_found', 'The network has no address of its own to give others from', {
        hint: 'Add an <ip> element to the network first',
      });
    }
    const ip = ips[chosen];
    const outside = ip?.address === undefined ? undefined : addresses.find((one) => !contains(ip, one));
    if (adds && outside !== undefined) {
      throw new GuestroomError(
        'invalid_argument',
        `${outside} does not belong to the network of ${ip?.address ?? ''}`,
      );
    }
    return element;
  }
}

/** Of a host, or of both ends of a range. */
function addressesOf(item: object): string[] {
  const said = 'start' in item && 'end' in item ? [item.start, item.end] : 'ip' in item ? [item.ip] : [];
  return said.filter((one) => typeof one === 'string');
}

function indexFor(ips: readonly NetworkIp[], address: string): number {
  const inside = ips.findIndex((ip) => contains(ip, address));
  if (inside >= 0) return inside;
  const bits = parseIp(address)?.bits;
  return ips.findIndex((ip) => ip.address !== undefined && parseIp(ip.address)?.bits === bits);
}

/** Where a host or range that is there may be. */
function indexOfDhcp(ips: readonly NetworkIp[], wanted: object): number {
  const { named: namedHost } = sections['ip-dhcp-host'];
  const { named: namedRange } = sections['ip-dhcp-range'];
  const having = ips.findIndex(({ dhcp }) =>
    'start' in wanted
      ? dhcp?.ranges.some((one) => namedRange(one, wanted as DhcpRange))
      : dhcp?.hosts.some((one) => namedHost(one, wanted as DhcpHost)),
  );
  return having >= 0
    ? having
    : Math.max(
        ips.findIndex(({ dhcp }) => dhcp !== undefined),
        0,
      );
}

function refuseClash<T>({ kind, clash }: Section<T>, existing: readonly Element[], wanted: T): void {
  for (const one of existing) {
    const reason = clash(kind.model.read(one), wanted);
    if (reason !== undefined) throw new GuestroomError('exists', reason);
  }
}
