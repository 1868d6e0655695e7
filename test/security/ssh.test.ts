import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ssh2, { type AuthContext } from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import type { Driver } from '../../drivers/api/driver.ts';
import { drivers } from '../../drivers/index.ts';
import type { QuestionAnswer, QuestionRow } from '../../preload/attempts.ts';
import { appInFolder, type AppInFolder, until } from '../main/app-in-folder.ts';
import { person } from '../main/nodes/guarded.ts';
import { pair, type SshServer, startServer } from '../main/nodes/ssh/server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = ['drivers', 'main', 'preload', 'renderer'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: relative(root, path), text: readFileSync(path, 'utf8') };
    }),
);
const count = (pattern: RegExp, under = ''): Record<string, number> =>
  Object.fromEntries(
    sources
      .map(({ path, text }) => [path, [...text.matchAll(pattern)].length] as const)
      .filter(([path, found]) => found > 0 && path.startsWith(under)),
  );

describe('the source', () => {
  it('makes an SSH client once, and never one that takes any host key', () => {
    expect(count(/new\s+(ssh2\.)?Client\s*\(/g, 'main/')).toEqual({ 'main/nodes/ssh/client.ts': 1 });
    const text = sources.find(({ path }) => path === 'main/nodes/ssh/client.ts')?.text ?? '';
    // the compiler holds the configuration to it, and nothing else is connected with
    expect(text).toMatch(/satisfies ConnectConfig & Required<Pick<ConnectConfig, 'hostVerifier'>>/);
    expect(text.match(/client\.connect\(\w+\)/g)).toEqual(['client.connect(config)']);
    expect(text).toMatch(/hostVerifier: \(key: Buffer/);
    expect(count(/verified\(true\)/g)).toEqual({ 'main/nodes/ssh/client.ts': 1 });
  });

  it('never lets a host use the agent, see a display, or reach a port of this computer', () => {
    expect(count(/agentForward\b(?!: false)|allowAgentFwd|openssh_authAgent/g)).toEqual({});
    expect(count(/agentForward: false/g)).toEqual({ 'main/nodes/ssh/client.ts': 1 });
    expect(count(/\bx11\b|forwardIn\b|forwardInStreamLocal/gi, 'main/nodes/')).toEqual({});
  });

  it('writes nothing of ssh2’s own account of a connection, which has all that is sent', () => {
    expect(
      sources.filter(({ path, text }) => path.startsWith('main/nodes/ssh/') && /\bdebug: /.test(text)),
    ).toEqual([]);
  });
});

// short and without a word around them that could give them away to a filter
const password = 'Zq7ssh1pw';
const wrong = 'Zq7ssh2no';
const code = 'Zq7ssh3code';
const passphrase = 'Zq7ssh4phrase';
const mistyped = 'Zq7ssh5typo';

let server: SshServer | undefined;
let self: AppInFolder | undefined;
afterEach(async () => {
  await self?.end();
  server?.end();
  self = server = undefined;
});

/** The test hypervisor on a host that is reached by SSH. */
function overSsh(): Driver {
  const [test] = drivers.filter(({ name }) => name === 'test');
  if (!test) throw new Error('the build has no test hypervisor');
  return { ...test, accepts: () => true };
}

/** All that the app has written, and all that a window was told. */
async function everything(told: readonly string[]): Promise<string> {
  if (!self) throw new Error('no app');
  const files = await readdir(self.folder, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter((one) => one.isFile() && one.name !== 'id_test')
      .map(async (one) => `${one.name}\n${await readFile(join(one.parentPath, one.name), 'latin1')}`),
  );
  return [...texts, ...told, JSON.stringify(self.app.inventory.nodes())].join('\n');
}

describe('what a person gives to log in over SSH', () => {
  const locked = pair('ed25519', passphrase);
  const plain = pair();
  const parsed = ssh2.utils.parseKey(plain.text);

  /** Takes a key, then a password, then a code; or nothing at all. */
  const authenticate = (accept: boolean) => {
    let signed = false;
    return (attempt: AuthContext): void => {
      switch (attempt.method) {
        case 'publickey':
          // the key is wanted, so that its passphrase is needed, and then it is not enough
          if (!attempt.signature && attempt.key.data.equals(locked.bytes)) return attempt.accept();
          signed = attempt.signature !== undefined;
          return attempt.reject(['keyboard-interactive'], true);
        case 'keyboard-interactive':
          return attempt.prompt([{ prompt: 'Code:', echo: false }], (answers) => {
            if (answers[0] === code) attempt.reject(['password'], true);
            else attempt.reject(['keyboard-interactive']);
          });
        case 'password':
          if (accept && attempt.password === password) return attempt.accept();
          return attempt.reject(['password']);
        default:
          return attempt.reject([signed ? 'keyboard-interactive' : 'publickey']);
      }
    };
  };

  it.each([
    ['is let in', true],
    ['is refused', false],
  ])('is nowhere to be read, whether the person %s', async (_how, accept) => {
    server = await startServer({ authenticate: authenticate(accept) });
    self = await appInFolder({ drivers: [overSsh()], reach: { sshConfig: '/dev/null' } });
    const keyfile = join(self.folder, 'id_test');
    await mkdir(self.folder, { recursive: true });
    await writeFile(keyfile, locked.secret, { mode: 0o600 });
    const passphrases = [mistyped, passphrase];
    const passwords = [wrong, password];
    const answer = (question: QuestionRow): QuestionAnswer | null => {
      if (question.kind === 'host-key') return { kind: 'host-key', trust: 'once' };
      if (question.kind !== 'secrets') return null;
      const secrets =
        question.about === 'passphrase'
          ? [passphrases.shift() ?? passphrase]
          : question.about === 'password'
            ? [passwords.shift() ?? password]
            : [code];
      return { kind: 'secrets', secrets, remember: false };
    };
    const asking = await person(self, answer);
    const told = [...asking.told];
    const uri = `test+ssh://ada@127.0.0.1:${String(server.port)}/default?keyfile=${encodeURIComponent(keyfile)}&known_hosts=${encodeURIComponent(join(self.folder, 'none'))}`;
    const { node } = await self.client.nodes.add({ uri });
    const row = () => self?.app.inventory.node(node);
    await until(() => row()?.state === 'connected' || row()?.state === 'failed');
    expect([row()?.state, row()?.error?.code]).toEqual(
      accept ? ['connected', undefined] : ['failed', 'auth_failed'],
    );
    for await (const step of await self.client.nodes.test({ uri })) told.push(JSON.stringify(step));
    told.push(...asking.told);
    await asking.leave();
    await self.app.close();
    const all = await everything(told);
    expect(
      asking.seen.map((question) => (question.kind === 'secrets' ? question.about : question.kind)),
    ).toEqual(expect.arrayContaining(['host-key', 'passphrase', 'prompts', 'password']));
    expect(all).toContain('"pid"');
    const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '');
    const body = locked.secret.split('\n').slice(1, -2);
    for (const planted of [password, wrong, code, passphrase, mistyped, ...body]) {
      expect([planted, all.includes(planted)]).toEqual([planted, false]);
      expect([planted, all.includes(base64(planted))]).toEqual([planted, false]);
    }
  });

  it('and a key in the clear are in no error that a broken login leaves', async () => {
    expect(parsed).not.toBeInstanceOf(Error);
    server = await startServer({ authenticate: (attempt) => attempt.reject(['publickey']) });
    self = await appInFolder({ drivers: [overSsh()], reach: { sshConfig: '/dev/null' } });
    const keyfile = join(self.folder, 'id_test');
    // the end is missing: OpenSSL and ssh2 have seen the rest of it
    await writeFile(keyfile, plain.secret.slice(0, -90), { mode: 0o600 });
    const asking = await person(self, () => null);
    const uri = `test+ssh://ada@127.0.0.1:${String(server.port)}/default?keyfile=${encodeURIComponent(keyfile)}`;
    const { node } = await self.client.nodes.add({ uri });
    await until(() => self?.app.inventory.node(node)?.state === 'failed');
    const told = [...asking.told];
    for await (const step of await self.client.nodes.test({ uri })) told.push(JSON.stringify(step));
    await asking.leave();
    await self.app.close();
    const all = await everything(told);
    for (const line of plain.secret.split('\n').slice(1, -3))
      expect([line, all.includes(line)]).toEqual([line, false]);
  });
});
