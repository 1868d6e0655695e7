import fc from 'fast-check';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { saslprep } from '../../../../drivers/libvirt/rpc/saslprep.ts';
import { Plain, Scram, type ScramName } from '../../../../drivers/libvirt/rpc/scram.ts';

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
const bytes = (said: string): Uint8Array => Buffer.from(said);

/** The examples of RFC 5802 and RFC 7677. */
const examples = [
  {
    name: 'SCRAM-SHA-1',
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    first: 'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
    challenge: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    answer: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    proof: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    name: 'SCRAM-SHA-256',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    first: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
    challenge: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    answer:
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    proof: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
] as const;
const login = (example: (typeof examples)[number]): Scram =>
  new Scram(example.name, { user: 'user', password: 'pencil' }, example.nonce);

describe('SCRAM', () => {
  test.each(examples)('the example of the standard: $name', async (example) => {
    const scram = login(example);
    expect(text(scram.first())).toBe(example.first);
    expect(text(await scram.next(bytes(example.challenge)))).toBe(example.answer);
    expect(scram.satisfied).toBe(false);
    expect(await scram.next(bytes(example.proof))).toBeUndefined();
    expect(scram.satisfied).toBe(true);
  });

  test.each(examples)('a server that does not know the password is found out: $name', async (example) => {
    const flipped = example.proof.replace(/^v=(.)/, (_, first: string) => `v=${first === 'A' ? 'B' : 'A'}`);
    for (const proof of [flipped, 'v=', 'v=AAAA']) {
      const scram = login(example);
      await scram.next(bytes(example.challenge));
      await expect(scram.next(bytes(proof))).rejects.toMatchObject({ code: 'auth_failed' });
      expect(scram.satisfied).toBe(false);
    }
  });

  test('what the server refuses with is told', async () => {
    const scram = login(examples[1]);
    await scram.next(bytes(examples[1].challenge));
    await expect(scram.next(bytes('e=invalid-proof'))).rejects.toMatchObject({
      code: 'auth_failed',
      detail: 'invalid-proof',
    });
  });

  test.each([
    ['another nonce than ours', 'r=somebodyElses123,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'],
    ['only our nonce', 'r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'],
    ['no salt', 'r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096'],
    ['a salt that is no base64', 'r=rOprNGfwEbeRWgbNEkqOx,s=a,i=4096'],
    ['no count', 'r=rOprNGfwEbeRWgbNEkqOx,s=AAAA'],
    ['a count that is no number', 'r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=4e3'],
    ['a negative count', 'r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=-1'],
    ['an extension that must be understood', 'm=x,r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=4096'],
    ['nothing', ''],
  ])('a first answer with %s is nonsense', async (_what, challenge) => {
    await expect(login(examples[1]).next(bytes(challenge))).rejects.toMatchObject({ code: 'protocol' });
  });

  test.each(['1', '4095', '1000001', '9999999999'])('%s iterations are not accepted', async (count) => {
    const challenge = `r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=${count}`;
    await expect(login(examples[1]).next(bytes(challenge))).rejects.toMatchObject({ code: 'auth_failed' });
  });

  test('a second last answer is nonsense', async () => {
    const scram = login(examples[0]);
    await scram.next(bytes(examples[0].challenge));
    await scram.next(bytes(examples[0].proof));
    await expect(scram.next(bytes(examples[0].proof))).rejects.toMatchObject({ code: 'protocol' });
  });

  test('names with = and , are written as the standard says', () => {
    const scram = new Scram('SCRAM-SHA-256', { user: 'a=b,c', password: 'x' }, 'nonce');
    expect(text(scram.first())).toBe('n,,n=a=3Db=2Cc,r=nonce');
  });

  test('every login has a nonce of its own', () => {
    const first = (): string => text(new Scram('SCRAM-SHA-256', { user: 'u', password: 'p' }).first());
    expect(first()).not.toBe(first());
  });

  test('any password is accepted by a server that knows it, and by no other', async () => {
    const names: readonly ScramName[] = ['SCRAM-SHA-256', 'SCRAM-SHA-1'];
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 20 }),
        fc.constantFrom(...names),
        async (password, salt, name) => {
          const hash = name === 'SCRAM-SHA-1' ? 'sha1' : 'sha256';
          const hmac = (key: Uint8Array, what: string): Buffer => createHmac(hash, key).update(what).digest();
          const scram = new Scram(name, { user: 'me', password }, 'abc');
          const challenge = `r=abcdef,s=${Buffer.from(salt).toString('base64')},i=4096`;
          const final = text(await scram.next(bytes(challenge)));
          const length = createHash(hash).digest().length;
          const salted = pbkdf2Sync(password, salt, 4096, length, hash);
          const message = `n=me,r=abc,${challenge},c=biws,r=abcdef`;
          const stored = createHash(hash).update(hmac(salted, 'Client Key')).digest();
          const proof = Buffer.from(final.replace(/^c=biws,r=abcdef,p=/, ''), 'base64');
          const key = hmac(stored, message).map((byte, at) => byte ^ (proof[at] ?? 0));
          expect(createHash(hash).update(key).digest()).toEqual(stored);
          await scram.next(bytes(`v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}`));
          expect(scram.satisfied).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('PLAIN', () => {
  test('sends name and password as they are', () => {
    expect(text(new Plain({ user: 'me', password: 'pässword' }).first())).toBe('\0me\0pässword');
  });

  test('has nothing to say to a challenge', async () => {
    const plain = new Plain({ user: 'me', password: 'x' });
    expect(await plain.next(bytes(''))).toBeUndefined();
    await expect(plain.next(bytes('who?'))).rejects.toMatchObject({ code: 'protocol' });
    expect(() => new Plain({ user: 'me', password: 'a\0b' })).toThrow(/NUL/);
  });
});

describe('passwords are compared in one form', () => {
  // the examples of RFC 4013, and one for each table
  test.each([
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    ['a\u00a0b\u3000c', 'a b c'],
    ['pa\ufeffss\u200dwo\ufe0frd', 'password'],
    ['e\u0301', '\u00e9'],
    ['\u0627\u0628', '\u0627\u0628'],
    ['\u06271\u0628', '\u06271\u0628'],
    ['🔑 emoji', '🔑 emoji'],
    ['', ''],
  ])('%j as %j', (typed, prepared) => {
    expect(saslprep(typed, 'password')).toBe(prepared);
  });

  test.each([
    ['\u0007', 'a bell'],
    ['a\u007f', 'delete'],
    ['a\u0085', 'a C1 control'],
    ['\ue000', 'private use'],
    ['\u{10fffd}', 'private use beyond'],
    ['\ufdd0', 'no character'],
    ['\u{1ffff}', 'no character beyond'],
    ['\ud800', 'half a character'],
    ['\ufffd', 'the replacement'],
    ['\u2ff0', 'a description'],
    ['\u202e', 'an override of direction'],
    ['\u{e0041}', 'a tag'],
    ['\u06271', 'from the right, ending in a digit'],
    ['\u0627a\u0628', 'both directions'],
    ['1\u0627', 'from the right, beginning with a digit'],
  ])('%j is refused: %s', (typed) => {
    expect(() => saslprep(typed, 'password')).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.not.stringContaining(typed) as string,
      }),
    );
  });
});
