import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { alone } from './connections.ts';

const schemas = '/usr/share/libvirt/schemas';
const missing = [`${schemas}/domain.rng`, `${schemas}/capability.rng`, '/usr/bin/xmllint'].filter(
  (file) => !existsSync(file),
);
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

  test('a document that is wrong is noticed', () => {
    expect(() =>
      validate('domain', "<domain type='test'><name>x</name><devices><teapot/></devices></domain>"),
    ).toThrow();
  });
});
