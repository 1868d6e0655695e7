import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDomain } from '../../drivers/xml/domain/read.ts';
import { createViewer } from '../../main/consoles/viewer.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';
import { recordingViewer } from '../lab/viewer.ts';
import { type AppInFolder, appInFolder, until } from './app-in-folder.ts';

const machine = (name: string, graphics: string, more = ''): string =>
  `<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>${name}</name>${more}
    <memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type>hvm</type></os>
    <devices>${graphics}<video><model type='qxl'/></video></devices></domain>`;
const world = `<node>
  ${machine('office', "<graphics type='spice' port='5930' tlsPort='5931' autoport='no' passwd='PLANTED'><listen type='address' address='0.0.0.0'/></graphics>")}
  ${machine('waiting', "<graphics type='spice' port='-1' autoport='yes'/>")}
  ${machine('asleep', "<graphics type='spice' autoport='yes'/>", '<test:runstate>5</test:runstate>')}
  ${machine('passing', "<graphics type='spice' port='5940' autoport='no'/>", '<test:transient>1</test:transient>')}
</node>`;

let folder: string;
let self: AppInFolder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gr-offers-'));
  await writeFile(join(folder, 'world.xml'), world);
});
afterEach(async () => {
  await self.end();
  await rm(folder, { recursive: true });
});

/** Of a machine in that world, by its name; `programs` is the PATH that a viewer is looked for in. */
async function open(programs: string | undefined, readOnly = false) {
  const host = createLocalHost({ env: { ...process.env, GUESTROOM_HOME: folder } });
  const viewer = programs === undefined ? undefined : createViewer(host, { env: { PATH: programs } });
  self = await appInFolder({ platform: viewer ? { viewer } : {} });
  const { node } = await self.client.nodes.add({ uri: `test://${join(folder, 'world.xml')}`, readOnly });
  await self.client.nodes.connect({ node });
  return (name: string) => {
    const row = [...self.app.inventory.domains(node)].find((each) => each.name === name);
    if (!row) throw new Error(`no ${name}`);
    return { node, uuid: row.uuid };
  };
}

describe('a machine with SPICE only', () => {
  it('that runs gets a VNC screen for its next start, and keeps what it has', async () => {
    const of = await open(undefined);
    const office = of('office');
    const { consoles, domains } = self.client;
    expect(await consoles.offers(office)).toEqual({ vncNext: false });
    await expect(consoles.graphics(office)).rejects.toThrow('has no VNC screen');
    await consoles.addVnc(office);
    expect(await consoles.offers(office)).toEqual({ vncNext: true });
    // now it is still what it was
    await expect(consoles.graphics(office)).rejects.toThrow('has no VNC screen');
    for (const operation of ['destroy', 'start'] as const)
      expect(await domains.act({ operation, targets: [office] })).toEqual([{ ...office, ok: true }]);
    await until(async () => (await domains.detail(office)).graphics.some((screen) => screen.openable));
    expect(await consoles.graphics(office)).toEqual({ ticket: expect.any(String) as unknown });
    const { connection } = self.app.nodes.connection(office.node);
    const { graphics } = readDomain(await connection.domains.xml(office.uuid, { secure: true })).devices;
    expect(graphics.map(({ type }) => type)).toEqual(['spice', 'vnc']);
    expect(graphics[0]).toMatchObject({ port: 5930, tlsPort: 5931, passwd: 'PLANTED' });
  });

  it('that is off has its VNC screen at once', async () => {
    const of = await open(undefined);
    const { consoles, domains } = self.client;
    expect(await consoles.offers(of('asleep'))).toEqual({ vncNext: false });
    await consoles.addVnc(of('asleep'));
    expect((await domains.detail(of('asleep'))).graphics.map(({ type }) => type)).toEqual(['spice', 'vnc']);
    expect(await consoles.offers(of('asleep'))).toEqual({ vncNext: false });
  });

  it('that is temporary has no definition to add one to', async () => {
    const of = await open(undefined);
    expect(await self.client.consoles.offers(of('passing'))).toEqual({
      addVnc: 'transient',
      vncNext: false,
    });
    await expect(self.client.consoles.addVnc(of('passing'))).rejects.toThrow('is temporary');
  });

  it('is not changed over a read-only connection', async () => {
    const of = await open(undefined, true);
    expect(await self.client.consoles.offers(of('office'))).toMatchObject({ addVnc: 'read_only' });
    await expect(self.client.consoles.addVnc(of('office'))).rejects.toThrow('The connection is read-only');
  });

  it('opens in remote-viewer where that is installed, and its password goes nowhere else', async () => {
    const program = await recordingViewer(folder);
    const of = await open(program.folder);
    const { consoles } = self.client;
    const offers = await consoles.offers(of('office'));
    expect(offers).toEqual({ vncNext: false, viewer: {} });
    await consoles.openViewer(of('office'));
    expect(program.given()).toMatchObject({
      mode: '600',
      file: '[virt-viewer]\ntype=spice\nhost=127.0.0.1\nport=5930\ntls-port=5931\npassword=PLANTED\ntitle=office\ndelete-this-file=1\n',
    });
    const log = await readFile(join(self.folder, 'state', 'guestroom.log'), 'utf8');
    expect(JSON.stringify(offers) + log).not.toContain('PLANTED');
  });

  it('says why remote-viewer cannot show it now', async () => {
    const program = await recordingViewer(folder);
    const of = await open(program.folder);
    const { consoles } = self.client;
    const viewer = async (name: string) => (await consoles.offers(of(name))).viewer?.error?.code;
    expect(await viewer('waiting')).toBe('wrong_state');
    expect(await viewer('asleep')).toBe('wrong_state');
    await expect(consoles.openViewer(of('asleep'))).rejects.toThrow('The virtual machine is off');
    expect(program.given()).toBeUndefined();
  });
});
