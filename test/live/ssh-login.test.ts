import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GuestroomError } from '../../drivers/api/errors.ts';
import type { AnswerTo, Ask, Question } from '../../drivers/api/questions.ts';
import { parseUri } from '../../drivers/api/uri.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';
import { Reach, type Reached } from '../../main/nodes/reach.ts';
import { type Folders, makeFolders, removeFolders } from '../lab/folders.ts';
import { startAgent, type Sshd, sshdOrWhyNot, startSshd } from '../lab/ssh/sshd.ts';
import { log } from './libvirt-node.ts';

const why = await sshdOrWhyNot('Logging in over SSH');

/** A person's answers, in the order in which they are asked; what is asked beyond them is cancelled. */
class Person {
  readonly asked: Question[] = [];
  readonly #answers: unknown[];

  constructor(...answers: unknown[]) {
    this.#answers = answers;
  }

  readonly ask: Ask = <Asked extends Question>(question: Asked) => {
    this.asked.push(question);
    return Promise.resolve(this.#answers.shift() as AnswerTo<Asked> | undefined);
  };
}

const secret = (...secrets: string[]) => ({ secrets, remember: false });

describe.skipIf(why !== undefined)('a host over SSH', () => {
  let folders: Folders;
  let sshd: Sshd;
  let config: string;
  const open: (Reached | Server | Sshd)[] = [];

  beforeAll(async () => {
    folders = await makeFolders();
    config = join(folders.files, 'ssh_config');
    await writeFile(config, 'IdentityFile none\n');
    sshd = await startSshd();
  });
  afterEach(async () => {
    for (const each of open.splice(0)) {
      if ('folder' in each) await each.end();
      else if ('end' in each) each.end();
      else each.close();
    }
  });
  afterAll(async () => {
    await sshd?.end();
    await removeFolders(folders);
  });

  const reach = (env: Record<string, string> = {}, timeout?: number): Reach => {
    const host = createLocalHost({ env: { ...folders.env, PATH: process.env['PATH'] } });
    return new Reach({ host, log, sshConfig: config, env, timeout });
  };
  const uriOf = (
    params: Record<string, string>,
    { user = 'ada', server = sshd, path = '/embed' } = {},
  ): string => {
    const query = Object.entries(params).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const [first, ...rest] = query;
    return `qemu+ssh://${user}@${server.address}:${String(server.port)}${path}${first === undefined ? '' : `?${[first, ...rest].join('&')}`}`;
  };
  const known = (server = sshd) => ({ known_hosts: server.knownHosts });
  const to = async (uri: string, person = new Person(), env?: Record<string, string>): Promise<Reached> => {
    const signal = new AbortController().signal;
    const reached = await reach(env).to(parseUri(uri), { signal, ask: person.ask });
    open.push(reached);
    return reached;
  };
  const refused = (uri: string, person?: Person, env?: Record<string, string>): Promise<GuestroomError> =>
    to(uri, person, env).then(
      () => Promise.reject(new Error('somebody was let in')),
      (error: unknown) => error as GuestroomError,
    );
  const whoIsThere = async ({ host }: Reached): Promise<string> =>
    (await host.exec('id', ['-un'])).stdout.trim();
  const home = async ({ host }: Reached): Promise<string> => host.paths.home;

  describe('lets in', () => {
    it.each(['ed25519', 'ecdsa', 'rsa', 'pem'] as const)('by a key file: %s', async (key) => {
      const steps: string[] = [];
      const reached = await reach().to(parseUri(uriOf({ ...known(), keyfile: sshd.keys[key] })), {
        signal: new AbortController().signal,
        onStep: (step, detail) => steps.push(`${step}: ${detail ?? ''}`),
      });
      open.push(reached);
      expect(await home(reached)).toBe(sshd.home('ada'));
      expect(steps).toEqual([
        'resolve: 127.0.0.1',
        `reach: 127.0.0.1:${String(sshd.port)}`,
        'encrypt: aes128-gcm, curve25519-sha256',
        `identify: ED25519 ${sshd.hostKey.fingerprint}`,
        `login: ada, ${sshd.keys[key]}`,
      ]);
    });

    it.each(['locked', 'lockedPem'] as const)(
      'by a key with a passphrase, asked until it is right: %s',
      async (key) => {
        const keyfile = sshd.keys[key];
        const person = new Person(secret('wrong'), secret(sshd.passphrase));
        expect(await home(await to(uriOf({ ...known(), keyfile }), person))).toBe(sshd.home('ada'));
        expect(person.asked).toMatchObject([
          { kind: 'secrets', about: 'passphrase', file: keyfile, again: false },
          { kind: 'secrets', about: 'passphrase', file: keyfile, again: true },
        ]);
      },
    );

    it('by the agent, which knows the passphrase', async () => {
      const agent = await startAgent(folders.files, [sshd.keys.ecdsa]);
      try {
        const person = new Person();
        const reached = await to(uriOf({ ...known(), sshauth: 'agent' }, { user: 'ben' }), person, {
          SSH_AUTH_SOCK: agent.socket,
        });
        expect(await whoIsThere(reached)).toBe('ben');
        expect(person.asked).toEqual([]);
      } finally {
        agent.end();
      }
    });

    it('by a password, asked again when it is wrong', async () => {
      const { password } = sshd.accounts;
      const person = new Person(secret('wrong'), secret(password));
      const reached = await to(uriOf({ ...known(), sshauth: 'password' }, { user: 'ben' }), person);
      expect(await whoIsThere(reached)).toBe('ben');
      const who = `ben@127.0.0.1:${String(sshd.port)}`;
      expect(person.asked).toMatchObject([
        { about: 'password', who, user: 'ben', again: false },
        { about: 'password', who, user: 'ben', again: true },
      ]);
    });

    it('by the host’s own questions', async () => {
      const asking = await startSshd({
        config: ['KbdInteractiveAuthentication yes', 'PasswordAuthentication no'],
      });
      open.push(asking);
      const person = new Person(secret('wrong'), secret(asking.accounts.password));
      const reached = await to(uriOf(known(asking), { user: 'ben', server: asking }), person);
      expect(await whoIsThere(reached)).toBe('ben');
      // PAM's own words for a password: it can be remembered as one
      expect(person.asked).toMatchObject([{ about: 'password' }, { about: 'password', again: true }]);
    });

    it('who has a key and then the password, where the host wants both', async () => {
      const both = await startSshd({ config: ['AuthenticationMethods publickey,password'] });
      open.push(both);
      const person = new Person(secret(both.accounts.password));
      const reached = await to(
        uriOf({ ...known(both), keyfile: both.keys.rsa }, { user: 'ben', server: both }),
        person,
      );
      expect(await whoIsThere(reached)).toBe('ben');
      expect(person.asked).toMatchObject([{ about: 'password', again: false }]);
    });

    it('by a name of the configuration, which has all the rest', async () => {
      await writeFile(
        config,
        `Host rack\n  HostName 127.0.0.1\n  Port ${String(sshd.port)}\n  User ben\n  IdentityFile ${sshd.keys.ed25519}\n  UserKnownHostsFile ${sshd.knownHosts}\n`,
      );
      try {
        expect(await whoIsThere(await to('qemu+ssh://rack/embed'))).toBe('ben');
      } finally {
        await writeFile(config, 'IdentityFile none\n');
      }
    });

    it('through jump hosts, each with its own login', async () => {
      const [gate, inner] = [await startSshd(), await startSshd()];
      open.push(gate, inner);
      const hosts = [gate, inner, sshd];
      const list = join(folders.files, 'all_known');
      await writeFile(list, hosts.map(({ knownHosts }) => readFileSync(knownHosts, 'utf8')).join(''));
      await writeFile(
        config,
        [`UserKnownHostsFile ${list}`, ...hosts.map(({ keys }) => `IdentityFile ${keys.ed25519}`), ''].join(
          '\n',
        ),
      );
      try {
        const jump = [gate, inner].map(({ port }) => `ben@127.0.0.1:${String(port)}`).join(',');
        const steps: string[] = [];
        const reached = await reach().to(parseUri(uriOf({ jump })), {
          signal: new AbortController().signal,
          onStep: (step, detail) => steps.push(`${step}: ${detail ?? ''}`),
        });
        open.push(reached);
        expect(await home(reached)).toBe(sshd.home('ada'));
        expect(steps[1]).toMatch(
          /^reach: 127\.0\.0\.1:\d+ through ben@127\.0\.0\.1:\d+, ben@127\.0\.0\.1:\d+$/,
        );
        // the host sees the last of them, and each of those the one before
        expect(inner.log()).toContain('Accepted publickey for ben');
        expect(gate.log()).toContain('Accepted publickey for ben');
      } finally {
        await writeFile(config, 'IdentityFile none\n');
      }
    });

    it('whatever its banner and its login scripts say', async () => {
      const banner = join(folders.files, 'banner');
      await writeFile(banner, '*** Only for authorised people ***\n'.repeat(200));
      const loud = await startSshd({
        config: [`Banner ${banner}`],
        profile: 'echo Welcome!; echo careful >&2\n',
      });
      open.push(loud);
      const reached = await to(uriOf({ ...known(loud), keyfile: loud.keys.ed25519 }, { server: loud }));
      expect(await reached.host.exec('echo', ['just this'])).toMatchObject({
        stdout: 'just this\n',
        stderr: '',
      });
      expect(await home(reached)).toBe(loud.home('ada'));
      const file = join(loud.home('ada'), 'kept');
      await reached.host.files.write(file, 'as it is');
      expect(await reached.host.files.readText(file)).toBe('as it is');
    });
  });

  describe('refuses, and says what to do', () => {
    it('a key that it does not know', async () => {
      const error = await refused(uriOf({ ...known(), keyfile: sshd.keys.stranger, sshauth: 'privkey' }));
      expect(error).toMatchObject({ code: 'auth_failed', retryable: false });
      expect(error.message).toBe(`ada@127.0.0.1:${String(sshd.port)} refuses the login`);
      expect(error.detail).toContain(`tried: ${sshd.keys.stranger}`);
      expect(error.detail).toContain('the host takes publickey,password'.replace(',', ', '));
      expect(error.hint).toContain('authorized_keys');
    });

    it('a wrong password, three times and never more', async () => {
      const person = new Person(secret('a'), secret('b'), secret('c'), secret(sshd.accounts.password));
      const error = await refused(uriOf({ ...known(), sshauth: 'password' }), person);
      expect(error).toMatchObject({ code: 'auth_failed', retryable: false });
      expect(error.hint).toContain('(ada)');
      expect(person.asked).toHaveLength(3);
      expect(JSON.stringify([error.toData(), String(error.cause)])).not.toMatch(/"a"|"b"|"c"/);
    });

    it('a wrong passphrase, and the host never sees the key', async () => {
      const before = sshd.log().length;
      const error = await refused(
        uriOf({ ...known(), keyfile: sshd.keys.lockedPem }),
        new Person(secret('x'), secret('y'), undefined),
      );
      expect(error).toMatchObject({ code: 'auth_failed' });
      expect(sshd.log().slice(before)).not.toContain('Accepted publickey');
      const locked = await refused(
        uriOf({ ...known(), keyfile: sshd.keys.locked }),
        new Person(secret('x'), secret('y'), secret('z')),
      );
      expect(locked.message).toBe(`The passphrase of ${sshd.keys.locked} is wrong`);
      expect(locked.hint).toContain('ssh-add');
    });

    it('a key with a passphrase when there is nobody to ask', async () => {
      const signal = new AbortController().signal;
      const uri = parseUri(uriOf({ ...known(), keyfile: sshd.keys.locked }));
      await expect(reach().to(uri, { signal })).rejects.toMatchObject({
        code: 'auth_failed',
        hint: expect.stringContaining('ssh-add') as string,
      });
    });

    it('a key file that is not there, or is none', async () => {
      const gone = await refused(uriOf({ ...known(), keyfile: '/nowhere/key' }));
      expect(gone).toMatchObject({ code: 'not_found', message: 'There is no key at /nowhere/key' });
      const none = await refused(uriOf({ ...known(), keyfile: `${sshd.keys.rsa}.pub` }));
      expect(none).toMatchObject({ code: 'invalid_argument', hint: 'Choose the file without .pub' });
    });

    it('an address that turns checking off', async () => {
      const error = await refused(uriOf({ ...known(), no_verify: '1' }));
      expect(error).toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('always checked') as string,
      });
    });

    it('a port where nobody listens, a name that is not there, and a port that does not speak SSH', async () => {
      const server = createServer((socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'));
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      open.push(server);
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const web = await refused(`qemu+ssh://ada@127.0.0.1:${String(port)}/embed`);
      expect(web).toMatchObject({ code: expect.stringMatching(/protocol|lost/) as string });
      const dead = await startSshd();
      await dead.end();
      const nobody = await refused(uriOf({}, { server: dead }));
      expect(nobody).toMatchObject({ code: 'unreachable', retryable: true });
      expect(nobody.message).toBe(`Nothing listens for SSH at 127.0.0.1:${String(dead.port)}`);
      const unknown = await refused('qemu+ssh://no-such-host.invalid/embed');
      expect(unknown).toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining('no-such-host') as string,
      });
    });

    it('a server that accepts and never answers, within its time', async () => {
      const sockets: Socket[] = [];
      const server = createServer((socket) => void sockets.push(socket));
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      open.push(server);
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const signal = new AbortController().signal;
      const uri = parseUri(`qemu+ssh://ada@127.0.0.1:${String(port)}/embed`);
      await expect(reach({}, 500).to(uri, { signal })).rejects.toMatchObject({
        code: 'timeout',
        message: `127.0.0.1:${String(port)} accepts the connection and then does not answer`,
        hint: expect.stringContaining('SSH server') as string,
      });
      for (const socket of sockets) socket.destroy();
    });

    it('a jump host that may not forward', async () => {
      const gate = await startSshd({ config: ['AllowTcpForwarding no'] });
      open.push(gate);
      const list = join(folders.files, 'two_known');
      await writeFile(list, [gate, sshd].map(({ knownHosts }) => readFileSync(knownHosts, 'utf8')).join(''));
      await writeFile(config, `UserKnownHostsFile ${list}\nIdentityFile ${gate.keys.ed25519}\n`);
      try {
        const error = await refused(uriOf({ jump: `ben@127.0.0.1:${String(gate.port)}` }));
        expect(error).toMatchObject({
          code: 'unreachable',
          hint: expect.stringContaining('TCP forwarding') as string,
        });
        expect(error.message).toMatch(/^The jump host ben@127\.0\.0\.1:\d+ cannot reach 127\.0\.0\.1:\d+$/);
      } finally {
        await writeFile(config, 'IdentityFile none\n');
      }
    });
  });

  describe('that is not known yet', () => {
    const keyfile = () => ({ keyfile: sshd.keys.ed25519, known_hosts: join(folders.files, 'no_such_file') });
    const own = () => join(folders.env['XDG_CONFIG_HOME'] ?? '', 'guestroom', 'known_hosts');
    const asked = () => ({
      kind: 'host-key',
      who: `[127.0.0.1]:${String(sshd.port)}`,
      keyType: 'ED25519',
      fingerprint: sshd.hostKey.fingerprint,
      again: false,
    });

    it('is asked about with the fingerprint that ssh-keygen prints, and not let near without an answer', async () => {
      const before = sshd.log().length;
      const person = new Person(undefined);
      const error = await refused(uriOf(keyfile()), person);
      expect(error).toMatchObject({ code: 'host_key', retryable: false });
      expect(person.asked).toEqual([asked()]);
      expect(sshd.log().slice(before)).not.toContain('Accepted');
      expect(existsSync(own())).toBe(false);
    });

    it('is trusted this time only, by the same program', async () => {
      const ways = reach();
      const person = new Person({ trust: 'once' });
      const context = { signal: new AbortController().signal, ask: person.ask };
      open.push(await ways.to(parseUri(uriOf(keyfile())), context));
      open.push(await ways.to(parseUri(uriOf(keyfile())), context));
      expect(person.asked).toHaveLength(1);
      expect(await refused(uriOf(keyfile()))).toMatchObject({ code: 'host_key' });
    });

    it('is remembered in our own file, which ssh understands, and never asked about again', async () => {
      const person = new Person({ trust: 'always' });
      await to(uriOf(keyfile()), person);
      await to(uriOf(keyfile()), person);
      expect(person.asked).toHaveLength(1);
      expect(statSync(own()).mode & 0o777).toBe(0o600);
      const options = [
        `UserKnownHostsFile=${own()}`,
        'GlobalKnownHostsFile=/dev/null',
        'StrictHostKeyChecking=yes',
        'BatchMode=yes',
      ];
      const said = execFileSync(
        'ssh',
        [
          '-F',
          'none',
          '-i',
          sshd.keys.ed25519,
          ...options.flatMap((option) => ['-o', option]),
          '-p',
          String(sshd.port),
          'ada@127.0.0.1',
          'echo in',
        ],
        { encoding: 'utf8' },
      );
      expect(said).toBe('in\n');
    });

    it('is a hard stop when its key has changed: nobody is asked, nothing is sent', async () => {
      const other = join(folders.files, 'other-key');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
      const before = sshd.log().length;
      await sshd.kill();
      await sshd.start({ hostKey: other });
      try {
        const person = new Person({ trust: 'always' }, secret(sshd.accounts.password));
        const error = await refused(uriOf(keyfile()), person);
        expect(error).toMatchObject({ code: 'host_key', retryable: false });
        expect(error.message).toContain('is not the one that is known for it');
        expect(error.hint).toContain(`line 1 of ${own()}`);
        expect(person.asked).toEqual([]);
        expect(sshd.log().slice(before)).not.toContain('Accepted');
      } finally {
        await sshd.kill();
        await sshd.start({ hostKey: join(sshd.folder, 'host-key') });
      }
    });

    it('is refused when the key was revoked', async () => {
      const list = join(folders.files, 'revoking');
      await mkdir(folders.files, { recursive: true });
      await appendFile(list, `@revoked * ${sshd.hostKey.line}\n`);
      const person = new Person({ trust: 'always' });
      const error = await refused(uriOf({ keyfile: sshd.keys.ed25519, known_hosts: list }), person);
      expect(error).toMatchObject({
        code: 'host_key',
        message: expect.stringContaining('revoked') as string,
      });
      expect(person.asked).toEqual([]);
    });
  });
});
