import { afterEach, beforeEach, expect, test } from 'vitest';
import { appInFolder, type AppInFolder, until } from '../app-in-folder.ts';

const document = (graphics: string): string =>
  `<domain type='test'><name>locked</name><memory unit='MiB'>64</memory><os><type>hvm</type></os>` +
  `<devices>${graphics}</devices></domain>`;

let self: AppInFolder;
let node: string;
beforeEach(async () => {
  self = await appInFolder();
  ({ node } = await self.client.nodes.add({ uri: 'test:///default', readOnly: false }));
  await until(() => self.app.inventory.node(node)?.state === 'connected');
});
afterEach(() => self.end());

/** The screens as the hypervisor has them. */
async function screens(uuid: string): Promise<string[]> {
  const { connection } = self.app.nodes.connection(node);
  const xml = await connection.domains.xml(uuid, { inactive: true, secure: true });
  return xml.match(/<graphics[^>]*>/g) ?? [];
}

const locked =
  `<graphics type='vnc' port='-1' autoport='yes' passwd='first'/>` +
  `<graphics type='spice' autoport='yes' passwd='second'/>`;

test('a document that is edited in the window keeps its screens’ passwords, which the window never sees', async () => {
  const { client } = self;
  const { uuid } = await client.domains.define({ node, xml: document(locked) });
  const { xml } = await client.domains.xml({ node, uuid, inactive: true });
  expect(xml).not.toMatch(/first|second/);
  await client.domains.define({ node, xml: xml.replace('</name>', '</name><title>New</title>') });
  expect(self.app.inventory.domain(node, uuid)?.title).toBe('New');
  expect((await screens(uuid)).map((one) => /passwd='(.*?)'/.exec(one)?.[1])).toEqual(['first', 'second']);
});

test('a password is changed by writing it, and taken away with its attribute', async () => {
  const { client } = self;
  const { uuid } = await client.domains.define({ node, xml: document(locked) });
  const { xml } = await client.domains.xml({ node, uuid, inactive: true });
  const edited = xml.replace(/ passwd='[^']*'/, '').replace(/passwd='[^']*'/, "passwd='third'");
  await client.domains.define({ node, xml: edited });
  expect((await screens(uuid)).map((one) => /passwd='(.*?)'/.exec(one)?.[1])).toEqual([undefined, 'third']);
});

test('what hides a password never becomes one', async () => {
  const { client } = self;
  const screen = `<graphics type='vnc' autoport='yes' passwd='*****'/>`;
  await expect(client.domains.define({ node, xml: document(screen) })).rejects.toMatchObject({
    data: { code: 'invalid_argument' },
  });
});
