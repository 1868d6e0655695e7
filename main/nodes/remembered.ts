import type { SecretsQuestion } from '../../drivers/api/driver.ts';
import type { Log } from '../log.ts';
import type { Secrets } from '../platform.ts';
import type { Remembering } from '../question-rows.ts';

/** The name under which the answer to this question is kept; undefined for what is never kept, as one-time codes. */
export function secretName({ about, who, user, file, prompts }: SecretsQuestion): string | undefined {
  if (about === 'prompts' || prompts.length !== 1) return undefined;
  if (about === 'passphrase') return `ssh passphrase ${file ?? who}`;
  return `ssh password ${who.includes('@') || user === undefined ? who : `${user}@${who}`}`;
}

/** Where the names stand that an address has used: a key store cannot be searched. */
const usesOf = (uri: string): string => `ssh secrets of ${uri}`;

/**
 * Passwords and passphrases that the person wants remembered, in the system's key store. Without one, or where it cannot be
 * used, nothing is there and nothing is stored. Methods never reject: a key store that fails is a line in the log, and the
 * person is asked.
 */
export class Remembered {
  readonly #secrets: Secrets | undefined;
  readonly #log: Log;
  /** One after another: what was removed is not read. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(secrets: Secrets | undefined, log: Log) {
    this.#secrets = secrets;
    this.#log = log;
  }

  /** Whether the answer to a question can be remembered. */
  possible(name: string | undefined): Remembering {
    if (name === undefined || !this.#secrets) return { remember: 'not-here' };
    const { unavailable } = this.#secrets;
    return unavailable === undefined
      ? { remember: 'possible' }
      : { remember: 'not-here', reason: unavailable };
  }

  get(name: string): Promise<string | undefined> {
    return this.#with('read', (secrets) => secrets.get(name));
  }

  /** Keeps a secret that was right, and that this address uses it. */
  async keep(uri: string, name: string, secret: string): Promise<void> {
    await this.#with('kept', async (secrets) => {
      if ((await secrets.get(name)) !== secret) await secrets.set(name, secret);
      const names = await namesOf(secrets, uri);
      if (!names.includes(name)) await secrets.set(usesOf(uri), JSON.stringify([...names, name]));
    });
  }

  /** The secret was refused: it is not tried again. Another one of that name stays. */
  async refuse(name: string, secret: string | undefined): Promise<void> {
    await this.#with('removed', async (secrets) => {
      const stored = await secrets.get(name);
      if (stored !== undefined && stored === secret) await secrets.remove(name);
    });
  }

  /** Removes what was kept for an address that is in no list any more, but for what one of the others uses too. */
  async forget(uri: string, others: readonly string[]): Promise<void> {
    await this.#with('removed', async (secrets) => {
      const names = await namesOf(secrets, uri);
      if (names.length === 0) return;
      const used = new Set<string>();
      for (const other of others) for (const name of await namesOf(secrets, other)) used.add(name);
      for (const name of names) if (!used.has(name)) await secrets.remove(name);
      await secrets.remove(usesOf(uri));
    });
  }

  /** Resolves once everything is written. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  #with<T>(
    what: 'read' | 'kept' | 'removed',
    work: (secrets: Secrets) => Promise<T>,
  ): Promise<T | undefined> {
    const secrets = this.#secrets;
    if (!secrets || secrets.unavailable !== undefined) return Promise.resolve(undefined);
    const turn = this.#turn.then(async () => {
      try {
        return await work(secrets);
      } catch (error) {
        this.#log.warn(`A secret could not be ${what} in the key store`, { error });
        return undefined;
      }
    });
    this.#turn = turn;
    return turn;
  }
}

async function namesOf(secrets: Secrets, uri: string): Promise<string[]> {
  const text = await secrets.get(usesOf(uri));
  if (text === undefined) return [];
  const names: unknown = JSON.parse(text);
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}
