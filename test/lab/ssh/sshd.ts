import { execFile, execFileSync, type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianPackages } from '../../../build/packages.mjs';
import { freePort } from '../libvirt/configuration.ts';
import { whyNoNamespaces } from '../libvirt/namespace.ts';

const run = promisify(execFile);

export interface SshdOptions {
  /** More lines of sshd_config; the first of a keyword wins. */
  config?: readonly string[];
  /** The key that it shows; default: one of its own. */
  hostKey?: string;
  port?: number;
  /** Where it listens. Default 127.0.0.1. */
  address?: string;
  /** Lines that every login shell runs first. */
  profile?: string;
  /** Starts it where something else runs; default: a view of the machine of its own. Resolves once the script has ended. */
  within?: (file: string, ...args: string[]) => Promise<unknown>;
}

/** A real OpenSSH server on loopback with its own keys, accounts and configuration. */
export interface Sshd {
  readonly folder: string;
  readonly port: number;
  readonly address: string;
  /** With the rights of root, and with none; both have this password. */
  readonly accounts: { readonly admin: 'ada'; readonly plain: 'ben'; readonly password: string };
  /** Private keys that it lets in: as named, `locked` with this passphrase; `stranger` is not let in. */
  readonly keys: Readonly<Record<KeyName, string>>;
  readonly passphrase: string;
  /** Its key as in known_hosts: type and base64. */
  readonly hostKey: { readonly file: string; readonly line: string; readonly fingerprint: string };
  /** Home folder of an account. */
  home(account: 'ada' | 'ben'): string;
  /** A known_hosts file that knows it. */
  readonly knownHosts: string;
  /** Such a file that knows it at another port, too: what leads to it from there. */
  knownAt(port: number): Promise<string>;
  log(): string;
  /** TCP connections that were accepted so far. */
  connections(): number;
  /** Ends the server and every connection of it: as a crash does. */
  kill(): Promise<void>;
  /** Again, with the same port and, unless told otherwise, the same key. */
  start(changed?: Partial<SshdOptions>): Promise<void>;
  end(): Promise<void>;
}

export const keyNames = ['ed25519', 'ecdsa', 'rsa', 'pem', 'locked', 'lockedPem', 'stranger'] as const;
export type KeyName = (typeof keyNames)[number];

const password = 'correct horse';
const passphrase = 'battery staple';
const plainId = 61_001;

/** Why no SSH server of our own can run here, said on the console; undefined where it can. */
export async function sshdOrWhyNot(suite: string): Promise<string | undefined> {
  const why = await whyNoSshd();
  if (why !== undefined) console.log(`${suite} with a real sshd is left out: ${why}`);
  return why;
}

async function whyNoSshd(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'accounts of their own need Linux';
  if (process.getuid?.() !== 0) return 'a server with accounts of its own needs root';
  const packages: Readonly<Record<string, string>> = debianPackages['live'] ?? {};
  const lacking = ['/usr/sbin/sshd', '/usr/bin/ssh', '/usr/bin/ssh-agent', '/bin/nc']
    .filter((path) => !existsSync(path))
    .map((path) => packages[path] ?? path);
  return lacking.length > 0 ? `not installed are ${lacking.join(' ')}` : whyNoNamespaces();
}

export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gs-')));
  await chmod(folder, 0o755);
  const port = options.port ?? (await freePort());
  const address = options.address ?? '127.0.0.1';
  const keys = makeKeys(join(folder, 'keys'));
  const own = join(folder, 'host-key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', own]);
  const home = (account: string): string => join(folder, account);
  await layOut(folder, home);
  const letIn = Object.entries(keys).filter(([name]) => name !== 'stranger');
  await writeFile(
    join(folder, 'authorized_keys'),
    letIn.map(([, file]) => readFileSync(`${file}.pub`, 'utf8')).join(''),
  );
  let current = options;
  let server: ChildProcess | undefined;
  const hostKeyFile = (): string => current.hostKey ?? own;
  const publicKey = (): string =>
    readFileSync(`${hostKeyFile()}.pub`, 'utf8').trim().split(' ').slice(0, 2).join(' ');
  const logFile = join(folder, 'log');
  const pidFile = join(folder, 'pid');
  const log = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  const knownHosts = join(folder, 'known_hosts');
  await writeFile(knownHosts, `[${address}]:${String(port)} ${publicKey()}\n`);

  const stop = async (): Promise<void> => {
    await end();
    // what the kernel still holds would answer for the next one
    while (await accepts(address, port)) await new Promise((done) => setTimeout(done, 10));
  };
  const end = async (): Promise<void> => {
    if (server) {
      const gone = once(server, 'exit');
      server.kill('SIGKILL');
      if (server.exitCode === null && server.signalCode === null) await gone;
      server = undefined;
    } else if (current.within && existsSync(pidFile)) {
      // those that serve a connection have the server's configuration in their title, or are its children
      await current.within(
        'sh',
        '-c',
        `kill -9 $(cat ${pidFile}); pkill -9 -f '^sshd: ' || :; rm -f ${pidFile}`,
      );
    }
  };
  const start = async (changed: Partial<SshdOptions> = {}): Promise<void> => {
    current = { ...current, ...changed };
    const config = join(folder, 'sshd_config');
    await writeFile(config, configuration(folder, { ...current, port, address, key: hostKeyFile() }));
    await writeFile(join(folder, 'profile'), current.profile ?? '');
    // accounts of its own in a view of its own: nobody else on the machine sees them
    const prepare = `for file in passwd group shadow pam.d/sshd; do mount --bind ${folder}/etc/$(basename $file) /etc/$file; done; mkdir -p /run/sshd`;
    if (current.within) {
      await current.within(
        'sh',
        '-c',
        `[ -e ${pidFile}.views ] || { ${prepare}; touch ${pidFile}.views; }; /usr/sbin/sshd -f ${config} -E ${logFile}`,
      );
    } else {
      server = spawn(
        'unshare',
        [
          ...['--mount', '--pid', '--fork', '--mount-proc', '--kill-child', '--propagation', 'private'],
          ...[
            'sh',
            '-c',
            `mount -t tmpfs tmpfs /run && ${prepare}; exec /usr/sbin/sshd -D -f ${config} -E ${logFile}`,
          ],
        ],
        { stdio: 'ignore' },
      );
    }
    await listens(address, port, log);
  };
  const sshd: Sshd = {
    folder,
    port,
    address,
    accounts: { admin: 'ada', plain: 'ben', password },
    keys,
    passphrase,
    get hostKey() {
      const line = publicKey();
      const [, fingerprint = ''] = execFileSync('ssh-keygen', ['-lf', `${hostKeyFile()}.pub`], {
        encoding: 'utf8',
      }).split(' ');
      return { file: hostKeyFile(), line, fingerprint };
    },
    home,
    knownHosts,
    async knownAt(other) {
      const file = join(folder, `known_hosts-${String(other)}`);
      await writeFile(file, `[127.0.0.1]:${String(other)} ${publicKey()}\n`);
      return file;
    },
    log,
    connections: () => [...log().matchAll(/^Connection from /gm)].length - probes,
    kill: stop,
    start,
    async end() {
      await stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  let probes = 0;
  const listens = async (host: string, at: number, said: () => string): Promise<void> => {
    const deadline = Date.now() + 20_000;
    while (!(await accepts(host, at))) {
      if (Date.now() > deadline) throw new Error(`sshd does not listen:\n${said()}`);
      await new Promise((done) => setTimeout(done, 20));
    }
    probes += 1;
  };
  try {
    await start();
    return sshd;
  } catch (error) {
    await sshd.end();
    throw error;
  }
}

function configuration(
  folder: string,
  { config = [], port, address, key }: SshdOptions & { port: number; address: string; key: string },
): string {
  return [
    ...config,
    `Port ${String(port)}`,
    `ListenAddress ${address}`,
    `HostKey ${key}`,
    `PidFile ${join(folder, 'pid')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'StrictModes no',
    'UsePAM yes',
    'UseDNS no',
    'PermitRootLogin yes',
    'PasswordAuthentication yes',
    'KbdInteractiveAuthentication no',
    'PrintMotd no',
    'PrintLastLog no',
    'MaxStartups 100',
    'Subsystem sftp internal-sftp',
    'LogLevel VERBOSE',
    '',
  ].join('\n');
}

async function layOut(folder: string, home: (account: string) => string): Promise<void> {
  const etc = join(folder, 'etc');
  await mkdir(etc);
  const hash = execFileSync('openssl', ['passwd', '-6', password], { encoding: 'utf8' }).trim();
  const others = (name: string): string =>
    readFileSync(`/etc/${name}`, 'utf8')
      .split('\n')
      .filter((line) => !/^(ada|ben):/.test(line) && line !== '')
      .join('\n');
  const id = String(plainId);
  await writeFile(
    join(etc, 'passwd'),
    `${others('passwd')}\nada:x:0:0::${home('ada')}:/bin/bash\nben:x:${id}:${id}::${home('ben')}:/bin/bash\n`,
  );
  await writeFile(join(etc, 'group'), `${others('group')}\nben:x:${id}:\n`);
  await writeFile(
    join(etc, 'shadow'),
    `${others('shadow')}\nada:${hash}:19000::::::\nben:${hash}:19000::::::\n`,
    { mode: 0o600 },
  );
  // no session modules: what they do (logind, last logins) is the machine's
  await writeFile(
    join(etc, 'sshd'),
    'auth required pam_unix.so\naccount required pam_permit.so\nsession required pam_permit.so\npassword required pam_deny.so\n',
  );
  for (const account of ['ada', 'ben']) {
    await mkdir(home(account), { mode: 0o700 });
    await writeFile(join(home(account), '.bashrc'), `. ${join(folder, 'profile')}\n`);
  }
  await chown(home('ben'), plainId, plainId);
}

function makeKeys(folder: string): Record<KeyName, string> {
  execFileSync('mkdir', ['-m', '700', folder]);
  const make = (name: KeyName, ...words: string[]): string => {
    const file = join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-C', name, '-f', file, ...words]);
    chmodSync(file, 0o600);
    return file;
  };
  return {
    ed25519: make('ed25519', '-t', 'ed25519', '-N', ''),
    ecdsa: make('ecdsa', '-t', 'ecdsa', '-N', ''),
    rsa: make('rsa', '-t', 'rsa', '-b', '2048', '-N', ''),
    pem: make('pem', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', ''),
    locked: make('locked', '-t', 'ed25519', '-N', passphrase),
    lockedPem: make('lockedPem', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', passphrase),
    stranger: make('stranger', '-t', 'ed25519', '-N', ''),
  };
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // nobody listens yet, or any more
      if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') resolve(false);
      else reject(error);
    });
  });
}

/** An agent of its own with these keys; answers its socket. */
export async function startAgent(
  folder: string,
  keys: readonly string[],
): Promise<{ socket: string; end(): void }> {
  const socket = join(folder, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(agent.stdout, 'data');
  for (const key of keys)
    await run('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return { socket, end: () => void agent.kill() };
}
