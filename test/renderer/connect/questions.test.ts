import '../layout.ts';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QuestionRow } from '../../../preload/attempts.ts';
import AppView from '../../../renderer/App.svelte';
import { toasts } from '../../../renderer/parts/toasts.svelte.ts';
import { App } from '../../../renderer/state/app.svelte.ts';
import { fakeClient, host } from '../fake-client.ts';
import { hostKey, secrets, steps } from './rows.ts';

const rack = host('rack', 'Rack', {
  ...{ uri: 'qemu+ssh://ada@rack-9/system', local: false, transport: 'ssh', state: 'connecting' },
  steps: steps(['identify', 'waiting', { since: Date.now() }], ['login', 'ahead'], ['list', 'ahead']),
});
const nodes = [host('desk', 'Desk'), rack];

function open(question: QuestionRow, tab = '/host/rack') {
  const client = fakeClient({
    ...{ nodes, settings: { tabs: ['/host/desk', '/host/rack'], tab } },
    questions: [{ ...question, node: 'rack' }],
  });
  render(AppView, { app: new App(client) });
  return { client, user: userEvent.setup() };
}
const ask = async (name: RegExp) => within(await screen.findByRole('alertdialog', { name }));
const answers = (client: ReturnType<typeof fakeClient>) =>
  client.calls
    .filter(({ name }) => name === 'questions.answer')
    .map(({ input }) => (input as { answer: unknown }).answer);

beforeEach(() => {
  location.hash = '';
});
afterEach(() => {
  for (const toast of toasts.list) toasts.dismiss(toast.id);
});

describe('the key of a host that is not known', () => {
  const row = hostKey();
  const title = /^\[rack-9\]:2222 is not known yet\. Is this its key\?$/;

  it('is shown with its kind and whole fingerprint, which is copied without gaps', async () => {
    const { user } = open(row);
    const asks = await ask(title);
    expect(asks.getByText('ED25519')).toBeTruthy();
    expect(screen.getByRole('alertdialog').textContent).toContain(row.fingerprint);
    expect(asks.getByText(/^Compare it with what the owner/)).toBeTruthy();
    await user.click(asks.getByRole('button', { name: 'Copy the fingerprint' }));
    expect(await navigator.clipboard.readText()).toBe(row.fingerprint);
  });

  it('is not trusted by who only presses Enter', async () => {
    const { client, user } = open(row);
    await ask(title);
    expect(document.activeElement?.textContent.trim()).toBe('Cancel');
    await user.keyboard('{Enter}');
    expect(answers(client)).toEqual([null]);
  });

  it.each([
    ['Trust and remember', 'always'],
    ['Trust this time', 'once'],
  ] as const)('is answered by %s', async (name, trust) => {
    const { client, user } = open(row);
    await user.click((await ask(title)).getByRole('button', { name }));
    expect(answers(client)).toEqual([{ kind: 'host-key', trust }]);
  });

  it('is said in the tree, the status bar and on other pages by what it is', async () => {
    open(row, '/host/desk');
    const text = 'Rack shows a key that is not known yet';
    const notes = within(screen.getByRole('region', { name: 'Notifications' }));
    expect(await notes.findByText(text)).toBeTruthy();
    expect(notes.getByRole('button', { name: 'Look at the key' })).toBeTruthy();
    expect(within(screen.getByRole('contentinfo')).getByText(text)).toBeTruthy();
    const item = screen.getByRole('treeitem', { name: /^Rack/ });
    expect(within(item).getByRole('img', { name: 'Waiting for you' })).toBeTruthy();
  });
});

describe('a secret that a host asks for', () => {
  it('is a password, sent once, and remembered only where the person says so', async () => {
    const { client, user } = open(secrets({ remember: 'possible' }));
    const asks = await ask(/^ada@rack-9 asks for a password$/);
    const field = asks.getByLabelText<HTMLInputElement>('Password');
    expect(document.activeElement).toBe(field);
    expect(field.type).toBe('password');
    await user.keyboard('lovelace');
    const keep = asks.getByRole<HTMLInputElement>('checkbox', { name: /^Remember in the system/ });
    expect(keep.checked).toBe(false);
    await user.click(keep);
    await user.click(asks.getByRole('button', { name: 'Log in' }));
    expect(answers(client)).toEqual([{ kind: 'secrets', secrets: ['lovelace'], remember: true }]);
    expect(field.value).toBe('');
  });

  it('is a passphrase of a file, with the word why it is not remembered', async () => {
    const reason = 'This desktop has no key store';
    const file = '/home/ada/.ssh/id_ed25519';
    open(secrets({ about: 'passphrase', who: file, file, reason, again: true }));
    const asks = await ask(/passphrase$/);
    expect(asks.getByText(file)).toBeTruthy();
    expect(asks.getByText(reason)).toBeTruthy();
    expect(asks.queryByRole('checkbox')).toBeNull();
    expect(asks.getByText('That passphrase does not open the key.')).toBeTruthy();
  });

  it('says nothing of remembering where there is nothing to say', async () => {
    open(secrets());
    const asks = await ask(/password$/);
    expect(asks.queryByRole('checkbox')).toBeNull();
  });

  it('is several at once in the host’s own words, as text, seen only where the host wants it', async () => {
    const { client, user } = open(
      secrets({
        about: 'prompts',
        instruction: '<b>Two</b> things\nare needed',
        prompts: [
          { text: 'Badge:', echo: true },
          { text: '<i>Code</i>', echo: false },
          { text: '', echo: false },
        ],
      }),
    );
    const asks = await ask(/^ada@rack-9 asks for an answer$/);
    expect(asks.getByText(/^<b>Two<\/b> things\s+are needed$/)).toBeTruthy();
    expect(asks.getByLabelText<HTMLInputElement>('Badge:').type).toBe('text');
    expect(asks.getByLabelText<HTMLInputElement>('<i>Code</i>').type).toBe('password');
    await user.keyboard('4711{Tab}998877{Tab}x{Enter}');
    expect(answers(client)).toEqual([{ kind: 'secrets', secrets: ['4711', '998877', 'x'], remember: false }]);
  });
});

describe('a key that is another one than before', () => {
  const error = {
    code: 'host_key',
    message: 'The key of rack-9 has changed',
    hint: 'Ask the owner of the host',
    detail: '/home/ada/.ssh/known_hosts, line 12',
    retryable: false,
  } as const;

  it('stops, with file and line in sight, and offers no way to accept it', async () => {
    const failed = { ...rack, state: 'failed', error, steps: steps(['identify', 'failed']) } as const;
    const client = fakeClient({
      ...{ nodes: [failed], settings: { tabs: ['/host/rack'], tab: '/host/rack' } },
    });
    render(AppView, { app: new App(client) });
    const page = within(await screen.findByRole('main'));
    const alert = await page.findByRole('alert');
    expect(alert.textContent).toContain('Host key not trusted');
    expect(page.getByText(error.detail)).toBeTruthy();
    expect(page.queryByRole('button', { name: /trust|accept/i })).toBeNull();
    expect(page.getByRole('button', { name: 'Retry' }).className).not.toContain('primary');
    await waitFor(() => expect(client.calls.some(({ name }) => name === 'nodes.connect')).toBe(false));
  });
});
