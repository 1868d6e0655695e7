import { afterEach, describe, expect, it, vi } from 'vitest';
import { Questions } from '../../main/questions.ts';
import type { QuestionAnswer, QuestionEvent, QuestionRow } from '../../preload/attempts.ts';

const login = { kind: 'credentials', who: 'libvirt on rack', again: false } as const;

let questions = new Questions();
afterEach(() => {
  questions.close();
  questions = new Questions();
  vi.useRealTimers();
});

/** A window that reads along. */
function windowOn(source: Questions) {
  const events: QuestionEvent[] = [];
  const rows = new Map<string, QuestionRow>();
  const feed = source.watch();
  const ended = (async () => {
    for await (const event of feed) {
      events.push(event);
      if (event.kind === 'snapshot') for (const row of event.questions) rows.set(row.id, row);
      if (event.kind === 'asked') rows.set(event.question.id, event.question);
      if (event.kind === 'withdrawn') for (const id of event.ids) rows.delete(id);
    }
  })();
  return { events, rows: () => [...rows.values()], leave: () => feed.return(), ended };
}
const one = async (of: ReturnType<typeof windowOn>): Promise<QuestionRow> => {
  await vi.waitFor(() => expect(of.rows()).toHaveLength(1));
  const [row] = of.rows();
  if (!row) throw new Error('no question');
  return row;
};

describe('a question to the person', () => {
  it('is shown in every window, and the first answer settles it in all of them', async () => {
    const [first, second] = [windowOn(questions), windowOn(questions)];
    const asked = questions.ask({ ...login, user: 'ada', realm: 'lab' }, { node: 'rack' });
    const row = await one(first);
    expect(row).toMatchObject({
      who: 'libvirt on rack',
      user: 'ada',
      realm: 'lab',
      node: 'rack',
      again: false,
    });
    expect(row.until - row.since).toBe(120_000);
    expect(await one(second)).toEqual(row);
    expect(questions.answer(row.id, { kind: 'credentials', user: 'ada', password: 'first' })).toBe(true);
    expect(questions.answer(row.id, { kind: 'credentials', user: 'eve', password: 'second' })).toBe(false);
    expect(await asked).toEqual({ answer: { user: 'ada', password: 'first' } });
    await vi.waitFor(() => expect([...first.rows(), ...second.rows()]).toEqual([]));
    expect(JSON.stringify([first.events, second.events])).not.toContain('first');
  });

  it('is there for a window that opens later', async () => {
    void questions.ask(login, { trial: 't1' });
    const late = windowOn(questions);
    expect(await one(late)).toMatchObject({ trial: 't1' });
    expect(late.events[0]).toMatchObject({ kind: 'snapshot' });
  });

  it('can be cancelled', async () => {
    const here = windowOn(questions);
    const asked = questions.ask(login, { node: 'rack' });
    expect(questions.answer((await one(here)).id, null)).toBe(true);
    expect(await asked).toEqual({ none: 'cancelled' });
  });

  it('is withdrawn once its attempt has ended', async () => {
    const here = windowOn(questions);
    const attempt = new AbortController();
    const asked = questions.ask(login, { node: 'rack' }, { signal: attempt.signal });
    const { id } = await one(here);
    attempt.abort();
    expect(await asked).toEqual({ none: 'withdrawn' });
    await vi.waitFor(() => expect(here.rows()).toEqual([]));
    expect(questions.answer(id, { kind: 'credentials', user: 'ada', password: 'late' })).toBe(false);
    expect(await questions.ask(login, { node: 'rack' }, { signal: attempt.signal })).toEqual({
      none: 'withdrawn',
    });
  });

  it('waits two minutes and no longer', async () => {
    vi.useFakeTimers();
    const asked = questions.ask(login, { node: 'rack' });
    let ended = false;
    void asked.then(() => (ended = true));
    await vi.advanceTimersByTimeAsync(119_000);
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await asked).toEqual({ none: 'expired' });
  });

  it('ends with the program, and so do its windows', async () => {
    const here = windowOn(questions);
    const asked = questions.ask(login, { node: 'rack' });
    await one(here);
    questions.close();
    expect(await asked).toEqual({ none: 'withdrawn' });
    await here.ended;
    expect(await questions.ask(login, { node: 'rack' })).toEqual({ none: 'withdrawn' });
  });

  it('comes and goes beside others without mixing them up', async () => {
    const here = windowOn(questions);
    const answers = ['a', 'b', 'c'].map((node) => questions.ask(login, { node }));
    await vi.waitFor(() => expect(here.rows()).toHaveLength(3));
    for (const row of here.rows().toReversed())
      questions.answer(row.id, {
        kind: 'credentials',
        user: row.node ?? '',
        password: `of ${row.node ?? ''}`,
      });
    expect(await Promise.all(answers)).toEqual(
      ['a', 'b', 'c'].map((node) => ({ answer: { user: node, password: `of ${node}` } })),
    );
    await vi.waitFor(() => expect(here.rows()).toEqual([]));
    await here.leave();
  });
});

describe('what is shown of a host’s words', () => {
  const secrets = {
    kind: 'secrets',
    about: 'prompts',
    who: 'ada@rack',
    prompts: [
      { text: 'Code\x1b[2J: ', echo: true },
      { text: 'x'.repeat(5000), echo: false },
    ],
    again: false,
  } as const;

  it('is bounded, and has nothing that moves a cursor or turns a line around', async () => {
    const here = windowOn(questions);
    void questions.ask(
      { ...secrets, instruction: `\u202eWelcome\r\n\0to rack\n${'line\n'.repeat(100)}` },
      { node: 'rack' },
    );
    const row = await one(here);
    if (row.kind !== 'secrets') throw new Error('another kind');
    expect(row.prompts[0]).toEqual({ text: 'Code[2J:', echo: true });
    expect(row.prompts[1]?.text).toHaveLength(301);
    expect(row.instruction?.split('\n')).toHaveLength(12);
    expect(row.instruction).toMatch(/^Welcome\nto rack\nline/);
    expect(row.remember).toBe('not-here');
    expect(row.reason).toBeUndefined();
  });

  it('is the key of a host, whole', async () => {
    const here = windowOn(questions);
    const key = {
      kind: 'host-key',
      who: '[rack.example]:2222',
      keyType: 'ED25519',
      fingerprint: 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
      again: false,
    } as const;
    const asked = questions.ask(key, { node: 'rack' });
    const row = await one(here);
    expect(row).toMatchObject(key);
    expect(questions.answer(row.id, { kind: 'host-key', trust: 'once' })).toBe(true);
    expect(await asked).toEqual({ answer: { trust: 'once' } });
  });
});

describe('an answer to something else', () => {
  const question = {
    kind: 'secrets',
    about: 'password',
    who: 'ada@rack',
    prompts: [{ text: '', echo: false }],
    again: false,
  } as const;

  it.each<[string, QuestionAnswer]>([
    ['of another kind', { kind: 'host-key', trust: 'always' }],
    ['with one secret too many', { kind: 'secrets', secrets: ['a', 'b'], remember: false }],
    ['without any', { kind: 'secrets', secrets: [], remember: false }],
  ])('%s is refused, and the question stays', async (_how, wrong) => {
    const here = windowOn(questions);
    const asked = questions.ask(question, { node: 'rack' });
    const { id } = await one(here);
    expect(() => questions.answer(id, wrong)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }) as Error,
    );
    expect(here.rows()).toHaveLength(1);
    expect(questions.answer(id, { kind: 'secrets', secrets: ['right'], remember: true })).toBe(true);
    expect(await asked).toEqual({ answer: { secrets: ['right'], remember: true } });
  });
});
