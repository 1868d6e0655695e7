import '../layout.ts';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { ExportedHost, Importable } from '../../../preload/importing.ts';
import AppView from '../../../renderer/App.svelte';
import { App } from '../../../renderer/state/app.svelte.ts';
import { fakeClient, host } from '../fake-client.ts';
import type { FakeOptions } from '../fake-client.ts';

const hostile = '<img src=x onerror=alert(1)>';
const nodes = [
  host('desk', 'Desk', { uri: 'qemu:///embed' }),
  host('rack', 'Rack', { uri: 'qemu+ssh://rack/embed' }),
];
const found: Importable = {
  hosts: [
    { source: 'ssh-config', name: 'rack', uri: 'qemu+ssh://rack/system', already: false },
    { source: 'ssh-config', name: hostile, uri: 'qemu+ssh://desk/system', already: false },
    { source: 'virt-manager', name: 'Old', uri: 'qemu:///system', already: true },
    { source: 'virt-manager', name: 'Lab', uri: 'qemu+tls://lab/system', already: false },
  ],
  notes: [],
};

beforeEach(() => {
  location.hash = '';
});

async function open(options: FakeOptions['calls'] = {}) {
  const client = fakeClient({
    nodes,
    settings: { tabs: ['/host/desk'], tab: '/host/desk' },
    calls: { nodes: { importable: () => Promise.resolve(found), ...options.nodes } },
  });
  const app = new App(client);
  render(AppView, { app });
  const user = userEvent.setup();
  await screen.findByRole('tree');
  app.dialogs.show({ kind: 'importHosts' });
  const dialog = within(await screen.findByRole('dialog', { name: 'Import hosts' }));
  const imported = () => client.calls.filter(({ name }) => name === 'nodes.import').map(({ input }) => input);
  return { app, client, user, dialog, imported };
}
const box = (dialog: Awaited<ReturnType<typeof open>>['dialog'], name: string) =>
  dialog.getByRole<HTMLInputElement>('checkbox', { name });

describe('the dialog that imports hosts', () => {
  it('shows what was found by its source, as text, and what is in the list already', async () => {
    const { dialog } = await open();
    await dialog.findByRole('list', { name: 'SSH configuration' });
    expect(box(dialog, 'rack').checked).toBe(false);
    expect(box(dialog, hostile).checked).toBe(false);
    expect(document.querySelector('img')).toBeNull();
    expect(box(dialog, 'Lab').checked).toBe(true);
    expect(box(dialog, 'Old').disabled).toBe(true);
    expect(dialog.getByText('already there')).toBeTruthy();
  });

  it('adds what is chosen, and shows the host when it is one', async () => {
    const { dialog, user, imported, app } = await open({
      nodes: { import: () => Promise.resolve([{ uri: 'qemu+tls://lab/system', node: 'rack' }]) },
    });
    await user.click(await dialog.findByRole('button', { name: 'Import 1 host' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(imported()).toEqual([
      { entries: [{ name: 'Lab', uri: 'qemu+tls://lab/system', readOnly: false }] },
    ]);
    expect(app.tabs.current).toBe('/host/rack');
  });

  it('says why a host was not added and keeps it chosen', async () => {
    const error = new GuestroomError('exists', 'The host is already in the list as “Desk”').toData();
    const { dialog, user, imported } = await open({
      nodes: {
        import: () =>
          Promise.resolve([
            { uri: 'qemu+ssh://rack/system', node: 'rack' },
            { uri: 'qemu+tls://lab/system', error },
          ]),
      },
    });
    await user.click(await dialog.findByRole('checkbox', { name: 'rack' }));
    await user.click(dialog.getByRole('button', { name: 'Import 2 hosts' }));
    expect((await dialog.findByRole('alert')).textContent).toContain('already in the list as “Desk”');
    expect(box(dialog, 'Lab').checked).toBe(true);
    expect(box(dialog, 'rack').checked).toBe(false);
    expect(imported()).toHaveLength(1);
  });

  it('means QEMU run by Guestroom where that is chosen for the hosts of SSH', async () => {
    const { dialog, user, imported } = await open({ nodes: { import: () => Promise.resolve([]) } });
    await user.click(await dialog.findByRole('checkbox', { name: 'All of virt-manager' }));
    dialog.getByRole('combobox', { name: 'Hypervisor: libvirt on these hosts' }).focus();
    // its first letter chooses it
    await user.keyboard('q');
    // this one is in the list
    await waitFor(() => expect(box(dialog, 'rack').disabled).toBe(true));
    await user.click(dialog.getByRole('checkbox', { name: 'All of SSH configuration' }));
    await user.click(dialog.getByRole('button', { name: 'Import 1 host' }));
    await waitFor(() => expect(imported()).toHaveLength(1));
    expect(imported()).toEqual([
      { entries: [{ name: hostile, uri: 'qemu+ssh://desk/embed', readOnly: false }] },
    ]);
  });

  it('says why there is nothing, and what cannot be read', async () => {
    const error = new GuestroomError('program_failed', 'It broke', { hint: 'Mend it' }).toData();
    const nothing: Importable = {
      hosts: [],
      notes: [
        { source: 'ssh-config', reason: 'absent' },
        { source: 'virt-manager', reason: 'failed', error },
      ],
    };
    const { dialog, user, imported } = await open({ nodes: { importable: () => Promise.resolve(nothing) } });
    expect(await dialog.findByText('There is no ~/.ssh/config.')).toBeTruthy();
    expect(dialog.getByText(/It broke/).textContent).toContain('Mend it');
    const button = dialog.getByRole('button', { name: 'Import' });
    expect(button.getAttribute('aria-disabled')).toBe('true');
    await user.click(button);
    expect(imported()).toEqual([]);
  });

  it('reads a list from its text or from a file, and says what is wrong with it', async () => {
    const hosts: ExportedHost[] = [
      { name: 'Desk', uri: 'qemu:///embed', autoconnect: true, readOnly: false },
      { name: 'Vault', uri: 'qemu+ssh://vault/system', autoconnect: true, readOnly: true },
    ];
    const readExport = ({ text }: { text: string }) =>
      text.includes('guestroom')
        ? Promise.resolve({ hosts })
        : Promise.reject(new GuestroomError('invalid_argument', 'This is no list of hosts of Guestroom'));
    const { dialog, user, imported } = await open({
      nodes: { readExport, import: () => Promise.resolve([]) },
    });
    await user.type(await dialog.findByRole('textbox', { name: 'Its text' }), 'anything');
    await user.click(dialog.getByRole('button', { name: 'Read the text' }));
    expect((await dialog.findByRole('alert')).textContent).toContain('This is no list of hosts');
    const file = new File(['{"guestroom": 1, "hosts": []}'], 'hosts.json', { type: 'application/json' });
    const picker = document.querySelector<HTMLInputElement>('input[type=file]');
    if (!picker) throw new Error('there is nothing to choose a file with');
    await user.upload(picker, file);
    const list = within(await dialog.findByRole('list', { name: 'Exported list' }));
    expect(list.getByText('read-only')).toBeTruthy();
    expect(list.getByRole<HTMLInputElement>('checkbox', { name: 'Desk' }).disabled).toBe(true);
    expect(dialog.queryByRole('alert')).toBeNull();
    await user.click(dialog.getByRole('button', { name: 'Import 2 hosts' }));
    await waitFor(() => expect(imported()).toHaveLength(1));
    expect(imported()).toEqual([
      {
        entries: [
          { name: 'Lab', uri: 'qemu+tls://lab/system', readOnly: false },
          { name: 'Vault', uri: 'qemu+ssh://vault/system', readOnly: true },
        ],
      },
    ]);
  });

  it('is reached from the dialog that adds a host', async () => {
    const { app, user } = await open();
    app.dialogs.show({ kind: 'addHost' });
    const adding = within(await screen.findByRole('dialog', { name: 'Add a host' }));
    await user.click(adding.getByRole('button', { name: 'Import hosts…' }));
    expect(await screen.findByRole('dialog', { name: 'Import hosts' })).toBeTruthy();
  });
});
