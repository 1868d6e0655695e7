import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { createLog, type Log } from '../../../main/log.ts';
import { type TaskContext, Tasks } from '../../../main/tasks/tasks.ts';
import { until } from '../app-in-folder.ts';
import type { TaskEvent, TaskRow } from '../../../preload/rows.ts';

let folder: string;
let log: Log;
let tasks: Tasks;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guestroom-tasks-'));
  log = createLog({ folder });
  tasks = new Tasks(log);
});
afterEach(async () => {
  await tasks.close(1000);
  log.close();
  rmSync(folder, { recursive: true });
});

const target = { node: 'n', uuid: '00000000-0000-4000-8000-000000000001' };
/** Works until it is stopped. */
const endless = ({ signal }: TaskContext): Promise<void> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new GuestroomError('cancelled', 'Cancelled')));
  });

describe('tasks', () => {
  it('tell step, progress and the end', async () => {
    const rows: TaskRow[] = [];
    const { id, ended } = tasks.start({ kind: 'create', subject: 'vm' }, async ({ step, progress }) => {
      step('copy', 'disk.qcow2');
      progress(0.5, '1 of 2 GiB');
      rows.push(...tasks.list());
      step('define');
      rows.push(...tasks.list());
      await Promise.resolve();
    });
    const row = await ended;
    expect(rows[0]).toMatchObject({
      id,
      state: 'running',
      step: 'copy',
      progress: 0.5,
      detail: '1 of 2 GiB',
    });
    expect(rows[1]).toMatchObject({ step: 'define' });
    expect(rows[1]?.progress).toBeUndefined();
    expect(row).toMatchObject({ state: 'done', progress: 1, cancellable: false });
    expect(row.endedAt).toBeGreaterThanOrEqual(row.startedAt);
  });

  it('can be stopped, and say why they failed', async () => {
    const stopped = tasks.start({ kind: 'save', subject: 'vm', ...target }, endless);
    tasks.cancel(stopped.id);
    expect(await stopped.ended).toMatchObject({ state: 'cancelled' });
    expect((await stopped.ended).error).toBeUndefined();
    const failing = tasks.start({ kind: 'save', subject: 'vm', ...target }, () =>
      Promise.reject(new GuestroomError('no_space', 'Full', { hint: 'Make room' })),
    );
    expect((await failing.ended).error).toMatchObject({
      code: 'no_space',
      hint: 'Make room',
      retryable: true,
    });
    tasks.cancel(failing.id);
    expect(() => tasks.cancel('none')).toThrow(/no such task/);
  });

  it('that were stopped say what they could not take away again', async () => {
    const { id, ended } = tasks.start({ kind: 'create', subject: 'vm' }, ({ signal }) =>
      endless({ signal } as TaskContext).catch(() => {
        throw new GuestroomError('cancelled', 'Cancelled', {
          detail: '/images/vm.qcow2: Permission denied',
          hint: 'Remove it by hand',
        });
      }),
    );
    tasks.cancel(id);
    expect(await ended).toMatchObject({
      state: 'failed',
      error: { hint: 'Remove it by hand', detail: '/images/vm.qcow2: Permission denied' },
    });
  });

  it('that have ended are not changed by what their work still tells', async () => {
    let late: TaskContext | undefined;
    const { id, ended } = tasks.start({ kind: 'save', subject: 'vm' }, (context) => {
      late = context;
      return Promise.resolve();
    });
    const row = await ended;
    late?.progress(0.5, '1 of 2 GiB');
    late?.step('save');
    expect(tasks.get(id)).toEqual(row);
    tasks.clear();
    const feed = tasks.watch();
    expect((await feed.next()).value).toEqual({ kind: 'snapshot', tasks: [] });
    late?.progress(0.6);
    const other = tasks.start({ kind: 'save', subject: 'other' }, () => Promise.resolve());
    await other.ended;
    expect((await feed.next()).value).toMatchObject({ kind: 'task', task: { id: other.id } });
    feed.end();
  });

  it('do not keep the program from ending when their host hangs', async () => {
    const { id } = tasks.start(
      { kind: 'undefine', subject: 'vm', cancellable: false },
      () => new Promise(() => undefined),
    );
    await tasks.close(20);
    expect(tasks.get(id)?.state).toBe('running');
  });

  it('cannot be stopped once what they do cannot be taken back', async () => {
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const { id, ended } = tasks.start({ kind: 'create', subject: 'vm' }, ({ commit }) => {
      commit();
      return gate;
    });
    expect(() => tasks.cancel(id)).toThrow(expect.objectContaining({ code: 'unsupported' }));
    go();
    expect((await ended).state).toBe('done');
  });

  it('do not work on one machine two at a time', async () => {
    const { id, ended } = tasks.start({ kind: 'save', subject: 'vm', ...target }, endless);
    expect(() => tasks.start({ kind: 'undefine', subject: 'vm', ...target }, endless)).toThrow(
      expect.objectContaining({ code: 'busy' }),
    );
    tasks.cancel(id);
    await ended;
    const next = tasks.start({ kind: 'undefine', subject: 'vm', ...target }, () => Promise.resolve());
    expect((await next.ended).state).toBe('done');
  });

  it('remember the last ones only, and are cleared by the person', async () => {
    for (let index = 0; index < 250; index += 1) {
      await tasks.start({ kind: 'clone', subject: String(index) }, () => Promise.resolve()).ended;
    }
    expect(tasks.list()).toHaveLength(200);
    expect(tasks.list()[0]?.subject).toBe('50');
    const running = tasks.start({ kind: 'clone', subject: 'running' }, endless);
    tasks.clear();
    expect(tasks.list().map(({ subject }) => subject)).toEqual(['running']);
    tasks.cancel(running.id);
    await running.ended;
  });

  it('are told to readers: all at first, then changes', async () => {
    const first = tasks.start({ kind: 'clone', subject: 'one' }, () => Promise.resolve());
    await first.ended;
    const feed = tasks.watch();
    const next = async (): Promise<TaskEvent> => (await feed.next()).value as TaskEvent;
    expect(await next()).toMatchObject({ kind: 'snapshot', tasks: [{ subject: 'one', state: 'done' }] });
    const second = tasks.start({ kind: 'clone', subject: 'two' }, ({ progress }) => {
      for (let index = 0; index < 1000; index += 1) progress(index / 1000);
      return Promise.resolve();
    });
    await second.ended;
    // a thousand steps are one event
    expect(await next()).toMatchObject({ kind: 'task', task: { subject: 'two', state: 'done' } });
    tasks.clear([first.id]);
    expect(await next()).toEqual({ kind: 'removed', ids: [first.id] });
    const pending = feed.next();
    await feed.return();
    expect((await pending).done).toBe(true);
  });

  it('that write much wait for their turn, and can be stopped while they wait', async () => {
    let running = 0;
    let most = 0;
    const gates: (() => void)[] = [];
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => gates.push(resolve));
      running -= 1;
    };
    const started = Array.from({ length: 6 }, (_, index) =>
      tasks.start({ kind: 'managedSave', subject: String(index), node: 'n', heavy: true }, work),
    );
    const other = tasks.start({ kind: 'managedSave', subject: 'other', node: 'm', heavy: true }, work);
    await until(() => running === 4);
    const fifth = started[4];
    tasks.cancel(fifth?.id ?? '');
    expect((await fifth?.ended)?.state).toBe('cancelled');
    for (let ended = 0; ended < 6; ended += 1) {
      await until(() => gates.length > 0);
      gates.shift()?.();
    }
    const rows = await Promise.all([...started, other].map((task) => task.ended));
    expect(rows.map(({ state }) => state).filter((state) => state === 'done')).toHaveLength(6);
    expect(most).toBe(4);
  });

  it('reach a reader together when many change', async () => {
    const feed = tasks.watch();
    await feed.next();
    const started = Array.from({ length: 150 }, (_, index) =>
      tasks.start({ kind: 'clone', subject: String(index) }, () => Promise.resolve()),
    );
    await Promise.all(started.map(({ ended }) => ended));
    const done = new Set<string>();
    while (done.size < 150) {
      const event = (await feed.next()).value as TaskEvent;
      if (event.kind === 'task' && event.task.state === 'done') done.add(event.task.id);
    }
    expect(done.size).toBe(150);
    await feed.return();
  });

  it('are stopped and waited for when the app closes', async () => {
    const { ended } = tasks.start({ kind: 'save', subject: 'vm' }, endless);
    await tasks.close();
    expect((await ended).state).toBe('cancelled');
    expect(() => tasks.start({ kind: 'save', subject: 'vm' }, endless)).toThrow(/closing/);
  });
});
