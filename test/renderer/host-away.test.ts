import './layout.ts';
import { EditorView } from '@codemirror/view';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { DomainDetail } from '../../preload/rows.ts';
import AppView from '../../renderer/App.svelte';
import { App } from '../../renderer/state/app.svelte.ts';
import { fakeClient, host, machine, uuidOf } from './fake-client.ts';
import type { FakeClient } from './fake-client.ts';

const uuid = uuidOf(1);
const route = `/vm/far/${uuid}`;
const row = machine(1, 'web-03', { state: 'running' });
const node = host('far', 'server', { local: false, transport: 'ssh' });
const detail: DomainDetail = {
  summary: row,
  firmware: 'bios',
  secureBoot: false,
  currentMemory: row.memory,
  disks: [],
  interfaces: [],
  graphics: [],
  consoles: [],
};
const document1 = '<domain type="kvm">\n  <name>web-03</name>\n</domain>\n';
const document2 = '<domain type="kvm">\n  <name>web-03</name>\n  <title>theirs</title>\n</domain>\n';

async function open() {
  let xml = document1;
  const client = fakeClient({
    nodes: [node],
    domains: { far: [row] },
    settings: { tabs: [route], tab: route },
    calls: {
      domains: { detail: () => Promise.resolve(detail), xml: () => Promise.resolve({ xml }) },
    },
  });
  const app = new App(client);
  render(AppView, { app });
  await screen.findByRole('heading', { level: 1, name: 'web-03' }, { timeout: 20_000 });
  return {
    app,
    client,
    user: userEvent.setup(),
    change: (next: string) => (xml = next),
  };
}
const part = (name: string) =>
  within(screen.getByRole('tablist', { name: 'Pages of this virtual machine' })).getByRole('tab', { name });

/** As main tells of a connection that was lost and is tried again. */
function lose(client: FakeClient) {
  client.inventory.push({
    revision: 2,
    events: [
      { kind: 'domains-removed', node: 'far' },
      {
        kind: 'node',
        node: {
          ...node,
          state: 'waiting',
          error: { code: 'lost', message: 'The connection to server ended', retryable: true },
        },
      },
    ],
  });
}
function comeBack(client: FakeClient) {
  client.inventory.push({
    revision: 3,
    events: [
      { kind: 'domain', node: 'far', domain: row },
      { kind: 'node', node },
    ],
  });
}

describe('the page of a machine whose host goes away and comes back', () => {
  it('keeps what was written in the document, and the page that one was on', async () => {
    const { client, user } = await open();
    await user.click(part('XML'));
    const place = await screen.findByRole('textbox', { name: 'XML document' });
    const view = EditorView.findFromDOM(place);
    if (!view) throw new Error('no editor');
    await waitFor(() => expect(view.state.doc.toString()).toBe(document1));
    view.dispatch({ changes: { from: 0, insert: '<!-- an hour of work -->\n' } });
    await screen.findByText('Changed');
    lose(client);
    await screen.findByText('server is not connected');
    expect(screen.queryByRole('textbox', { name: 'XML document' })).toBeNull();
    comeBack(client);
    const again = await screen.findByRole('textbox', { name: 'XML document' });
    expect(part('XML').getAttribute('aria-selected')).toBe('true');
    expect(EditorView.findFromDOM(again)?.state.doc.toString()).toBe(
      `<!-- an hour of work -->\n${document1}`,
    );
  });

  it('says when the document was changed elsewhere meanwhile', async () => {
    const { client, user, change } = await open();
    await user.click(part('XML'));
    const view = EditorView.findFromDOM(await screen.findByRole('textbox', { name: 'XML document' }));
    if (!view) throw new Error('no editor');
    await waitFor(() => expect(view.state.doc.toString()).toBe(document1));
    view.dispatch({ changes: { from: 0, insert: '<!-- mine -->\n' } });
    lose(client);
    await screen.findByText('server is not connected');
    change(document2);
    comeBack(client);
    await screen.findByText(/changed elsewhere/i);
  });

  it('keeps what is written to the monitor, and offers nothing that cannot be done', async () => {
    const { client, user } = await open();
    await user.click(part('Monitor'));
    await user.type(await screen.findByRole('textbox', { name: 'Command for the monitor' }), 'info block');
    lose(client);
    await screen.findByText('server is not connected');
    expect(screen.queryByRole('button', { name: 'Shut down' })).toBeNull();
    comeBack(client);
    const field = await screen.findByRole<HTMLInputElement>('textbox', { name: 'Command for the monitor' });
    expect(field.value).toBe('info block');
  });
});
