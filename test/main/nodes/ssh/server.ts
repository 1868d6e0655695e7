import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { join } from 'node:path';
import ssh2, {
  type AuthContext,
  type Connection,
  type ServerChannel,
  type ServerConfig,
  type Session,
  type TcpipRequestInfo,
} from 'ssh2';
import type { Ask, AnswerTo, Question } from '../../../../drivers/api/questions.ts';
import { localFiles } from '../../../../main/nodes/local/files.ts';
import { type ClientParts, openClient, openSocket } from '../../../../main/nodes/ssh/client.ts';
import { HostKeys } from '../../../../main/nodes/ssh/host-keys.ts';
import { lineFor } from '../../../../main/nodes/ssh/known-hosts.ts';
import type { Hop } from '../../../../main/nodes/ssh/route.ts';
import { listeningLog } from './openssh.ts';

const { Server, utils } = ssh2;

export interface Pair {
  secret: string;
  /** type and base64 */
  text: string;
  bytes: Buffer;
}

/** Resolves with the end of it, whatever the reason. */
export const closed = (one: NodeJS.EventEmitter): Promise<void> =>
  new Promise((resolve) => void one.once('close', () => resolve()));

/** A key in OpenSSH's form. */
export function pair(type: 'ed25519' | 'rsa' | 'ecdsa' = 'ed25519', passphrase?: string): Pair {
  const bits = type === 'rsa' ? { bits: 2048 } : type === 'ecdsa' ? { bits: 256 } : {};
  const locked = passphrase === undefined ? {} : { passphrase, cipher: 'aes256-ctr', rounds: 4 };
  // the types know neither what bits are for which kind nor that they may be left out
  const make = () => utils.generateKeyPairSync(type as 'ed25519', { ...bits, ...locked } as object);
  let made = make();
  // one of two hundred that ssh2 makes is broken, for ssh-keygen, too
  while (utils.parseKey(made.private, passphrase) instanceof Error) made = make();
  const [name = '', base64 = ''] = made.public.split(' ');
  return { secret: made.private, text: `${name} ${base64}`, bytes: Buffer.from(base64, 'base64') };
}

export interface ServerOptions extends Partial<ServerConfig> {
  /** Decides every attempt to log in; default lets everybody in. */
  authenticate?: ((attempt: AuthContext) => void) | undefined;
  session?: ((session: Session, server: SshServer) => void) | undefined;
  connected?: ((connection: Connection, server: SshServer) => void) | undefined;
  forward?: ((info: TcpipRequestInfo, accept: () => ServerChannel, reject: () => void) => void) | undefined;
}

/** A server of ssh2's own on loopback; its programs are run by this computer's sh. */
export class SshServer {
  readonly key: Pair;
  /** Names of the ways that were tried, in their order. */
  readonly tried: string[] = [];
  /** Command lines. */
  readonly ran: string[] = [];
  readonly sockets = new Set<Socket>();
  readonly children = new Set<ChildProcess>();
  readonly connections: Connection[] = [];
  readonly channels = new Set<ServerChannel>();
  total = 0;
  readonly #server: InstanceType<typeof Server>;
  /** Takes the connections, so that they can be counted and cut. */
  readonly #front: NetServer;

  constructor(key: Pair, { authenticate, session, connected, forward, ...config }: ServerOptions) {
    this.key = key;
    this.#server = new Server({ hostKeys: [key.secret], ...config }, (connection) => {
      this.connections.push(connection);
      connection.on('error', () => undefined);
      connection.on('authentication', (attempt) => {
        this.tried.push(attempt.method);
        if (authenticate) authenticate(attempt);
        else attempt.accept();
      });
      connection.on('session', (accept) => (session ?? runs)(accept(), this));
      if (forward)
        connection.on('tcpip', (accept, reject, info) =>
          forward(info, accept as () => ServerChannel, reject),
        );
      connected?.(connection, this);
    });
    this.#front = createServer((socket) => {
      this.total += 1;
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      socket.on('error', () => undefined);
      this.#server.injectSocket(socket);
    });
  }

  async listen(): Promise<this> {
    this.#front.listen(0, '127.0.0.1');
    await once(this.#front, 'listening');
    return this;
  }

  get port(): number {
    return (this.#front.address() as AddressInfo).port;
  }

  /** As a line of known_hosts. */
  get line(): string {
    return lineFor('127.0.0.1', this.port, this.key.bytes);
  }

  /** As if the cable were pulled out. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Resolves once nobody is connected. */
  async left(): Promise<void> {
    while (this.sockets.size > 0) {
      const [socket] = this.sockets;
      if (socket) await closed(socket);
    }
  }

  end(): void {
    for (const child of this.children) if (child.pid !== undefined) killGroup(child.pid);
    this.cut();
    this.#front.close();
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

export const startServer = (options: ServerOptions = {}, key = pair()): Promise<SshServer> =>
  new SshServer(key, options).listen();

/** As sshd: each command line by the account's shell, in a process group of its own. */
export function runs(
  session: Session,
  server: SshServer,
  shell: readonly string[] = ['sh', '-c'],
  env: Readonly<Record<string, string>> = {},
): void {
  session.on('exec', (accept, _reject, { command }) => {
    server.ran.push(command);
    const channel = accept();
    server.channels.add(channel);
    channel.once('close', () => server.channels.delete(channel));
    channel.on('error', () => undefined);
    const [file = 'sh', ...first] = shell;
    const child = spawn(file, [...first, command], { detached: true, env: { ...process.env, ...env } });
    server.children.add(child);
    channel.pipe(child.stdin);
    child.stdin.on('error', () => undefined);
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    channel.once('close', () => child.stdin.destroy());
    child.once('close', (status, signal) => {
      server.children.delete(child);
      if (signal) channel.exit(signal.slice(3));
      else channel.exit(status ?? 255);
      channel.end();
      // what nobody reads any more
      setImmediate(() => channel.unpipe().resume());
    });
  });
}

/** A person's answers, in the order in which they are asked; what is asked beyond them is cancelled. */
export class Person {
  readonly asked: Question[] = [];
  readonly #answers: unknown[];

  constructor(...answers: unknown[]) {
    this.#answers = answers;
  }

  readonly ask: Ask = async <Asked extends Question>(question: Asked, signal?: AbortSignal) => {
    this.asked.push(question);
    const answer = this.#answers.shift();
    const given: unknown =
      typeof answer === 'function' ? await (answer as (signal?: AbortSignal) => unknown)(signal) : answer;
    return given as AnswerTo<Asked> | undefined;
  };
}

export const secret = (...secrets: string[]): { secrets: string[]; remember: boolean } => ({
  secrets,
  remember: false,
});

export interface Attempt extends Omit<Partial<ClientParts>, 'hop'> {
  hop?: Partial<Hop>;
}

/** What a connection to a server is made of; `folder` has the list of known hosts. */
export function partsFor(
  server: Pick<SshServer, 'port'>,
  folder: string,
  { hop, ...attempt }: Attempt = {},
): ClientParts & { log: ReturnType<typeof listeningLog> } {
  const log = listeningLog();
  const own = join(folder, 'known_hosts');
  return {
    hostKeys: new HostKeys({ files: localFiles, own, log }),
    files: localFiles,
    ask: undefined,
    signal: new AbortController().signal,
    timeout: 20_000,
    ...attempt,
    log,
    hop: {
      written: 'host',
      host: '127.0.0.1',
      port: server.port,
      user: 'ada',
      identityFiles: [],
      explicitKey: false,
      identitiesOnly: false,
      agent: undefined,
      methods: ['agent', 'privkey', 'keyboard-interactive', 'password'],
      keyName: { name: '127.0.0.1', port: server.port },
      knownHosts: [],
      ...hop,
    },
  };
}

export async function connect(parts: ClientParts): ReturnType<typeof openClient> {
  return openClient(await openSocket(parts.hop, parts), parts);
}
