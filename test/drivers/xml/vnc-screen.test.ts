import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildDomain } from '../../../drivers/xml/domain/build.ts';
import { DomainDocument } from '../../../drivers/xml/domain/edit.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { withVncScreen } from '../../../drivers/xml/domain/vnc-screen.ts';
import { difference } from './difference.ts';
import { expectValid } from './schema.ts';
import { domainSpec } from './specs.ts';

const spice = `<domain type='kvm'>
  <name>office</name>
  <memory>1048576</memory>
  <os><type>hvm</type></os>
  <devices>
    <!-- ours -->
    <graphics type='spice' autoport='yes' passwd='secret'>
      <listen type='address' address='0.0.0.0'/>
      <image compression='off'/>
    </graphics>
    <video><model type='qxl'/></video>
  </devices>
</domain>
`;

describe('a VNC screen besides the others', () => {
  it('is the one difference to the document: SPICE, its password and comments stay', () => {
    const { gone, came } = difference(spice, withVncScreen(spice, false));
    expect(gone).toEqual([]);
    expect(came.map((line) => line.trim())).toEqual([
      '<graphics type="vnc" port="-1" autoport="yes">',
      '<listen type="address" address="127.0.0.1"/>',
      '</graphics>',
    ]);
  });

  it('is reached on the node only: by a port of its loopback, or by a socket of an embedded driver', () => {
    const added = (embedded: boolean) => readDomain(withVncScreen(spice, embedded)).devices.graphics[1];
    expect(added(false)).toMatchObject({
      type: 'vnc',
      port: -1,
      autoport: true,
      listens: [{ type: 'address', address: '127.0.0.1' }],
    });
    expect(added(true)).toMatchObject({ type: 'vnc', listens: [{ type: 'socket' }] });
  });

  it('is not added to a machine that has one', () => {
    const workshop = readFileSync(new URL('./fixtures/workshop.xml', import.meta.url), 'utf8');
    const once = withVncScreen(workshop, false);
    expect(withVncScreen(once, false)).toBe(once);
  });

  it('makes documents that libvirt’s schema accepts, whatever they were before', async (context) => {
    const specs = fc.tuple(domainSpec, fc.boolean());
    const build = ([spec, embedded]: [Parameters<typeof buildDomain>[0], boolean]): string =>
      withVncScreen(buildDomain(spec), embedded);
    await expectValid(context, 'domain', specs, build, 30);
  });

  it('leaves all other devices of any machine as they were', () => {
    fc.assert(
      fc.property(domainSpec, (spec) => {
        const before = DomainDocument.parse(buildDomain(spec));
        const after = readDomain(withVncScreen(before.toString(), false));
        const { graphics, ...others } = before.read().devices;
        const { graphics: screens, ...left } = after.devices;
        expect(left).toEqual(others);
        expect(screens.filter(({ type }) => type !== 'vnc')).toEqual(
          graphics.filter(({ type }) => type !== 'vnc'),
        );
        expect(screens.some(({ type }) => type === 'vnc')).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
