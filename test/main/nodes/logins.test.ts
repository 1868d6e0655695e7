import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { NodeRow } from '../../../preload/rows.ts';
import { appInFolder, type AppInFolder, until } from '../app-in-folder.ts';
import { GuardedHost, person } from './guarded.ts';

const uri = 'test:///default?instance=logins';
const right = { user: 'ada', password: 'lovelace' };

let guard: GuardedHost;
let self: AppInFolder;
const open = async (deadline?: number): Promise<void> => {
  self = await appInFolder({
    drivers: [guard.driver()],
    backoff: { first: 5, longest: 20 },
    ...(deadline === undefined ? {} : { questions: { deadline } }),
  });
};
beforeEach(() => {
  guard = new GuardedHost();
});
afterEach(() => self.end());

const add = async (): Promise<() => NodeRow> => {
  const { node } = await self.client.nodes.add({ uri, name: 'Guarded' });
  return () => {
    const row = self.app.inventory.node(node);
    if (!row) throw new Error('the host is gone');
    return row;
  };
};

describe('a host that wants a login', () => {
  it('asks in the windows, and waits meanwhile at that step', async () => {
    await open();
    guard.steps = [['reach', '127.0.0.1:16509']];
    const asking = await person(self, () => undefined);
    const row = await add();
    await until(() => asking.seen.length === 1);
    expect(asking.seen[0]).toMatchObject({ node: row().id, who: 'guard', again: false });
    expect(row()).toMatchObject({ state: 'connecting' });
    expect(row().steps).toMatchObject([
      { step: 'resolve', state: 'skipped' },
      { step: 'reach', state: 'done', detail: '127.0.0.1:16509' },
      { step: 'login', state: 'waiting' },
      { step: 'open', state: 'ahead' },
      { step: 'list', state: 'ahead' },
    ]);
    await self.client.questions.answer({
      question: asking.seen[0]?.id ?? '',
      answer: { kind: 'credentials', ...right },
    });
    await until(() => row().state === 'connected');
    expect(row().steps).toBeUndefined();
    await asking.leave();
  });

  it('that comes back after its daemon was started anew does not ask again', async () => {
    await open();
    const asking = await person(self, () => right);
    const row = await add();
    await until(() => row().state === 'connected');
    guard.cut();
    await until(() => guard.opened === 2 && row().state === 'connected');
    expect(asking.seen).toHaveLength(1);
    expect(guard.asked).toBe(2);
    await asking.leave();
  });

  it('says that the answer was refused, and forgets it', async () => {
    await open();
    const answers = [{ user: 'ada', password: 'wrong' }, right];
    const asking = await person(self, () => answers.shift());
    const row = await add();
    await until(() => row().state === 'connected');
    expect(asking.seen).toMatchObject([{ again: false }, { again: true, user: 'ada' }]);
    await asking.leave();
  });

  it('asks anew with that word after all tries were refused', async () => {
    await open();
    guard.tries = 1;
    const answers = [{ user: 'ada', password: 'wrong' }, right];
    const asking = await person(self, () => answers.shift());
    const row = await add();
    await until(() => row().state === 'failed');
    expect(row().error).toMatchObject({ code: 'auth_failed', message: 'The login was refused' });
    expect(row().steps?.at(-1)).toMatchObject({ step: 'login', state: 'failed' });
    await self.client.nodes.connect({ node: row().id });
    expect(row().state).toBe('connected');
    expect(asking.seen).toMatchObject([{ again: false }, { again: true, user: 'ada' }]);
    await asking.leave();
  });

  it('whose password was changed asks once more by itself, since nobody was asked yet', async () => {
    await open();
    guard.tries = 1;
    const changed = { user: 'ada', password: 'byron' };
    const answers = [right, changed];
    const asking = await person(self, () => answers.shift());
    const row = await add();
    await until(() => row().state === 'connected');
    guard.login = changed;
    guard.cut();
    await until(() => asking.seen.length === 2 && row().state === 'connected');
    expect(asking.seen[1]).toMatchObject({ again: true });
    await asking.leave();
  });

  it('is failed, with the reason, when the person cancels', async () => {
    await open();
    const asking = await person(self, () => null);
    const row = await add();
    await until(() => row().state === 'failed');
    expect(row().error).toMatchObject({
      code: 'auth_failed',
      message: 'The login was cancelled',
      hint: 'Try again to be asked anew',
    });
    await expect(self.client.nodes.connect({ node: row().id })).rejects.toMatchObject({
      data: { code: 'auth_failed' },
    });
    expect(asking.seen).toHaveLength(2);
    await asking.leave();
  });

  it('is failed, with the reason, when nobody is there', async () => {
    await open(30);
    const row = await add();
    await until(() => row().state === 'failed');
    expect(row().error).toMatchObject({ message: 'Nobody answered the login in time' });
  });

  it('withdraws its question when it is left', async () => {
    await open();
    const asking = await person(self, () => undefined);
    const row = await add();
    await until(() => asking.seen.length === 1);
    await self.client.nodes.disconnect({ node: row().id });
    await until(() => asking.told.some((event) => event.includes('withdrawn')));
    expect(row()).toMatchObject({ state: 'disconnected' });
    expect(row().error).toBeUndefined();
    await asking.leave();
  });

  it('that the person disconnects forgets the answer', async () => {
    await open();
    const asking = await person(self, () => right);
    const row = await add();
    await until(() => row().state === 'connected');
    await self.client.nodes.disconnect({ node: row().id });
    await self.client.nodes.connect({ node: row().id });
    expect(asking.seen).toMatchObject([{ again: false }, { again: false }]);
    await asking.leave();
  });

  it('that becomes read-only is connected anew without asking', async () => {
    await open();
    const asking = await person(self, () => right);
    const row = await add();
    await until(() => row().state === 'connected');
    await self.client.nodes.update({ node: row().id, readOnly: true });
    await until(() => guard.opened === 2 && row().state === 'connected');
    expect(row().readOnly).toBe(true);
    expect(asking.seen).toHaveLength(1);
    await asking.leave();
  });

  it('never asks for a host that cannot be reached', async () => {
    await open();
    guard.refuse = new GuestroomError('denied', 'not in the group');
    guard.steps = [];
    const asking = await person(self, () => right);
    const row = await add();
    await until(() => row().state === 'failed');
    expect(asking.seen).toEqual([]);
    expect(row().steps).toMatchObject([{ step: 'resolve', state: 'failed' }]);
    await asking.leave();
  });
});
