import '../layout.ts';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { NodeRow } from '../../../preload/rows.ts';
import AppView from '../../../renderer/App.svelte';
import type { ByteChannel } from '../../../renderer/client/index.ts';
import { toasts } from '../../../renderer/parts/toasts.svelte.ts';
import { App } from '../../../renderer/state/app.svelte.ts';
import { fakeClient, host } from '../fake-client.ts';

/** The bytes of one shell, as the window has them. */
class FakeShell {
  binaryType = 'arraybuffer' as const;
  protocol = '' as const;
  readyState: ByteChannel['readyState'] = 'open';
  onopen: ByteChannel['onopen'] = null;
  onmessage: ByteChannel['onmessage'] = null;
  onclose: ByteChannel['onclose'] = null;
  onerror: ByteChannel['onerror'] = null;
  error: GuestroomError | undefined;
  sent = '';
  closed = false;

  send(data: ArrayBuffer | ArrayBufferView): void {
    this.sent += new TextDecoder().decode(data);
  }
  consumed(): void {
    // what it writes here is short
  }
  close(): void {
    this.closed = true;
  }
  writes(text: string): void {
    const data = new TextEncoder().encode(text).buffer;
    this.onmessage?.(new MessageEvent('message', { data }));
  }
  ends(error?: GuestroomError): void {
    this.error = error;
    this.readyState = 'closed';
    this.onclose?.(new Event('close') as CloseEvent);
  }
}

const lab = host('lab', 'lab-01', { local: false, transport: 'ssh', uri: 'qemu+ssh://lab-01/system' });
const withShells: NodeRow = { ...lab, terminal: true };

function open(nodes: readonly NodeRow[], tabs: string[] = ['/host/lab']) {
  const shells: FakeShell[] = [];
  let refuse: GuestroomError | undefined;
  const base = fakeClient({
    nodes,
    settings: { tabs, tab: tabs[0] ?? '' },
    calls: {
      consoles: {
        terminal: () => {
          if (refuse) return Promise.reject(refuse);
          return Promise.resolve({ ticket: 'ticket', id: `shell-${String(shells.length + 1)}` });
        },
        resizeTerminal: () => Promise.resolve(),
      },
    },
  });
  const client = {
    ...base,
    openBytes: () => {
      const shell = new FakeShell();
      shells.push(shell);
      return shell as unknown as ByteChannel;
    },
  };
  const app = new App(client);
  render(AppView, { app });
  const tells = (...rows: NodeRow[]) =>
    client.inventory.push({ revision: 2, events: rows.map((node) => ({ kind: 'node', node })) });
  return {
    app,
    client,
    shells,
    tells,
    refuses: (error: GuestroomError | undefined) => (refuse = error),
    user: userEvent.setup(),
  };
}
const page = () => screen.findByRole('heading', { level: 1, name: 'Terminal on lab-01' });
const button = (name: string) => screen.getByRole('button', { name });
const disabled = (element: HTMLElement) => element.getAttribute('aria-disabled') === 'true';
const shellsAre = async (shells: readonly FakeShell[], count: number) => {
  await waitFor(() => expect(shells).toHaveLength(count), { timeout: 20_000 });
  await waitFor(() => expect(shells.at(-1)?.onclose).not.toBeNull());
};

beforeEach(() => {
  location.hash = '';
});
afterEach(() => {
  for (const toast of toasts.list) toasts.dismiss(toast.id);
});

describe('a terminal on a host', () => {
  it('opens from the host’s page in a tab of its own, as often as one likes', async () => {
    const { app, client, shells, user } = open([withShells]);
    await screen.findByRole('heading', { level: 1, name: 'lab-01' });
    await user.click(button('Open a terminal'));
    await page();
    await shellsAre(shells, 1);
    expect(client.calls).toContainEqual({
      name: 'consoles.terminal',
      input: { node: 'lab', columns: 80, rows: 24 },
    });
    const tabs = screen.getByRole('tablist', { name: 'Open tabs' });
    expect(within(tabs).getByRole('tab', { name: 'Terminal · lab-01' })).toBeTruthy();
    expect(document.title).toBe('Terminal · lab-01 – Guestroom');

    await user.keyboard('{Control>}k{/Control}');
    await user.keyboard('terminal lab');
    await user.click(await screen.findByRole('option', { name: 'Open a terminal on lab-01' }));
    await within(tabs).findByRole('tab', { name: 'Terminal 2 · lab-01' });
    await shellsAre(shells, 2);
    expect(shells[0]?.closed).toBe(false);

    app.tabs.close('/terminal/lab/1');
    await waitFor(() => expect(shells[0]?.closed).toBe(true));
    expect(shells[1]?.closed).toBe(false);
  });

  it('says that the shell has ended, keeps what it wrote, and opens another one', async () => {
    const { shells, user } = open([withShells], ['/terminal/lab/1']);
    await page();
    await shellsAre(shells, 1);
    shells[0]?.writes('logout\r\n');
    shells[0]?.ends();
    expect((await screen.findByText(/The shell has ended/)).textContent).toContain('The shell has ended.');
    await waitFor(() => expect(document.querySelector('.xterm-rows')?.textContent).toContain('logout'));
    await user.click(button('Open again'));
    await shellsAre(shells, 2);
    await waitFor(() => expect(screen.queryByText(/The shell has ended/)).toBeNull());
  });

  it('says that the connection was lost, and can be opened again once the host is back', async () => {
    const { shells, tells, user } = open([withShells], ['/terminal/lab/1']);
    await page();
    await shellsAre(shells, 1);
    shells[0]?.ends(new GuestroomError('lost', 'The connection to ada@lab-01 was lost'));
    tells({ ...lab, state: 'waiting' });
    await screen.findByText(/The connection to ada@lab-01 was lost/);
    await waitFor(() => expect(disabled(button('Open again'))).toBe(true));
    tells(withShells);
    await waitFor(() => expect(disabled(button('Open again'))).toBe(false));
    // nobody asked for a shell yet
    expect(shells).toHaveLength(1);
    await user.click(button('Open again'));
    await shellsAre(shells, 2);
  });

  it('of an earlier day waits for its host, and opens then', async () => {
    const { shells, tells } = open([{ ...lab, state: 'connecting' }], ['/terminal/lab/1']);
    await screen.findByText('Connecting to lab-01');
    expect(shells).toHaveLength(0);
    tells(withShells);
    await shellsAre(shells, 1);
    expect(screen.queryByText('Connecting to lab-01')).toBeNull();
  });

  it('that is refused says why and what to do', async () => {
    const { shells, refuses, user } = open([withShells]);
    refuses(new GuestroomError('busy', 'No more terminals', { hint: 'Close one' }));
    await screen.findByRole('heading', { level: 1, name: 'lab-01' });
    await user.click(button('Open a terminal'));
    expect((await screen.findByRole('alert')).textContent).toMatch(/No more terminals[^]*Close one/);
    refuses(undefined);
    await user.click(button('Open again'));
    await shellsAre(shells, 1);
  });

  it('is offered on no other host, with the reason', async () => {
    const { app, user } = open(
      [host('desk', 'This computer'), host('rack', 'rack', { local: false, transport: 'tls' }), lab],
      ['/host/desk'],
    );
    await screen.findByRole('heading', { level: 1, name: 'This computer' });
    const reason = () => button('Open a terminal').getAttribute('aria-description');
    expect(reason()).toBe('This computer has terminal programs of its own');
    app.tabs.show('/host/rack');
    await waitFor(() => expect(reason()).toBe('Terminals are opened on hosts over SSH only'));
    await user.click(button('Open a terminal'));
    expect(app.tabs.open.some((route) => route.startsWith('/terminal/'))).toBe(false);
  });

  it('does not move to another window while its shell runs, and does once it has ended', async () => {
    const { shells, user } = open([withShells], ['/terminal/lab/1']);
    await page();
    await shellsAre(shells, 1);
    const menuItem = async () => {
      await user.pointer({
        target: screen.getByRole('tab', { name: 'Terminal · lab-01' }),
        keys: '[MouseRight]',
      });
      return screen.findByRole('menuitem', { name: /Move to its own window/ });
    };
    expect((await menuItem()).getAttribute('aria-disabled')).toBe('true');
    await user.keyboard('{Escape}');
    shells[0]?.ends();
    await screen.findByText(/The shell has ended/);
    expect((await menuItem()).getAttribute('aria-disabled')).not.toBe('true');
  });
});
