import type { Answer, Question } from '../../drivers/api/driver.ts';
import type { Questions } from '../questions.ts';
import type { Remembered } from './remembered.ts';

/** An answer that can be given again, with where it stands in the key store if the person wants that. */
export interface Kept {
  answer: Answer;
  stored: { name: string; secret: string } | undefined;
}

interface Entry extends Kept {
  /** An answer of a trial is forgotten soon, unless its host is added. */
  timer: NodeJS.Timeout | undefined;
}

/** ms that the answer of a trial waits for its host to be added. */
const trialLife = 120_000;

/** Who asked for what, at which address: an answer is never given to anybody else. */
export function keyOf(uri: string, question: Question): string {
  const { kind, who } = question;
  const more =
    kind === 'credentials'
      ? [question.realm]
      : kind === 'secrets'
        ? [question.about, question.user, question.file]
        : [];
  return `${uri}\n${JSON.stringify([kind, who, ...more])}`;
}

/**
 * What the person answered to the logins of hosts, in memory only: a host that comes back does not ask again. An answer
 * that was refused is forgotten. What is to be remembered for longer is in the system's key store and nowhere else.
 */
export class Logins {
  readonly questions: Questions;
  readonly remembered: Remembered;
  readonly #kept = new Map<string, Entry>();
  /** Asked next time with the word that the last answer was refused. */
  readonly #refused = new Set<string>();
  /** The name that was given last; names are no secret. */
  readonly #users = new Map<string, string>();

  constructor(questions: Questions, remembered: Remembered) {
    this.questions = questions;
    this.remembered = remembered;
  }

  get(key: string): Kept | undefined {
    return this.#kept.get(key);
  }

  user(key: string): string | undefined {
    return this.#users.get(key);
  }

  given(key: string, user: string): void {
    this.#users.set(key, user);
  }

  /** The answer was right. `lasting`: for as long as the program runs, and in the key store if it is to be there. */
  keep(uri: string, key: string, { answer, stored }: Kept, lasting: boolean): void {
    const before = this.#kept.get(key);
    clearTimeout(before?.timer);
    const lasts = lasting || (before !== undefined && before.timer === undefined);
    const timer = lasts ? undefined : setTimeout(() => this.#kept.delete(key), trialLife);
    timer?.unref();
    this.#kept.set(key, { answer, stored, timer });
    this.#refused.delete(key);
    if (lasting && stored) void this.remembered.keep(uri, stored.name, stored.secret);
  }

  /** The answer was wrong, wherever it came from. `name`: where the key store may have it. */
  refuse(key: string, answer: Answer, name: string | undefined): void {
    clearTimeout(this.#kept.get(key)?.timer);
    this.#kept.delete(key);
    this.#refused.add(key);
    if (name !== undefined && 'secrets' in answer) void this.remembered.refuse(name, answer.secrets[0]);
  }

  /** Whether the last answer was refused; told once. */
  wasRefused(key: string): boolean {
    return this.#refused.delete(key);
  }

  /** Everything that was answered for this address. The key store keeps what it has. */
  forget(uri: string): void {
    for (const key of [...this.#kept.keys()]) {
      if (!key.startsWith(`${uri}\n`)) continue;
      clearTimeout(this.#kept.get(key)?.timer);
      this.#kept.delete(key);
    }
  }

  /** Resolves once the key store has what it should have. */
  async close(): Promise<void> {
    for (const { timer } of this.#kept.values()) clearTimeout(timer);
    this.#kept.clear();
    await this.remembered.settled();
  }
}
