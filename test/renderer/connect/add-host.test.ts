import '../layout.ts';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { parseUri } from '../../../drivers/api/uri.ts';
import AppView from '../../../renderer/App.svelte';
import { AddHostForm } from '../../../renderer/pages/connect/add-host.svelte.ts';
import { sshTargets } from '../../../renderer/pages/connect/ssh-way.svelte.ts';
import { toasts } from '../../../renderer/parts/toasts.svelte.ts';
import { App } from '../../../renderer/state/app.svelte.ts';
import { fakeClient, host } from '../fake-client.ts';
import type { FakeOptions } from '../fake-client.ts';
import { probe, question, steps, trial } from './rows.ts';

const hostile = '<img src=x onerror=alert(1)>';
const nodes = [host('desk', 'Desk', { uri: 'qemu:///embed' })];
const secret = 'a longer password';

function open(options: FakeOptions = {}) {
  const client = fakeClient({ nodes, settings: { tabs: ['/host/desk'], tab: '/host/desk' }, ...options });
  const app = new App(client);
  render(AppView, { app });
  return { app, client, user: userEvent.setup() };
}
async function dialog(options: FakeOptions = {}) {
  const window = open(options);
  await screen.findByRole('tree');
  window.app.dialogs.show({ kind: 'addHost' });
  const found = await screen.findByRole('dialog', { name: 'Add a host' });
  return { ...window, dialog: within(found) };
}
const called = (client: ReturnType<typeof fakeClient>, name: string) =>
  client.calls.filter((call) => call.name === name).map((call) => call.input);

beforeEach(() => {
  location.hash = '';
});
afterEach(() => {
  for (const toast of toasts.list) toasts.dismiss(toast.id);
});

describe('what is chosen in the dialog', () => {
  it('becomes the address that libvirt writes for a host over TLS', () => {
    const form = new AddHostForm();
    form.way = 'tls';
    expect(form.subject).toBeUndefined();
    form.address = 'rack-9.example.net';
    expect(form.subject?.uri).toBe('qemu+tls://rack-9.example.net/system');
    form.port = 16_514;
    expect(form.subject?.uri).toBe('qemu+tls://rack-9.example.net/system');
    Object.assign(form, { port: 17_000, hypervisor: 'lxc', certificates: ' /etc/my pki ', readOnly: true });
    expect(form.subject).toEqual({
      uri: 'lxc+tls://rack-9.example.net:17000/system?pkipath=/etc/my%20pki',
      readOnly: true,
    });
    Object.assign(form, { address: 'ada@2001:db8::7', port: null, certificates: '', hypervisor: 'remote' });
    expect(form.subject?.uri).toBe('remote+tls://ada@[2001:db8::7]/');
  });

  it('becomes the address of a host over SSH, with what runs there and the way to it', () => {
    const form = new AddHostForm();
    form.way = 'ssh';
    const { ssh } = form;
    expect(form.subject).toBeUndefined();
    ssh.address = ' ada@rack-9 ';
    expect(form.suggestion).toBe('rack-9');
    const uris = sshTargets.map((target) => {
      ssh.target = target;
      return form.subject?.uri;
    });
    expect(uris).toEqual([
      'qemu+ssh://ada@rack-9/system',
      'qemu+ssh://ada@rack-9/session',
      'lxc+ssh://ada@rack-9/system',
      'xen+ssh://ada@rack-9/system',
      'qemu+ssh://ada@rack-9/embed',
    ]);
    // not left out: ~/.ssh/config may name another one
    Object.assign(ssh, { address: '2001:db8::7', port: 22, target: 'system' });
    expect(form.subject?.uri).toBe('qemu+ssh://[2001:db8::7]:22/system');
    Object.assign(ssh, {
      ...{ address: 'rack', port: null },
      ...{ jump: 'ada@gate:2222 , [2001:db8::1]:22', keyFile: ' ~/.ssh/id work ' },
    });
    const uri = form.subject?.uri ?? '';
    expect(parseUri(uri).params).toEqual(
      new Map([
        ['jump', 'ada@gate:2222,[2001:db8::1]:22'],
        ['keyfile', '~/.ssh/id work'],
      ]),
    );
  });

  it.each([
    ['', undefined],
    ['gate', undefined],
    ['none', undefined],
    ['ssh://ada@gate:22', undefined],
    ['gate,', 'wrong'],
    ['gate:0', 'wrong'],
    ['gate inner', 'wrong'],
    ['-oProxyCommand=x', 'wrong'],
    ['ada:secret@gate', 'wrong'],
  ])('as jump host %j is %s', (jump, outcome) => {
    const form = new AddHostForm();
    form.way = 'ssh';
    Object.assign(form.ssh, { address: 'rack', jump });
    form.ask();
    expect(form.problemOf('jump') === undefined ? undefined : 'wrong').toBe(outcome);
    expect(form.subject === undefined ? 'wrong' : undefined).toBe(outcome);
  });

  it.each(['id_ed25519', '~', '~ada/.ssh/id', '/keys/'])('as key file %j is no whole path', (keyFile) => {
    const form = new AddHostForm();
    form.way = 'ssh';
    Object.assign(form.ssh, { address: 'rack', keyFile });
    expect(form.ask()).toBeUndefined();
    expect(form.problemOf('keyFile')).toBe(
      'The whole path of the private key is needed, as ~/.ssh/id_ed25519.',
    );
  });

  it('is taken apart where a port or a whole URI was pasted as the address over SSH', () => {
    const form = new AddHostForm();
    form.way = 'ssh';
    form.ssh.address = 'ada@rack-9:2222';
    form.addressAction?.run();
    expect(form.subject?.uri).toBe('qemu+ssh://ada@rack-9:2222/system');
    form.ssh.address = 'xen+ssh://rack-9/system';
    expect(form.problemOf('address')).toBe('This is a whole connection URI:');
    form.addressAction?.run();
    expect(form.way).toBe('other');
    expect(form.subject?.uri).toBe('xen+ssh://rack-9/system');
    expect(form.ssh.address).toBe('');
    form.way = 'ssh';
    form.ssh.address = '-oProxyCommand=x';
    expect(form.ask()).toBeUndefined();
    expect(form.problemOf('address')).toContain('Only a name or an address');
  });

  it('is missed only once it was asked for, and keeps each way’s own fields', () => {
    const form = new AddHostForm();
    form.way = 'other';
    expect(form.problemOf('uri')).toBeUndefined();
    expect(form.ask()).toBeUndefined();
    expect(form.problemOf('uri')).toBe('A connection URI is needed.');
    form.uri = 'qemu+ssh://rack/system';
    expect(form.problemOf('uri')).toBeUndefined();
    expect(form.subject?.uri).toBe('qemu+ssh://rack/system');
    form.way = 'tls';
    expect(form.problemOf('address')).toBeUndefined();
    form.port = 0;
    expect(form.problemOf('port')).toBe('A port is a whole number from 1 to 65535.');
    form.way = 'other';
    expect(form.uri).toBe('qemu+ssh://rack/system');
  });
});

describe('adding a hypervisor of this computer', () => {
  const probes = [
    probe({ uri: 'qemu:///embed', node: 'desk' }),
    probe({ uri: 'qemu:///system', driver: 'libvirt', title: 'QEMU with libvirt', version: '9.0.0' }),
    probe({
      ...{ uri: 'lxc:///system', driver: 'libvirt', title: hostile, state: 'denied' },
      ...{ summary: hostile, command: 'sudo usermod -aG libvirt ada' },
    }),
  ];

  it('takes the first one that is ready and not in the list, under its own name', async () => {
    const add = () => Promise.resolve({ node: 'desk' });
    const { dialog: found, user, client } = await dialog({ probes, calls: { nodes: { add } } });
    const choice = await found.findByRole<HTMLInputElement>('radio', { name: 'QEMU with libvirt' });
    expect(choice.checked).toBe(true);
    expect(found.getByText('In the list as “Desk”')).toBeTruthy();
    expect(found.getByText('sudo usermod -aG libvirt ada')).toBeTruthy();
    expect(found.getAllByText(hostile)).toHaveLength(2);
    expect(document.querySelector('img')).toBeNull();
    await user.click(found.getByRole('checkbox', { name: 'Only look: refuse every change' }));
    await user.click(found.getByRole('button', { name: 'Add and connect' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(called(client, 'nodes.add')).toEqual([
      { uri: 'qemu:///system', readOnly: true, autoconnect: true, name: 'QEMU with libvirt' },
    ]);
  });

  it('says so when looking fails, and looks again', async () => {
    let answers = 0;
    const look = () =>
      answers++ === 0 ? Promise.reject(new GuestroomError('internal', 'It broke')) : Promise.resolve(probes);
    const { dialog: found, user } = await dialog({ calls: { nodes: { probe: look } } });
    expect((await found.findByRole('alert')).textContent).toContain('It broke');
    await user.click(found.getByRole('button', { name: 'Look again' }));
    expect(await found.findByRole('radio', { name: 'QEMU with libvirt' })).toBeTruthy();
    expect(found.queryByRole('alert')).toBeNull();
  });

  it('gives it another name where a host has its own', async () => {
    const same = [host('desk', 'QEMU with libvirt', { uri: 'test:///default' })];
    const { dialog: found } = await dialog({ probes, nodes: same });
    await found.findByRole('radio', { name: 'QEMU with libvirt' });
    const name = found.getByRole('textbox', { name: 'Name' });
    await waitFor(() => expect(name.getAttribute('placeholder')).toBe('QEMU with libvirt 2'));
  });
});

describe('a test of a connection', () => {
  async function testing() {
    const window = await dialog();
    const { dialog: found, user, client } = window;
    await user.click(found.getByRole('radio', { name: 'Over TLS' }));
    await user.type(found.getByRole('textbox', { name: 'Address' }), 'rack-9');
    await user.click(found.getByRole('button', { name: 'Test connection' }));
    await waitFor(() => expect(client.trials.readers).toBe(1));
    return window;
  }

  it('shows the steps as they go on, and the host’s words as text', async () => {
    const { dialog: found, client } = await testing();
    expect(called(client, 'nodes.test')).toEqual([{ uri: 'qemu+tls://rack-9/system', readOnly: false }]);
    client.trials.push(
      trial({ steps: steps(['reach', 'done', { took: 1234, detail: hostile }], ['list', 'ahead']) }),
    );
    const rows = await found.findAllByRole('listitem');
    expect(rows.map((row) => row.textContent.replace(/\s+/g, ' ').trim())).toEqual([
      `Reach the host ${hostile} 1.2 s`,
      'List virtual machines –',
    ]);
    expect(within(rows[0] as HTMLElement).getByRole('img', { name: 'done' })).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
    client.trials.push(
      trial({
        state: 'failed',
        steps: steps(['reach', 'failed', { took: 3 }]),
        error: {
          code: 'unreachable',
          message: 'Nothing answers',
          hint: 'Look at the firewall',
          retryable: true,
        },
      }),
    );
    const why = await found.findByRole('alert');
    expect(why.closest('li')?.textContent).toContain('Reach the host');
    expect(why.textContent).toContain('Look at the firewall');
  });

  it('says what was found, and can still be added without another test', async () => {
    const { dialog: found, client } = await testing();
    const facts = {
      hostname: 'rack-9',
      hypervisor: 'QEMU',
      hypervisorVersion: '8.2.0',
      libvirtVersion: '10.0.0',
    };
    client.trials.push(
      trial({ state: 'done', found: { ...facts, machines: 12, running: 3, readOnly: true } }),
    );
    const status = await found.findByText('The connection works.', { exact: false });
    expect(status.textContent.replace(/\s+/g, ' ')).toBe(
      'The connection works. rack-9 · QEMU 8.2.0 · libvirt 10.0.0 · 12 virtual machines, 3 running · read-only',
    );
    expect(found.getByRole('button', { name: 'Add and connect' }).getAttribute('aria-disabled')).toBeNull();
  });

  it('asks a login in place, sends it once and keeps nothing of it', async () => {
    const { dialog: found, client, user, app } = await testing();
    client.trials.push(trial());
    await found.findAllByRole('listitem');
    client.questions.push({ kind: 'asked', question: question({ trial: 'other' }) });
    client.questions.push({ kind: 'asked', question: question({ id: 'q2', trial: 't1', realm: 'rack-9' }) });
    const asks = within(
      await found.findByRole('alertdialog', { name: 'libvirt on rack-9:16514 asks for a login' }),
    );
    expect(asks.getByText('Realm rack-9')).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(asks.getByRole('textbox', { name: 'Name' })));
    expect(found.getByRole('button', { name: 'Add and connect' }).getAttribute('aria-disabled')).toBe('true');
    await user.keyboard('{Enter}');
    expect(asks.getByText('A name is needed.')).toBeTruthy();
    expect(called(client, 'questions.answer')).toEqual([]);
    await user.keyboard('ada{Tab}');
    await user.keyboard(`${secret}{Enter}`);
    expect(called(client, 'questions.answer')).toEqual([
      { question: 'q2', answer: { kind: 'credentials', user: 'ada', password: secret } },
    ]);
    expect(asks.getByLabelText<HTMLInputElement>('Password').value).toBe('');
    expect(JSON.stringify([app.questions.open, app.dialogs.current])).not.toContain(secret);
    client.questions.push({ kind: 'withdrawn', ids: ['q2'] });
    await waitFor(() => expect(found.queryByRole('alertdialog')).toBeNull());
  });

  it('is left when the dialog is closed', async () => {
    const { client, user } = await testing();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await waitFor(() => expect(client.trials.readers).toBe(0));
  });
});

describe('adding a host over SSH', () => {
  const info = (dialogs: boolean) => ({
    ...{ version: '1.2.3', runtime: 'Electron', platform: 'linux', kind: 'electron', windows: false },
    dialogs,
  });

  it('takes the key file from the system’s own dialog where there is one', async () => {
    const chooseFile = () => Promise.resolve({ path: '/home/ada/.ssh/id_work' });
    const app = { info: () => info(true), chooseFile };
    const { dialog: found, user, client } = await dialog({ calls: { app } as never });
    await user.click(found.getByRole('radio', { name: 'Over SSH' }));
    await user.type(found.getByRole('textbox', { name: 'Address' }), 'rack');
    await user.click(await found.findByRole('button', { name: 'Choose…' }));
    await waitFor(() =>
      expect(found.getByRole<HTMLInputElement>('textbox', { name: 'Key file' }).value).toBe(
        '/home/ada/.ssh/id_work',
      ),
    );
    await user.click(found.getByRole('button', { name: 'Add and connect' }));
    expect(called(client, 'nodes.add')).toMatchObject([
      { name: 'rack', uri: 'qemu+ssh://rack/system?keyfile=/home/ada/.ssh/id_work' },
    ]);
  });
});
