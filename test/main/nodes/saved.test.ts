import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AppInFolder, appInFolder, until } from '../app-in-folder.ts';

let self: AppInFolder;
const path = () => join(self.folder, 'config', 'nodes.json');
const good = { name: 'Good', uri: 'test:///default', autoconnect: false, readOnly: false };
const onDisk = async () =>
  (JSON.parse(await readFile(path(), 'utf8')) as { nodes: Record<string, unknown> }).nodes;
const write = async (nodes: Record<string, unknown>) => {
  await writeFile(path(), JSON.stringify({ nodes }));
  await until(() => self.app.inventory.node('good') !== undefined);
};

beforeEach(async () => {
  self = await appInFolder();
});
afterEach(() => self.end());

describe('the list of hosts', () => {
  it('keeps what it does not understand, and shows the rest', async () => {
    const later = { ...good, name: 'Later', ssh: { port: 2222 } };
    const broken = { name: 'No address' };
    await write({ good, later, broken });
    await self.client.nodes.update({ node: 'later', name: 'Renamed' });
    await self.client.nodes.add({ uri: 'test:///showcase', autoconnect: false });
    expect(await onDisk()).toMatchObject({ good, later: { ...later, name: 'Renamed' }, broken });
    expect(self.app.inventory.nodes().map(({ id }) => id)).toEqual(['good', 'later', 'test-showcase']);
  });

  it('is whole although one entry of it is nothing that could be a host', async () => {
    await write({ good, later: null, odd: 'test:///showcase' });
    await self.client.nodes.add({ uri: 'test:///showcase', autoconnect: false });
    expect(await onDisk()).toMatchObject({ good, later: null, odd: 'test:///showcase' });
    expect(self.app.inventory.nodes().map(({ id }) => id)).toEqual(['good', 'test-showcase']);
  });

  it('may have been written by an editor that begins it with a byte order mark', async () => {
    await writeFile(path(), `\ufeff${JSON.stringify({ nodes: { good } })}`);
    await until(() => self.app.inventory.node('good') !== undefined);
    await self.client.nodes.add({ uri: 'test:///showcase', autoconnect: false });
    expect(Object.keys(await onDisk())).toEqual(['good', 'test-showcase']);
  });

  it('shows a host whose address was changed elsewhere under its new address', async () => {
    await write({ good });
    await self.client.nodes.connect({ node: 'good' });
    const shown = self.app.inventory.domains('good').length;
    await writeFile(path(), JSON.stringify({ nodes: { good: { ...good, uri: 'test:///showcase' } } }));
    await until(() => self.app.inventory.node('good')?.uri === 'test:///showcase');
    expect(self.app.inventory.node('good')?.state).toBe('disconnected');
    await self.client.nodes.connect({ node: 'good' });
    expect(self.app.inventory.domains('good').length).not.toBe(shown);
  });

  it('can be added to and cleared while a host in it has an address that is none', async () => {
    await write({ good, odd: { ...good, name: 'Odd', uri: 'not an address' } });
    await until(() => self.app.inventory.node('odd')?.state === 'failed');
    await self.client.nodes.add({ uri: 'test:///showcase', autoconnect: false });
    await self.client.nodes.remove({ node: 'odd' });
    expect(self.app.inventory.node('odd')).toBeUndefined();
    expect(Object.keys(await onDisk())).toEqual(['good', 'test-showcase']);
  });

  it('takes only what was changed from a window', async () => {
    await write({ good });
    const other = { ...good, name: 'Named elsewhere' };
    await writeFile(path(), JSON.stringify({ nodes: { good: other } }));
    await self.client.nodes.update({ node: 'good', autoconnect: true });
    expect(await onDisk()).toEqual({ good: { ...other, autoconnect: true } });
  });
});
