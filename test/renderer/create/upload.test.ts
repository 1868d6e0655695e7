import '../layout.ts';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { Folder } from '../../../drivers/api/model.ts';
import type { NodeRow, TaskRow } from '../../../preload/rows.ts';
import { i18n } from '../../../renderer/i18n/index.svelte.ts';
import { fakeClient } from '../fake-client.ts';
import type { FakeClient } from '../fake-client.ts';
import Harness from './Harness.svelte';
import { folder, node, provisioning } from './main.ts';

/** This computer, which is not the host. */
const own: Folder = {
  path: '/home/ada',
  parent: '/home',
  entries: [{ name: 'debian-13.iso', path: '/home/ada/debian-13.iso', kind: 'file', size: 784e6 }],
};
const task: TaskRow = {
  id: 'u1',
  kind: 'upload',
  subject: 'debian-13.iso',
  node: node.id,
  state: 'running',
  step: 'upload',
  bytes: { done: 96 * 1024 ** 2, total: 384 * 1024 ** 2, rate: 12e6 },
  progress: 0.25,
  remaining: 25,
  startedAt: 0,
  cancellable: true,
};

function far(row: Partial<NodeRow> = {}, refuse?: GuestroomError): FakeClient {
  const answer = (): { task: string } => {
    if (refuse) throw refuse;
    return { task: 'u1' };
  };
  return fakeClient({
    nodes: [{ ...node, local: false, ownFiles: false, ...row }],
    calls: {
      provision: provisioning,
      app: { browse: () => Promise.resolve(own) },
      volumes: { browse: () => Promise.resolve(folder) },
      transfers: {
        places: () =>
          Promise.resolve({
            pools: [{ name: 'default', path: '/srv/iso', available: 20 * 1024 ** 3 }],
            folder: '/srv',
          }),
        upload: () => Promise.resolve().then(answer),
      },
      tasks: { cancel: () => Promise.resolve() },
    },
  });
}

const fromHere = () => screen.findByRole('button', { name: 'Upload from this computer…' });
const dialog = async () => within(await screen.findByRole('dialog', { name: 'Upload a file to lab-01' }));

async function open(client: FakeClient) {
  const user = userEvent.setup();
  render(Harness, { client, onclose: () => undefined });
  await user.click(await fromHere());
  return user;
}
async function started(client: FakeClient) {
  const user = await open(client);
  const upload = await dialog();
  await user.type(upload.getByLabelText('File'), '/home/ada/debian-13.iso');
  await user.click(upload.getByRole('button', { name: 'Upload' }));
  await waitFor(() => expect(screen.queryByRole('dialog', { name: /^Upload/ })).toBeNull());
  client.tasks.push({ kind: 'task', task });
  return user;
}
const disc = () => screen.getByLabelText<HTMLInputElement>('Disc image');

afterEach(() => i18n.use('en'));

describe('a file of this computer in the wizard', () => {
  it('is offered only where the host’s files are others', async () => {
    const client = far({ local: true, ownFiles: true });
    render(Harness, { client, onclose: () => undefined });
    await screen.findByLabelText('Disc image');
    expect(screen.queryByRole('button', { name: 'Upload from this computer…' })).toBeNull();
  });

  it('says why it cannot be sent', async () => {
    render(Harness, {
      client: far({ verdicts: { volumeUpload: { can: 'no', reason: 'read_only' } } }),
      onclose: () => undefined,
    });
    const button = await fromHere();
    expect(button.getAttribute('aria-disabled')).toBe('true');
    expect(button.getAttribute('aria-description')).toBe('The connection is read-only');
  });

  it('is found by the list of this computer’s files, and goes into the usual place under its own name', async () => {
    const client = far();
    const user = await open(client);
    const upload = await dialog();
    await waitFor(() => expect(upload.getByRole('combobox').textContent).toContain('Storage pool default'));
    expect(upload.getByRole('button', { name: 'Upload' }).getAttribute('aria-disabled')).toBe('true');
    await user.click(upload.getByRole('button', { name: 'Choose…' }));
    const browser = within(await screen.findByRole('dialog', { name: 'Choose a file on this computer' }));
    await user.dblClick(await browser.findByRole('option', { name: /debian-13/ }));
    await waitFor(() =>
      expect(upload.getByLabelText<HTMLInputElement>('Name there').value).toBe('debian-13.iso'),
    );
    await user.click(upload.getByRole('button', { name: 'Upload' }));
    await waitFor(() =>
      expect(client.calls.find(({ name }) => name === 'transfers.upload')?.input).toEqual({
        node: 'lab-01',
        from: '/home/ada/debian-13.iso',
        to: { pool: 'default', name: 'debian-13.iso' },
      }),
    );
  });

  it('shows how it goes, in place, and is chosen once it is there', async () => {
    const client = far();
    await started(client);
    const progress = await screen.findByRole('group', { name: 'Uploading debian-13.iso' });
    await within(progress).findByText('96 MiB of 384 MiB · 12 MB/s · 25 sec left');
    within(progress).getByText('25 %');
    expect(within(progress).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('25');
    client.tasks.push({
      kind: 'task',
      task: {
        ...task,
        state: 'done',
        step: 'done',
        progress: 1,
        made: { path: '/srv/iso/debian-13.iso', sha256: 'ab', verified: true },
      },
    });
    await waitFor(() => expect(disc().value).toBe('/srv/iso/debian-13.iso'));
    await within(progress).findByText('The host has the same checksum.');
  });

  it('says when the host could not compare it, and keeps what was chosen meanwhile', async () => {
    const client = far();
    const user = await started(client);
    await user.type(disc(), '/srv/iso/other.iso');
    client.tasks.push({
      kind: 'task',
      task: { ...task, state: 'done', made: { path: '/srv/iso/debian-13.iso', sha256: 'ab' } },
    });
    await screen.findByText('Nothing was compared: the host has no program for checksums.');
    expect(disc().value).toBe('/srv/iso/other.iso');
  });

  it('can be cancelled, and begun again with the same choices', async () => {
    const client = far();
    const user = await started(client);
    await user.click(await screen.findByRole('button', { name: 'Cancel the upload' }));
    expect(client.calls).toContainEqual({ name: 'tasks.cancel', input: { task: 'u1' } });
    client.tasks.push({ kind: 'task', task: { ...task, state: 'cancelled' } });
    await user.click(await screen.findByRole('button', { name: 'Retry' }));
    await waitFor(() =>
      expect(client.calls.filter(({ name }) => name === 'transfers.upload')).toHaveLength(2),
    );
  });

  it('says what went wrong and that it goes on where it stopped', async () => {
    const client = far();
    await started(client);
    const hint = 'Try again once the host is connected: it goes on where it stopped';
    client.tasks.push({
      kind: 'task',
      task: {
        ...task,
        state: 'failed',
        error: { code: 'lost', message: 'The connection for files has ended', hint, retryable: true },
      },
    });
    const progress = await screen.findByRole('group', { name: 'Uploading debian-13.iso' });
    await within(progress).findByText(hint);
    within(progress).getByRole('button', { name: 'Retry' });
  });

  it('keeps its dialog open with the reason when main refuses, and takes another name', async () => {
    const client = far({}, new GuestroomError('exists', '/srv already has a file called debian-13.iso'));
    const user = await open(client);
    const upload = await dialog();
    await user.type(upload.getByLabelText('File'), '/home/ada/debian-13.iso');
    upload.getByRole('combobox').focus();
    await user.keyboard('{Enter}{ArrowDown}{Enter}');
    expect(upload.getByLabelText<HTMLInputElement>('Folder').value).toBe('/srv');
    await user.click(upload.getByRole('button', { name: 'Upload' }));
    await upload.findByText('/srv already has a file called debian-13.iso');
    await user.clear(upload.getByLabelText('Name there'));
    await user.type(upload.getByLabelText('Name there'), 'mine.iso');
    await user.click(upload.getByRole('button', { name: 'Upload' }));
    await waitFor(() =>
      expect(client.calls.findLast(({ name }) => name === 'transfers.upload')?.input).toMatchObject({
        to: { folder: '/srv', name: 'mine.iso' },
      }),
    );
  });

  it('is offered in Chinese', async () => {
    await i18n.use('zh-CN');
    render(Harness, { client: far(), onclose: () => undefined });
    await screen.findByRole('button', { name: '从本机上传…' });
  });
});
