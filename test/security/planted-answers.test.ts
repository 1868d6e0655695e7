import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appInFolder, type AppInFolder, until } from '../main/app-in-folder.ts';
import { GuardedHost, person } from '../main/nodes/guarded.ts';

// short and without a word around them that could give them away to a filter
const right = 'Zq7guard4w';
const wrong = 'Zq7wrong5v';
const stray = 'Zq7stray6u';
const found = (text: string): string[] => [right, wrong, stray].filter((secret) => text.includes(secret));

const uri = 'test:///default?instance=planted';
const guard = new GuardedHost();
guard.login = { user: 'ada', password: right };
guard.tries = 2;

let self: AppInFolder;
let asking: Awaited<ReturnType<typeof person>>;
/** Everything that a window was told, errors too. */
const told: string[] = [];
const leaving: (() => unknown)[] = [];

beforeAll(async () => {
  self = await appInFolder({ drivers: [guard.driver()], backoff: { first: 5, longest: 20 } });
  const answers = [wrong, wrong, wrong, right];
  asking = await person(self, () => ({ user: 'ada', password: answers.shift() ?? right }));
  const inventory = await self.client.inventory.watch();
  leaving.push(() => inventory.return?.());
  void (async () => {
    for await (const batch of inventory) told.push(JSON.stringify(batch));
  })();
});
afterAll(async () => {
  for (const leave of leaving) leave();
  await asking.leave();
  await self.end();
});

const refused = async (work: Promise<unknown>): Promise<void> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  const { message, stack, data } = error as { message: string; stack?: string; data?: unknown };
  told.push(JSON.stringify({ message, stack, data }));
};

describe('what a person answers to a login', () => {
  it('is refused, taken, kept and used again, in a trial and by a host', async () => {
    for (const outcome of ['failed', 'done']) {
      let state = '';
      for await (const row of await self.client.nodes.test({ uri })) {
        told.push(JSON.stringify(row));
        ({ state } = row);
      }
      expect(state).toBe(outcome);
    }
    const { node } = await self.client.nodes.add({ uri, name: 'Guarded' });
    await until(() => self.app.inventory.node(node)?.state === 'connected');
    guard.cut();
    await until(() => guard.opened === 4 && self.app.inventory.node(node)?.state === 'connected');
    expect(asking.seen).toHaveLength(4);
    await self.client.settings.set({ theme: 'dark' });
  });

  it('in a form that does not fit is refused without being repeated', async () => {
    const answer = (value: unknown) =>
      refused(self.client.questions.answer({ question: 'x', answer: value } as never));
    await answer(stray);
    await answer([stray]);
    await answer({ user: 'ada', password: stray });
    await answer({ kind: stray, password: stray });
    const kind = 'credentials';
    await answer({ kind, user: 'ada', password: { [stray]: stray } });
    await answer({ kind, user: 'ada', password: stray.repeat(1000) });
    await answer({ kind, user: stray.repeat(100), password: stray });
    await answer({ kind: 'secrets', secrets: stray, remember: false });
    await answer({ kind: 'secrets', secrets: Array(33).fill(stray), remember: false });
    await answer({ kind: 'host-key', trust: stray });
    await refused(self.client.questions.answer({ question: stray.repeat(10), answer: null }));
    expect(
      await self.client.questions.answer({
        question: 'x',
        answer: { kind: 'credentials', user: 'a', password: stray },
      }),
    ).toEqual({
      taken: false,
    });
  });

  it('is nowhere to be read: in nothing that a window was told, and in no file', async () => {
    expect(told.join('\n')).toContain('Guarded');
    expect(asking.told.join('\n')).toContain('guard');
    expect(found([...told, ...asking.told].join('\n'))).toEqual([]);
    const names = await readdir(self.folder, { recursive: true, withFileTypes: true });
    const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
    const ours = files.map((path) => path.split('/').at(-1));
    expect(ours).toEqual(expect.arrayContaining(['guestroom.log', 'nodes.json', 'settings.json']));
    for (const path of files) expect([path, found(await readFile(path, 'latin1'))]).toEqual([path, []]);
  });
});
