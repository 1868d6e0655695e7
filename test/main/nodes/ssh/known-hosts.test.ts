import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  algorithmsFor,
  fingerprint,
  judge,
  keysFor,
  keyType,
  lineFor,
  nameInFile,
  refusal,
} from '../../../../main/nodes/ssh/known-hosts.ts';
import { matchesPattern } from '../../../../main/nodes/ssh/patterns.ts';
import { describeBesideOpenSsh, makeFolder, makeKey, serve, sshVerdict, type TestKey } from './openssh.ts';

/** A public key of this type; its content is of no matter to a list of known hosts. */
function blob(type: string, content: string): Uint8Array {
  const string = (text: string): Buffer => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  return Buffer.concat([string(type), string(content)]);
}
const ed = blob('ssh-ed25519', 'one');
const otherEd = blob('ssh-ed25519', 'two');
const rsa = blob('ssh-rsa', 'three');
const text = (key: Uint8Array): string => `${keyType(key)} ${Buffer.from(key).toString('base64')}`;
const lines = (file: string, name: string): number[] => keysFor(file, '/kh', name).map(({ line }) => line);
function hashed(name: string): string {
  const salt = Buffer.alloc(20, 7);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

describe('a known_hosts file', () => {
  it('knows names in lists, with wildcards, negated, hashed and with ports', () => {
    const file = [
      `# a comment`,
      `one,two ${text(ed)} and a comment`,
      `*.example.com,!bad.example.com ${text(ed)}`,
      `[one]:2222\t${text(ed)}`,
      `${hashed('secret')} ${text(ed)}`,
      `10.0.0.? ${text(ed)}`,
      `  OTHER ${text(ed)}`,
    ].join('\r\n');
    expect(lines(file, 'one')).toEqual([2]);
    expect(lines(file, 'TWO')).toEqual([2]);
    expect(lines(file, 'a.example.com')).toEqual([3]);
    expect(lines(file, 'bad.example.com')).toEqual([]);
    expect(lines(file, nameInFile('one', 2222))).toEqual([4]);
    expect(lines(file, nameInFile('one', 22))).toEqual([2]);
    expect(lines(file, 'Secret')).toEqual([5]);
    expect(lines(file, '10.0.0.7')).toEqual([6]);
    expect(lines(file, '10.0.0.17')).toEqual([]);
    expect(lines(file, 'other')).toEqual([7]);
  });

  it('passes over broken lines and reads on', () => {
    const file = [
      'host',
      'host ssh-ed25519',
      'host ssh-ed25519 ====',
      `host ssh-rsa ${Buffer.from(ed).toString('base64')}`,
      'host ssh-ed25519 AAAA',
      `@unknown-marker host ${text(ed)}`,
      `@revoked @cert-authority host ${text(ed)}`,
      `|1|c2hvcnQ=|c2hvcnQ= ${text(ed)}`,
      `|2|x|y ${text(ed)}`,
      'host 2048 35 12345678901234567890',
      `host ${text(ed)}`,
    ].join('\n');
    expect(lines(file, 'host')).toEqual([11]);
  });

  it('is not fooled by a pattern that is made to take for ever', () => {
    expect(matchesPattern('a'.repeat(5000), `${'*a'.repeat(500)}b`)).toBe(false);
  });
});

describe('the verdict on a key', () => {
  const verdict = (file: string, key: Uint8Array, bare = '') =>
    judge(key, keysFor(file, '/kh', 'host'), keysFor(bare, '/bare', 'host'));

  it('is known where the key stands, also among others', () => {
    expect(verdict(`host ${text(otherEd)}\nhost ${text(ed)}`, ed)).toEqual({ kind: 'known' });
  });

  it('names the line that holds another key, by preference one of the same type', () => {
    const file = `host ${text(rsa)}\nhost ${text(otherEd)}`;
    expect(verdict(file, ed)).toEqual({ kind: 'changed', file: '/kh', line: 2, types: ['RSA', 'ED25519'] });
  });

  it('is unknown where nothing stands, or only things about others', () => {
    expect(verdict('', ed)).toEqual({ kind: 'unknown' });
    expect(verdict(`other ${text(ed)}`, ed)).toEqual({ kind: 'unknown' });
    expect(verdict(`@revoked host ${text(otherEd)}`, ed)).toEqual({ kind: 'unknown' });
  });

  it('is revoked even where the key is known, too', () => {
    const file = `host ${text(ed)}\n@revoked * ${text(ed)}`;
    expect(verdict(file, ed)).toEqual({ kind: 'revoked', file: '/kh', line: 2 });
    expect(verdict('', ed, `@revoked host ${text(ed)}`)).toMatchObject({ kind: 'revoked', file: '/bare' });
  });

  it('is refused where only an authority is trusted', () => {
    const file = `@cert-authority host ${text(rsa)}`;
    expect(verdict(file, ed)).toEqual({ kind: 'authority', file: '/kh', line: 1 });
    expect(verdict(`${file}\nhost ${text(ed)}`, ed)).toEqual({ kind: 'known' });
  });

  it('tells a person the file and the line, and what to do', () => {
    const changed = refusal(verdict(`host ${text(rsa)}`, ed), 'host', ed);
    expect(changed?.code).toBe('host_key');
    expect(changed?.retryable).toBe(false);
    expect(changed?.hint).toContain("line 1 of /kh, for example with ssh-keygen -R 'host' -f '/kh'");
    expect(changed?.detail).toContain(fingerprint(ed).text);
    expect(refusal(verdict('', ed), 'host', ed)).toBeUndefined();
  });
});

describe('what a host is asked for', () => {
  it('is the types of key that are known for it', () => {
    const known = (file: string): string[] => algorithmsFor(keysFor(file, '/kh', 'host'));
    expect(known(`host ${text(rsa)}`)).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
    expect(known(`host ${text(rsa)}\nhost ${text(ed)}\n@revoked host ${text(otherEd)}`)).toEqual([
      'ssh-ed25519',
      'rsa-sha2-512',
      'rsa-sha2-256',
    ]);
    expect(known(`@cert-authority host ${text(ed)}`)).toEqual([]);
  });
});

describe('a line of our own', () => {
  it('is read back for the same host', () => {
    expect(keysFor(lineFor('Host.Example', 2222, ed), '/own', '[host.example]:2222')).toHaveLength(1);
    expect(keysFor(lineFor('fe80::1%eth0', 22, ed), '/own', 'fe80::1%eth0')).toHaveLength(1);
  });

  it('never says more than it should', () => {
    for (const name of ['', '*', 'a,b', 'a b', 'a\nb', '!a', '|1|x|y', '#a', '@revoked', 'a?'])
      expect(() => lineFor(name, 22, ed)).toThrow('cannot be written down');
    expect(() => lineFor('host', 22, Buffer.from('no key'))).toThrow('no public key');
    expect(() => lineFor('host', 22, blob('ssh-rsa x\nevil', ''))).toThrow('no public key');
  });
});

describeBesideOpenSsh('beside OpenSSH', () => {
  let folder: string;
  let keys: Record<'ed' | 'otherEd' | 'ec' | 'rsa', TestKey>;
  beforeAll(() => {
    folder = makeFolder();
    keys = {
      ed: makeKey(folder, 'ed', 'ed25519'),
      otherEd: makeKey(folder, 'other', 'ed25519'),
      ec: makeKey(folder, 'ec', 'ecdsa'),
      rsa: makeKey(folder, 'rsa', 'rsa'),
    };
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const keygen = (...args: string[]): string => spawnSync('ssh-keygen', args, { encoding: 'utf8' }).stdout;
  /** The lines that `ssh-keygen -F` finds and can read a key in. */
  function found(content: string, name: string): number[] {
    const file = join(folder, 'asked');
    writeFileSync(file, content);
    return [...keygen('-l', '-F', name, '-f', file).matchAll(/found: line (\d+)/g)].map(([, line]) =>
      Number(line),
    );
  }

  it('gives the same fingerprints', () => {
    for (const { bytes, file } of Object.values(keys)) {
      const [, sum, type] = /^\d+ (\S+) .*\((.+)\)$/.exec(keygen('-l', '-f', `${file}.pub`).trim()) ?? [];
      expect(fingerprint(bytes)).toEqual({ type, text: sum });
    }
  });

  it('reads what ssh-keygen has hashed, and ssh-keygen finds and removes what we wrote', () => {
    const file = join(folder, 'hashed');
    writeFileSync(file, lineFor('Host', 2222, keys.ed.bytes) + lineFor('host', 22, keys.rsa.bytes));
    keygen('-H', '-f', file);
    const content = spawnSync('cat', [file], { encoding: 'utf8' }).stdout;
    expect(content).not.toContain('host');
    expect(keysFor(content, file, '[host]:2222')).toMatchObject([{ type: 'ssh-ed25519', line: 1 }]);
    expect(keysFor(content, file, 'host')).toMatchObject([{ type: 'ssh-rsa', line: 2 }]);
    expect(found(content, '[host]:2222')).toEqual([1]);
    keygen('-R', '[host]:2222', '-f', file);
    expect(lines(spawnSync('cat', [file], { encoding: 'utf8' }).stdout, '[host]:2222')).toEqual([]);
  });

  it('finds the same lines in any file', () => {
    const label = fc.constantFrom('a', 'b', 'aa', 'A', 'ab');
    const name = fc.oneof(
      label,
      fc.tuple(label, label).map((labels) => labels.join('.')),
      label.map((one) => `[${one}]:2222`),
    );
    const pattern = fc
      .tuple(
        fc.constantFrom('', '', '!'),
        fc.oneof(name, fc.string({ unit: fc.constantFrom(...'ab.*?[]:2'), minLength: 1, maxLength: 6 })),
      )
      .map((parts) => parts.join(''));
    const names = fc.oneof(
      fc.array(pattern, { minLength: 1, maxLength: 3 }).map((all) => all.join(',')),
      name.map((one) => hashed(one.toLowerCase())),
    );
    const key = fc.constantFrom('ed', 'ec', 'rsa').map((which) => keys[which as 'ed'].text);
    const line = fc
      .tuple(
        fc.constantFrom('', '', '', ' ', '\t', '@revoked ', '@cert-authority ', '@other ', '#'),
        names,
        fc.constantFrom(' ', '\t', '  '),
        fc.oneof(
          { weight: 5, arbitrary: key },
          { weight: 1, arbitrary: fc.constantFrom('', 'ssh-rsa AAAA', 'x') },
        ),
        fc.constantFrom('', ' a comment', '\r'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      // ssh asks in small letters; ssh-keygen leaves that to whoever calls it
      fc.property(
        fc.array(line, { maxLength: 8 }),
        name.map((any) => any.toLowerCase()),
        (content, asked) => {
          expect(lines(content.join('\n'), asked)).toEqual(found(content.join('\n'), asked));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('decides as ssh does when a host shows its key', async () => {
    const server = await serve(keys.ed);
    const name = `[127.0.0.1]:${String(server.port)}`;
    const { ed: own, otherEd: other, ec, rsa: third } = keys;
    const contents = [
      '',
      `${name} ${own.text}`,
      `${name} ${other.text}`,
      `${name} ${other.text}\n${name} ${own.text}`,
      // a key of another type than all that are known
      `${name} ${third.text}`,
      `${name} ${ec.text}\n${name} ${third.text}`,
      // another port than 22 falls back to the bare name, but only to agree
      `127.0.0.1 ${own.text}`,
      `127.0.0.1 ${other.text}`,
      `127.0.0.1 ${own.text}\n${name} ${other.text}`,
      `127.0.0.* ${own.text}`,
      `@revoked * ${own.text}\n${name} ${own.text}`,
      `@revoked * ${other.text}\n${name} ${own.text}`,
      `127.0.0.?,!127.0.0.1 ${own.text}`,
      `other,${name} ${own.text}`,
      `[127.0.0.1]:1 ${own.text}`,
    ];
    try {
      for (const content of contents) {
        const file = join(folder, 'shown');
        writeFileSync(file, content);
        const ours = judge(own.bytes, keysFor(content, file, name), keysFor(content, file, '127.0.0.1'));
        expect([content, ours.kind]).toEqual([content, await sshVerdict(server.port, [file])]);
      }
    } finally {
      server.close();
    }
  });
});
