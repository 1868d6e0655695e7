import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NetworkDocument } from '../../../drivers/xml/network/edit.ts';
import { networkChange } from '../../../drivers/xml/network/sections.ts';
import { contains, parseIp, prefixOf } from '../../../drivers/xml/network/subnet.ts';
import { network } from '../../../drivers/xml/network/tables.ts';
import { difference } from './difference.ts';
import { holds } from './kinds.ts';
import { networkSpec } from './network-specs.ts';

describe('a network document built from a spec', () => {
  holds(network, networkSpec, 'network');
});

const office = readFileSync(new URL('./fixtures/office-network.xml', import.meta.url), 'utf8');
const edit = (): NetworkDocument => NetworkDocument.parse(office);

type Edit = [what: string, edit: (document: NetworkDocument) => unknown, gone: string[], came: string[]];

const edits: Edit[] = [
  [
    'an address kept for a guest',
    (d) => d.addDhcpHost({ mac: '52:54:00:00:00:02', name: 'scanner', ip: '192.168.7.21', lease: 3600 }),
    [],
    [
      '      <host mac="52:54:00:00:00:02" name="scanner" ip="192.168.7.21">',
      '        <lease expiry="60" unit="minutes"/>',
      '      </host>',
    ],
  ],
  [
    'an address of the other family, where no DHCP is yet',
    (d) => d.addDhcpHost({ id: '00:03:00:01:52:54:00:aa:bb:cc', ip: 'fd00:7::20' }),
    [],
    ['    <dhcp>', '      <host id="00:03:00:01:52:54:00:aa:bb:cc" ip="fd00:7::20"/>', '    </dhcp>'],
  ],
  [
    'another address for a guest',
    (d) => d.replaceDhcpHost({ mac: '52:54:00:00:00:01', ip: '192.168.7.22' }),
    [
      "      <host mac='52:54:00:00:00:01' name='printer' ip='192.168.7.20'>",
      "        <lease expiry='0'/>",
      '      </host>',
    ],
    ['      <host mac="52:54:00:00:00:01" ip="192.168.7.22"/>'],
  ],
  [
    'no address kept any more, found by what is written otherwise',
    (d) => d.removeDhcpHost({ mac: '52:54:00:00:00:01'.toUpperCase() }),
    [
      "      <host mac='52:54:00:00:00:01' name='printer' ip='192.168.7.20'>",
      "        <lease expiry='0'/>",
      '      </host>',
    ],
    [],
  ],
  [
    'a second range, behind the remark on the first',
    (d) => d.addDhcpRange({ start: '192.168.7.200', end: '192.168.7.210' }),
    [],
    ['      <range start="192.168.7.200" end="192.168.7.210"/>'],
  ],
  [
    'no range; a remark stays',
    (d) => d.removeDhcpRange({ start: '192.168.7.100', end: '192.168.7.199' }),
    ['    <dhcp>', "      <range start='192.168.7.100' end='192.168.7.199'/> <!-- guests -->"],
    ['    <dhcp> <!-- guests -->'],
  ],
  [
    'a name for an address',
    (d) => d.addDnsHost({ ip: '192.168.7.9', hostnames: ['files', 'files.office.lan'] }),
    [],
    [
      '    <host ip="192.168.7.9">',
      '      <hostname>files</hostname>',
      '      <hostname>files.office.lan</hostname>',
      '    </host>',
    ],
  ],
  [
    'the last name goes with what held it',
    (d) => d.removeDnsHost({ ip: '192.168.7.1' }),
    [
      '  <dns>',
      "    <host ip='192.168.7.1'>",
      '      <hostname>gateway</hostname>',
      '    </host>',
      '  </dns>',
    ],
    [],
  ],
  [
    'a port group',
    (d) => d.addPortgroup({ name: 'guests', vlan: { tags: [{ id: 42 }] } }),
    [],
    ['  <portgroup name="guests">', '    <vlan>', '      <tag id="42"/>', '    </vlan>', '  </portgroup>'],
  ],
  [
    'no port group',
    (d) => d.removePortgroup('staff'),
    ["  <portgroup name='staff' default='yes'>", '    <later-version/>', '  </portgroup>'],
    [],
  ],
  [
    'a first range, as libvirt is told it',
    (d) =>
      d.apply({
        command: 'add-first',
        section: 'ip-dhcp-range',
        xml: "<range start='192.168.7.2' end='192.168.7.9'/>",
        parentIndex: 0,
      }),
    [],
    ["      <range start='192.168.7.2' end='192.168.7.9'/>"],
  ],
  [
    'other parts, by what they say',
    (d) => d.update({ mtu: 1400, bridge: { stp: false }, domain: null }),
    [
      "  <bridge name='virbr7' stp='on' delay='0'/>",
      "  <mac address='52:54:00:3e:1a:2b'/>",
      "  <domain name='office.lan' localOnly='yes'/>",
    ],
    [
      "  <bridge name='virbr7' stp='off' delay='0'/>",
      '  <mtu size="1400"/>',
      "  <mac address='52:54:00:3e:1a:2b'/>",
    ],
  ],
];

describe('an edit of a network changes what was asked and nothing else', () => {
  it.each(edits)('%s', (_what, change, gone, came) => {
    const document = edit();
    change(document);
    expect(difference(office, document.toString())).toEqual({ gone, came });
  });

  it('what was added and removed again leaves the old text', () => {
    const document = edit()
      .addDhcpHost({ id: '00:03:00:01:52:54:00:aa:bb:cc', ip: 'fd00:7:0::20' })
      .addPortgroup({ name: 'x' })
      .addDnsHost({ ip: '10.0.0.1', hostnames: ['x'] });
    document.removeDhcpHost({ ip: 'fd00:7::0020' }).removePortgroup('x').removeDnsHost({ ip: '10.0.0.1' });
    expect(document.read()).toEqual(edit().read());
  });
});

describe('an edit of a network that cannot be', () => {
  it.each<[string, string, (document: NetworkDocument) => unknown]>([
    [
      'exists',
      'a second address for one card',
      (d) => d.addDhcpHost({ mac: '52:54:00:00:00:01', ip: '192.168.7.30' }),
    ],
    [
      'exists',
      'one address for two guests',
      (d) => d.addDhcpHost({ mac: '52:54:00:00:00:09', ip: '192.168.7.20' }),
    ],
    [
      'exists',
      'a range over another',
      (d) => d.addDhcpRange({ start: '192.168.7.199', end: '192.168.7.210' }),
    ],
    ['exists', 'a second default', (d) => d.addPortgroup({ name: 'x', default: true })],
    ['exists', 'the same name', (d) => d.addPortgroup({ name: 'staff' })],
    [
      'invalid_argument',
      'an address of another network',
      (d) => d.addDhcpHost({ mac: '52:54:00:00:00:09', ip: '10.0.0.1' }),
    ],
    [
      'invalid_argument',
      'a range out of the network',
      (d) => d.addDhcpRange({ start: '192.168.7.200', end: '192.168.8.9' }),
    ],
    ['not_found', 'a host that is not there', (d) => d.removeDhcpHost({ mac: '52:54:00:00:00:09' })],
    ['not_found', 'a port group that is not there', (d) => d.replacePortgroup({ name: 'x' })],
    [
      'not_found',
      'an address of the network that is not there',
      (d) =>
        d.apply({
          command: 'add-last',
          section: 'ip-dhcp-host',
          xml: "<host mac='52:54:00:00:00:09' ip='192.168.7.30'/>",
          parentIndex: 5,
        }),
    ],
    [
      'unsupported',
      'a part that goes with the whole only',
      (d) => d.apply({ command: 'modify', section: 'bridge', xml: "<bridge name='b'/>" }),
    ],
    [
      'unsupported',
      'a range replaced',
      (d) =>
        d.apply({
          command: 'modify',
          section: 'ip-dhcp-range',
          xml: "<range start='192.168.7.100' end='192.168.7.199'/>",
        }),
    ],
    [
      'xml_invalid',
      'an element of another section',
      (d) => d.apply({ command: 'add-last', section: 'ip-dhcp-host', xml: '<range/>' }),
    ],
  ])('%s: %s', (code, _what, change) => {
    const document = edit();
    expect(() => change(document)).toThrow(expect.objectContaining({ code }));
    expect(document.toString()).toBe(office);
  });
});

describe('addresses and networks', () => {
  it('a driver is asked for the same change', () => {
    expect(
      networkChange('delete', 'dns-host', { ip: '10.0.0.1', hostnames: ['a'] }, { apply: 'both' }),
    ).toEqual({
      command: 'delete',
      section: 'dns-host',
      xml: '<host ip="10.0.0.1">\n  <hostname>a</hostname>\n</host>',
      apply: 'both',
    });
  });

  it.each<[string, bigint | undefined]>([
    ['0.0.0.1', 1n],
    ['255.255.255.255', 0xffff_ffffn],
    ['256.0.0.1', undefined],
    ['1.2.3', undefined],
    ['01.2.3.4', undefined],
    ['::', 0n],
    ['::1', 1n],
    ['fd00::1', 0xfd00n * 2n ** 112n + 1n],
    ['1:2:3:4:5:6:7:8', 0x0001_0002_0003_0004_0005_0006_0007_0008n],
    ['::ffff:1.2.3.4', 0xffff_0102_0304n],
    ['1:2:3:4:5:6:7', undefined],
    ['1::2::3', undefined],
    ['1:2:3:4:5:6:7::8', undefined],
    ['::12345', undefined],
    ['', undefined],
  ])('%s is a number', (address, value) => {
    expect(parseIp(address)?.value).toBe(value);
  });

  it('a network by its netmask, its prefix, or the class of old', () => {
    expect(prefixOf({ address: '10.0.0.1', netmask: '255.255.254.0' })).toBe(23);
    expect(prefixOf({ address: '10.0.0.1', netmask: '255.0.255.0' })).toBeUndefined();
    expect(prefixOf({ address: '172.16.0.1' })).toBe(16);
    expect(contains({ address: '10.0.0.1', prefix: 0 }, '192.168.0.1')).toBe(true);
    expect(contains({ address: '10.0.1.1', netmask: '255.255.254.0' }, '10.0.0.255')).toBe(true);
    expect(contains({ address: '10.0.0.1', prefix: 24 }, 'fd00::1')).toBe(false);
    expect(contains({ address: 'fd00:0:0:1::1', prefix: 64 }, 'fd00:0:0:1:ffff::')).toBe(true);
  });
});
