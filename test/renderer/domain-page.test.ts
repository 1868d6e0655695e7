import './layout.ts';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { DomainSummary } from '../../drivers/api/model.ts';
import { no } from '../../drivers/api/operations.ts';
import type { DomainDetail, NodeRow } from '../../preload/rows.ts';
import AppView from '../../renderer/App.svelte';
import { App } from '../../renderer/state/app.svelte.ts';
import { allAllowed, fakeClient, host, machine, uuidOf } from './fake-client.ts';
import type { FakeOptions } from './fake-client.ts';

const uuid = uuidOf(1);
const target = { node: 'desk', uuid };

function detailOf(summary: DomainSummary): DomainDetail {
  return {
    summary,
    description: 'first line',
    firmware: 'bios',
    secureBoot: false,
    currentMemory: summary.memory,
    disks: [
      {
        target: 'vda',
        device: 'disk',
        bus: 'virtio',
        source: '/images/a.qcow2',
        format: 'qcow2',
        readonly: false,
        removable: false,
      },
      {
        target: 'sda',
        device: 'cdrom',
        bus: 'sata',
        source: '/media/a.iso',
        readonly: true,
        removable: true,
      },
    ],
    interfaces: [
      { type: 'user', model: 'virtio', mac: '52:54:00:00:00:01', forwards: ['tcp 127.0.0.1:2222 → 22'] },
    ],
    graphics: [{ index: 0, type: 'vnc', label: 'VNC', openable: true }],
    consoles: [{ alias: 'serial0', kind: 'serial', label: 'pty', openable: true }],
  };
}

interface Shown {
  domain?: Partial<DomainSummary>;
  node?: Partial<NodeRow>;
  calls?: FakeOptions['calls'];
}

async function show({ domain, node, calls }: Shown = {}) {
  const summary = machine(1, 'web-03', domain);
  const client = fakeClient({
    nodes: [host('desk', 'This computer', node)],
    domains: { desk: [summary] },
    settings: { tabs: [`/vm/desk/${uuid}`], tab: `/vm/desk/${uuid}` },
    calls: { ...calls, domains: { detail: () => Promise.resolve(detailOf(summary)), ...calls?.domains } },
  });
  const app = new App(client);
  const view = render(AppView, { app });
  await screen.findByRole('heading', { level: 1, name: 'web-03' }, { timeout: 20_000 });
  const called = (name: string) =>
    client.calls.filter((call) => call.name === name).map((call) => call.input);
  return { client, app, called, user: userEvent.setup(), view };
}
const button = (name: string | RegExp) => {
  const [first] = screen.getAllByRole('button', { name });
  if (!first) throw new Error('no such button');
  return first;
};

describe('the page of a virtual machine', () => {
  it('says why an action cannot be done, keeps it focusable and does nothing', async () => {
    const { called, user } = await show({ domain: { state: 'running' } });
    const start = button('Start');
    expect(start.getAttribute('aria-disabled')).toBe('true');
    expect(start.getAttribute('aria-description')).toBe('The virtual machine is already running');
    await user.click(start);
    expect(called('domains.act')).toEqual([]);
    await user.tab();
    start.focus();
    expect(document.activeElement).toBe(start);
    expect(button('Shut down').getAttribute('aria-disabled')).toBeNull();
    await user.click(button('Shut down'));
    expect(called('domains.act')).toEqual([{ operation: 'shutdown', targets: [target] }]);
  });

  it('says that the hypervisor lacks an operation, and that a host is not connected', async () => {
    await show({
      domain: { state: 'running' },
      node: { verdicts: { ...allAllowed, suspend: no('driver_lacks') } },
    });
    expect(button('Pause').getAttribute('aria-description')).toBe('This hypervisor cannot do it');
  });

  it('shows why a guest died and runs it with emulation at one click', async () => {
    const { called, user } = await show({
      domain: {
        problem: {
          code: 'accelerator',
          message: 'KVM: internal error',
          hint: 'Use emulation',
          detail: 'suberror 3',
        },
      },
    });
    const note = (await screen.findAllByRole('alert')).find((each) =>
      each.textContent.includes('KVM: internal error'),
    );
    expect(note?.textContent).toContain('Use emulation');
    await user.click(button('Run with emulation'));
    expect(called('domains.act')).toEqual([{ operation: 'start', targets: [target], emulate: true }]);
  });

  it('starts the network that a machine needs with it, at one click', async () => {
    const error = new GuestroomError('network_off', 'The network default is off').toData();
    const { called, user } = await show({
      calls: { domains: { act: () => Promise.resolve([{ ...target, ok: false, error }]) } },
    });
    await user.click(button('Start'));
    expect(await screen.findByText(/The network default is off/)).toBeTruthy();
    await user.click(button('Start the network and the machine'));
    expect(called('domains.act').at(-1)).toEqual({ operation: 'start', targets: [target], networks: true });
  });

  it('does not offer to emulate once what libvirt runs: that cannot do it', async () => {
    await show({
      node: { uri: 'qemu:///system' },
      domain: { problem: { code: 'accelerator', message: 'KVM: internal error' } },
    });
    expect(await screen.findByText(/KVM: internal error/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Run with emulation' })).toBeNull();
  });

  it('keeps its name in its tab while its host is away, and shows why the host is', async () => {
    const { client } = await show();
    const error = new GuestroomError('unreachable', 'libvirt is not running').toData();
    const away = host('desk', 'This computer', { state: 'waiting', error });
    client.inventory.push({
      revision: 2,
      events: [
        { kind: 'node', node: away },
        { kind: 'domain-removed', node: 'desk', uuid },
      ],
    });
    expect(await screen.findByText('The host does not answer.')).toBeTruthy();
    expect(button('Retry')).toBeTruthy();
    const tabs = screen.getByRole('tablist', { name: 'Open tabs' });
    expect(within(tabs).getByRole('tab', { name: /web-03/ })).toBeTruthy();
    client.inventory.push({ revision: 3, events: [{ kind: 'node', node: host('desk', 'This computer') }] });
    expect(await screen.findByText('This virtual machine is not there any more')).toBeTruthy();
  });

  it('says why a machine that was just made does not run, until that is dismissed', async () => {
    const error = new GuestroomError('no_memory', 'It was made, but it does not start').toData();
    const { client, called, user } = await show();
    const row = { id: 't1', kind: 'create', subject: 'web-03', ...target } as const;
    const task = { ...row, state: 'failed', startedAt: 1, endedAt: 2, cancellable: true, error } as const;
    client.tasks.push({ kind: 'task', task });
    const notes = () => screen.queryAllByRole('alert').map((note) => note.textContent);
    await waitFor(() => expect(notes().join()).toContain('Not enough memory. It was made'));
    await user.click(button('Dismiss'));
    expect(called('tasks.clear')).toEqual([{ tasks: ['t1'] }]);
    client.tasks.push({ kind: 'removed', ids: ['t1'] });
    await waitFor(() => expect(notes().join()).not.toContain('Not enough memory'));
  });

  it('offers to start a machine that is off where its screen would be', async () => {
    const { called, user } = await show();
    expect(await screen.findByText('web-03 is off')).toBeTruthy();
    const starts = screen.getAllByRole('button', { name: 'Start' });
    const last = starts.at(-1);
    if (!last) throw new Error('no start button');
    await user.click(last);
    expect(called('domains.act')).toEqual([{ operation: 'start', targets: [target] }]);
    expect(called('consoles.graphics')).toEqual([]);
  });

  it('says why a screen could not be opened and opens it when asked again', async () => {
    let turns = 0;
    const { user, called } = await show({
      domain: { state: 'running' },
      calls: {
        consoles: {
          graphics: () => {
            turns += 1;
            return Promise.reject(new GuestroomError('busy', `Somebody else is looking ${turns}`));
          },
        },
      },
    });
    expect(await screen.findByText('Somebody else is looking 1')).toBeTruthy();
    await user.click(button('Connect again'));
    expect(await screen.findByText('Somebody else is looking 2')).toBeTruthy();
    expect(called('consoles.graphics')).toEqual([
      { ...target, index: 0 },
      { ...target, index: 0 },
    ]);
  });

  it('asks the hypervisor for a screenshot where the screen cannot be reached', async () => {
    const { user } = await show({
      domain: { state: 'running' },
      calls: {
        consoles: { graphics: () => Promise.reject(new GuestroomError('unreachable', 'Seen there only')) },
        domains: { screenshot: () => Promise.reject(new GuestroomError('busy', 'It draws just now')) },
      },
    });
    expect(await screen.findByText('Seen there only')).toBeTruthy();
    expect(button('Send keys').getAttribute('aria-description')).toBe('Not connected');
    expect(button('Screenshot').getAttribute('aria-disabled')).toBeNull();
    await user.click(button('Screenshot'));
    expect(await screen.findByText(/It draws just now/)).toBeTruthy();
  });

  it('says of a machine that is off why there is no screenshot', async () => {
    await show();
    expect(button('Screenshot').getAttribute('aria-description')).toBe('The virtual machine is off');
  });

  it('keeps notes that could not be saved while the person looks at another page', async () => {
    let good = false;
    const { user, called } = await show({
      calls: {
        domains: {
          setMetadata: () =>
            good ? Promise.resolve() : Promise.reject(new GuestroomError('no_space', 'The disk is full')),
        },
      },
    });
    await user.click(screen.getByRole('tab', { name: 'Overview' }));
    const notes = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Notes' });
    await waitFor(() => expect(notes.value).toBe('first line'));
    await user.type(notes, ', second');
    await user.click(screen.getByRole('tab', { name: 'XML' }));
    await waitFor(() => expect(called('domains.setMetadata')).toHaveLength(1));
    await user.click(screen.getByRole('tab', { name: 'Overview' }));
    expect(notes.value).toBe('first line, second');
    expect(await screen.findByText('Not saved')).toBeTruthy();
    good = true;
    const overview = screen.getByRole('tabpanel', { name: 'Overview' });
    await user.click(within(overview).getByRole('button', { name: 'Retry' }));
    await waitFor(() => expect(called('domains.setMetadata')).toHaveLength(2));
    expect(called('domains.setMetadata').at(-1)).toEqual({ ...target, description: 'first line, second' });
  });

  it('names disks, network and forwards, and ejects a medium', async () => {
    const { user, called } = await show({ calls: { domains: { changeMedia: () => Promise.resolve() } } });
    await user.click(screen.getByRole('tab', { name: 'Overview' }));
    expect(await screen.findByText('/images/a.qcow2')).toBeTruthy();
    expect(screen.getByText('tcp 127.0.0.1:2222 → 22')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Eject' }));
    expect(called('domains.changeMedia')).toEqual([{ ...target, target: 'sda', path: null }]);
  });

  it('shows a monitor that the hypervisor lacks greyed, with the reason', async () => {
    const { user } = await show({
      domain: { state: 'running' },
      node: { verdicts: { ...allAllowed, qemuMonitorCommand: no('driver_lacks') } },
    });
    await user.click(screen.getByRole('tab', { name: 'Monitor' }));
    const panel = screen.getByRole('tabpanel', { name: 'Monitor' });
    expect(within(panel).getByRole('status').textContent).toContain('This hypervisor cannot do it');
    expect(within(panel).getByRole('button', { name: 'Run' }).getAttribute('aria-disabled')).toBe('true');
    expect(within(panel).getByRole('textbox').hasAttribute('readonly')).toBe(true);
  });

  it('talks to the monitor, and shows replies indented and errors in their place', async () => {
    const { user, called } = await show({
      domain: { state: 'running' },
      calls: {
        domains: {
          monitor: ({ command }: { command: string }) =>
            command.includes('bad')
              ? Promise.reject(new GuestroomError('invalid_argument', 'CommandNotFound'))
              : Promise.resolve({ reply: '{"return":{"running":true}}' }),
        },
      },
    });
    await user.click(screen.getByRole('tab', { name: 'Monitor' }));
    const panel = screen.getByRole('tabpanel', { name: 'Monitor' });
    await user.click(within(panel).getByRole('radio', { name: 'QMP' }));
    const input = within(panel).getByRole<HTMLInputElement>('textbox');
    await user.type(input, 'query-status{Enter}');
    expect(await within(panel).findByText(/"running": true/)).toBeTruthy();
    await user.type(input, 'bad{Enter}');
    expect(await within(panel).findByText(/CommandNotFound/)).toBeTruthy();
    await user.type(input, '{ArrowUp}{ArrowUp}');
    expect(input.value).toBe('query-status');
    await user.type(input, '{ArrowDown}{ArrowDown}');
    expect(input.value).toBe('');
    await user.type(input, 'not json{Enter}');
    expect(within(panel).getByText(/^Not JSON/)).toBeTruthy();
    expect(called('domains.monitor')).toEqual([
      { ...target, kind: 'qmp', command: '{"execute":"query-status"}' },
      { ...target, kind: 'qmp', command: '{"execute":"bad"}' },
    ]);
  });
});
