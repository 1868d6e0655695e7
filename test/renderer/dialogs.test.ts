import './layout.ts';
import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { DomainDetail } from '../../preload/rows.ts';
import AppView from '../../renderer/App.svelte';
import { toasts } from '../../renderer/parts/toasts.svelte.ts';
import { App } from '../../renderer/state/app.svelte.ts';
import { fakeClient, host, machine, uuidOf } from './fake-client.ts';
import type { FakeOptions } from './fake-client.ts';

const row = machine(1, 'web-03', { state: 'running' });
const target = { node: 'desk', uuid: uuidOf(1) };
const detail: DomainDetail = {
  summary: row,
  description: 'before',
  firmware: 'bios',
  secureBoot: false,
  currentMemory: row.memory,
  disks: [],
  interfaces: [],
  graphics: [],
  consoles: [],
};

async function open(domains: NonNullable<FakeOptions['calls']>['domains'] = {}) {
  const client = fakeClient({
    nodes: [host('desk', 'This computer')],
    domains: { desk: [row, machine(2, 'web-04')] },
    settings: { tabs: ['/host/desk'], tab: '/host/desk' },
    calls: { domains: { detail: () => Promise.resolve(detail), ...domains } },
  });
  const app = new App(client);
  render(AppView, { app });
  await screen.findByRole('grid');
  return { app, client, user: userEvent.setup() };
}
afterEach(() => {
  for (const { id } of toasts.list) toasts.dismiss(id);
});

const notes = () => screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Notes' });
async function writeNotes(app: App, user: ReturnType<typeof userEvent.setup>) {
  app.dialogs.show({ kind: 'notes', target });
  const field = await notes();
  await waitFor(() => expect(field.value).toBe('before'));
  await user.type(field, ' and after');
}

describe('a dialog that is being filled in', () => {
  it('stays under the details of what went wrong elsewhere', async () => {
    const { app, user } = await open();
    await writeNotes(app, user);
    app.report('Far host', new GuestroomError('lost', 'The connection to far ended'));
    // jsdom knows no style sheet that lets the pointer through to messages
    await fireEvent.click(await screen.findByRole('button', { name: 'Details' }));
    const over = await screen.findByRole('dialog', { name: 'Far host' });
    await user.click(within(over).getAllByRole('button', { name: 'Close' })[0] ?? over);
    expect((await notes()).value).toBe('before and after');
  });

  it('is not closed by the late answer to another one', async () => {
    let answer: () => void = () => expect.unreachable('nothing was renamed');
    const { app, user } = await open({ rename: () => new Promise<void>((resolve) => (answer = resolve)) });
    app.dialogs.show({ kind: 'rename', target });
    await user.type(await screen.findByRole('textbox', { name: 'Name' }), '-b{Enter}');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await writeNotes(app, user);
    answer();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await notes()).value).toBe('before and after');
  });

  it('keeps the keys to itself', async () => {
    const { app, user } = await open();
    await writeNotes(app, user);
    await user.keyboard('{Control>}k{/Control}');
    expect(screen.queryByRole('combobox', { name: 'Commands' })).toBeNull();
    expect((await notes()).value).toBe('before and after');
  });

  it('asks before what was written is thrown away', async () => {
    const { app, user } = await open();
    await writeNotes(app, user);
    await user.keyboard('{Escape}');
    const question = await screen.findByRole('alertdialog', { name: 'Discard what you have entered?' });
    expect(document.activeElement?.textContent.trim()).toBe('Keep editing');
    await user.click(within(question).getByRole('button', { name: 'Keep editing' }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect((await notes()).value).toBe('before and after');
    await user.keyboard('{Escape}');
    await user.click(await screen.findByRole('button', { name: 'Discard' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('closes at once while nothing was written', async () => {
    const { app, user } = await open();
    app.dialogs.show({ kind: 'notes', target });
    await waitFor(async () => expect((await notes()).value).toBe('before'));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });
});
