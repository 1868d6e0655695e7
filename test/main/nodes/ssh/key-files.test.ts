import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../../drivers/api/errors.ts';
import { localFiles } from '../../../../main/nodes/local/files.ts';
import { type KeyFile, publicPart, readKeyFile } from '../../../../main/nodes/ssh/key-files.ts';
import { describeBesideOpenSsh, makeFolder } from './openssh.ts';

const passphrase = 'Zq7 pass phrase é';
const forms = ['RFC4716', 'PEM', 'PKCS8'] as const;
const types = ['ed25519', 'ecdsa', 'rsa'] as const;
let folder: string;
beforeAll(() => {
  folder = makeFolder();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** The path of a key as ssh-keygen makes it; its public part is in the file beside it. */
function make(type: (typeof types)[number], form: (typeof forms)[number], locked: boolean): string {
  const path = join(folder, `key-${String((count += 1))}`);
  const bits = type === 'rsa' ? ['-b', '2048'] : [];
  const words = [
    '-q',
    '-t',
    type,
    ...bits,
    '-a',
    '1',
    '-N',
    locked ? passphrase : '',
    '-C',
    'me',
    '-f',
    path,
  ];
  // RFC4716 is what ssh-keygen calls OpenSSH's own form of a private key
  execFileSync('ssh-keygen', [...words, '-m', form]);
  return path;
}
const publicOf = (path: string): string =>
  readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
const shownBy = ({ shown }: KeyFile): string => `${shown.type} ${shown.getPublicSSH().toString('base64')}`;
const never = (): Promise<string> => Promise.reject(new Error('nobody is to be asked'));
const signs = (file: KeyFile, phrase?: string): boolean => {
  const key = phrase === undefined ? file.key : file.unlock(phrase);
  const data = Buffer.from('what the host wants signed');
  const algorithm = key?.type === 'ssh-rsa' ? 'sha256' : undefined;
  const signature = key?.sign(data, algorithm) as Buffer | Error | undefined;
  return Buffer.isBuffer(signature) && file.shown.verify(data, signature, algorithm) === true;
};

const asOpenSsh = (bytes: Buffer): string =>
  `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;

describeBesideOpenSsh('a key of ssh-keygen’s', () => {
  describe.each(forms)('in the form of %s', (form) => {
    it.each(types)('%s is read, shows what its .pub file has, and signs', async (type) => {
      const path = make(type, form, false);
      const file = await readKeyFile(localFiles, path, never);
      if (!file) throw new Error('it is there');
      expect(shownBy(file)).toBe(publicOf(path));
      expect(signs(file)).toBe(true);
    });

    it.each(types)(
      '%s with a passphrase shows what its .pub file has before it is asked for',
      async (type) => {
        const path = make(type, form, true);
        const file = await readKeyFile(localFiles, path, never);
        if (!file) throw new Error('it is there');
        expect(shownBy(file)).toBe(publicOf(path));
        expect(file.key).toBeUndefined();
        expect(file.unlock('wrong')).toBeUndefined();
        expect(file.unlock('')).toBeUndefined();
        expect(signs(file, passphrase)).toBe(true);
      },
    );

    it.each(types)(
      '%s with a passphrase and without its .pub file needs it at most until it is right',
      async (type) => {
        const path = make(type, form, true);
        const shown = publicOf(path);
        const own = /OPENSSH/.test(readFileSync(path, 'utf8'));
        expect(publicPart(readFileSync(path, 'utf8'))).toBe(own ? shown : undefined);
        rmSync(`${path}.pub`);
        const answers = ['wrong', passphrase];
        const asked: boolean[] = [];
        const file = await readKeyFile(localFiles, path, (_path, again) => {
          asked.push(again);
          return Promise.resolve(answers.shift() ?? '');
        });
        if (!file) throw new Error('it is there');
        expect(shownBy(file)).toBe(shown);
        expect(asked).toEqual(own ? [] : [false, true]);
      },
    );
  });

  it('is given up after three wrong passphrases', async () => {
    const path = make('rsa', 'PEM', true);
    rmSync(`${path}.pub`);
    let asked = 0;
    const work = readKeyFile(localFiles, path, () => Promise.resolve(`wrong ${String((asked += 1))}`));
    await expect(work).rejects.toMatchObject({
      code: 'auth_failed',
      hint: expect.stringContaining('ssh-add') as string,
    });
    expect(asked).toBe(3);
  });

  it('for Ed25519 made by OpenSSL is read, too', async () => {
    if (spawnSync('openssl', ['version']).status !== 0) return;
    const path = join(folder, 'openssl');
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', path]);
    chmodSync(path, 0o600);
    const file = await readKeyFile(localFiles, path, never);
    if (!file) throw new Error('it is there');
    // the last 32 bytes of its public form are the key itself, in both forms
    const theirs = execFileSync('openssl', ['pkey', '-in', path, '-pubout', '-outform', 'DER']);
    expect(file.shown.getPublicSSH().subarray(-32)).toEqual(theirs.subarray(-32));
    expect(signs(file)).toBe(true);
  });

  const putty = spawnSync('puttygen', ['--version']).error ? 'puttygen is not installed' : undefined;
  const puttyKey = (type: 'rsa' | 'ed25519', version: number, locked: boolean): [string, string] => {
    const path = make(type, 'RFC4716', false);
    const phrase = join(folder, 'phrase');
    writeFileSync(phrase, passphrase);
    const words = ['-O', 'private', '--ppk-param', `version=${String(version)}`, '-o', `${path}.ppk`];
    execFileSync('puttygen', [path, ...words, ...(locked ? ['--new-passphrase', phrase] : [])]);
    return [`${path}.ppk`, publicOf(path)];
  };

  it.skipIf(putty !== undefined)(
    'in PuTTY’s older form for RSA is read, with and without a passphrase',
    async () => {
      for (const locked of [false, true]) {
        const [path, shown] = puttyKey('rsa', 2, locked);
        const file = await readKeyFile(localFiles, path, never);
        if (!file) throw new Error('it is there');
        expect(shownBy(file)).toBe(shown);
        expect(signs(file, locked ? passphrase : undefined)).toBe(true);
        if (locked) expect(file.unlock('wrong')).toBeUndefined();
      }
    },
  );

  it.skipIf(putty !== undefined)('in PuTTY’s other forms is refused with how to write it anew', async () => {
    for (const [type, version] of [
      ['rsa', 3],
      ['ed25519', 2],
      ['ed25519', 3],
    ] as const) {
      const [path] = puttyKey(type, version, true);
      await expect(readKeyFile(localFiles, path, never)).rejects.toMatchObject({
        code: 'invalid_argument',
        hint: expect.stringContaining('-O private-openssh') as string,
      });
    }
  });

  it('that somebody broke is told as such, whatever is broken: nothing else is thrown, nothing hangs', async () => {
    const texts = forms.flatMap((form) =>
      types.flatMap((type) => [false, true].map((locked) => readFileSync(make(type, form, locked), 'utf8'))),
    );
    const path = join(folder, 'broken');
    const broken = fc
      .tuple(
        fc.constantFrom(...texts),
        fc.oneof(
          fc.record({ cut: fc.double({ min: 0, max: 1, noNaN: true }) }),
          fc.record({
            at: fc.double({ min: 0, max: 1, noNaN: true }),
            by: fc.oneof(
              fc.constantFrom('A', '/', '\n', '=', '\0', ''),
              fc.string({ unit: 'binary', maxLength: 6 }),
            ),
            over: fc.nat(6),
          }),
        ),
      )
      .map(([text, change]) => {
        if ('cut' in change) return text.slice(0, Math.floor(text.length * change.cut));
        const at = Math.floor(text.length * change.at);
        return text.slice(0, at) + change.by + text.slice(at + change.over);
      });
    const read = async (text: string): Promise<void> => {
      writeFileSync(path, text);
      try {
        const file = await readKeyFile(localFiles, path, () =>
          Promise.reject(new GuestroomError('auth_failed', 'given up')),
        );
        // one that needs its passphrase is not tried: that would take its time
        if (file?.key) signs(file);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GuestroomError);
        expect((thrown as GuestroomError).code).not.toBe('internal');
      }
    };
    await fc.assert(fc.asyncProperty(broken, read), { numRuns: 500 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), (bytes) =>
        read(asOpenSsh(Buffer.concat([Buffer.from('openssh-key-v1\0'), bytes]))),
      ),
      { numRuns: 200 },
    );
  });

  it('that would take minutes to open is refused with what to do', async () => {
    const path = make('ed25519', 'RFC4716', true);
    const text = readFileSync(path, 'utf8');
    const body = /-----BEGIN[^\n]+\n([\s\S]+?)-----END/.exec(text)?.[1] ?? '';
    const bytes = Buffer.from(body, 'base64');
    const at = bytes.indexOf('bcrypt') + 'bcrypt'.length + 4 + 4 + 16;
    expect(bytes.readUInt32BE(at)).toBe(1);
    bytes.writeUInt32BE(0xffff_ffff, at);
    writeFileSync(path, text.replace(body, `${bytes.toString('base64')}\n`));
    await expect(readKeyFile(localFiles, path, never)).rejects.toMatchObject({
      code: 'invalid_argument',
      hint: expect.stringContaining('ssh-keygen -p -a') as string,
    });
  });
});

describe('what is no private key', () => {
  const read = (name: string, content: string | Uint8Array): Promise<KeyFile | undefined> => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return readKeyFile(localFiles, path, never);
  };

  it('is told with what to do', async () => {
    expect(await readKeyFile(localFiles, join(folder, 'not-there'), never)).toBeUndefined();
    const unreadable = { code: 'invalid_argument', hint: expect.stringContaining('ed25519') as string };
    await expect(read('empty', '')).rejects.toMatchObject(unreadable);
    await expect(read('text', 'Dear diary')).rejects.toMatchObject(unreadable);
    await expect(read('bytes', Buffer.alloc(4000, 0xff))).rejects.toMatchObject(unreadable);
    await expect(read('large', Buffer.alloc(100_000, 'A'))).rejects.toMatchObject({ code: 'too_large' });
    await expect(readKeyFile(localFiles, folder, never)).rejects.toMatchObject({ code: 'invalid_argument' });
  });
});
