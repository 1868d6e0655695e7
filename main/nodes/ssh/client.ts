import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type AnyAuthMethod, Client, type ConnectConfig } from 'ssh2';
import type { Logger } from '../../../drivers/api/driver.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { HostFiles } from '../../../drivers/api/host.ts';
import { readLent } from '../../../drivers/api/lent-reads.ts';
import type { Ask } from '../../../drivers/api/questions.ts';
import type { OpenStep } from '../../../drivers/api/opening.ts';
import { algorithms, keepsNothing } from './algorithms.ts';
import { connectLending } from '../lending-socket.ts';
import { Deadline } from './deadline.ts';
import { closedEarly, connectFailure, socketFailure } from './failures.ts';
import type { HostKeys } from './host-keys.ts';
import { checkHostKey } from './host-key-check.ts';
import { SshLogin } from './login.ts';
import type { Hop } from './route.ts';

export interface ClientParts {
  hop: Hop;
  hostKeys: HostKeys;
  /** Of this computer. */
  files: HostFiles;
  ask: Ask | undefined;
  log: Logger;
  signal: AbortSignal;
  /** ms that the host may be silent at each step. */
  timeout: number;
  onStep?: ((step: OpenStep, detail?: string) => void) | undefined;
}

/** Three unanswered questions in 45 s, and the connection counts as lost. */
const keepalive = { keepaliveInterval: 15_000, keepaliveCountMax: 3 };

/** host, or host:port where that is not SSH's own. */
export const hopAddress = ({ host, port }: Pick<Hop, 'host' | 'port'>): string =>
  port === 22 ? host : `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;

/** A TCP connection to a host, its name looked up. */
export async function openSocket(
  hop: Hop,
  { signal, timeout, onStep }: Pick<ClientParts, 'signal' | 'timeout' | 'onStep'>,
): Promise<Socket> {
  const where = hopAddress(hop);
  const socket = connectLending({ host: hop.host, port: hop.port });
  // without it a round trip costs 44 ms where ssh2 has no native part
  socket.setNoDelay(true);
  const deadline = new Deadline(timeout, () => {
    socket.destroy(
      new GuestroomError('timeout', `${where} does not answer`, {
        hint: 'The host may be off, or a firewall is in between',
      }),
    );
  });
  const stop = (): void => void socket.destroy(stopped());
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    await once(socket, 'connect');
    onStep?.('resolve', socket.remoteAddress);
    return socket;
  } catch (thrown) {
    socket.destroy();
    throw thrown instanceof GuestroomError ? thrown : socketFailure(thrown, where);
  } finally {
    deadline.end();
    signal.removeEventListener('abort', stop);
  }
}

/** Speaks SSH on an open line: checks who the host is, then logs in. The line is closed when it rejects. */
export async function openClient(sock: Duplex, parts: ClientParts): Promise<Client> {
  const { hop, hostKeys, files, log, signal, onStep } = parts;
  const where = hopAddress(hop);
  const known = await knownAlgorithms(sock, parts);
  const client = new Client();
  return new Promise((resolve, reject) => {
    let over = false;
    let closed = false;
    let fingerprint: string | undefined;
    // of what comes; a later exchange of keys chooses the same one
    let cipher = '';
    // a question to the person ends with the attempt that asks it
    const ended = new AbortController();
    const until = AbortSignal.any([signal, ended.signal]);
    const settled = (): void => {
      over = true;
      deadline.end();
      signal.removeEventListener('abort', stop);
      ended.abort();
    };
    // at once: a line through a jump host that hangs tells of no end
    const give = (error: GuestroomError): void => {
      if (over) return;
      settled();
      reject(error);
      client.destroy();
      sock.destroy();
    };
    const deadline = new Deadline(parts.timeout, () =>
      give(
        new GuestroomError('timeout', `${where} accepts the connection and then does not answer`, {
          hint: 'Its SSH server may be overloaded, or another program listens at this port',
        }),
      ),
    );
    // a person may take longer than a host
    const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
      deadline.pause();
      try {
        return await work();
      } finally {
        deadline.resume();
      }
    };
    const { ask: askPerson } = parts;
    const ask: Ask | undefined =
      askPerson && ((question, signalOfAsk) => patiently(() => askPerson(question, signalOfAsk)));
    const login = new SshLogin({
      ...{ hop, where: `${hop.user}@${where}`, files, ask, log, signal: until },
      ...{ patiently, stopped: give },
    });
    const stop = (): void => give(stopped());
    signal.addEventListener('abort', stop, { once: true });

    const config = {
      sock,
      username: hop.user,
      algorithms: algorithms(known),
      ...keepalive,
      // ours, which stands still while the person is asked
      readyTimeout: 0,
      agentForward: false,
      strictVendor: false,
      hostVerifier: (key: Buffer, verified: (valid: boolean) => void) => {
        checkHostKey(key, { hop, hostKeys, ask, signal: until }).then(
          (text) => {
            // ssh2 throws where a connection that is over goes on; a new key exchange comes here, too
            if (closed || (over && fingerprint === undefined)) return;
            fingerprint = text;
            deadline.restart();
            verified(true);
          },
          (error: unknown) => {
            if (over) return void client.destroy();
            give(connectFailure(error, where));
          },
        );
      },
      authHandler: (left, partial, next) => {
        deadline.restart();
        // ssh2 takes false for “no more”, which its types do not say
        const then = next as (method: AnyAuthMethod | false) => void;
        login.next(left, partial === true).then(
          (method) => {
            if (!over) then(method);
          },
          (error: unknown) => give(connectFailure(error, where)),
        );
      },
    } satisfies ConnectConfig & Required<Pick<ConnectConfig, 'hostVerifier'>>;

    client.on('handshake', ({ cs, sc, kex }) => {
      cipher = sc.cipher;
      if (over) return;
      deadline.restart();
      onStep?.('encrypt', `${cs.cipher.replace('@openssh.com', '')}, ${kex.replace('@libssh.org', '')}`);
      onStep?.('identify', fingerprint);
    });
    client.on('error', (error: Error & { level?: string }) => {
      // one key of the agent could not sign; the others are tried
      if (error.level === 'agent') return;
      give(error.level === 'client-authentication' ? login.failure : connectFailure(error, where));
    });
    client.on('change password', () =>
      give(
        new GuestroomError('auth_failed', `The password of ${hop.user} has expired on ${where}`, {
          hint: 'Log in there once with ssh and choose a new one',
        }),
      ),
    );
    client.on('close', () => {
      closed = true;
      give(closedEarly(where));
    });
    client.once('ready', () => {
      if (over) return;
      settled();
      // it listens itself, and keeps nothing any more; the first packets it did, as both sides sign them
      if (keepsNothing(cipher)) readLent(sock, () => undefined);
      onStep?.('login', login.done);
      resolve(client);
    });
    joinWrites(sock);
    try {
      client.connect(config);
    } catch (thrown) {
      give(connectFailure(thrown, where));
    }
  });
}

/**
 * ssh2 writes each packet in three pieces: length, content, checksum. What is written in one turn goes to the system at
 * once, so that it is neither three calls nor three packets on the line.
 */
function joinWrites(sock: Duplex): void {
  const write = sock.write.bind(sock) as Duplex['write'];
  const uncork = (): void => sock.uncork();
  // its own name, not a subclass: a socket that connects takes Node's back
  sock.write = ((...words: Parameters<typeof write>): boolean => {
    if (sock.writableCorked === 0) {
      sock.cork();
      process.nextTick(uncork);
    }
    return write(...words);
  }) as Duplex['write'];
}

const stopped = (): GuestroomError => new GuestroomError('cancelled', 'Connecting was stopped');

/** What the host is to be asked for first. Closes the line when it rejects, and where that has broken meanwhile. */
async function knownAlgorithms(
  sock: Duplex,
  { hop, hostKeys, signal }: Pick<ClientParts, 'hop' | 'hostKeys' | 'signal'>,
): Promise<string[]> {
  const where = hopAddress(hop);
  let broken: Error | undefined;
  // nobody else listens yet
  sock.on('error', (error: Error) => {
    broken ??= error;
  });
  try {
    const known = await hostKeys.algorithms({ ...hop.keyName, files: hop.knownHosts });
    if (signal.aborted) throw stopped();
    if (broken) throw connectFailure(broken, where);
    if (sock.destroyed) throw closedEarly(where);
    return known;
  } catch (thrown) {
    sock.destroy();
    throw thrown;
  }
}
