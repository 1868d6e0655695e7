import type { Answer, Connection, Driver, OpenContext } from '../api/driver.ts';
import { formatUri, type ConnectionUri } from '../api/uri.ts';
import { addressOf, isLibvirtUri, type Address } from './address.ts';
import { LibvirtConnection } from './connection.ts';
import { Links } from './links.ts';
import { titleOf, versionText } from './node-facts.ts';
import { probe } from './probe.ts';
import { openSession, type AskCredentials, type Session } from './session.ts';
import { connectTransport, type Transport } from './transport/index.ts';

/**
 * libvirt's daemons, by their own wire protocol: `qemu:///system`, `qemu+tls://host/system`, `lxc:///system`,
 * `test+unix:///default` … Over SSH the Host is the remote one, and the socket is a unix socket there.
 */
export const libvirtDriver: Driver = {
  name: 'libvirt',
  title: 'libvirt',
  accepts: isLibvirtUri,
  probe,
  open,
};

async function open(uri: ConnectionUri, context: OpenContext): Promise<Connection> {
  const address = addressOf(uri, context.readOnly);
  const login = new Login(address, context);
  const main = await connect(address, context, login, context.signal, context.onStep);
  // what follows has the answer that was accepted, and asks nobody
  const links = new Links(main, (signal) => connect(address, context, login, signal));
  try {
    const remote = address.reach.transport === 'unix' ? undefined : address.reach.host;
    const place = { uri: formatUri(uri), remote, path: uri.path };
    return await LibvirtConnection.open(links, place, context);
  } catch (error) {
    links.end();
    throw error;
  }
}

async function connect(
  address: Address,
  context: OpenContext,
  login: Login,
  signal?: AbortSignal,
  onStep?: OpenContext['onStep'],
): Promise<Session> {
  const { host, log, readOnly } = context;
  const transport = await connectTransport(address, host, { log, ...(signal ? { signal } : {}) });
  onStep?.('reach', transport.at);
  if (transport.kind === 'tls') onStep?.('encrypt', encryptionOf(transport));
  const ask = login.askFor(transport);
  const session = await openSession(transport, {
    name: address.name,
    readOnly,
    log,
    ...(address.auth === undefined ? {} : { auth: address.auth }),
    ...(ask ? { askCredentials: ask } : {}),
    ...(signal ? { signal } : {}),
  });
  login.accepted();
  onStep?.('login');
  const { type } = await session.rpc.call('CONNECT_GET_TYPE', {});
  onStep?.('open', `${titleOf(type)}, libvirt ${versionText(session.libVersion)}`);
  return session;
}

/** What TLS agreed on, where the stream tells. */
function encryptionOf({ stream }: Transport): string | undefined {
  if (!('getProtocol' in stream) || typeof stream.getProtocol !== 'function') return undefined;
  const protocol: unknown = stream.getProtocol();
  return typeof protocol === 'string' ? protocol : undefined;
}

/** The person's answer to the daemon's question who is there: kept for the further connections of this node, and nowhere else. */
class Login {
  readonly #address: Address;
  readonly #context: OpenContext;
  #answer: Answer | undefined;
  #good = false;

  constructor(address: Address, context: OpenContext) {
    this.#address = address;
    this.#context = context;
  }

  askFor(transport: Transport): AskCredentials | undefined {
    const { ask, signal } = this.#context;
    let tries = 0;
    return async ({ user, realm }) => {
      tries += 1;
      if (this.#good && tries === 1) return this.#answer;
      const name = user ?? this.#address.user;
      this.#answer = await ask?.(
        {
          kind: 'credentials',
          who: `libvirt on ${transport.at}`,
          ...(name === undefined ? {} : { user: name }),
          ...(realm === undefined ? {} : { realm }),
          again: tries > 1,
        },
        signal,
      );
      return this.#answer;
    };
  }

  accepted(): void {
    this.#good = true;
  }
}
