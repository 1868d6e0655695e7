import './layout.ts';
import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { DomainDetail } from '../../preload/rows.ts';
import AppView from '../../renderer/App.svelte';
import { App } from '../../renderer/state/app.svelte.ts';
import { fakeClient, host, machine, uuidOf } from './fake-client.ts';
import type { FakeOptions } from './fake-client.ts';

const uuid = uuidOf(1);
const route = `/vm/desk/${uuid}`;
const kib = 1024;

async function open(calls: FakeOptions['calls'] = {}, memory = 4 * 1024 ** 3) {
  const row = machine(1, 'web-03', { state: 'running', memory });
  const detail: DomainDetail = {
    summary: row,
    firmware: 'bios',
    secureBoot: false,
    currentMemory: memory,
    disks: [{ target: 'sda', device: 'cdrom', bus: 'sata', readonly: true, removable: true }],
    interfaces: [],
    graphics: [],
    consoles: [],
  };
  const client = fakeClient({
    nodes: [host('desk', 'This computer')],
    domains: { desk: [row, machine(2, 'web-04'), machine(3, 'web-05')] },
    settings: { tabs: [route], tab: route },
    calls: { ...calls, domains: { detail: () => Promise.resolve(detail), ...calls.domains } },
  });
  const app = new App(client);
  render(AppView, { app });
  await screen.findByRole('heading', { level: 1, name: 'web-03' }, { timeout: 20_000 });
  const user = userEvent.setup();
  await user.click(screen.getByRole('tab', { name: 'Overview' }));
  await screen.findByText('Storage');
  const called = (name: string) =>
    client.calls.filter((call) => call.name === name).map(({ input }) => input);
  return { app, client, user, called };
}

describe('the memory of a machine', () => {
  it('that is no whole number of MiB is not called wrong before anything was written', async () => {
    const { user, called } = await open({ domains: { setMemory: () => Promise.resolve() } }, 1_000_000 * kib);
    const field = screen.getByRole<HTMLInputElement>('spinbutton', { name: 'Memory' });
    expect(field.getAttribute('aria-invalid')).toBeNull();
    expect(field.value).toBe('976');
    await user.clear(field);
    await user.type(field, '900');
    await user.click(screen.getByRole('button', { name: 'Set' }));
    expect(called('domains.setMemory')).toEqual([
      expect.objectContaining({ bytes: 900 * 1024 ** 2 }) as unknown,
    ]);
  });
});

describe('the medium of a drive', () => {
  it('is changed once, however often Enter is pressed', async () => {
    let answer: () => void = () => expect.unreachable('nothing was changed');
    const { user, called } = await open({
      domains: { changeMedia: () => new Promise<void>((resolve) => (answer = resolve)) },
    });
    await user.click(screen.getByRole('button', { name: 'Insert…' }));
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getAllByRole('textbox')[0] ?? dialog, '/iso/a.iso{Enter}{Enter}');
    expect(called('domains.changeMedia')).toHaveLength(1);
    answer();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('is looked for in the folder that was opened last, not in the one that answers last', async () => {
    const answers = new Map<string, () => void>();
    const folder = (path: string) => ({
      ...{ path, parent: '/' },
      entries: ['a', 'b'].map((name) => ({ name, path: `/${name}`, kind: 'folder' as const })),
    });
    const { user } = await open({
      volumes: {
        browse: ({ path }: { path: string | null }) =>
          path === null
            ? Promise.resolve(folder('/'))
            : new Promise((resolve) => answers.set(path, () => resolve(folder(path)))),
      },
    });
    await user.click(screen.getByRole('button', { name: 'Insert…' }));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Browse…' }));
    await user.click(await within(dialog).findByRole('button', { name: 'a' }));
    await user.click(within(dialog).getByRole('button', { name: 'b' }));
    answers.get('/b')?.();
    await within(dialog).findByText('/b');
    answers.get('/a')?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(within(dialog).queryByText('/b')).not.toBeNull();
  });
});

describe('deleting several machines', () => {
  it('that failed for one tries only that one again, and says which it is', async () => {
    let fail = true;
    const { app, client, user, called } = await open({
      domains: {
        undefine: (input: { uuid: string }) => {
          if (input.uuid === uuidOf(3) && fail)
            throw new GuestroomError('denied', 'The host does not allow it');
          client.inventory.push({
            revision: 2,
            events: [{ kind: 'domain-removed', node: 'desk', uuid: input.uuid }],
          });
          return Promise.resolve({ task: 't' });
        },
      },
    });
    app.dialogs.show({ kind: 'delete', targets: [2, 3].map((n) => ({ node: 'desk', uuid: uuidOf(n) })) });
    const dialog = await screen.findByRole('alertdialog');
    await user.click(await within(dialog).findByRole('button', { name: /^Delete/ }));
    await within(dialog).findByText(/The host does not allow it/);
    await screen.findByRole('alertdialog', { name: /web-05/ });
    fail = false;
    await user.click(within(dialog).getByRole('button', { name: /^Delete/ }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(called('domains.undefine').map((input) => (input as { uuid: string }).uuid)).toEqual(
      [2, 3, 3].map(uuidOf),
    );
  });
});

describe('a dialog about a machine that goes away', () => {
  it('goes with it, and says so', async () => {
    const { app, client } = await open();
    app.dialogs.show({ kind: 'rename', target: { node: 'desk', uuid: uuidOf(2) } });
    await screen.findByRole('dialog', { name: /web-04/ });
    client.inventory.push({
      revision: 2,
      events: [{ kind: 'domain-removed', node: 'desk', uuid: uuidOf(2) }],
    });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await screen.findByText('web-04 is not there any more');
  });
});

describe('Enter that ends a word of an input method', () => {
  it('runs no command of the palette', async () => {
    const { app, user, called } = await open();
    await user.click(document.body);
    await user.keyboard('{Control>}k{/Control}');
    const field = await screen.findByRole('combobox', { name: 'Commands' });
    await user.type(field, 'web-04');
    await fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
    expect(app.paletteOpen).toBe(true);
    expect(app.tabs.open).toEqual([route]);
    expect(called('domains.act')).toEqual([]);
  });

  it('does not save half a title', async () => {
    const { user, called } = await open({ domains: { setMetadata: () => Promise.resolve() } });
    const title = screen.getByRole('textbox', { name: 'Title' });
    await user.type(title, 'fuwuqi');
    await fireEvent.keyDown(title, { key: 'Enter', isComposing: true });
    expect(called('domains.setMetadata')).toEqual([]);
  });
});
