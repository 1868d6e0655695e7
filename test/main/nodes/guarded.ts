import type { Ask, Connection, Driver, OpenContext, OpenStep } from '../../../drivers/api/driver.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { drivers } from '../../../drivers/index.ts';
import type { QuestionAnswer, QuestionRow } from '../../../preload/attempts.ts';
import type { AppInFolder } from '../app-in-folder.ts';

/** The test hypervisor behind a login that is in no address, and that can be changed. */
export class GuardedHost {
  login = { user: 'ada', password: 'lovelace' };
  /** How often it asks before it refuses. */
  tries = 2;
  opened = 0;
  asked = 0;
  refuse: GuestroomError | undefined;
  /** What it asks in place of its login; throws to refuse. */
  asks: ((ask: Ask, onStep: NonNullable<OpenContext['onStep']>) => Promise<void>) | undefined;
  /** Told before the login. */
  steps: [OpenStep, string?][] = [];
  readonly #open = new Set<Connection>();
  #cut: ((error: Error) => void)[] = [];

  /** Connections that are open now. */
  get open(): number {
    return this.#open.size;
  }

  /** As a daemon does that is started anew. */
  cut(): void {
    for (const cut of this.#cut.splice(0)) cut(new GuestroomError('lost', 'the daemon has ended'));
  }

  driver(): Driver {
    const [test] = drivers.filter(({ name }) => name === 'test');
    if (!test) throw new Error('the build has no test hypervisor');
    return {
      ...test,
      steps: () => ['resolve', 'reach', 'login', 'open'],
      open: async (uri, context) => {
        this.opened += 1;
        if (this.refuse) throw this.refuse;
        for (const [step, detail] of this.steps) context.onStep?.(step, detail);
        if (this.asks) {
          if (!context.ask) throw new Error('there is nobody to ask');
          await this.asks(context.ask, context.onStep ?? (() => undefined));
          return this.#wrap(await test.open(uri, context));
        }
        for (let times = 0; ; times += 1) {
          if (times === this.tries) throw new GuestroomError('auth_failed', 'The login was refused');
          this.asked += 1;
          const answer = await context.ask?.(
            { kind: 'credentials', who: 'guard', again: times > 0 },
            context.signal,
          );
          if (!answer) throw new GuestroomError('auth_failed', 'The guard wants a login');
          if (answer.user === this.login.user && answer.password === this.login.password) break;
        }
        context.onStep?.('login', this.login.user);
        return this.#wrap(await test.open(uri, context));
      },
    };
  }

  #wrap(inner: Connection): Connection {
    this.#open.add(inner);
    const ended = new Promise<{ kind: 'closed'; error: Error }>((resolve) => {
      this.#cut.push((error) => resolve({ kind: 'closed', error }));
    });
    const own: Partial<Connection> = {
      changes: async function* (signal) {
        const changes = inner.changes(signal)[Symbol.asyncIterator]();
        for (;;) {
          const step = await Promise.race([changes.next(), ended]);
          if ('kind' in step) {
            yield step;
            return;
          }
          if (step.done) return;
          yield step.value;
        }
      },
      close: async () => {
        this.#open.delete(inner);
        await inner.close();
      },
    };
    return new Proxy(inner, {
      get: (target, key) => {
        if (key in own) return own[key as keyof Connection];
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }
}

/** A person at a window who answers what is asked: null cancels, undefined leaves the question alone. */
export async function person(
  { client }: AppInFolder,
  answer: (question: QuestionRow) => QuestionAnswer | { user: string; password: string } | null | undefined,
): Promise<{ seen: QuestionRow[]; told: string[]; leave(): Promise<unknown> }> {
  const seen: QuestionRow[] = [];
  const told: string[] = [];
  const feed = await client.questions.watch();
  void (async () => {
    for await (const event of feed) {
      told.push(JSON.stringify(event));
      const fresh =
        event.kind === 'asked' ? [event.question] : event.kind === 'snapshot' ? event.questions : [];
      for (const question of fresh) {
        seen.push(question);
        const given = answer(question);
        if (given === undefined) continue;
        const whole = given && !('kind' in given) ? { kind: 'credentials' as const, ...given } : given;
        await client.questions.answer({ question: question.id, answer: whole });
      }
    }
  })();
  return { seen, told, leave: () => feed.return?.() ?? Promise.resolve() };
}
