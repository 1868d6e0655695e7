import type { Duplex } from 'node:stream';
import { BaseAgent, createAgent } from 'ssh2';
import type { ParsedKey, SigningRequestOptions, SignCallback, IdentityCallback, KnownPublicKeys } from 'ssh2';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { KeyFile } from './key-files.ts';

type Agent = ReturnType<typeof createAgent>;

/** A key that can be shown to a server. */
interface Offer {
  shown: ParsedKey;
  /** As a person knows it. */
  name: string;
  /** One of an agent: that it does not sign is no reason to give up. */
  ofAgent: boolean;
  sign(data: Buffer, options: SigningRequestOptions): Promise<Buffer>;
}

/**
 * The keys of an agent and of files as one agent, which ssh2 goes through: each public key is shown first, so that a
 * passphrase is asked for only where the server wants that very key.
 */
export class OfferedKeys extends BaseAgent<ParsedKey> {
  readonly #offers: Offer[];
  /** Name of the key that signed last. */
  signed: string | undefined;
  /** Why a key that the server wanted did not sign. */
  failed: unknown;

  constructor(offers: Offer[]) {
    super();
    this.#offers = offers;
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    done(undefined, this.#offers.map(({ shown }) => shown) as KnownPublicKeys<ParsedKey>);
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    optionsOrDone: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    const [options, then] = typeof optionsOrDone === 'function' ? [{}, optionsOrDone] : [optionsOrDone, done];
    const offer = this.#offers.find(({ shown }) => sameKey(shown, key));
    if (!offer) return then?.(new Error('The key is not there any more'));
    offer.sign(data, options).then(
      (signature) => {
        this.signed = offer.name;
        then?.(undefined, signature);
      },
      (error: unknown) => {
        this.failed = error;
        then?.(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }
}

const sameKey = (one: ParsedKey, other: ParsedKey): boolean =>
  one.getPublicSSH().equals(other.getPublicSSH());

/** ms that an agent may take to list its keys, and to sign: the person may have to touch a token first. */
const listing = 10_000;
const signing = 60_000;

/** The connections that ssh2 makes to an agent and keeps to itself. */
interface WithStreams {
  getStream?: (done: (error: Error | undefined | null, stream?: Duplex) => void) => void;
}

/** One question to an agent. Nothing stays open when it does not answer, or is not waited for any more. */
function askAgent<T>(
  socket: string,
  patience: number,
  signal: AbortSignal,
  begin: (agent: Agent, done: (error: Error | undefined | null, value?: T) => void) => void,
): Promise<T | undefined> {
  const agent: Agent & WithStreams = createAgent(socket);
  const streams: Duplex[] = [];
  const getStream = agent.getStream?.bind(agent);
  if (getStream) {
    agent.getStream = (done) =>
      getStream((error, stream) => {
        if (stream) streams.push(stream);
        done(error, stream);
      });
  }
  return new Promise((resolve, reject) => {
    const settled = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    const give = (error: Error): void => {
      settled();
      reject(error);
      for (const stream of streams) stream.destroy();
    };
    const stop = (): void => give(new GuestroomError('cancelled', 'The SSH agent is not waited for'));
    const late = (): void => give(new GuestroomError('timeout', 'The SSH agent does not answer'));
    const timer = setTimeout(late, patience);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) return stop();
    begin(agent, (error, value) => {
      settled();
      if (error) reject(error);
      else resolve(value);
    });
  });
}

/**
 * What the agent at a socket has. Rejects where it cannot be asked: a stale SSH_AUTH_SOCK is no reason to fail, and the
 * caller says so in the log.
 */
export async function agentKeys(socket: string, signal: AbortSignal): Promise<Offer[]> {
  const keys = await askAgent<unknown[]>(socket, listing, signal, (agent, done) => agent.getIdentities(done));
  // ssh2 gives those that it understands, parsed
  return ((keys ?? []) as ParsedKey[]).map((shown) => ({
    shown,
    name: `agent: ${shown.comment || shown.type}`,
    ofAgent: true,
    async sign(data, options) {
      const signature = await askAgent<Buffer>(socket, signing, signal, (agent, done) =>
        agent.sign(shown, data, options, done),
      );
      if (signature) return signature;
      throw new Error('The agent gave no signature');
    },
  }));
}

/** A key of a file; `unlock` asks for its passphrase. */
export const fileOffer = (file: KeyFile, unlock: (file: KeyFile) => Promise<ParsedKey>): Offer => ({
  shown: file.shown,
  name: file.path,
  ofAgent: false,
  async sign(data, { hash }) {
    // an error is given, not thrown, which its types do not say
    const signature = (file.key ?? (await unlock(file))).sign(data, hash) as Buffer | Error;
    if (Buffer.isBuffer(signature)) return signature;
    throw new GuestroomError('auth_failed', `The key ${file.path} cannot sign`, {
      detail: signature.message,
    });
  },
});

/** Those of `first`, then those of `others` that are not among them. */
export const joinOffers = (first: readonly Offer[], others: readonly Offer[]): Offer[] => [
  ...first,
  ...others.filter(({ shown }) => !first.some((offer) => sameKey(offer.shown, shown))),
];

export type { Offer };
