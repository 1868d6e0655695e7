import type { AnswerTo, Connection, CredentialsQuestion, OpenContext, OpenStep } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { formatUri, type ConnectionUri } from '../api/uri.ts';
import { addressOf, lineSteps, type Address } from './address.ts';
import { LibvirtConnection } from './connection.ts';
import { Links } from './links.ts';
import { titleOf } from './node-facts.ts';
import { defaultKeepalive } from './rpc/keepalive.ts';
import type { AskCredentials } from './rpc/sasl.ts';
import { formatVersion, openSession, type Session } from './session.ts';
import { connectTransport } from './transport/index.ts';

/** Opens a connection to a daemon, and logs in where it asks. */
export async function open(uri: ConnectionUri, asked: OpenContext): Promise<Connection> {
  const address = addressOf(uri, asked.readOnly);
  const context = { ...asked, readOnly: address.readOnly };
  const login = new Login(address, context);
  const main = await connect(address, context, login, context.signal, context.onStep);
  // what follows has the answer that was accepted, and asks nobody
  const more = (signal?: AbortSignal): Promise<Session> => connect(address, context, login, signal);
  const links = new Links(main, main.uri.startsWith('test:') ? undefined : more);
  try {
    const remote = address.reach.transport === 'unix' ? undefined : address.reach.host;
    const place = { uri: formatUri(uri), remote, path: uri.path };
    return await LibvirtConnection.open(links, place, context);
  } catch (error) {
    links.end();
    throw error;
  }
}

/** Times that a refused login is asked for anew before the attempt fails: hosts lock accounts out after some more. */
const logins = 3;

async function connect(
  address: Address,
  context: OpenContext,
  login: Login,
  signal?: AbortSignal,
  onStep?: OpenContext['onStep'],
): Promise<Session> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connectOnce(address, context, login, signal, attempt === 1 ? onStep : onlyNew(onStep));
    } catch (error) {
      if (!login.refused(error) || attempt === logins) throw error;
    }
  }
}

/** The line is made anew for each login: its steps were told with the first one, and their times are those. */
const onlyNew = (onStep: OpenContext['onStep']): OpenContext['onStep'] =>
  onStep &&
  ((step, detail) => {
    if (!ofLine.has(step)) onStep(step, detail);
  });
const ofLine: ReadonlySet<OpenStep> = new Set(lineSteps('tls'));

async function connectOnce(
  address: Address,
  { host, log, readOnly, keepalive }: OpenContext,
  login: Login,
  signal?: AbortSignal,
  onStep?: OpenContext['onStep'],
): Promise<Session> {
  const transport = await connectTransport(address, host, {
    log,
    ...(signal ? { signal } : {}),
    ...(onStep ? { onStep } : {}),
  });
  const session = await openSession(transport, {
    name: address.name,
    readOnly,
    log,
    auth: address.auth,
    askCredentials: login.ask(transport.at),
    signal,
    keepalive: { ...defaultKeepalive, ...keepalive },
  });
  login.accepted();
  onStep?.('login', login.user);
  // further lines of a node tell no steps, and need not ask
  if (onStep) {
    const { type } = await session.rpc.call('CONNECT_GET_TYPE', {});
    onStep?.('open', `${titleOf(type)}, libvirt ${formatVersion(session.libVersion)}`);
  }
  return session;
}

/** The person's answer to the daemon's question who is there: kept for the further connections of this node, and nowhere else. */
class Login {
  readonly #address: Address;
  readonly #context: OpenContext;
  #answer: AnswerTo<CredentialsQuestion> | undefined;
  /** The daemon took it. */
  #good = false;
  /** It was asked for in this attempt. */
  #asked = false;
  #again = false;

  constructor(address: Address, context: OpenContext) {
    this.#address = address;
    this.#context = context;
  }

  /** Who logged in, once somebody did. */
  get user(): string | undefined {
    return this.#answer?.user;
  }

  /** How a daemon's question is answered; undefined where there is nobody to ask. */
  ask(at: string): AskCredentials | undefined {
    const { ask, signal } = this.#context;
    if (!ask) return undefined;
    return async ({ user = this.#address.user, realm }) => {
      if (this.#good) return this.#answer;
      this.#asked = true;
      this.#answer = await ask(
        {
          kind: 'credentials',
          who: `libvirt on ${at}`,
          ...(user === undefined ? {} : { user }),
          ...(realm === undefined ? {} : { realm }),
          again: this.#again,
        },
        signal,
      );
      return this.#answer;
    };
  }

  accepted(): void {
    this.#good = this.#asked || this.#good;
  }

  /** Whether asking once more may help: a login was refused that the person gave just now. */
  refused(error: unknown): boolean {
    const refused =
      error instanceof GuestroomError && error.code === 'auth_failed' && this.#asked && !this.#good;
    this.#asked = false;
    this.#again = refused;
    return refused;
  }
}
