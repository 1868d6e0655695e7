import type { Answer, AnswerTo, Ask, Question, SecretsQuestion } from '../../drivers/api/driver.ts';
import { GuestroomError } from '../../drivers/api/errors.ts';
import { mostPrompts } from '../../preload/attempts.ts';
import { shownLine } from '../question-rows.ts';
import type { Asking } from '../questions.ts';
import { type Kept, keyOf, type Logins } from './logins.ts';
import { secretName } from './remembered.ts';

export interface LoginOptions {
  uri: string;
  asking: Asking;
  signal: AbortSignal;
  /** A saved host keeps the answer, a trial lends it. */
  lasting: boolean;
  /** Told when the person is asked, and when there is an answer; which step waits for it. */
  waiting: (waits: boolean, step: 'login' | 'identify') => void;
}

interface Used extends Kept {
  question: Question;
  from: 'kept' | 'person';
}

/** The logins of one attempt: a kept answer first, then the system's key store, then the person. */
export class Login {
  readonly #logins: Logins;
  readonly #options: LoginOptions;
  /** What was answered in this attempt and may be given again, and where it came from. */
  readonly #used = new Map<string, Used>();
  /** The last question, and whether the person was asked for anything but a host's key. */
  #last: Question | undefined;
  #asked = false;
  #none: { question: Question; why: 'cancelled' | 'expired' } | undefined;
  #worthAsking = false;

  constructor(logins: Logins, options: LoginOptions) {
    this.#logins = logins;
    this.#options = options;
  }

  /** Rejects with `protocol` for a host that asks for more than any person could want to answer. */
  readonly ask: Ask = async <Asked extends Question>(question: Asked, signal?: AbortSignal) => {
    this.#last = question;
    if (question.kind === 'secrets' && question.prompts.length > mostPrompts) {
      throw new GuestroomError('protocol', 'The host asks for too many things at once', {
        hint: 'Log in with a key',
      });
    }
    if (question.kind === 'secrets' && question.prompts.length === 0) {
      const nothing: AnswerTo<SecretsQuestion> = { secrets: [], remember: false };
      return nothing as AnswerTo<Asked>;
    }
    const key = keyOf(this.#options.uri, question);
    const name = question.kind === 'secrets' ? secretName(question) : undefined;
    const before = this.#used.get(key);
    if (before) {
      this.#used.delete(key);
      this.#logins.refuse(key, before.answer, name);
    }
    // read in any case: it is told once
    const again = this.#logins.wasRefused(key) || question.again;
    const known = again ? undefined : (this.#kept(key, question) ?? (await this.#stored(name)));
    if (known) {
      this.#used.set(key, { ...known, question, from: 'kept' });
      // the key and fits() make it an answer to this kind of question
      return known.answer as AnswerTo<Asked>;
    }
    const answer = await this.#person(key, { ...question, again }, name, signal);
    if (answer && mayBeKept(question)) {
      const stored = storing(name, answer);
      this.#used.set(key, { answer, stored, question, from: 'person' });
    }
    return answer;
  };

  /** The connection is open: the answers were right. */
  accepted(): void {
    const { uri, lasting } = this.#options;
    for (const [key, used] of this.#used) this.#logins.keep(uri, key, used, lasting);
  }

  /** The attempt failed. Answers the error with what the person did about it. */
  failed(error: GuestroomError): GuestroomError {
    const refused =
      error.code === 'auth_failed' ? [...this.#used].filter(([, used]) => this.#mayBeWrong(used)) : [];
    for (const [key, { answer, question }] of refused) {
      const name = question.kind === 'secrets' ? secretName(question) : undefined;
      this.#logins.refuse(key, answer, name);
    }
    this.#worthAsking = refused.length > 0 && !this.#asked;
    const none = this.#none;
    if (none === undefined || this.#options.signal.aborted) return error;
    if (none.question.kind === 'host-key') {
      const who = shownLine(none.question.who, 300);
      return new GuestroomError('host_key', `The key of ${who} was not accepted`, {
        hint:
          none.why === 'expired'
            ? 'Nobody answered in time. Try again to see the key anew'
            : 'Compare its fingerprint with what the owner of the host tells you, then try again',
        cause: error,
      });
    }
    return new GuestroomError(
      'auth_failed',
      none.why === 'cancelled' ? 'The login was cancelled' : 'Nobody answered the login in time',
      { hint: 'Try again to be asked anew', detail: error.detail ?? error.message, cause: error },
    );
  }

  /** A kept answer was refused and the person was not asked: the same attempt once more asks. */
  get worthAsking(): boolean {
    return this.#worthAsking;
  }

  /**
   * Whether a login that failed may be about this answer: what the host was told that asked last. Hosts before it on the way
   * have taken theirs. No host sees a passphrase: whether it opens the key is known here, and a wrong one is asked for again.
   */
  #mayBeWrong({ question }: Used): boolean {
    if (question.kind === 'secrets' && question.about === 'passphrase') return false;
    return this.#last === undefined || placeOf(question.who) === placeOf(this.#last.who);
  }

  #kept(key: string, question: Question): Kept | undefined {
    const kept = this.#logins.get(key);
    return kept && fits(kept.answer, question) ? kept : undefined;
  }

  async #stored(name: string | undefined): Promise<Kept | undefined> {
    const secret = name === undefined ? undefined : await this.#logins.remembered.get(name);
    if (name === undefined || secret === undefined) return undefined;
    return { answer: { secrets: [secret], remember: true }, stored: { name, secret } };
  }

  async #person<Asked extends Question>(
    key: string,
    question: Asked,
    name: string | undefined,
    signal?: AbortSignal,
  ): Promise<AnswerTo<Asked> | undefined> {
    const { asking, waiting } = this.#options;
    const user = question.kind === 'credentials' ? (question.user ?? this.#logins.user(key)) : undefined;
    const ended = signal ? AbortSignal.any([signal, this.#options.signal]) : this.#options.signal;
    const step = question.kind === 'host-key' ? 'identify' : 'login';
    if (step === 'login') this.#asked = true;
    waiting(true, step);
    const outcome = await this.#logins.questions.ask(
      { ...question, ...(user === undefined ? {} : { user }) },
      asking,
      { signal: ended, remembering: this.#logins.remembered.possible(name) },
    );
    waiting(false, step);
    if ('answer' in outcome) {
      const { answer } = outcome;
      if ('user' in answer) this.#logins.given(key, answer.user);
      return answer;
    }
    if (outcome.none !== 'withdrawn') this.#none = { question, why: outcome.none };
    return undefined;
  }
}

/** Codes are good once, and keys have a list of their own. */
const mayBeKept = (question: Question): boolean =>
  question.kind === 'credentials' || (question.kind === 'secrets' && question.about !== 'prompts');

/** Where the key store is to have the answer, if the person said so. */
function storing(name: string | undefined, answer: Answer): Kept['stored'] {
  if (name === undefined || !('secrets' in answer) || !answer.remember) return undefined;
  const [secret] = answer.secrets;
  return secret === undefined ? undefined : { name, secret };
}

/** It is for the same account, and as much as is asked for. */
function fits(answer: Answer, question: Question): boolean {
  switch (question.kind) {
    case 'credentials':
      return 'user' in answer && (question.user === undefined || question.user === answer.user);
    case 'secrets':
      return 'secrets' in answer && answer.secrets.length === question.prompts.length;
    case 'host-key':
      return false;
  }
}

/** The host in what asks, whoever logs in there at whatever port. */
const placeOf = (who: string): string =>
  who
    .replace(/^.*@/s, '')
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '');
