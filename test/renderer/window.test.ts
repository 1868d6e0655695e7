import './layout.ts';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { no } from '../../drivers/api/operations.ts';
import AppView from '../../renderer/App.svelte';
import { toasts } from '../../renderer/parts/toasts.svelte.ts';
import { App } from '../../renderer/state/app.svelte.ts';
import { allAllowed, fakeClient, host, machine, uuidOf } from './fake-client.ts';
import type { FakeOptions } from './fake-client.ts';

const hostile = '<img src=x onerror=alert(1)>';
const nodes = [host('desk', 'This computer'), host('lab', 'lab-01', { local: false, transport: 'ssh' })];
const domains = {
  desk: [
    machine(1, 'web-03', { state: 'running' }),
    machine(2, 'old-wiki'),
    machine(3, hostile, { title: hostile, state: 'running' }),
  ],
  lab: [machine(4, 'db-primary', { state: 'running' })],
};

function open(options: FakeOptions = {}) {
  const client = fakeClient({
    nodes,
    domains,
    settings: { tabs: ['/host/desk'], tab: '/host/desk' },
    ...options,
  });
  const app = new App(client);
  render(AppView, { app });
  return { app, client, user: userEvent.setup() };
}
const called = (client: ReturnType<typeof fakeClient>, name: string) =>
  client.calls.filter((call) => call.name === name).map((call) => call.input);
const grid = () => screen.findByRole('grid', { name: 'Virtual machines on This computer' });
const tree = () => screen.getByRole('tree');

beforeEach(() => {
  location.hash = '';
});
afterEach(() => {
  for (const toast of toasts.list) toasts.dismiss(toast.id);
});

describe('the window', () => {
  it('shows a virtual machine with markup in its name as text everywhere', async () => {
    const alert = vi.spyOn(window, 'alert').mockImplementation(() => undefined);
    const { user, app } = open();
    await grid();
    expect((await grid()).textContent).toContain(hostile);
    expect(tree().textContent).toContain(hostile);
    await user.keyboard('{Control>}k{/Control}');
    await user.keyboard('img');
    app.paletteOpen = false;
    app.dialogs.show({ kind: 'delete', targets: [{ node: 'desk', uuid: uuidOf(3) }] });
    expect(await screen.findByRole('alertdialog', { name: `Delete ${hostile}?` })).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
    expect(alert).not.toHaveBeenCalled();
  });

  it('follows what main tells without a reload', async () => {
    const { client } = open();
    const table = await grid();
    expect(within(table).queryByText('new-one')).toBeNull();
    client.inventory.push({
      revision: 2,
      events: [{ kind: 'domain', node: 'desk', domain: machine(7, 'new-one', { state: 'paused' }) }],
    });
    const row = (await within(table).findByText('new-one')).closest<HTMLElement>('[role=row]');
    expect(row && within(row).getByText('Paused')).toBeTruthy();
    client.inventory.push({
      revision: 3,
      events: [{ kind: 'domain-removed', node: 'desk', uuid: uuidOf(7) }],
    });
    await waitFor(() => expect(within(table).queryByText('new-one')).toBeNull());
  });

  it('filters the tree and opens what fits', async () => {
    const { user } = open();
    await grid();
    await user.keyboard('{Control>}f{/Control}');
    await user.keyboard('db');
    await waitFor(() =>
      expect(
        within(tree())
          .getAllByRole('treeitem')
          .map((item) => item.getAttribute('data-key')),
      ).toEqual(['/host/lab', `/vm/lab/${uuidOf(4)}`]),
    );
    await user.keyboard('zzz');
    expect(await screen.findByText('Nothing matches “dbzzz”')).toBeTruthy();
  });

  it('walks the tree by keyboard and opens a host with Enter', async () => {
    const { user, app } = open();
    await grid();
    tree().focus();
    await user.keyboard('{End}{ArrowLeft}{Enter}');
    expect(app.tabs.current).toBe('/host/lab');
    await user.keyboard('{ArrowLeft}');
    expect(within(tree()).queryByText('db-primary')).toBeNull();
    expect(within(tree()).getByText('web-03')).toBeTruthy();
  });

  it('does to all chosen what some of them allow, and says why it cannot', async () => {
    const { user, client } = open();
    const table = await grid();
    table.focus();
    await user.keyboard('{Control>}a{/Control}');
    const bar = await screen.findByRole('toolbar', { name: '3 selected' });
    await user.click(within(bar).getByRole('button', { name: 'Start' }));
    await waitFor(() => expect(called(client, 'domains.act')).toHaveLength(1));
    expect(called(client, 'domains.act')[0]).toMatchObject({
      operation: 'start',
      targets: [{ node: 'desk', uuid: uuidOf(2) }],
    });
    await user.keyboard('{Home}');
    table.focus();
    await user.keyboard('{End}');
    const pause = within(await screen.findByRole('toolbar', { name: '1 selected' })).getByRole('button', {
      name: 'Pause',
    });
    expect(pause.getAttribute('aria-disabled')).toBeNull();
  });

  it('greys what the hypervisor cannot do, keeps it in reach and says so', async () => {
    const limited = { ...allAllowed, suspend: no('driver_lacks') };
    const { user, client } = open({ nodes: [host('desk', 'This computer', { verdicts: limited })] });
    const table = await grid();
    await user.click(within(table).getByText('web-03'));
    const pause = within(await screen.findByRole('toolbar', { name: '1 selected' })).getByRole('button', {
      name: 'Pause',
    });
    expect(pause.getAttribute('aria-disabled')).toBe('true');
    expect(pause.getAttribute('aria-description')).toBe('This hypervisor cannot do it');
    await user.click(pause);
    expect(called(client, 'domains.act')).toEqual([]);
  });

  it('asks before it forces off, with the safe answer in focus', async () => {
    const { user, client, app } = open();
    await grid();
    app.tabs.show('/host/desk');
    await user.pointer({ keys: '[MouseRight]', target: within(await grid()).getByText('web-03') });
    await user.click(await screen.findByRole('menuitem', { name: 'Force off…' }));
    const dialog = await screen.findByRole('alertdialog', { name: 'Force web-03 off?' });
    await waitFor(() =>
      expect(document.activeElement).toBe(within(dialog).getByRole('button', { name: 'Cancel' })),
    );
    await user.click(within(dialog).getByRole('button', { name: 'Force off' }));
    await waitFor(() => expect(called(client, 'domains.act')).toMatchObject([{ operation: 'destroy' }]));
  });

  it('opens the menu of a row, where what cannot be done still says why', async () => {
    const { user } = open();
    const table = await grid();
    await user.pointer({ keys: '[MouseRight]', target: within(table).getByText('web-03') });
    const menu = await screen.findByRole('menu', { name: 'web-03' });
    const start = within(menu).getByRole('menuitem', {
      name: /^Start The virtual machine is already running/,
    });
    expect(start.getAttribute('aria-disabled')).toBe('true');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
  });

  it('shows a failure in the row it belongs to', async () => {
    const { user } = open({
      calls: {
        domains: {
          act: ({ targets }) =>
            Promise.resolve(
              targets.map((target) => ({
                ...target,
                ok: false,
                error: { code: 'no_memory', message: 'Not enough memory for old-wiki', retryable: true },
              })),
            ),
        },
      },
    });
    const table = await grid();
    await user.click(within(table).getByText('old-wiki'));
    await user.click(
      within(await screen.findByRole('toolbar', { name: '1 selected' })).getByRole('button', {
        name: 'Start',
      }),
    );
    expect(await within(table).findByText('Not enough memory for old-wiki')).toBeTruthy();
    await user.click(within(table).getByRole('button', { name: 'Show' }));
    expect(
      within(await screen.findByRole('dialog', { name: 'old-wiki' })).getByText('Not enough memory.'),
    ).toBeTruthy();
  });
});

describe('deleting', () => {
  it('names what is lost and deletes only the ticked disks', async () => {
    const gib = 1024 ** 3;
    const { user, client, app } = open({
      volumes: [
        { node: 'desk', uuid: uuidOf(2), path: '/srv/wiki.qcow2', target: 'vda', allocation: 18.2 * gib },
        {
          node: 'desk',
          uuid: uuidOf(2),
          path: '/srv/shared.qcow2',
          target: 'vdb',
          allocation: gib,
          keep: 'used_by_other',
          usedBy: 'web-03',
        },
      ],
      calls: { domains: { undefine: () => Promise.resolve({ task: 't1' }) } },
    });
    await grid();
    app.dialogs.show({ kind: 'delete', targets: [{ node: 'desk', uuid: uuidOf(2) }] });
    const dialog = await screen.findByRole('alertdialog', { name: 'Delete old-wiki?' });
    expect(await within(dialog).findByText('also used by web-03')).toBeTruthy();
    const shared = within(dialog).getByRole<HTMLInputElement>('checkbox', { name: '/srv/shared.qcow2' });
    expect(shared.checked).toBe(false);
    expect(within(dialog).getByRole('button', { name: 'Delete and lose 18.2 GiB' })).toBeTruthy();
    await user.click(within(dialog).getByRole('checkbox', { name: '/srv/wiki.qcow2' }));
    await user.click(within(dialog).getByRole('button', { name: 'Delete, keep all disks' }));
    await waitFor(() =>
      expect(called(client, 'domains.undefine')).toEqual([
        { node: 'desk', uuid: uuidOf(2), volumes: [], destroy: false },
      ]),
    );
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  });

  it('says that firmware variables and TPM state are lost, and keeps them when asked', async () => {
    const { user, client, app } = open({
      states: [{ node: 'desk', uuid: uuidOf(2), nvram: true, tpm: true, snapshots: 0 }],
      calls: { domains: { undefine: () => Promise.resolve({ task: 't1' }) } },
    });
    await grid();
    app.dialogs.show({ kind: 'delete', targets: [{ node: 'desk', uuid: uuidOf(2) }] });
    const dialog = await screen.findByRole('alertdialog', { name: 'Delete old-wiki?' });
    const keep = await within(dialog).findByRole<HTMLInputElement>('checkbox', {
      name: 'Keep firmware variables and TPM state',
    });
    expect(keep.checked).toBe(false);
    expect(dialog.textContent).toContain('its firmware variables (boot entries, Secure Boot keys)');
    expect(dialog.textContent).toContain('and its TPM state (keys).');
    expect(dialog.textContent).toContain('BitLocker');
    await user.click(keep);
    expect(dialog.textContent).toContain('Its definition is lost for good.');
    expect(dialog.textContent).not.toContain('BitLocker');
    await user.click(within(dialog).getByRole('button', { name: 'Delete' }));
    await waitFor(() =>
      expect(called(client, 'domains.undefine')).toEqual([
        { node: 'desk', uuid: uuidOf(2), volumes: [], keepNvram: true, destroy: false },
      ]),
    );
  });

  it('names only what the virtual machines really have, and of how many of them', async () => {
    const { app } = open({
      domains: { ...domains, desk: [machine(1, 'web-03'), machine(2, 'old-wiki', { hasManagedSave: true })] },
      states: [{ node: 'desk', uuid: uuidOf(1), nvram: true, tpm: false, snapshots: 0 }],
    });
    await grid();
    const targets = [1, 2].map((number) => ({ node: 'desk', uuid: uuidOf(number) }));
    app.dialogs.show({ kind: 'delete', targets });
    const dialog = await screen.findByRole('alertdialog', { name: 'Delete 2 virtual machines?' });
    expect(await within(dialog).findByRole('checkbox', { name: 'Keep firmware variables' })).toBeTruthy();
    expect(dialog.textContent).toContain(
      'Their definitions are lost for good, with the firmware variables of 1 (boot entries, Secure Boot keys) and the saved state of 1.',
    );
  });

  it('says how many snapshots are lost, and speaks of no disks where there are none', async () => {
    const { app } = open({
      states: [{ node: 'desk', uuid: uuidOf(2), nvram: false, tpm: false, snapshots: 3 }],
    });
    await grid();
    app.dialogs.show({ kind: 'delete', targets: [{ node: 'desk', uuid: uuidOf(2) }] });
    const dialog = await screen.findByRole('alertdialog', { name: 'Delete old-wiki?' });
    expect(await within(dialog).findByRole('button', { name: 'Delete' })).toBeTruthy();
    expect(dialog.textContent).toContain('Its definition is lost for good, with its 3 snapshots.');
    expect(within(dialog).queryByRole('checkbox')).toBeNull();
  });
});

describe('the command palette', () => {
  it('finds an action on a virtual machine by words in any order and does it', async () => {
    const { user, client } = open();
    await grid();
    await user.keyboard('{Control>}k{/Control}');
    const field = await screen.findByRole('combobox', { name: 'Commands' });
    await waitFor(() => expect(document.activeElement).toBe(field));
    await user.keyboard('web shut');
    expect((await screen.findAllByRole('option'))[0]?.textContent).toContain('Shut down web-03');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(called(client, 'domains.act')).toMatchObject([{ operation: 'shutdown' }]));
    expect(screen.queryByRole('combobox', { name: 'Commands' })).toBeNull();
  });

  it('goes to a host by its name with the arrow keys', async () => {
    const { user, app } = open();
    await grid();
    await user.keyboard('{Control>}k{/Control}');
    await screen.findByRole('combobox', { name: 'Commands' });
    await user.keyboard('lab-01');
    await user.keyboard('{ArrowDown}{ArrowUp}{Enter}');
    expect(app.tabs.current).toBe('/host/lab');
  });
});

describe('tabs', () => {
  it('close with Ctrl+W, the middle button and Delete, and are chosen with the arrow keys', async () => {
    const { user, app } = open({
      settings: { tabs: ['/host/desk', '/tasks', '/settings', '/about'], tab: '/host/desk' },
    });
    await grid();
    const tab = (name: string) => screen.getByRole('tab', { name });
    tab('This computer').focus();
    await user.keyboard('{ArrowRight}');
    expect(app.tabs.current).toBe('/tasks');
    await user.pointer({ keys: '[MouseMiddle]', target: tab('Settings') });
    expect(app.tabs.open).toEqual(['/host/desk', '/tasks', '/about']);
    tab('About Guestroom').focus();
    await user.keyboard('{Delete}');
    expect(app.tabs.open).toEqual(['/host/desk', '/tasks']);
    await user.keyboard('{Control>}w{/Control}');
    expect(app.tabs.open).toEqual(['/host/desk']);
  });
});

describe('saved tabs', () => {
  it('of hosts that were forgotten meanwhile do not come back', async () => {
    const { app } = open({
      settings: { tabs: ['/host/gone', '/host/desk', `/vm/desk/${uuidOf(99)}`], tab: '/host/gone' },
    });
    await grid();
    expect(app.tabs.open).toEqual(['/host/desk']);
  });

  it('of a host that is not connected now stay, since they come back with it', async () => {
    const vm = `/vm/desk/${uuidOf(99)}`;
    const { app } = open({
      nodes: [host('desk', 'This computer', { state: 'failed' })],
      domains: {},
      settings: { tabs: ['/host/desk', vm], tab: '/host/desk' },
    });
    expect(await screen.findByText('This computer is not connected')).toBeTruthy();
    expect(app.tabs.open).toEqual(['/host/desk', vm]);
  });
});

describe('the first run', () => {
  it('shows what was found, with the way on, and connects it', async () => {
    const { user, client } = open({
      nodes: [],
      domains: {},
      settings: {},
      probes: [
        {
          driver: 'qemu',
          title: 'QEMU',
          state: 'ready',
          uri: 'qemu:///embed',
          version: '7.2',
          summary: 'Found',
          accelerators: ['tcg'],
          lookedFor: [],
        },
        {
          driver: 'x',
          title: 'Other',
          state: 'stopped',
          uri: 'x:///system',
          summary: 'Stopped',
          command: 'sudo start it',
          lookedFor: [],
        },
        {
          driver: 'lxc',
          title: 'LXC',
          state: 'missing',
          uri: 'lxc:///embed',
          summary: '',
          lookedFor: ['/usr/bin/lxc-start'],
        },
      ],
      calls: { nodes: { add: () => Promise.resolve({ node: 'desk' }) } },
    });
    expect(await screen.findByText('QEMU with emulation')).toBeTruthy();
    expect(screen.getByText('sudo start it')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'What was looked for' }));
    expect(screen.getByText('/usr/bin/lxc-start')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Connect' }));
    await waitFor(() => expect(called(client, 'nodes.add')).toEqual([{ uri: 'qemu:///embed' }]));
  });
});

describe('the welcome page of somebody who has a host', () => {
  it('says what comes next, and does it', async () => {
    const { user, app } = open({ settings: { tabs: ['/welcome'], tab: '/welcome' } });
    const line = await screen.findByText(/^This computer is connected/);
    const row = line.parentElement;
    if (!row) throw new Error('no row');
    await user.click(within(row).getByRole('button', { name: 'New virtual machine' }));
    expect(app.dialogs.current).toEqual({ kind: 'create', node: 'desk', mode: 'wizard' });
    app.dialogs.close();
    await user.click(within(row).getByRole('button', { name: 'Open its list' }));
    expect(app.tabs.current).toBe('/host/desk');
  });
});

describe('the window of the app on macOS', () => {
  const info = (host: 'electron' | 'browser', platform: string) => ({
    app: {
      info: () =>
        Promise.resolve({
          ...{ name: 'Guestroom', version: '0.1.0', host, platform, hostname: 'desk', runtime: '' },
          ...{ dialogs: true, windows: true },
          folders: { data: '/data', config: '/config', state: '/state', runtime: '/run' },
        }),
    },
  });
  const buttons = () => screen.getByRole('complementary', { name: 'Hosts' }).querySelector('.window-buttons');

  it('leaves room for the buttons of the window', async () => {
    open({ calls: info('electron', 'darwin') });
    await waitFor(() => expect(buttons()).toBeTruthy());
  });

  it('leaves none in a browser', async () => {
    const { app } = open({ calls: info('browser', 'darwin') });
    await waitFor(() => expect(app.info?.platform).toBe('darwin'));
    await grid();
    expect(buttons()).toBeNull();
  });
});

describe('settings', () => {
  it('change the theme at once and save it', async () => {
    const { user, client } = open({ settings: { tabs: ['/settings'], tab: '/settings' } });
    await user.click(await screen.findByRole('radio', { name: 'Dark' }));
    expect(document.documentElement.dataset['theme']).toBe('dark');
    expect(called(client, 'settings.set')).toContainEqual({ theme: 'dark' });
  });
});
