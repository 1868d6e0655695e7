import { afterEach, expect, it, vi } from 'vitest';
import type { TaskRow } from '../../../preload/rows.ts';
import { App } from '../../../renderer/state/app.svelte.ts';
import { domainRoute, hostRoute } from '../../../renderer/state/routes.ts';
import { fakeClient, host, machine, uuidOf } from '../fake-client.ts';

const made = { node: 'desk', uuid: uuidOf(7) };
const task = (state: TaskRow['state']): TaskRow => ({
  id: 'create-7',
  kind: 'create',
  subject: 'new-one',
  ...made,
  state,
  cancellable: true,
  startedAt: 1,
  ...(state === 'running' ? {} : { endedAt: 2 }),
});

let app: App | undefined;
afterEach(() => app?.stop());

/** A window at the host's list whose person has just had a machine made there. */
async function creating() {
  const client = fakeClient({
    nodes: [host('desk', 'This computer')],
    domains: { desk: [] },
    settings: { tabs: ['/host/desk', '/welcome'], tab: '/host/desk' },
    tasks: [{ kind: 'snapshot', tasks: [task('running')] }],
  });
  const window = new App(client);
  app = window;
  window.start();
  await vi.waitFor(() => {
    expect(window.tasks.running).toHaveLength(1);
    expect(window.inventory.ready).toBe(true);
    expect(window.tabs.current).toBe(hostRoute('desk'));
  });
  window.showWhenMade('create-7', made);
  return {
    window,
    appears: async () => {
      client.inventory.push({
        revision: 2,
        events: [{ kind: 'domain', node: 'desk', domain: machine(7, 'new-one', { state: 'running' }) }],
      });
      await vi.waitFor(() => expect(window.inventory.domain(made)).toBeDefined());
    },
    ends: async (state: 'done' | 'failed' | 'cancelled') => {
      client.tasks.push({ kind: 'task', task: task(state) });
      await vi.waitFor(() => expect(window.tasks.running).toHaveLength(0));
    },
  };
}

it('a machine is shown once it is made, whichever is heard of first', async () => {
  const one = await creating();
  await one.appears();
  expect(one.window.tabs.current).toBe(hostRoute('desk'));
  await one.ends('done');
  await vi.waitFor(() => expect(one.window.tabs.current).toBe(domainRoute(made)));
  one.window.stop();
  const other = await creating();
  await other.ends('done');
  expect(other.window.tabs.current).toBe(hostRoute('desk'));
  await other.appears();
  await vi.waitFor(() => expect(other.window.tabs.current).toBe(domainRoute(made)));
});

it('a person who went elsewhere meanwhile, or is asked something, is left there', async () => {
  const gone = await creating();
  gone.window.tabs.show('/welcome');
  await gone.appears();
  await gone.ends('done');
  expect(gone.window.tabs.current).toBe('/welcome');
  gone.window.stop();
  const asked = await creating();
  asked.window.dialogs.show({ kind: 'shortcuts' });
  await asked.appears();
  await asked.ends('done');
  expect(asked.window.tabs.open).not.toContain(domainRoute(made));
});

it('a machine that could not be made is not shown, also when one of its kind appears later', async () => {
  const { window, ends, appears } = await creating();
  await ends('failed');
  await appears();
  expect(window.tabs.current).toBe(hostRoute('desk'));
});
