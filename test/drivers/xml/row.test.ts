import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { buildDomain } from '../../../drivers/xml/domain/build.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { readRow, readRowSource, rowOf } from '../../../drivers/xml/domain/row.ts';
import { scanRow } from '../../../drivers/xml/domain/row-scan.ts';
import { elementText } from './markup.ts';
import { domainSpec } from './specs.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');

/** What the reader by way of the tree makes of it. */
function byTree(text: string): unknown {
  try {
    return readRowSource(text);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(GuestroomError);
    return thrown;
  }
}

/** The scanner may give up; where it answers, the answer is the tree's. */
function expectSame(text: string): void {
  const scanned = scanRow(text);
  const read = byTree(text);
  if (scanned !== undefined) expect(scanned).toEqual(read);
}

const start = "<domain type='kvm'><name>real</name><memory unit='MiB'>512</memory>";
const os = "<os><type arch='x86_64' machine='q35'>hvm</type></os>";

/** Elements that look like those of a row, at places where they are none; and those of a row, oddly written. */
const lookalikes: [what: string, text: string][] = [
  [
    'a name inside metadata',
    `<domain type='kvm'><metadata><name>no</name><x:name xmlns:x='urn:x'>no</x:name></metadata><name>real</name><memory>1</memory>${os}</domain>`,
  ],
  [
    'a name of another namespace',
    `<domain type='kvm' xmlns:x='urn:x'><x:name>no</x:name><name>real</name><memory>1</memory>${os}</domain>`,
  ],
  [
    'a name under a default namespace',
    `<domain type='kvm'><name xmlns='urn:x'>no</name><name>real</name><memory>1</memory>${os}</domain>`,
  ],
  ['two names: the first counts', `${start}<name>second</name><memory>7</memory>${os}</domain>`],
  [
    'a title and a uuid inside devices',
    `${start}${os}<devices><disk><title>no</title><uuid>no</uuid><target dev='vda'/></disk><title>no</title></devices></domain>`,
  ],
  [
    'a second devices, a second os',
    `${start}${os}<devices><graphics type='vnc'/></devices><devices><graphics type='spice'/></devices><os><type arch='arm'>hvm</type></os></domain>`,
  ],
  [
    'graphics that is no device',
    `${start}${os}<graphics type='spice'/><devices><video><graphics type='spice'/><model type='vga'/></video></devices></domain>`,
  ],
  [
    'comments and CDATA in texts',
    `<domain type='kvm'><name>re<!-- <name>no</name> -->al<![CDATA[ <&] ]]></name><memory>5<!-- 9 -->12</memory><description>a<b>no</b>c</description>${os}</domain>`,
  ],
  [
    'commented out',
    `${start}<!-- <title>no</title> --><title>yes</title>${os}<devices><!-- <disk device='cdrom'/> --></devices></domain>`,
  ],
  [
    'references',
    `${start}<title>&lt;&#65;&#x1F600;&amp;amp;&quot;&apos;</title>${os}<devices><graphics type='&#118;nc'/></devices></domain>`,
  ],
  [
    'line ends',
    `${start}<description>a\r\nb\rc\nd</description>${os}<devices><graphics type='v\r\nn\tc'/></devices></domain>`,
  ],
  [
    'odd quoting and blanks',
    `<?xml version='1.0' encoding="UTF-8" ?>\n<!-- file -->\n<domain\ttype = "kvm"\n id='3' ><name >real</name\n><memory unit ='KiB'\n>1</memory><os ><type arch="x>'64"/></os ></domain >\n<!-- end -->`,
  ],
  ['a mark of the byte order', `\uFEFF${start}${os}</domain>`],
  [
    'blank texts',
    `<domain type=' kvm '><name> real\n</name><uuid>  </uuid><title> </title><description/><memory> 7 </memory><os><type arch=' '>hvm</type></os></domain>`,
  ],
  ['no os, no devices', `${start}</domain>`],
  ['everything empty', `${start}<os/><devices/><metadata/><vcpu>3</vcpu></domain>`],
  [
    'virtual CPUs',
    `${start}${os}<vcpu placement='static' current=' 2 '>0x4</vcpu><vcpus><vcpu>9</vcpu></vcpus></domain>`,
  ],
  [
    'the system inside',
    `${start}${os}<metadata><a:libosinfo xmlns:a='http://libosinfo.org/xmlns/libvirt/domain/1.0'><a:os id='http://x/1&amp;2'/><a:os id='no'/></a:libosinfo></metadata></domain>`,
  ],
  [
    'the system inside, by a default namespace',
    `${start}${os}<metadata><libosinfo xmlns='http://libosinfo.org/xmlns/libvirt/domain/1.0'><os id='http://x/1'/></libosinfo></metadata></domain>`,
  ],
  [
    'the system inside, in another namespace',
    `${start}${os}<metadata xmlns:libosinfo='urn:other'><libosinfo:libosinfo><libosinfo:os id='no'/></libosinfo:libosinfo></metadata></domain>`,
  ],
  [
    'the system inside, with a prefix declared anew',
    `${start}${os}<metadata xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'><l:libosinfo xmlns:l='urn:other'><l:os id='no'/></l:libosinfo><l:libosinfo><l:os l:id='no'/></l:libosinfo></metadata></domain>`,
  ],
  [
    'an attribute with a prefix',
    `<domain type='kvm' xmlns:x='urn:x' x:type='no' xml:lang='en'><name x:a='1' x:b='2'>real</name><memory x:unit='no'>1</memory>${os}</domain>`,
  ],
  [
    'consoles and serial ports',
    `${start}${os}<devices><serial><target type='isa-serial' port='0'/></serial><console type='unix'><target type='serial'/><target type='virtio'/></console><console type='tcp'><target type='virtio'/></console><parallel type='file'/></devices></domain>`,
  ],
  ['a console only', `${start}${os}<devices><console type='pty'/></devices></domain>`],
  [
    'channels',
    `${start}${os}<devices><channel type='unix'><source mode='bind'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel></devices></domain>`,
  ],
  [
    'balloon and videos',
    `${start}${os}<devices><memballoon model='none'/><memballoon model='virtio'/><video><model type='none'/><model type='vga'/></video><video/></devices></domain>`,
  ],
  [
    'names that objects have',
    `${start}${os}<constructor/><__proto__>a</__proto__><devices><toString type='x'/><constructor/></devices></domain>`,
  ],
  ['an instruction', `${start}<?go on?>${os}</domain>`],
  ['a name of no ASCII', `${start}<été/>${os}</domain>`],
  [
    'memory that only cells tell',
    `<domain type='kvm'><name>real</name>${os}<cpu><numa><cell id='0' cpus='0' memory='1' unit='GiB'/></numa></cpu></domain>`,
  ],
];

/** Not well-formed, or nothing that a row can be made from. */
const refused: [what: string, text: string][] = [
  ['nothing', ''],
  ['another document', '<network><name>a</name></network>'],
  ['a namespace', `<domain xmlns='urn:x' type='kvm'><name>a</name><memory>1</memory></domain>`],
  ['no name', `<domain type='kvm'><name> </name><memory>1</memory>${os}</domain>`],
  ['no type', `<domain><name>a</name><memory>1</memory>${os}</domain>`],
  ['no memory', `<domain type='kvm'><name>a</name>${os}</domain>`],
  ['a bad uuid', `${start}<uuid>nonsense</uuid>${os}</domain>`],
  ['bad memory', `<domain type='kvm'><name>a</name><memory unit='constructor'>1</memory>${os}</domain>`],
  ['bad virtual CPUs', `${start}<vcpu>0</vcpu>${os}</domain>`],
  ['no virtual CPUs', `${start}<vcpu/>${os}</domain>`],
  ['graphics without type', `${start}<devices><graphics/></devices></domain>`],
  ['an open element', `${start}${os}`],
  ['elements across', `${start}<os><a></os></a></domain>`],
  ['an end too many', `${start}</domain></domain>`],
  ['text after the end', `${start}</domain>x`],
  ['two roots', `${start}</domain><domain/>`],
  ['an attribute twice', `${start}<a b='1' c='2' b='3'/></domain>`],
  ['the same attribute by two prefixes', `${start}<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/></domain>`],
  ['a reserved name', `${start}<xmlns/></domain>`],
  ['an unknown prefix', `${start}<p:a/></domain>`],
  ['an unknown prefix of an attribute', `${start}<a p:b='1'/></domain>`],
  ['a prefix out of its element', `${start}<a xmlns:p='u'/><p:b/></domain>`],
  ['an unknown reference', `${start}<title>&nbsp;</title></domain>`],
  ['a reference that objects know', `${start}<title>&constructor;</title></domain>`],
  ['a bare ampersand', `${start}<title>a & b</title></domain>`],
  ['a reference to no character', `${start}<a b='&#0;'/></domain>`],
  ['a bracket in an attribute', `${start}<a b='<'/></domain>`],
  ['the end of CDATA in a text', `${start}<title>]]></title></domain>`],
  ['a comment with dashes', `${start}<!-- a -- b --></domain>`],
  ['a comment that ends with three', `${start}<!-- a ---></domain>`],
  ['a document type', `<!DOCTYPE domain><domain type='kvm'><name>a</name><memory>1</memory></domain>`],
  ['a character that cannot be', `${start}<title>\u0007</title></domain>`],
  ['half a character', `${start}<title>\uD83D</title></domain>`],
  ['no quotes', `${start}<a b=1/></domain>`],
  ['no blank between attributes', `${start}<a b='1'c='2'/></domain>`],
];

describe('the row of a domain, read off the text', () => {
  it('is the one of the document read as a whole, for every document that we build', () => {
    fc.assert(
      fc.property(domainSpec, (spec) => {
        const text = buildDomain(spec);
        expect(scanRow(text)).toEqual(readRowSource(text));
        expect(readRow(text)).toEqual(rowOf(readDomain(text)));
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it.each(['react-qemu.xml', 'workshop.xml'])('and for documents that people wrote: %s', (name) => {
    const text = fixture(name);
    expect(scanRow(text)).toBeDefined();
    expect(readRow(text)).toEqual(rowOf(readDomain(text)));
  });

  it.each(lookalikes)('is not misled: %s', (_what, text) => {
    expectSame(text);
    expect(readRow(text)).toEqual(rowOf(readRowSource(text)));
    expect(readRow(text).name).toMatch(/^real/);
  });

  it.each(refused)('is refused as the tree reader refuses it: %s', (_what, text) => {
    expect(scanRow(text)).toBeUndefined();
    expect(() => readRow(text)).toThrow(expect.objectContaining({ code: 'xml_invalid' }));
  });

  it('is the same whatever else stands in the document, however it is written', () => {
    const inside = fc.array(elementText, { maxLength: 3 }).map((elements) => elements.join('\n'));
    fc.assert(
      fc.property(inside, inside, inside, inside, (a, b, c, d) => {
        const name = `<name>re${b.replaceAll('name', 'n')}al</name>`;
        const rest = `<metadata>${c}</metadata><memory>1</memory><devices><disk>${d}</disk>${d}</devices>`;
        expectSame(`<domain type='kvm'>${a}${name}${rest}</domain>`);
        const text = `<domain type='kvm'>${name}${a}${rest}</domain>`;
        expectSame(text);
        expect(readRow(text)).toEqual(rowOf(readRowSource(text)));
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  it('is never made from a damaged document that the tree reader refuses', () => {
    const good = [fixture('workshop.xml'), ...lookalikes.map(([, text]) => text)];
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '"',
      "'",
      '&',
      ';',
      ']]>',
      '--',
      '=',
      ' ',
      'x',
      ':',
      '\0',
      '<a>',
      '</a>',
      '<!--',
    );
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.nat(4000), fc.nat(3), piece, (text, where, removed, put) => {
        const at = where % text.length;
        expectSame(text.slice(0, at) + put + text.slice(at + removed));
      }),
      { numRuns: 3000 },
    );
  }, 60_000);

  it('does without what a row does not need', () => {
    const text = `${start}${os}<devices><graphics type='vnc' port='99999'/></devices></domain>`;
    expect(() => readDomain(text)).toThrow(/99999/);
    expect(readRow(text)).toMatchObject({ name: 'real', devices: { screens: ['vnc'] } });
  });

  it('says what verdicts ask', () => {
    expect(readRow(fixture('workshop.xml'))).toEqual({
      name: 'workshop',
      type: 'kvm',
      uuid: '6b9f2c1e-3d5a-4e0b-9c77-0123456789ab',
      vcpus: 2,
      memory: 2 * 1024 ** 3,
      arch: 'x86_64',
      osId: 'http://debian.org/debian/12',
      devices: {
        screens: ['vnc'],
        terminals: ['pty'],
        video: true,
        removable: true,
        balloon: 'virtio',
        agent: false,
      },
    });
  });
});
