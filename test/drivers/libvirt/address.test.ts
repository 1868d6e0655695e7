import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { parseUri } from '../../../drivers/api/uri.ts';
import { type Address, addressOf, isLibvirtUri } from '../../../drivers/libvirt/address.ts';

const read = (text: string, readOnly = false): Address => addressOf(parseUri(text), readOnly);
const refusal = (text: string): GuestroomError => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof GuestroomError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
};

describe('what a daemon is told to open', () => {
  test.each([
    ['qemu:///system', 'qemu:///system'],
    ['qemu+unix:///system?socket=/run/x', 'qemu:///system'],
    ['qemu+tls://me@host.example:1234/system?pkipath=/pki&no_verify=0', 'qemu:///system'],
    ['qemu+tcp://host/session', 'qemu:///session'],
    ['lxc:///', 'lxc:///'],
    ['test+unix:///default', 'test:///default'],
    ['test+unix:///home/me/my%20hosts.xml', 'test:///home/me/my%20hosts.xml'],
    ['remote+tls://host/', ''],
    ['remote:///', ''],
    ['QEMU+TLS://Host/system', 'qemu:///system'],
    ['qemu:///system?name=', ''],
    ['remote+tls://host/?name=xen:///system', 'xen:///system'],
    ['qemu+tls://host/?name=test:///a/b.xml%3Fx=1', 'test:///a/b.xml?x=1'],
  ])('%s is %s, without the way to it', (text, name) => {
    expect(read(text).name).toBe(name);
  });

  it('is told neither who logs in over SSH nor how', () => {
    const address = read(
      'qemu+ssh://ada@host/session?keyfile=/k&known_hosts=/h&sshauth=agent&proxy=auto&jump=gate&no_tty=1&flavour=a',
    );
    expect(address).toMatchObject({ name: 'qemu:///session?flavour=a', user: undefined });
  });

  it('has the parameters that are not about the way', () => {
    expect(read('vbox:///session?auth=sasl&flavour=a%26b&socket=/s').name).toBe(
      'vbox:///session?flavour=a%26b',
    );
  });

  test.each([
    'qemu+ssh://other/system',
    'qemu://other/system',
    'qemu+unix:///system',
    'qemu://root@/system',
    'qemu:///system?socket=/run/other',
    'qemu:///embed',
    'esx:///x',
    'file:///etc/passwd',
    'no address',
  ])('a name that would send the daemon elsewhere is refused: %s', (name) => {
    expect(refusal(`qemu:///system?name=${encodeURIComponent(name)}`).code).toMatch(
      /invalid_argument|unsupported/,
    );
  });

  it('never carries a host, user, port or transport, whatever the address is', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const address = fc.record({
      driver: fc.constantFrom('qemu', 'lxc', 'xen', 'test', 'remote', 'bhyve'),
      transport: fc.constantFrom('unix', 'tls', 'tcp', undefined),
      user: fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }), { nil: undefined }),
      host: fc.option(word, { nil: undefined }),
      path: fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `/${text}`),
      params: fc.dictionary(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
        fc.string({ unit: 'grapheme' }),
      ),
    });
    fc.assert(
      fc.property(address, ({ params, path, ...rest }) => {
        const uri = {
          ...rest,
          path,
          params: new Map(Object.entries(params)),
          port: undefined,
          embedded: path === '/embed',
          local: rest.host === undefined,
        };
        let name: string;
        try {
          ({ name } = addressOf(uri, false));
        } catch (error) {
          expect(error).toBeInstanceOf(GuestroomError);
          return;
        }
        if (name === '') return;
        const inner = parseUri(name);
        expect(inner).toMatchObject({
          host: undefined,
          user: undefined,
          port: undefined,
          transport: undefined,
        });
        expect(inner.path).toBe(path);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the way to a daemon', () => {
  test.each<[string, Partial<Address['reach']>]>([
    ['qemu:///system', { transport: 'unix', daemon: 'virtqemud', mode: 'auto', session: false }],
    ['qemu:///session', { transport: 'unix', daemon: 'virtqemud', session: true }],
    ['lxc:///system?mode=direct', { transport: 'unix', daemon: 'virtlxcd', mode: 'direct' }],
    ['xen:///system?mode=legacy', { transport: 'unix', daemon: 'virtxend', mode: 'legacy' }],
    ['test+unix:///default', { transport: 'unix', daemon: undefined, session: true }],
    ['remote:///', { transport: 'unix', daemon: undefined, session: false }],
    ['qemu:///system?socket=/run/my.sock', { transport: 'unix', socket: '/run/my.sock' }],
    ['qemu://host.example/system', { transport: 'tls', host: 'host.example', port: 16_514 }],
    ['qemu+tls://[fe80::1%25eth0]:1/system', { transport: 'tls', host: 'fe80::1%eth0', port: 1 }],
    ['qemu+tls:///system?pkipath=/my/pki', { transport: 'tls', host: 'localhost', pkipath: '/my/pki' }],
    // over SSH it is a socket of the host there
    ['qemu+ssh://ada@host:2222/system', { transport: 'unix', daemon: 'virtqemud', session: false }],
    ['xen+libssh2://host/system?socket=/s', { transport: 'unix', socket: '/s' }],
    ['lxc+ssh://host/system?mode=legacy', { transport: 'unix', mode: 'legacy' }],
    ['qemu+tcp://10.0.0.1/system', { transport: 'tcp', host: '10.0.0.1', port: 16_509 }],
  ])('%s', (text, reach) => {
    expect(read(text).reach).toMatchObject(reach);
  });

  it('keeps how to log in, and as whom', () => {
    expect(read('qemu+tls://me@host/system?auth=sasl.scram-sha-256')).toMatchObject({
      auth: 'sasl.SCRAM-SHA-256',
      user: 'me',
      readOnly: false,
    });
    expect(read('qemu:///system?auth=polkit', true)).toMatchObject({ auth: 'polkit', readOnly: true });
    expect(read('qemu+unix:///system?socket=/run/libvirt/libvirt-sock-ro').readOnly).toBe(true);
    expect(read('qemu+unix:///system?socket=/run/libvirt/libvirt-sock').readOnly).toBe(false);
    expect(read('qemu:///system').auth).toBeUndefined();
  });

  test.each([
    ['qemu+ext:///system?command=/bin/sh', 'unsupported', /Programs/],
    ['qemu+carrier://host/system', 'unsupported', /carrier/],
    ['qemu+unix://host/system', 'invalid_argument', /this computer/],
    ['qemu+tls://host/system?no_verify=1', 'unsupported', /always checked/],
    ['qemu+tls://host/system?no_verify', 'unsupported', /always checked/],
    ['qemu+tls://host/system?tls_priority=NORMAL', 'unsupported', /tls_priority/],
    ['qemu+tcp://host/system?authfile=/a', 'unsupported', /authfile/],
    ['qemu+tcp://host/system?pkipath=/a', 'unsupported', /pkipath/],
    ['qemu+tls://host/system?socket=/a', 'unsupported', /socket/],
    ['qemu:///system?command=/bin/sh', 'unsupported', /command/],
    ['qemu:///system?proxy=netcat', 'unsupported', /proxy/],
    ['qemu:///system?socket=relative', 'invalid_argument', /from the root/],
    ['qemu:///system?mode=fast', 'invalid_argument', /mode/],
    ['test+unix:///default?mode=direct', 'invalid_argument', /no daemon of its own/],
    ['qemu:///system?auth=kerberos', 'invalid_argument', /kerberos/],
    ['qemu:///system?auth=sasl.', 'invalid_argument', /log in/],
    ['esx://host/', 'unsupported', /client library/],
    ['hyperv://host/', 'unsupported', /client library/],
    ['storage:///system', 'unsupported', /without virtual machines/],
    ['uml:///system', 'unsupported', /no hypervisor/],
    ['constructor:///system', 'unsupported', /no hypervisor/],
    ['qemu+constructor://host/system', 'unsupported', /constructor/],
    ['qemu:///embed', 'invalid_argument', /embed/],
  ])('%s is refused: %s', (text, code, words) => {
    const error = refusal(text);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(error.hint).not.toBe('');
  });

  it('takes a parameter that only sounds like a property of an object for the daemon’s', () => {
    expect(read('qemu:///system?constructor=1').name).toBe('qemu:///system?constructor=1');
  });
});

describe('whose an address is', () => {
  test.each([
    ['qemu:///system', true],
    ['qemu+ssh://host/system', true],
    ['lxc:///', true],
    ['esx://host/', true],
    ['remote://host/', true],
    ['test+unix:///default', true],
    ['test+tls://host/default', true],
    ['test:///default', false],
    ['qemu:///embed', false],
    ['uml:///x', false],
    ['constructor:///x', false],
  ])('%s: %s', (text, ours) => {
    expect(isLibvirtUri(parseUri(text))).toBe(ours);
  });
});
