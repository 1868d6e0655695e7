import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GuestroomError } from '../../../../drivers/api/errors.ts';
import { createLocalHost, type LocalHost } from '../../../../main/nodes/local-host.ts';
import { localFiles } from '../../../../main/nodes/local/files.ts';
import { type HostConfig, hostConfig } from '../../../../main/nodes/ssh/config.ts';
import { namedHosts, readConfigFile } from '../../../../main/nodes/ssh/config-file.ts';
import { expandGlob } from '../../../../main/nodes/ssh/glob.ts';
import { describeBesideOpenSsh, listeningLog, makeFolder } from './openssh.ts';

let folder: string;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { homedir: realHome, username } = userInfo();
const nobody = { user: undefined, port: undefined };
function put(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}
/** This computer without a single program. */
const bare = (home = folder): LocalHost =>
  createLocalHost({ env: { PATH: join(folder, 'no-programs') }, paths: { home } });

/** By our own reader. */
const read = (
  text: string,
  alias = 'rack',
  given: Parameters<typeof hostConfig>[1] = nobody,
  log = listeningLog(),
) => hostConfig(alias, given, { host: bare(), configFile: put('config', text), log, env: {} });
const failure = async (work: Promise<unknown>): Promise<GuestroomError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: GuestroomError) => error,
  );

describe('the configuration of a host, without OpenSSH', () => {
  it('is what OpenSSH would take where nothing is written', async () => {
    expect(await hostConfig('Rack', nobody, { host: bare(), env: {} })).toMatchObject({
      hostName: 'rack',
      port: 22,
      user: username,
      identityFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(folder, '.ssh', name)),
      identitiesOnly: false,
      identityAgent: undefined,
      proxyJump: [],
      proxyCommand: undefined,
      hostKeyAlias: undefined,
      knownHosts: [
        join(folder, '.ssh/known_hosts'),
        join(folder, '.ssh/known_hosts2'),
        '/etc/ssh/ssh_known_hosts',
        '/etc/ssh/ssh_known_hosts2',
      ],
    });
  });

  it('takes the first value, and gathers keys', async () => {
    const config = await read(`
      Host other !rack
        User wrong
      Host ra?k
        HostName %h.example.com
        User=ada
        Port = 2200
        IdentityFile "~/.ssh/my key"
        IdentityFile ~/.ssh/%r@%h:%p # the second
        IdentitiesOnly yes
        HostKeyAlias Vault
        UserKnownHostsFile ~/known "/with space"
        ConnectTimeout 1m30s
        ProxyJump gate,[::1]:2222
        ProxyCommand too late
      Host *
        User late
        IdentityFile /last
        GlobalKnownHostsFile none
        IdentityAgent ~/agent.sock`);
    expect(config).toEqual({
      hostName: 'rack.example.com',
      port: 2200,
      user: 'ada',
      identityFiles: [join(folder, '.ssh/my key'), join(folder, '.ssh/ada@rack.example.com:2200'), '/last'],
      identitiesOnly: true,
      identityAgent: join(folder, 'agent.sock'),
      proxyJump: ['gate', '[::1]:2222'],
      proxyCommand: undefined,
      hostKeyAlias: 'vault',
      knownHosts: [join(folder, 'known'), '/with space'],
      connectTimeout: 90,
    });
  });

  it('begins with what the person wrote beside the name', async () => {
    const text = 'Host *\n User ada\n Port 2200\n';
    expect(await read(text, 'rack', { user: 'bob', port: 22 })).toMatchObject({ user: 'bob', port: 22 });
  });

  it('follows Include, also with wildcards, within the Host where it stands', async () => {
    put('.ssh/conf.d/1-first', 'User first\nHost rack\n  Port 2201\n');
    put('.ssh/conf.d/2-second', 'User second\n');
    put('.ssh/conf.d/.hidden', 'User hidden\n');
    mkdirSync(join(folder, '.ssh/conf.d/3-folder'));
    put('.ssh/never', 'Host rack\n  HostName never\n');
    put('.ssh/config', 'Host nobody\n Include never\nHost *\n Include conf.d/* missing\n HostName after\n');
    expect(await hostConfig('rack', nobody, { host: bare(), env: {} })).toMatchObject({
      user: 'first',
      port: 2201,
      hostName: 'after',
    });
  });

  it('leaves out a Match that it does not understand, and says so', async () => {
    const log = listeningLog();
    const text =
      'Match exec "rm -rf /"\n User evil\nMatch host rack,desk\n Port 2200\nMatch !host rack\n Port 1\nMatch all\n User ada\n';
    expect(await read(text, 'rack', nobody, log)).toMatchObject({ user: 'ada', port: 2200 });
    expect(log.lines).toEqual([expect.stringMatching(/Match .*line 1 of/)]);
  });

  it('says where it is broken', async () => {
    for (const [text, hint] of [
      ['Host x\nUser "ada', /line 2 of/],
      ['User', /line 1 of/],
      ['\n\nPort many', /line 3 of/],
      ['IdentitiesOnly maybe', /line 1 of/],
      [`Include ${join(folder, 'config')}`, /Include/],
    ] as const) {
      const error = await failure(read(text));
      expect([text, error.code]).toEqual([text, 'invalid_argument']);
      expect(error.hint).toMatch(hint);
    }
    expect((await failure(read('IdentityFile ~/%q'))).message).toContain('unknown token, %q');
    expect((await failure(read('IdentityFile ${NOBODY_HAS_THIS}/k'))).message).toContain('NOBODY_HAS_THIS');
    const missing = hostConfig('rack', nobody, { host: bare(), configFile: join(folder, 'none') });
    expect((await failure(missing)).code).toBe('not_found');
  });

  it('knows the names that a person gave', async () => {
    const more = put('more', 'Host three one\nHost *.example !x four');
    const file = put('config', `Host one two\nMatch all\nInclude ${more}\nHost *\n User ada\n`);
    const statements = await readConfigFile(file, { files: localFiles, home: folder, folder });
    expect(namedHosts(statements ?? [])).toEqual(['one', 'two', 'three', 'four']);
  });

  it('finds files by wildcards in every part of a path', async () => {
    for (const name of ['a1/x.conf', 'a2/x.conf', 'a3/y.conf', 'b/x.conf', 'a(/x+conf']) put(name, '');
    const found = async (pattern: string): Promise<string[]> =>
      (await expandGlob(localFiles, join(folder, pattern))).map((path) => path.slice(folder.length + 1));
    expect(await found('a*/x.conf')).toEqual(['a(/x.conf', 'a1/x.conf', 'a2/x.conf', 'a3/x.conf']);
    expect(await found('a?/x.*')).toEqual(['a1/x.conf', 'a2/x.conf']);
    expect(await found('a[23]/?.conf')).toEqual(['a2/x.conf', 'a3/y.conf']);
    expect(await found('a[!1]/*')).toEqual(['a(/x+conf', 'a2/x.conf', 'a3/y.conf']);
    expect(await found('none/*')).toEqual([]);
  });
});

describe('names that are no names', () => {
  it.each(['-oProxyCommand=evil', 'a b', 'a\nb', '', '$(id)', '`id`', 'a;b', 'a|b', "a'b", 'a\\b'])(
    '%j is refused as a host before any program runs',
    async (alias) => {
      put('bin/ssh', `#!/bin/sh\ntouch ${join(folder, 'ran')}\n`);
      chmodSync(join(folder, 'bin/ssh'), 0o755);
      const host = createLocalHost({ env: { PATH: join(folder, 'bin') } });
      expect((await failure(hostConfig(alias, nobody, { host }))).code).toBe('invalid_argument');
      expect(await localFiles.stat(join(folder, 'ran'))).toBeUndefined();
    },
  );

  it.each(['-oProxyCommand=evil', 'a b', 'a\nb', '', 'a;b', 'domain\\'])(
    '%j is refused as an account',
    async (user) => {
      expect((await failure(read('', 'rack', { user, port: undefined }))).code).toBe('invalid_argument');
    },
  );

  it.each(['fe80::1%eth0', '::1', '10.0.0.1', 'host_1.example', 'xn--bcher-kva.example'])(
    '%s is a host',
    async (alias) => {
      expect(await read('', alias, { user: 'DOMAIN\\ada', port: undefined })).toMatchObject({
        hostName: alias,
        user: 'DOMAIN\\ada',
      });
    },
  );
});

describe('a program that is called ssh', () => {
  const withProgram = (script: string): LocalHost => {
    chmodSync(put('bin/ssh', `#!/bin/sh\n${script}\n`), 0o755);
    return createLocalHost({
      env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` },
      paths: { home: folder },
    });
  };

  it('and knows no -G is not asked: the files are read', async () => {
    put('.ssh/config', 'User ada');
    const host = withProgram('echo "ssh: illegal option -- G" >&2; exit 1');
    expect(await hostConfig('rack', nobody, { host })).toMatchObject({ user: 'ada' });
  });

  it('and refuses the configuration is quoted', async () => {
    const host = withProgram('echo "config line 3: Bad configuration option: usr" >&2; exit 255');
    const error = await failure(hostConfig('rack', nobody, { host }));
    expect(error).toMatchObject({
      code: 'invalid_argument',
      detail: expect.stringContaining('line 3') as string,
    });
  });

  it('and answers with paths that have spaces, as on Windows, is understood', async () => {
    const host = withProgram(
      'printf "hostname rack\\nuser ada\\nport 22\\nuserknownhostsfile /home/Ada Lovelace/kh /b\\nglobalknownhostsfile none\\n"',
    );
    expect((await hostConfig('rack', nobody, { host })).knownHosts).toEqual(['/home/Ada Lovelace/kh', '/b']);
  });
});

describeBesideOpenSsh('the configuration of a host, beside OpenSSH', () => {
  // OpenSSH knows the home of the account, whatever HOME says
  const real = createLocalHost({ paths: { home: realHome } });
  const env = { HOME: realHome };
  async function compare(
    text: string,
    alias: string,
    given: Parameters<typeof hostConfig>[1],
  ): Promise<HostConfig> {
    const configFile = put('config', text);
    const theirs = await hostConfig(alias, given, { host: real, configFile, env });
    const ours = await hostConfig(alias, given, { host: bare(realHome), configFile, env });
    expect(ours).toEqual(theirs);
    return ours;
  }

  it('is the same for configurations as people write them', async () => {
    const included = put('included', 'Host b\n User included\nHost *\n Port 2209\n');
    const texts = [
      '',
      'Host a\n  HostName=a.example\n  Port = 2200\n  User "ada"\n',
      'Host *.example !b.example\n User x\n\tPort\t23\nHost *\n User y\n',
      'IdentityFile ~/.ssh/%r_%h\nIdentityFile none\nIdentitiesOnly true\nIdentityAgent none\n',
      'IdentityFile ~/.ssh/id_rsa\nIdentityFile ~/.ssh/id_rsa\n',
      'IdentityFile ~/.ssh/%n-%k-%d-%u-%L\nHostKeyAlias KEY\nIdentityAgent ~/%n.sock\n',
      'IdentityAgent $NO_SUCH_VARIABLE\n',
      'IdentityAgent SSH_AUTH_SOCK\n',
      'UserKnownHostsFile ~/kh /b\nGlobalKnownHostsFile "/c d"\n',
      'UserKnownHostsFile none\nConnectTimeout 1h\n',
      'ProxyJump ssh://x@y:23,z:24\nProxyCommand never\n',
      'ProxyCommand nc "%h" %p # all of it\nProxyJump never\n',
      'ProxyJump none\nProxyJump never\nProxyCommand nc\n',
      'ProxyCommand none\nProxyJump never\n',
      `Host b\n Include ${included}\n User late\nHost *\n Include ${included}\n`,
      'Match host b.example\n User m\nMatch !host a\n Port 99\nMatch all\n HostName "%h.example"\n',
      'HostName b.example\nMatch host b.example\n User m\nHost b.example\n User n\n',
    ];
    for (const text of texts) {
      for (const alias of ['a', 'b', 'b.example', 'A.Example']) {
        await compare(text, alias, nobody);
        await compare(text, alias, { user: 'given', port: 2222 });
      }
    }
  });

  it('is the same for any configuration', { timeout: 120_000 }, async () => {
    const name = fc.constantFrom('a', 'b', 'ab', 'A', 'a.example', '*', 'a*', '?', '!a', '!*b', '*.example');
    const names = fc.array(name, { minLength: 1, maxLength: 3 });
    const block = fc.oneof(
      names.map((all) => `Host ${all.join(' ')}`),
      names.map((all) => `Match host ${all.join(',')}`),
      fc.constant('Match all'),
    );
    const setting = fc.oneof(
      fc.constantFrom('x.example', '%h.example', '10.0.0.1', 'A').map((value) => ['HostName', value]),
      fc.constantFrom('u', 'v', '"w"').map((value) => ['User', value]),
      fc.integer({ min: 1, max: 65535 }).map((value) => ['Port', String(value)]),
      fc
        .constantFrom('~/k1', '%d/k_%r', 'none', '"/with space/k"', "'/k 3'", '/k\\ 4', '/k#5')
        .map((value) => ['IdentityFile', value]),
      fc.constantFrom('yes', 'no', 'true', 'false').map((value) => ['IdentitiesOnly', value]),
      fc.constantFrom('gate', 'u@gate:23,[::1]:24', 'none').map((value) => ['ProxyJump', value]),
      fc.constantFrom('nc %h %p', 'none', '"x y" z').map((value) => ['ProxyCommand', value]),
      fc.constantFrom('alias', 'Alias').map((value) => ['HostKeyAlias', value]),
      fc.constantFrom('/kh', '~/kh1 ~/kh2', 'none').map((value) => ['UserKnownHostsFile', value]),
    );
    const line = fc.oneof(
      { weight: 2, arbitrary: block },
      {
        weight: 5,
        arbitrary: fc
          .tuple(
            fc.constantFrom('', '  ', '\t'),
            setting,
            fc.constantFrom(' ', '=', ' = ', '\t'),
            fc.boolean(),
          )
          .map(([indent, [key = '', value = ''], between, small]) =>
            [indent, small ? key.toLowerCase() : key, between, value].join(''),
          ),
      },
      { weight: 1, arbitrary: fc.constantFrom('', '# a comment', '   ') },
    );
    const lines = fc.array(line, { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(
        lines,
        lines,
        fc.constantFrom('a', 'b', 'ab', 'A', 'a.example'),
        async (main, more, alias) => {
          const included = put('more', more.join('\n'));
          await compare(main.join('\n').replace('# a comment', `Include ${included}`), alias, nobody);
        },
      ),
      { numRuns: 120 },
    );
  });
});
