import '../layout.ts';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import AppView from '../../../renderer/App.svelte';
import { toasts } from '../../../renderer/parts/toasts.svelte.ts';
import { App } from '../../../renderer/state/app.svelte.ts';
import { fakeClient, host } from '../fake-client.ts';
import type { FakeOptions } from '../fake-client.ts';
import { question, steps } from './rows.ts';

const rack = host('rack', 'Rack', {
  ...{ uri: 'qemu+tls://rack-9/system?token=abc', local: false, transport: 'tls', state: 'connecting' },
  steps: steps(
    ['reach', 'done', { took: 12 }],
    ['login', 'waiting', { since: Date.now() }],
    ['list', 'ahead'],
  ),
});
const nodes = [host('desk', 'Desk'), rack];
const asked = question({ node: 'rack', user: 'ada' });

function open(tab: string, options: FakeOptions = {}) {
  const client = fakeClient({ nodes, settings: { tabs: ['/host/desk', '/host/rack'], tab }, ...options });
  const app = new App(client);
  render(AppView, { app });
  return { app, client, user: userEvent.setup() };
}
const notes = () => within(screen.getByRole('region', { name: 'Notifications' }));
const ask = () => screen.findByRole('alertdialog', { name: /asks for a login$/ });

beforeEach(() => {
  location.hash = '';
});
afterEach(() => {
  for (const toast of toasts.list) toasts.dismiss(toast.id);
});

describe('a login that a host asks for', () => {
  it('stands on the host’s page with the name to begin with, and is said in the tree, its tab and the status bar', async () => {
    open('/host/rack', { questions: [asked] });
    const asks = within(await ask());
    expect(asks.getByRole<HTMLInputElement>('textbox', { name: 'Name' }).value).toBe('ada');
    const row = screen.getByRole('treeitem', { name: /^Rack/ });
    expect(within(row).getByRole('img', { name: 'Waiting for you' })).toBeTruthy();
    expect(within(screen.getByRole('contentinfo')).getByText('Rack asks for a login')).toBeTruthy();
    expect(notes().queryByRole('status')).toBeNull();
  });

  it('is told once while another page is looked at, leads there, and is gone with its answer', async () => {
    const { app, client, user } = open('/host/desk', { questions: [asked] });
    expect(await notes().findByText('Rack asks for a login')).toBeTruthy();
    await user.click(notes().getByRole('button', { name: 'Log in' }));
    expect(app.tabs.current).toBe('/host/rack');
    await ask();
    app.tabs.show('/host/desk');
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(notes().queryByRole('status')).toBeNull();
    client.questions.push({ kind: 'asked', question: { ...asked, id: 'q2', again: true } });
    client.questions.push({ kind: 'withdrawn', ids: ['q1'] });
    expect(await notes().findByText('Rack asks for a login')).toBeTruthy();
    client.questions.push({ kind: 'withdrawn', ids: ['q2'] });
    await waitFor(() => expect(notes().queryByRole('status')).toBeNull());
  });

  it('comes anew with the word that it was refused, and without the password of before', async () => {
    const { client, user } = open('/host/rack', { questions: [asked] });
    await user.type(within(await ask()).getByLabelText('Password'), 'wrong');
    client.questions.push({ kind: 'withdrawn', ids: ['q1'] });
    client.questions.push({ kind: 'asked', question: { ...asked, id: 'q2', again: true } });
    expect(await screen.findByText('That login was refused. Check the name and the password.')).toBeTruthy();
    expect(within(await ask()).getByLabelText<HTMLInputElement>('Password').value).toBe('');
  });

  it('is cancelled by its button', async () => {
    const { client, user } = open('/host/rack', { questions: [asked] });
    await user.click(within(await ask()).getByRole('button', { name: 'Cancel' }));
    expect(client.calls.filter(({ name }) => name === 'questions.answer')).toEqual([
      { name: 'questions.answer', input: { question: 'q1', answer: null } },
    ]);
  });

  it('says beside it when it could not be sent, and when it came too late', async () => {
    let times = 0;
    const answer = () =>
      times++ === 0
        ? Promise.reject(new GuestroomError('lost', 'The connection to Guestroom was lost'))
        : Promise.resolve({ taken: false });
    const { user } = open('/host/rack', { questions: [asked], calls: { questions: { answer } } });
    const asks = within(await ask());
    await user.click(asks.getByRole('button', { name: 'Log in' }));
    expect((await asks.findByRole('alert')).textContent).toContain('The connection to Guestroom was lost');
    await user.click(asks.getByRole('button', { name: 'Log in' }));
    expect(await notes().findByText('The host does not wait for this answer any more.')).toBeTruthy();
  });

  it('leaves the keyboard where the person types', async () => {
    const { client, user } = open('/host/rack');
    await screen.findByRole('tree');
    await user.keyboard('{Control>}f{/Control}web');
    client.questions.push({ kind: 'asked', question: asked });
    await ask();
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Filter hosts and virtual machines');
  });
});

describe('a host that could not be reached', () => {
  it('shows its last attempt in the details, and copies it without what could be a secret', async () => {
    const error = {
      code: 'certificate',
      message: 'It has expired',
      hint: 'Ask',
      detail: 'verbatim',
      retryable: false,
    } as const;
    const failed = {
      ...rack,
      state: 'failed',
      error,
      steps: steps(['reach', 'done', { took: 12 }], ['identify', 'failed', { took: 4 }]),
    } as const;
    const { user } = open('/host/rack', { nodes: [failed] });
    const page = within(await screen.findByRole('main'));
    await user.click(await page.findByRole('button', { name: 'Details' }));
    const list = within(page.getByRole('list', { name: 'Connection' }));
    expect(list.getAllByRole('listitem').map((row) => row.textContent.replace(/\s+/g, ' ').trim())).toEqual([
      'Reach the host 12 ms',
      'Know the host 4 ms',
    ]);
    expect(page.getByText('verbatim')).toBeTruthy();
    await user.click(page.getByRole('button', { name: 'Copy report' }));
    const report = await navigator.clipboard.readText();
    expect(report).toContain('qemu+tls://rack-9/system?token=…\n');
    expect(report).toContain('identify  failed   4 ms\ncertificate: It has expired\nAsk\nverbatim');
  });
});
