import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type AnyAuthMethod, Client, type ConnectConfig } from 'ssh2';
import type { Logger } from '../../../drivers/api/driver.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { HostFiles } from '../../../drivers/api/host.ts';
import type { Ask } from '../../../drivers/api/questions.ts';
import type { OpenStep } from '../../../drivers/api/opening.ts';
import { algorithms } from './algorithms.ts';
import { Deadline } from './deadline.ts';
import { connectFailure, socketFailure } from './failures.ts';
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
  const socket = connectTcp({ host: hop.host, port: hop.port });
  // without it a round trip costs 44 ms where ssh2 has no native part
  socket.setNoDelay(true);
  const deadline = new Deadline(timeout, () => {
    socket.destroy(
      new GuestroomError('timeout', `${where} does not answer`, {
        hint: 'The host may be off, or a firewall is in between',
      }),
    );
  });
  const stop = (): void => void socket.destroy(new GuestroomError('cancelled', 'Connecting was stopped'));
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

/** Speaks SSH on an open line: checks who the host is, then logs in. */
export async function openClient(sock: Duplex, parts: ClientParts): Promise<Client> {
  const { hop, hostKeys, files, log, signal, onStep } = parts;
  const where = hopAddress(hop);
  const known = await hostKeys.algorithms({ ...hop.keyName, files: hop.knownHosts });
  const client = new Client();
  return new Promise((resolve, reject) => {
    let failure: GuestroomError | undefined;
    let fingerprint: string | undefined;
    const give = (error: GuestroomError): void => {
      failure ??= error;
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
    const ask: Ask | undefined =
      parts.ask &&
      (async (question, signalOfAsk) => {
        // a person may take longer than a host
        deadline.pause();
        try {
          return await parts.ask?.(question, signalOfAsk);
        } finally {
          deadline.resume();
        }
      });
    const login = new SshLogin({ hop, where: `${hop.user}@${where}`, files, ask, log, signal });
    const stop = (): void => give(new GuestroomError('cancelled', 'Connecting was stopped'));
    const settled = (): void => {
      deadline.end();
      signal.removeEventListener('abort', stop);
    };
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
        checkHostKey(key, { hop, hostKeys, ask, signal }).then(
          (text) => {
            fingerprint = text;
            deadline.restart();
            verified(true);
          },
          (error: unknown) => {
            failure ??= connectFailure(error, where);
            verified(false);
          },
        );
      },
      authHandler: (left, _partial, next) => {
        deadline.restart();
        // ssh2 takes false for “no more”, which its types do not say
        const then = next as (method: AnyAuthMethod | false) => void;
        login.next(left).then(then, (error: unknown) => give(connectFailure(error, where)));
      },
    } satisfies ConnectConfig & Required<Pick<ConnectConfig, 'hostVerifier'>>;

    client.on('handshake', ({ cs, kex }) => {
      deadline.restart();
      onStep?.('encrypt', `${cs.cipher.replace('@openssh.com', '')}, ${kex.replace('@libssh.org', '')}`);
      onStep?.('identify', fingerprint);
    });
    client.on('error', (error: Error & { level?: string }) => {
      // one key of the agent could not sign; the others are tried
      if (error.level === 'agent') return;
      failure ??= error.level === 'client-authentication' ? login.failure : connectFailure(error, where);
    });
    client.on('close', () => {
      settled();
      reject(
        failure ??
          new GuestroomError('lost', `${where} has closed the connection while connecting`, {
            hint: 'It may limit how many connect at a time, or refuse this computer: see the host’s log',
          }),
      );
    });
    client.once('ready', () => {
      settled();
      onStep?.('login', login.done);
      resolve(client);
    });
    if (signal.aborted) return void stop();
    client.connect(config);
  });
}
