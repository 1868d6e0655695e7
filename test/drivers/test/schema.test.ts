import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { alone } from './connections.ts';

const schemas = '/usr/share/libvirt/schemas';
const missing = [`${schemas}/domain.rng`, '/usr/bin/xmllint'].filter((file) => !existsSync(file));
if (missing.length > 0)
  console.log(`documents are not validated: ${missing.join(', ')} missing (Debian: libvirt0, libxml2-utils)`);

/** Throws with what xmllint says. */
const validate = (schema: string, xml: string): void => {
  execFileSync('/usr/bin/xmllint', ['--noout', '--nonet', '--relaxng', `${schemas}/${schema}.rng`, '-'], {
    input: xml,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
};

describe.skipIf(missing.length > 0)('libvirt’s own schema accepts', () => {
  test.each(['test:///default', 'test:///showcase', 'test:///generate?domains=5'])(
    'every document of %s, live and for the next start',
    async (uri) => {
      const connection = await alone(uri);
      for (const { uuid, name } of await connection.domains.list())
        for (const inactive of [false, true]) {
          const xml = await connection.domains.xml(uuid, { inactive, secure: true });
          expect(() => validate('domain', xml), name).not.toThrow();
        }
    },
  );

  test('the capabilities of every made-up host', async () => {
    for (const uri of ['test:///default', 'test:///showcase', 'test:///generate?domains=5']) {
      const xml = await (await alone(uri)).capabilities();
      expect(() => validate('capability', xml), uri).not.toThrow();
    }
  });

  test.each(['test:///default', 'test:///showcase', 'test:///generate?domains=5'])(
    'networks, pools, volumes, interfaces and devices of %s',
    async (uri) => {
      const { networks, pools, volumes, interfaces, nodeDevices } = await alone(uri);
      const check = (schema: string, name: string, xml: string | undefined): void =>
        expect(() => validate(schema, xml ?? ''), name).not.toThrow();
      for (const { name } of (await networks?.list()) ?? [])
        check('network', name, await networks?.xml(name));
      for (const { name, active } of (await pools?.list()) ?? []) {
        check('storagepool', name, await pools?.xml(name));
        for (const { path } of active ? await volumes.list(name) : [])
          check('storagevol', path, await pools?.volumeXml(path));
      }
      for (const { name } of (await interfaces?.list()) ?? [])
        check('interface', name, await interfaces?.xml(name));
      for (const { name } of (await nodeDevices?.list()) ?? [])
        check('nodedev', name, await nodeDevices?.xml(name));
    },
  );

  test('snapshots, those that were there and one of a running machine', async () => {
    const { domains, snapshots } = await alone('test:///showcase?pace=0');
    let seen = 0;
    for (const { uuid, name, state } of await domains.list()) {
      if (state === 'running') await snapshots?.create(uuid, { name: 'made' });
      for (const snapshot of (await snapshots?.list(uuid)) ?? []) {
        const xml = (await snapshots?.xml(uuid, snapshot.name)) ?? '';
        expect(() => validate('domainsnapshot', xml), `${name} ${snapshot.name}`).not.toThrow();
        seen += 1;
      }
    }
    expect(seen).toBeGreaterThan(10);
  });

  test('a document that is wrong is noticed', () => {
    expect(() =>
      validate('domain', "<domain type='test'><name>x</name><devices><teapot/></devices></domain>"),
    ).toThrow();
  });
});
