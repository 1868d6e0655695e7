import '../layout.ts';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { ConnectionDetails } from '../../../preload/attempts.ts';
import type { NodeRow } from '../../../preload/rows.ts';
import AppView from '../../../renderer/App.svelte';
import { toasts } from '../../../renderer/parts/toasts.svelte.ts';
import { App } from '../../../renderer/state/app.svelte.ts';
import { fakeClient, host } from '../fake-client.ts';
import { steps } from './rows.ts';

const fingerprint = 'ED25519 SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU';
const rack = host('rack', 'Rack', {
  uri: 'qemu+ssh://ada@rack/system?keyfile=/home/ada/key&token=abc',
  local: false,
  transport: 'ssh',
  roundTrip: 12,
});
const made: ConnectionDetails = {
  connected: Date.UTC(2026, 10, 28, 12, 0),
  hops: ['ada@gate', 'ada@rack:2222'],
  steps: steps(
    ['resolve', 'done', { took: 3, detail: '192.0.2.9' }],
    ['encrypt', 'done', { took: 41, detail: 'aes128-gcm, curve25519-sha256' }],
    ['identify', 'done', { took: 2, detail: fingerprint }],
    ['login', 'done', { took: 120, detail: 'ada, /home/ada/key' }],
    ['list', 'done', { took: 1800, detail: '4' }],
  ),
};

function open(node: NodeRow, details: () => ConnectionDetails = () => made) {
  const client = fakeClient({
    nodes: [node],
    settings: { tabs: ['/host/rack'], tab: '/host/rack' },
    calls: { nodes: { details: () => Promise.resolve(details()) } },
  });
  const app = new App(client);
  render(AppView, { app });
  const tells = (row: NodeRow) =>
    client.inventory.push({ revision: 2, events: [{ kind: 'node', node: row }] });
  return { app, client, tells, user: userEvent.setup() };
}
const dialog = async () => within(await screen.findByRole('dialog', { name: 'Connection to Rack' }));
const statusBar = () => within(screen.getByRole('contentinfo'));

beforeEach(() => {
  location.hash = '';
});
afterEach(() => {
  for (const toast of toasts.list) toasts.dismiss(toast.id);
});

describe('the connection to a host over SSH', () => {
  it('is told with its way, its steps and their times, and copied without secrets', async () => {
    const { user } = open(rack);
    await user.pointer({
      keys: '[MouseRight]',
      target: await screen.findByRole('treeitem', { name: /^Rack/ }),
    });
    await user.click(await screen.findByRole('menuitem', { name: 'Connection details…' }));
    const shown = await dialog();
    await shown.findByText('This computer → ada@gate → ada@rack:2222');
    for (const text of ['aes128-gcm, curve25519-sha256', fingerprint, 'ada, /home/ada/key', '12 ms'])
      expect(shown.getAllByText(text).length, text).toBeGreaterThan(0);
    const rows = within(shown.getByRole('list', { name: 'Connection' })).getAllByRole('listitem');
    expect(rows.map((row) => row.textContent.replace(/\s+/g, ' ').trim())).toEqual([
      'Look up the name 192.0.2.9 3 ms',
      'Agree on encryption aes128-gcm, curve25519-sha256 41 ms',
      `Know the host ${fingerprint} 2 ms`,
      'Log in ada, /home/ada/key 120 ms',
      'List virtual machines 4 virtual machines 1.8 s',
    ]);
    await user.click(shown.getByRole('button', { name: 'Copy report' }));
    await shown.findByRole('button', { name: 'Copied' });
    const report = await navigator.clipboard.readText();
    expect(report).toContain('qemu+ssh://ada@rack/system?keyfile=/home/ada/key&token=…');
    expect(report).not.toContain('abc');
    expect(report.split('\n')).toEqual(
      expect.arrayContaining([
        'connected since 2026-11-28T12:00:00.000Z',
        'route: here -> ada@gate -> ada@rack:2222',
        'round trip: 12 ms',
      ]),
    );
    expect(report).toMatch(/^encrypt +done +41 ms aes128-gcm/m);
  });

  it('that cannot be made shows where it failed, also after the person tries again', async () => {
    const failed: NodeRow = {
      ...rack,
      state: 'failed',
      error: new GuestroomError('auth_failed', 'Refused', { hint: 'Use another key' }).toData(),
    };
    let details: ConnectionDetails = {
      hops: [],
      steps: steps(['resolve', 'done', { took: 3 }], ['login', 'failed', { took: 80 }]),
    };
    const { app, tells } = open(failed, () => details);
    app.dialogs.show({ kind: 'connection', node: 'rack' });
    const shown = await dialog();
    expect((await shown.findByRole('alert')).textContent).toMatch(/Refused[^]*Use another key/);
    expect(shown.getByText('Offline')).toBeTruthy();
    details = made;
    tells(rack);
    await shown.findByText('This computer → ada@gate → ada@rack:2222');
    await waitFor(() => expect(shown.queryByRole('alert')).toBeNull());
  });
});

describe('how quick a host over SSH is', () => {
  it('stands on its page and in the status bar', async () => {
    open(rack);
    await screen.findByRole('heading', { level: 1, name: 'Rack' });
    expect(screen.getAllByText(/SSH, 12 ms/)).toHaveLength(2);
    expect(statusBar().getByText(/SSH, 12 ms/).textContent).toContain('Rack');
    expect(screen.queryByRole('button', { name: /^Slow connection/ })).toBeNull();
  });

  it('is a warning from 100 ms on, with what it means, and leads to the details', async () => {
    const { tells, user } = open(rack);
    await screen.findByRole('heading', { level: 1, name: 'Rack' });
    tells({ ...rack, roundTrip: 100 });
    const chip = await screen.findByRole('button', { name: 'Slow connection: 100 ms there and back' });
    expect(chip.getAttribute('aria-description')).toMatch(/under way for that long/);
    await user.click(chip);
    const shown = await dialog();
    await shown.findByText(/under way for that long/);
    tells({ ...rack, roundTrip: 30 });
    await waitFor(() => expect(shown.queryByText(/under way for that long/)).toBeNull());
  });

  it('is not told of hosts that are not reached over SSH, and not while it is offline', async () => {
    const { tells } = open(host('rack', 'Rack'));
    await screen.findByRole('heading', { level: 1, name: 'Rack' });
    expect(screen.queryByText(/SSH, /)).toBeNull();
    tells({ ...rack, state: 'waiting' });
    await screen.findAllByText('Rack offline');
    expect(screen.queryByText(/SSH, /)).toBeNull();
  });
});
