import type { Answer, Ask, Question } from '../../drivers/api/driver.ts';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { Asking, Questions } from '../questions.ts';

interface Kept {
  answer: Answer;
  /** An answer of a trial is forgotten soon, unless its host is added. */
  timer: NodeJS.Timeout | undefined;
}

/** ms that the answer of a trial waits for its host to be added. */
const trialLife = 120_000;

/** Who asked, at which address: an answer is never given to anybody else. */
const keyOf = (uri: string, { who, realm }: Question): string => `${uri}\n${who}\n${realm ?? ''}`;

/**
 * What the person answered to the logins of hosts, in memory only: a host that comes back does not ask again. An answer
 * that was refused is forgotten.
 */
export class Logins {
  readonly questions: Questions;
  readonly #kept = new Map<string, Kept>();
  /** Asked next time with the word that the last answer was refused. */
  readonly #refused = new Set<string>();
  /** The name that was given last; names are no secret. */
  readonly #users = new Map<string, string>();

  constructor(questions: Questions) {
    this.questions = questions;
  }

  get(key: string): Answer | undefined {
    return this.#kept.get(key)?.answer;
  }

  user(key: string): string | undefined {
    return this.#users.get(key);
  }

  given(key: string, user: string): void {
    this.#users.set(key, user);
  }

  /** The answer was right. `lasting`: for as long as the program runs. */
  keep(key: string, answer: Answer, lasting: boolean): void {
    const before = this.#kept.get(key);
    clearTimeout(before?.timer);
    const lasts = lasting || (before !== undefined && before.timer === undefined);
    const timer = lasts ? undefined : setTimeout(() => this.#kept.delete(key), trialLife);
    timer?.unref();
    this.#kept.set(key, { answer, timer });
    this.#refused.delete(key);
  }

  refuse(key: string): void {
    clearTimeout(this.#kept.get(key)?.timer);
    this.#kept.delete(key);
    this.#refused.add(key);
  }

  /** Whether the last answer was refused; told once. */
  wasRefused(key: string): boolean {
    return this.#refused.delete(key);
  }

  /** Everything that was answered for this address. */
  forget(uri: string): void {
    for (const key of [...this.#kept.keys()]) {
      if (!key.startsWith(`${uri}\n`)) continue;
      clearTimeout(this.#kept.get(key)?.timer);
      this.#kept.delete(key);
    }
  }

  close(): void {
    for (const { timer } of this.#kept.values()) clearTimeout(timer);
    this.#kept.clear();
  }
}

export interface LoginOptions {
  uri: string;
  asking: Asking;
  signal: AbortSignal;
  /** A saved host keeps the answer, a trial lends it. */
  lasting: boolean;
  /** Told when the person is asked, and when there is an answer. */
  waiting: (waits: boolean) => void;
}

/** The logins of one attempt: a kept answer first, then the person. */
export class Login {
  readonly #logins: Logins;
  readonly #options: LoginOptions;
  /** What was answered in this attempt, and where it came from. */
  readonly #used = new Map<string, { answer: Answer; from: 'kept' | 'person' }>();
  #none: 'cancelled' | 'expired' | undefined;

  constructor(logins: Logins, options: LoginOptions) {
    this.#logins = logins;
    this.#options = options;
  }

  readonly ask: Ask = async (question, signal) => {
    const key = keyOf(this.#options.uri, question);
    const before = this.#used.get(key);
    const kept = before || question.again ? undefined : this.#logins.get(key);
    if (kept && (question.user === undefined || question.user === kept.user)) {
      this.#used.set(key, { answer: kept, from: 'kept' });
      return kept;
    }
    if (before) this.#logins.refuse(key);
    const again = this.#logins.wasRefused(key) || question.again;
    const answer = await this.#person(key, { ...question, again }, signal);
    if (answer) this.#used.set(key, { answer, from: 'person' });
    return answer;
  };

  /** The connection is open: the answers were right. */
  accepted(): void {
    for (const [key, { answer }] of this.#used) this.#logins.keep(key, answer, this.#options.lasting);
  }

  /** The attempt failed. Answers the error with what the person did about it. */
  failed(error: GuestroomError): GuestroomError {
    if (error.code === 'auth_failed') for (const key of this.#used.keys()) this.#logins.refuse(key);
    if (this.#none === undefined || this.#options.signal.aborted) return error;
    return new GuestroomError(
      'auth_failed',
      this.#none === 'cancelled' ? 'The login was cancelled' : 'Nobody answered the login in time',
      { hint: 'Try again to be asked anew', detail: error.detail ?? error.message, cause: error },
    );
  }

  /** A kept answer was refused and the person was not asked: the same attempt once more asks. */
  get worthAsking(): boolean {
    const used = [...this.#used.values()];
    return this.#none === undefined && used.length > 0 && used.every(({ from }) => from === 'kept');
  }

  async #person(key: string, question: Question, signal?: AbortSignal): Promise<Answer | undefined> {
    const { asking, waiting } = this.#options;
    const user = question.user ?? this.#logins.user(key);
    const ended = signal ? AbortSignal.any([signal, this.#options.signal]) : this.#options.signal;
    waiting(true);
    const outcome = await this.#logins.questions.ask(
      { ...question, ...(user === undefined ? {} : { user }) },
      asking,
      ended,
    );
    waiting(false);
    if ('answer' in outcome) {
      this.#logins.given(key, outcome.answer.user);
      return outcome.answer;
    }
    if (outcome.none !== 'withdrawn') this.#none = outcome.none;
    return undefined;
  }
}
