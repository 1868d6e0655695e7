import './layout.ts';
import { EditorView } from '@codemirror/view';
import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { DomainDetail } from '../../preload/rows.ts';
import AppView from '../../renderer/App.svelte';
import { App } from '../../renderer/state/app.svelte.ts';
import { fakeClient, host, machine, uuidOf } from './fake-client.ts';
import type { FakeOptions } from './fake-client.ts';

const machines = Array.from({ length: 15 }, (_, index) => machine(index + 1, `vm-${String(index + 1)}`));
const route = (number: number) => `/vm/desk/${uuidOf(number)}`;
const xml = '<domain type="test">\n  <name>vm-1</name>\n</domain>\n';

function detailOf(uuid: string): DomainDetail {
  const summary = machines.find((each) => each.uuid === uuid);
  if (!summary) throw new Error(`no machine ${uuid}`);
  return {
    summary,
    firmware: 'bios',
    secureBoot: false,
    currentMemory: summary.memory,
    disks: [],
    interfaces: [],
    graphics: [],
    consoles: [],
  };
}

async function open(calls: NonNullable<FakeOptions['calls']>['domains'] = {}) {
  const client = fakeClient({
    nodes: [host('desk', 'This computer')],
    domains: { desk: machines },
    settings: { tabs: [route(1)], tab: route(1) },
    calls: {
      domains: {
        detail: ({ uuid }: { uuid: string }) => Promise.resolve(detailOf(uuid)),
        xml: () => Promise.resolve({ xml }),
        ...calls,
      },
    },
  });
  const app = new App(client);
  render(AppView, { app });
  const show = async (number: number) => {
    app.tabs.show(route(number));
    await screen.findByRole('heading', { level: 1, name: `vm-${String(number)}` }, { timeout: 20_000 });
  };
  await show(1);
  return { app, show, user: userEvent.setup() };
}
const pages = () => [...document.querySelectorAll<HTMLElement>('.tab-page')];
/** Machines whose page is there, from left to right. */
const there = () => pages().map((page) => page.querySelector('h1')?.textContent.trim());
const names = (...numbers: number[]) => numbers.map((number) => `vm-${String(number)}`);
const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('pages of tabs that are not looked at', () => {
  it('stay for the twelve that were looked at last, out of reach of the keyboard', async () => {
    const { app, show } = await open();
    for (const number of oneTo(12)) await show(number);
    expect(there()).toEqual(names(...oneTo(12)));
    const hidden = pages().filter((page) => page.hidden);
    expect(hidden).toHaveLength(11);
    expect(hidden.every((page) => page.inert)).toBe(true);
    expect(pages().filter((page) => !page.hidden && !page.inert)).toHaveLength(1);
    await show(1);
    await show(13);
    await waitFor(() => expect(there().toSorted()).toEqual(names(1, ...oneTo(13).slice(2)).toSorted()));
    // one that went does not come back before it is looked at
    app.tabs.close(route(3));
    await waitFor(() => expect(pages()).toHaveLength(11));
    expect(there()).not.toContain('vm-2');
    await show(2);
    expect(pages()).toHaveLength(12);
  }, 60_000);

  it('stay while a document on them has changes that are not saved', async () => {
    const { show, user } = await open();
    await user.click(screen.getByRole('tab', { name: 'XML' }));
    const editor = await screen.findByRole('textbox', { name: /XML/ }, { timeout: 20_000 });
    await waitFor(() => expect(editor.textContent).toContain('vm-1'));
    const view = EditorView.findFromDOM(editor);
    if (!view) throw new Error('no editor');
    view.dispatch({ changes: { from: 0, insert: '<!-- mine -->' } });
    for (const number of oneTo(14).slice(1)) await show(number);
    expect(there()).toContain('vm-1');
    expect(there()).not.toContain('vm-2');
    await show(1);
    expect((await screen.findByRole('textbox', { name: /XML/ })).textContent).toContain('<!-- mine -->');
  }, 60_000);

  it('stay until the notes on them are saved', async () => {
    let done: () => void = () => expect.unreachable('nothing was saved');
    const saved = new Promise<void>((resolve) => (done = resolve));
    const { show, user } = await open({ setMetadata: () => saved });
    await user.click(screen.getByRole('tab', { name: 'Overview' }));
    await user.type(await screen.findByRole('textbox', { name: 'Notes' }), 'for Ana');
    for (const number of oneTo(14).slice(1)) await show(number);
    expect(there()).toContain('vm-1');
    done();
    await waitFor(() => expect(there()).not.toContain('vm-1'));
    expect(
      within(screen.getByRole('tablist', { name: 'Open tabs' })).getByRole('tab', { name: /^vm-1,/ }),
    ).toBeTruthy();
  }, 60_000);
});

describe('a tab with a document that is not saved', () => {
  async function edited() {
    const opened = await open();
    await opened.user.click(screen.getByRole('tab', { name: 'XML' }));
    const editor = await screen.findByRole('textbox', { name: /XML/ }, { timeout: 20_000 });
    await waitFor(() => expect(editor.textContent).toContain('vm-1'));
    EditorView.findFromDOM(editor)?.dispatch({ changes: { from: 0, insert: '<!-- mine -->' } });
    return opened;
  }
  const unload = () => {
    const event = new Event('beforeunload', { cancelable: true });
    window.dispatchEvent(event);
    return event.defaultPrevented;
  };

  it('is closed only once the person lets the changes go', async () => {
    const { app, user } = await edited();
    await user.click(document.body);
    await user.keyboard('{Control>}w{/Control}');
    const question = await screen.findByRole('alertdialog', { name: 'Close vm-1 without saving?' });
    await user.click(within(question).getByRole('button', { name: 'Cancel' }));
    expect(app.tabs.open).toContain(route(1));
    expect(unload()).toBe(true);
    await user.keyboard('{Control>}w{/Control}');
    await user.click(await screen.findByRole('button', { name: 'Close without saving' }));
    expect(app.tabs.open).not.toContain(route(1));
    await waitFor(() => expect(unload()).toBe(false));
  });

  it('is not closed with the others unasked', async () => {
    const { app, show } = await edited();
    await show(2);
    app.closeOthers(route(2));
    await screen.findByRole('alertdialog', { name: 'Close vm-1 without saving?' });
    expect(app.tabs.open).toContain(route(1));
  });

  it('that was put back as it was is closed at once', async () => {
    const { app, user } = await edited();
    await user.click(screen.getByRole('button', { name: 'Revert' }));
    app.closeTab(route(1));
    expect(app.tabs.open).not.toContain(route(1));
  });
});
