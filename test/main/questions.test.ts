import { afterEach, describe, expect, it, vi } from 'vitest';
import { Questions } from '../../main/questions.ts';
import type { QuestionEvent, QuestionRow } from '../../preload/attempts.ts';

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
    expect(questions.answer(row.id, { user: 'ada', password: 'first' })).toBe(true);
    expect(questions.answer(row.id, { user: 'eve', password: 'second' })).toBe(false);
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
    const asked = questions.ask(login, { node: 'rack' }, attempt.signal);
    const { id } = await one(here);
    attempt.abort();
    expect(await asked).toEqual({ none: 'withdrawn' });
    await vi.waitFor(() => expect(here.rows()).toEqual([]));
    expect(questions.answer(id, { user: 'ada', password: 'late' })).toBe(false);
    expect(await questions.ask(login, { node: 'rack' }, attempt.signal)).toEqual({ none: 'withdrawn' });
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
      questions.answer(row.id, { user: row.node ?? '', password: `of ${row.node ?? ''}` });
    expect(await Promise.all(answers)).toEqual(
      ['a', 'b', 'c'].map((node) => ({ answer: { user: node, password: `of ${node}` } })),
    );
    await vi.waitFor(() => expect(here.rows()).toEqual([]));
    await here.leave();
  });
});
