import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDisc } from '../../../main/catalog/disc.ts';
import { sha512crypt } from '../../../main/provision/crypt.ts';
import { buildIso } from '../../../main/provision/iso.ts';
import { buildSeed, seedFiles } from '../../../main/provision/seed.ts';
import { quoteYaml, toYaml } from '../../../main/provision/yaml.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guestroom-seed-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;
const xorriso = has('xorriso', '-version');
const python = has('python3', '-c', 'import yaml');
const openssl = has('openssl', 'version');
const made = new Date('2026-03-04T05:06:07Z');
const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** All texts in one run of PyYAML. */
function parseYaml(texts: readonly string[]): unknown[] {
  const program =
    'import sys,json,yaml; print(json.dumps([yaml.safe_load(t) for t in json.load(sys.stdin)]))';
  const answer = execFileSync('python3', ['-c', program], { input: JSON.stringify(texts) });
  return JSON.parse(answer.toString()) as unknown[];
}

describe('the password of a seed', () => {
  // the vectors of "Unix crypt using SHA-256 and SHA-512"
  it.each([
    [
      'Hello world!',
      'saltstring',
      undefined,
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    ],
    [
      'Hello world!',
      'saltstringsaltst',
      10_000,
      '$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.',
    ],
    [
      'we have a short salt string but not a short password',
      'short',
      77_777,
      '$6$rounds=77777$short$WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0',
    ],
    [
      'the minimum number is still observed',
      'roundstoolow',
      10,
      '$6$rounds=1000$roundstoolow$kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX.',
    ],
  ] as const)('is hashed as its specification says: %s', (password, salt, rounds, expected) => {
    expect(sha512crypt(password, salt, rounds)).toBe(expected);
  });

  it.runIf(openssl)('is the hash that openssl makes, whatever is in it', () => {
    const word = fc
      .string({ minLength: 1, maxLength: 80, unit: 'grapheme' })
      .filter((t) => !/[\r\n\0]/.test(t));
    const salt = fc.stringMatching(/^[./0-9A-Za-z]{1,16}$/);
    fc.assert(
      fc.property(word, salt, (password, saltText) => {
        const theirs = execFileSync('openssl', ['passwd', '-6', '-salt', saltText, '-stdin'], {
          input: `${password}\n`,
        });
        // openssl stops at 255 bytes of a line
        fc.pre(Buffer.byteLength(password) < 250);
        expect(sha512crypt(password, saltText)).toBe(theirs.toString().trim());
      }),
      { numRuns: 30 },
    );
  });
});

describe('YAML', () => {
  it('keeps a hostile text inside its quotes', () => {
    expect(toYaml({ hostname: 'x"\nruncmd:\n  - reboot' })).toBe(
      'hostname: "x\\"\\u000aruncmd:\\u000a  - reboot"\n',
    );
    expect(quoteYaml('é😀\u2028')).toBe('"\\u00e9\\U0001f600\\u2028"');
  });

  it.runIf(python)('is read by another parser as it was meant', () => {
    const leaf = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean());
    const value = fc.letrec((tie) => ({
      node: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('node'), { maxLength: 3 }), tie('map')),
      map: fc.dictionary(fc.string({ maxLength: 8 }), tie('node'), {
        maxKeys: 4,
        minKeys: 1,
        noNullPrototype: true,
      }),
    })).map as fc.Arbitrary<Parameters<typeof toYaml>[0]>;
    fc.assert(
      fc.property(fc.array(value, { minLength: 40, maxLength: 60 }), (maps) => {
        expect(parseYaml(maps.map(toYaml))).toEqual(maps);
      }),
      { numRuns: 3 },
    );
  });
});

describe('a disc that we build', () => {
  it.runIf(xorriso)('is read by xorriso with names and contents intact', async () => {
    const name = fc.stringMatching(/^[a-z0-9_][a-z0-9._-]{0,19}$/).filter((t) => !t.endsWith('.'));
    const file = fc.record({ name, content: fc.uint8Array({ maxLength: 5000 }) });
    const unlike = (f: { name: string }): string =>
      f.name.replace(/[^a-z0-9]/g, '_').slice(0, 3) + String(f.name.length);
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(file, { maxLength: 45, selector: unlike }), async (files) => {
        const path = join(folder, `disc-${String(round++)}.iso`);
        await writeFile(path, buildIso('cidata', files, made));
        const out = join(folder, `out-${String(round)}`);
        const report = spawnSync('xorriso', [
          '-abort_on',
          'WARNING',
          '-osirrox',
          'on',
          '-indev',
          path,
          '-extract',
          '/',
          out,
        ]);
        expect(report.status, report.stderr.toString()).toBe(0);
        for (const { name: fileName, content } of files)
          expect(Buffer.from(await readFile(join(out, fileName))).equals(content)).toBe(true);
        await rm(path);
      }),
      { numRuns: 12 },
    );
  });

  it('has Joliet names and the label, and is recognised as a disc that does not start', async () => {
    const disc = buildIso('cidata', [{ name: 'user-data', content: Buffer.from('x') }], made);
    expect(disc.length % 32_768).toBe(0);
    expect(Buffer.from(disc).includes(Buffer.from('user-data;1', 'utf16le').swap16())).toBe(true);
    const found = await readDisc((offset, length) => Promise.resolve(disc.subarray(offset, offset + length)));
    expect(found).toMatchObject({ label: 'cidata', created: '2026-03-04', boots: [], size: disc.length });
  });

  it.each(['', 'a/b', '../x', 'ü', '.hidden'])('refuses the file name %j', (name) => {
    expect(() => buildIso('cidata', [{ name, content: new Uint8Array() }], made)).toThrow('Not a name');
  });

  it('refuses two files that become one', () => {
    const content = new Uint8Array();
    expect(() =>
      buildIso(
        'x',
        [
          { name: 'a-b', content },
          { name: 'a_b', content },
        ],
        made,
      ),
    ).toThrow('same name');
  });
});

describe('a cloud-init seed', () => {
  const cloud = {
    user: 'ada',
    password: 'correct horse',
    sshKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ ada@desk', '  '],
    hostname: 'web.example.org',
    packages: ['nginx'],
  };
  const identity = { instanceId: 'iid-1', hostname: 'web-03' };

  it('makes the account, its keys and host name, and never carries the password itself', () => {
    const [user, meta] = seedFiles(cloud, identity, 'saltsalt').map(({ content }) => utf8(content));
    expect(meta).toBe('instance-id: "iid-1"\nlocal-hostname: "web.example.org"\n');
    expect(user).toBe(
      [
        '#cloud-config',
        'hostname: "web"',
        'fqdn: "web.example.org"',
        'manage_etc_hosts: true',
        'user:',
        '  name: "ada"',
        '  lock_passwd: false',
        `  passwd: ${JSON.stringify(sha512crypt('correct horse', 'saltsalt'))}`,
        '  ssh_authorized_keys:',
        '    - "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ ada@desk"',
        'ssh_pwauth: true',
        'package_update: true',
        'packages:',
        '  - "nginx"',
        '',
      ].join('\n'),
    );
    expect(user).not.toContain('correct horse');
  });

  it('locks the password where none is given, and takes the name of the machine as host name', () => {
    const [user] = seedFiles({ user: 'ada', sshKeys: ['ssh-rsa AAAA x'] }, identity).map(({ content }) =>
      utf8(content),
    );
    expect(user).toContain('  lock_passwd: true\n');
    expect(user).toContain('ssh_pwauth: false\n');
    expect(user).toContain('hostname: "web-03"\n');
    expect(user).not.toContain('passwd: "');
  });

  it("carries the person's own user data and network settings unchanged", () => {
    const own = '#!/bin/sh\necho "hi"\n';
    const files = seedFiles({ ...cloud, userData: own, networkConfig: 'version: 2' }, identity);
    expect(files.map(({ name, content }) => [name, utf8(content)])).toEqual([
      ['user-data', own],
      ['meta-data', 'instance-id: "iid-1"\nlocal-hostname: "web.example.org"\n'],
      ['network-config', 'version: 2\n'],
    ]);
  });

  it.runIf(xorriso)('has a new salt each time, under the label that cloud-init looks for', async () => {
    const read = async (name: string): Promise<string> => {
      const path = join(folder, `${name}.iso`);
      await writeFile(path, buildSeed(cloud, identity, made));
      const out = join(folder, name);
      execFileSync('xorriso', ['-osirrox', 'on', '-indev', path, '-extract', '/user-data', out], {
        stdio: 'ignore',
      });
      return readFile(out, 'utf8');
    };
    const hash = /\$6\$[^"]+/;
    const [first, second] = [hash.exec(await read('one'))?.[0], hash.exec(await read('two'))?.[0]];
    expect(first).toMatch(/^\$6\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}$/);
    expect(second).not.toBe(first);
  });
});
