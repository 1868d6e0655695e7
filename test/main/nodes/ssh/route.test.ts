import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GuestroomError } from '../../../../drivers/api/errors.ts';
import { parseUri } from '../../../../drivers/api/uri.ts';
import { createLocalHost } from '../../../../main/nodes/local-host.ts';
import { jumpOfCommand, parseJumps } from '../../../../main/nodes/ssh/jumps.ts';
import { type Route, routeTo } from '../../../../main/nodes/ssh/route.ts';
import { describeBesideOpenSsh, makeFolder } from './openssh.ts';

let home: string;
beforeEach(() => {
  home = makeFolder();
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const withoutPrograms = '/nowhere';
/** The route of a URI on a computer with this configuration, which our own reader reads unless PATH has ssh. */
function route(
  uri: string,
  config = '',
  env: Record<string, string> = {},
  path = withoutPrograms,
): Promise<Route> {
  const configFile = join(home, 'config');
  mkdirSync(home, { recursive: true });
  writeFileSync(configFile, config);
  const host = createLocalHost({ env: { PATH: path }, paths: { home } });
  return routeTo(parseUri(uri), { host, configFile, env });
}
const failure = async (work: Promise<unknown>): Promise<GuestroomError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: GuestroomError) => error,
  );
const way = (found: Route): string =>
  found.hops.map(({ user, host, port }) => `${user}@${host}:${String(port)}`).join(' ');
const me = userInfo().username;

describe('the route to a host', () => {
  it('is direct where nothing else is said', async () => {
    expect(await route('qemu+ssh://rack.example/system', '', { SSH_AUTH_SOCK: '/agent' })).toEqual({
      hops: [
        {
          written: 'rack.example',
          host: 'rack.example',
          port: 22,
          user: me,
          identityFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(home, '.ssh', name)),
          explicitKey: false,
          identitiesOnly: false,
          agent: '/agent',
          methods: ['agent', 'privkey', 'keyboard-interactive', 'password'],
          keyName: { name: 'rack.example', port: 22 },
          knownHosts: [
            join(home, '.ssh/known_hosts'),
            join(home, '.ssh/known_hosts2'),
            '/etc/ssh/ssh_known_hosts',
            '/etc/ssh/ssh_known_hosts2',
          ],
        },
      ],
      proxy: 'auto',
      netcat: undefined,
    });
  });

  it('takes user and port of the URI before those of the configuration', async () => {
    const config = 'Host rack\n HostName rack.example\n User ada\n Port 2200\n';
    expect(way(await route('qemu+ssh://rack/system', config))).toBe('ada@rack.example:2200');
    expect(way(await route('qemu+libssh2://bob@rack:22/system', config))).toBe('bob@rack.example:22');
  });

  it('knows the key by its alias where there is one', async () => {
    const { hops } = await route('qemu+ssh://rack:2200/system', 'HostKeyAlias vault');
    expect(hops[0]?.keyName).toEqual({ name: 'vault', port: 22 });
    const plain = await route('qemu+ssh://rack:2200/system', 'HostName 10.0.0.1');
    expect(plain.hops[0]?.keyName).toEqual({ name: '10.0.0.1', port: 2200 });
  });

  it('takes the agent that the configuration names, or none', async () => {
    const agent = async (config: string): Promise<string | undefined> =>
      (await route('qemu+ssh://rack/system', config, { SSH_AUTH_SOCK: '/agent' })).hops[0]?.agent;
    expect(await agent('')).toBe('/agent');
    expect(await agent('IdentityAgent /other')).toBe('/other');
    expect(await agent('IdentityAgent none')).toBeUndefined();
  });

  it('is that of this computer’s name where the URI has no host', async () => {
    expect(way(await route('qemu+ssh:///system'))).toBe(`${me}@localhost:22`);
  });
});

describe('parameters of the URI', () => {
  const hop = async (query: string, config = '') =>
    (await route(`qemu+ssh://rack/system?${query}`, config)).hops.at(-1);

  it('name the one key, the list of hosts and the ways to log in', async () => {
    expect(
      await hop('keyfile=~/my%20key&sshauth=privkey,none,password&known_hosts=/kh', 'IdentityFile /x'),
    ).toMatchObject({
      identityFiles: [join(home, 'my key')],
      explicitKey: true,
      identitiesOnly: true,
      methods: ['privkey', 'password'],
      knownHosts: ['/kh'],
    });
  });

  it('say how the socket is reached there', async () => {
    expect(await route('qemu+ssh://rack/system?proxy=netcat&netcat=/usr/bin/nc.openbsd')).toMatchObject({
      proxy: 'netcat',
      netcat: '/usr/bin/nc.openbsd',
    });
  });

  it('that mean nothing here are left alone', async () => {
    expect(await hop('no_tty=1&no_verify=0&known_hosts_verify=auto&socket=/run/x')).toMatchObject({
      host: 'rack',
    });
  });

  it.each([
    ['no_verify=1', 'unsupported', /always checked/],
    ['known_hosts_verify=ignore', 'unsupported', /always checked/],
    ['command=/usr/bin/ssh', 'unsupported', /itself/],
    ['known_hosts_verify=never', 'invalid_argument', /never/],
    ['keyfile=relative', 'invalid_argument', /full path/],
    ['known_hosts=', 'invalid_argument', /full path/],
    ['sshauth=gssapi', 'invalid_argument', /gssapi/],
    ['proxy=socks', 'invalid_argument', /socks/],
    ['netcat=nc', 'invalid_argument', /full path/],
    ['jump=a:99999', 'invalid_argument', /jump host/],
    ['jump=', 'invalid_argument', /jump host/],
    ['jump=-oProxyCommand=x', 'invalid_argument', /no name of a host/],
  ])('%s is refused with the reason', async (query, code, message) => {
    const error = await failure(hop(query));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.hint).toBeTruthy();
  });
});

describe('jump hosts', () => {
  it('come from the URI, first one first, each by its own configuration', async () => {
    const config =
      'Host gate\n HostName gate.example\n User gate\n IdentityFile /gate-key\nHost rack\n ProxyJump never\n';
    const found = await route('qemu+ssh://rack/system?jump=gate,ada@[::1]:2200&keyfile=/k', config);
    expect(way(found)).toBe(`gate@gate.example:22 ada@::1:2200 ${me}@rack:22`);
    expect(found.hops.map(({ explicitKey }) => explicitKey)).toEqual([false, false, true]);
    expect(found.hops[0]?.identityFiles).toEqual(['/gate-key']);
    expect(way(await route('qemu+ssh://rack/system?jump=none', config))).toBe(`${me}@rack:22`);
  });

  it('of the configuration may have jump hosts themselves, but only the first of a list has', async () => {
    const config =
      'Host rack\n ProxyJump b\nHost b\n ProxyJump a\nHost list\n ProxyJump c,b\nHost c\n ProxyJump d\n';
    expect(way(await route('qemu+ssh://rack/system', config))).toBe(`${me}@a:22 ${me}@b:22 ${me}@rack:22`);
    expect(way(await route('qemu+ssh://list/system', config))).toBe(
      `${me}@d:22 ${me}@c:22 ${me}@b:22 ${me}@list:22`,
    );
    expect(way(await route('qemu+ssh://x/system?jump=b', config))).toBe(`${me}@a:22 ${me}@b:22 ${me}@x:22`);
  });

  it('do not inherit the account of the host behind them', async () => {
    expect(way(await route('qemu+ssh://ada@rack:2200/system?jump=gate'))).toBe(`${me}@gate:22 ada@rack:2200`);
  });

  it('that go round are refused, and so are too many', async () => {
    const round = await failure(route('qemu+ssh://rack/system', 'Host *\n ProxyJump gate\n'));
    expect(round).toMatchObject({
      code: 'invalid_argument',
      hint: expect.stringContaining('gate') as string,
    });
    expect(round.message).toContain('comes twice');
    const pair = 'Host a\n ProxyJump b\nHost b\n ProxyJump a\n';
    expect((await failure(route('qemu+ssh://a/system', pair))).message).toContain('comes twice');
    const list = (count: number): string =>
      Array.from({ length: count }, (_, index) => `h${String(index)}`).join(',');
    expect((await route(`qemu+ssh://rack/system?jump=${list(7)}`)).hops).toHaveLength(8);
    expect((await failure(route(`qemu+ssh://rack/system?jump=${list(8)}`))).message).toContain('more than 8');
    const endless = 'Host h*\n ProxyJump %hh\n';
    expect((await failure(route('qemu+ssh://h/system', endless))).code).toBe('invalid_argument');
  });

  it('are understood in the long form, and no other command is run', async () => {
    const by = (command: string): Promise<Route> =>
      route('qemu+ssh://rack/system', `Host rack\n ProxyCommand ${command}\n`);
    expect(way(await by('ssh -q -W %h:%p -p 2200 ada@gate'))).toBe(`ada@gate:2200 ${me}@rack:22`);
    const error = await failure(by('nc -X connect -x proxy:3128 %h %p'));
    expect(error).toMatchObject({ code: 'unsupported', detail: 'nc -X connect -x proxy:3128 %h %p' });
    expect(error.hint).toContain('jump');
    expect(
      way(await route('qemu+ssh://rack/system?jump=gate', 'Host rack\n ProxyCommand nc %h %p')),
    ).toContain('gate');
  });

  it('are read as ssh reads its arguments', () => {
    const read = (command: string): unknown => {
      const jump = jumpOfCommand(command);
      return jump && [jump.user, jump.host, jump.port];
    };
    expect(read('ssh -W %h:%p gate')).toEqual([undefined, 'gate', undefined]);
    expect(read('/usr/bin/ssh gate -W %h:%p')).toEqual([undefined, 'gate', undefined]);
    expect(read('"C:\\Windows\\ssh.exe" -qaxW [%h]:%p -l ada -p22 gate')).toEqual(['ada', 'gate', 22]);
    expect(read('ssh -l bob -W%h:%p ada@gate')).toEqual(['ada', 'gate', undefined]);
    for (const command of [
      'ssh gate nc %h %p',
      'ssh -W %h:%p -o ProxyCommand=evil gate',
      'ssh -W %h:22 gate',
      'ssh -W %h:%p -i /key gate',
      'ssh -W %h:%p',
      'ssh gate -W',
      'sshpass ssh -W %h:%p gate',
      'ssh -W %h:%p %r.gate',
    ])
      expect([command, read(command)]).toEqual([command, undefined]);
  });

  it('are written in several ways', () => {
    const read = (text: string): unknown[] =>
      parseJumps(text).map(({ user, host, port }) => [user, host, port]);
    expect(read('a, b@c:1 ,ssh://d%40e@f:2/,fe80::1,[::1]:3')).toEqual([
      [undefined, 'a', undefined],
      ['b', 'c', 1],
      ['d@e', 'f', 2],
      [undefined, 'fe80::1', undefined],
      [undefined, '::1', 3],
    ]);
    expect(read('none')).toEqual([]);
    for (const text of ['a:0', 'a:b', 'a/b', '[a', 'a,,b', 'u@'])
      expect(() => read(text)).toThrow('no jump host');
  });
});

describeBesideOpenSsh('the route, by way of OpenSSH', () => {
  it('is the same', async () => {
    const config =
      'Host rack\n ProxyJump ada@gate:2200\n HostName %h.example\nHost gate\n ProxyCommand ssh -W %h:%p far # x\n HostName 10.0.0.1\n';
    const ours = await route('qemu+ssh://rack/system', config);
    expect(way(ours)).toBe(`${me}@far:22 ada@10.0.0.1:2200 ${me}@rack.example:22`);
    expect(way(await route('qemu+ssh://rack/system', config, {}, '/usr/bin:/bin'))).toBe(way(ours));
  });
});
