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

/**
 * What the agent at a socket has. Rejects where it cannot be asked: a stale SSH_AUTH_SOCK is no reason to fail, and the
 * caller says so in the log.
 */
export function agentKeys(socket: string): Promise<Offer[]> {
  const agent = createAgent(socket);
  return new Promise((resolve, reject) => {
    agent.getIdentities((error, keys) => {
      if (error) return reject(error);
      // ssh2 gives those that it understands, parsed
      resolve(((keys ?? []) as ParsedKey[]).map((shown) => agentOffer(agent, shown)));
    });
  });
}

const agentOffer = (agent: Agent, shown: ParsedKey): Offer => ({
  shown,
  name: `agent: ${shown.comment || shown.type}`,
  sign: (data, options) =>
    new Promise((resolve, reject) => {
      agent.sign(shown, data, options, (error, signature) => {
        if (error || !signature) reject(error ?? new Error('The agent gave no signature'));
        else resolve(signature);
      });
    }),
});

/** A key of a file; `unlock` asks for its passphrase. */
export const fileOffer = (file: KeyFile, unlock: (file: KeyFile) => Promise<ParsedKey>): Offer => ({
  shown: file.shown,
  name: file.path,
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
