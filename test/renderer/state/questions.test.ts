import { describe, expect, it, vi } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { Questions } from '../../../renderer/state/questions.svelte.ts';
import { Trial } from '../../../renderer/state/trial.svelte.ts';
import { question, trial as row } from '../connect/rows.ts';
import { fakeClient } from '../fake-client.ts';

const secret = 'never kept anywhere';

describe('the questions of hosts', () => {
  it('are known by who asks, and are gone when they are answered in any window', () => {
    const questions = new Questions(fakeClient());
    questions.take({ kind: 'snapshot', questions: [question({ id: 'a', node: 'lab' })] });
    questions.take({ kind: 'asked', question: question({ id: 'b', trial: 't1' }) });
    expect(questions.ofNode('lab')?.id).toBe('a');
    expect(questions.ofNode('other')).toBeUndefined();
    expect(questions.ofTrial('t1')?.id).toBe('b');
    expect(questions.ofTrial(undefined)).toBeUndefined();
    questions.take({ kind: 'withdrawn', ids: ['a'] });
    expect(questions.open.map(({ id }) => id)).toEqual(['b']);
    // a cut connection is back: what was asked before and is not any more is gone
    questions.take({ kind: 'snapshot', questions: [] });
    expect(questions.open).toEqual([]);
  });

  it('are answered by a call, and nothing of the answer stays', async () => {
    const client = fakeClient();
    const questions = new Questions(client);
    questions.take({ kind: 'asked', question: question({ node: 'lab' }) });
    expect(await questions.answer('q1', { kind: 'credentials', user: 'ada', password: secret })).toBe(true);
    expect(client.calls).toEqual([
      {
        name: 'questions.answer',
        input: { question: 'q1', answer: { kind: 'credentials', user: 'ada', password: secret } },
      },
    ]);
    expect(JSON.stringify(questions.open)).not.toContain(secret);
  });

  it('tell when nobody asks any more', async () => {
    const client = fakeClient({ calls: { questions: { answer: () => Promise.resolve({ taken: false }) } } });
    expect(await new Questions(client).answer('q1', null)).toBe(false);
  });
});

describe('a connection that is tried', () => {
  const subject = { uri: 'test:///default', readOnly: true };

  it('follows its steps until its end', async () => {
    const client = fakeClient();
    const trial = new Trial(client);
    expect(trial.running).toBe(false);
    const ended = trial.begin(subject);
    expect(trial.running).toBe(true);
    await vi.waitFor(() => expect(client.trials.readers).toBe(1));
    client.trials.push(row());
    await vi.waitFor(() => expect(trial.row?.state).toBe('running'));
    client.trials.push(row({ state: 'done' }));
    client.trials.end();
    await ended;
    expect(trial.row?.state).toBe('done');
    expect(trial.running).toBe(false);
    expect(client.calls[0]).toEqual({ name: 'nodes.test', input: subject });
    expect(trial.tries(subject)).toBe(true);
    expect(trial.tries({ ...subject, readOnly: false })).toBe(false);
  });

  it('is stopped when it is left, and says nothing more', async () => {
    const client = fakeClient();
    const trial = new Trial(client);
    const ended = trial.begin(subject);
    await vi.waitFor(() => expect(client.trials.readers).toBe(1));
    client.trials.push(row());
    trial.leave();
    await ended;
    expect(client.trials.readers).toBe(0);
    expect(trial.row).toBeUndefined();
    expect(trial.subject).toBeUndefined();
  });

  it('tells why main would not begin', async () => {
    const refuse = () => Promise.reject(new GuestroomError('unsupported', 'No driver'));
    const trial = new Trial(fakeClient({ calls: { nodes: { test: refuse } } }));
    await trial.begin(subject);
    expect(trial.refused).toMatchObject({ code: 'unsupported', message: 'No driver' });
    expect(trial.running).toBe(false);
  });

  it('is over when the feed ends without its end', async () => {
    const client = fakeClient();
    const trial = new Trial(client);
    const ended = trial.begin(subject);
    await vi.waitFor(() => expect(client.trials.readers).toBe(1));
    client.trials.push(row());
    client.trials.end();
    await ended;
    expect(trial.running).toBe(false);
    expect(trial.refused?.code).toBe('lost');
  });
});
