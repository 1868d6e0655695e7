import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { formatUri, parseUri, type ConnectionUri } from '../../../drivers/api/uri.ts';

const codeOf = (text: string): string => {
  try {
    parseUri(text);
    return 'accepted';
  } catch (error) {
    if (error instanceof GuestroomError) return error.code;
    throw error;
  }
};

describe('addresses that people write', () => {
  test.each<[string, Partial<ConnectionUri>]>([
    ['qemu:///embed', { driver: 'qemu', path: '/embed', embedded: true, local: true, transport: undefined }],
    ['qemu:///system', { path: '/system', embedded: false, local: true }],
    [
      'qemu+ssh://root@host.example:2222/system',
      { transport: 'ssh', user: 'root', host: 'host.example', port: 2222, local: false },
    ],
    ['xen+tls://10.0.0.7/', { driver: 'xen', transport: 'tls', host: '10.0.0.7', path: '/' }],
    ['qemu+ssh://[fe80::1%25eth0]:22/system', { host: 'fe80::1%eth0', port: 22 }],
    ['QEMU+SSH://Host/system', { driver: 'qemu', transport: 'ssh', host: 'Host' }],
    ['  test:///default ', { driver: 'test', path: '/default' }],
    ['test:///home/me/my%20host.xml', { path: '/home/me/my host.xml' }],
    ['lxc:///', { driver: 'lxc', path: '/' }],
    ['qemu+ssh://u%40corp@host/system', { user: 'u@corp' }],
  ])('%s is understood', (text, expected) => {
    expect(parseUri(text)).toMatchObject(expected);
  });

  test('parameters are read, with their escapes and empty values', () => {
    const { params } = parseUri('qemu+ssh://h/embed?root=/srv/my%20guests&flag&x=a=b');
    expect([...params]).toEqual([
      ['root', '/srv/my guests'],
      ['flag', ''],
      ['x', 'a=b'],
    ]);
  });

  test.each([
    '',
    'qemu',
    'qemu:/system',
    '/system',
    'qemu+ssh://h:99999/',
    'qemu://h:0/',
    'qemu:///%zz',
    '://x',
  ])('what is no address is refused, with an explanation: %j', (text) => {
    expect(codeOf(text)).toBe('invalid_argument');
  });

  test.each([
    'qemu+ssh://root:hunter2@host/system',
    'qemu+ssh://root:hunter2@host:1234567/system',
    'qemu ssh://root:hunter2@host/system',
    'qemu+ssh://root:a/hunter2@host/system',
    'qemu+ssh://root:a@hunter2/b@host/system',
    'root:hunter2/a@host',
  ])('a password in the address is refused and not repeated in the error: %s', (text) => {
    expect(() => parseUri(text)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: expect.not.stringContaining('hunter2') }),
    );
  });

  test('an escaped path is the same place as the plain one', () => {
    expect(parseUri('qemu:///%65mbed').embedded).toBe(true);
  });
});

describe('addresses as text', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  const uri: fc.Arbitrary<ConnectionUri> = fc
    .record({
      driver: word,
      transport: fc.option(word, { nil: undefined }),
      user: fc.option(text, { nil: undefined }),
      host: fc.option(
        fc.oneof(
          text,
          fc.ipV6(),
          fc.ipV6().map((address) => `${address}%eth0`),
        ),
        { nil: undefined },
      ),
      port: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
      path: fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { minLength: 1 }),
      params: fc.dictionary(text, fc.string({ unit: 'grapheme', maxLength: 8 })),
    })
    .map(({ path, params, ...rest }) => {
      const joined = `/${path.join('/')}`;
      return {
        ...rest,
        path: joined,
        params: new Map(Object.entries(params)),
        embedded: joined === '/embed',
        local: rest.host === undefined,
      };
    });

  test('what is written is read as the same', () => {
    fc.assert(
      fc.property(uri, (original) => {
        expect(parseUri(formatUri(original))).toEqual(original);
      }),
      { numRuns: 1000 },
    );
  });

  test('whatever is read can be written, and then never changes again', () => {
    const candidates = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.stringMatching(/^[a-z]{1,4}(\+[a-z]{1,3})?:\/\/[^]{0,30}$/),
      fc
        .tuple(fc.webUrl({ withQueryParameters: true, withFragments: true }), word)
        .map(([url, scheme]) => url.replace(/^https?/, scheme)),
    );
    fc.assert(
      fc.property(candidates, (garbage) => {
        if (codeOf(garbage) !== 'accepted') return;
        const once = parseUri(garbage);
        expect(parseUri(formatUri(once))).toEqual(once);
      }),
      { numRuns: 3000 },
    );
  });

  test('garbage is refused with our own error, never with another', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (garbage) => {
        expect(['accepted', 'invalid_argument']).toContain(codeOf(garbage));
      }),
      { numRuns: 3000 },
    );
  });
});
