import '../layout.ts';
import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { problemText } from '../../../preload/create.ts';
import type { Choices, Source } from '../../../preload/create.ts';
import { create as zh } from '../../../renderer/i18n/zh-CN/create.ts';
import { CreateState } from '../../../renderer/pages/create/create.svelte.ts';
import type { CreateCalls } from '../../../renderer/pages/create/create.svelte.ts';
import { stepOfField } from '../../../renderer/pages/create/fields.ts';
import { renamed } from '../../../renderer/pages/create/rename-document.ts';
import { noteAt, takeSuggestion } from '../../../renderer/pages/create/suggest.ts';
import { disc } from '../../main/provision/facts.ts';
import Harness from './Harness.svelte';
import { preview, provisioningClient, systems } from './main.ts';

/** A state over main's own planning, with every plan that was asked for. */
function stateFor(source?: Source, answer = preview) {
  const asked: Choices[] = [];
  const calls = {
    systems: () => Promise.resolve(systems),
    plan: ({ choices }: { choices: Choices }) => {
      asked.push(choices);
      return Promise.resolve(answer(choices));
    },
    create: () => Promise.reject(new GuestroomError('no_space', 'The disk is full')),
  } as unknown as CreateCalls;
  const state = new CreateState('lab-01', calls, source);
  state.start();
  return { state, asked };
}
const settle = () => vi.advanceTimersByTimeAsync(300);

describe('the choices of the wizard', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are planned once after a pause in typing, with the last word', async () => {
    const { state, asked } = stateFor({ kind: 'empty' });
    await settle();
    for (const name of ['w', 'we', 'web']) state.set({ name }, 'name');
    expect(state.stale).toBe(true);
    await settle();
    expect(asked.map(({ name }) => name)).toEqual([undefined, 'web']);
    expect(state.stale).toBe(false);
    expect(state.preview?.values.name).toBe('web');
  });

  it('say what is missing only once it was touched or one wants to go on', async () => {
    const { state } = stateFor();
    await settle();
    expect(state.errorsOf('source')).toHaveLength(1);
    expect(noteAt(state, 'source.path').error).toBeUndefined();
    expect(state.next()).toBe(false);
    expect(noteAt(state, 'source.path').error).toBe('Choose a file first');
    state.setSource({ path: disc }, 'source.path');
    await settle();
    expect(state.next()).toBe(true);
    expect(state.step).toBe('system');
  });

  it('do not go on while main still thinks', async () => {
    const { state } = stateFor({ kind: 'empty' });
    await settle();
    state.set({ memory: 1 }, 'memory');
    expect(state.next()).toBe(false);
  });

  it('do not take an answer about older choices for one about these', async () => {
    const { state } = stateFor();
    // the first plan is under way: a disc that is not chosen yet
    state.chooseKind('empty');
    await vi.advanceTimersByTimeAsync(0);
    expect(state.stale).toBe(true);
    await settle();
    expect(state.next()).toBe(true);
  });

  it('take the suggested name, size and port', async () => {
    const forward = { protocol: 'tcp', hostPort: 2222, guestPort: 22 } as const;
    const { state } = stateFor({ kind: 'empty' });
    state.set({ name: 'web-03', network: { kind: 'user', forwards: [forward, forward] } });
    await settle();
    const note = noteAt(state, 'name');
    expect(note.error).toBe('lab-01 already has a virtual machine called web-03.');
    expect(note.action?.label).toBe('Use web-05');
    for (const problem of state.errors) takeSuggestion(state, problem);
    await settle();
    expect(state.errors).toEqual([]);
    expect(state.choices.name).toBe('web-05');
    expect(state.choices.network?.forwards?.map(({ hostPort }) => hostPort)).toEqual([2222, 2223]);
  });

  it('keep what was entered for a source while another one is looked at', async () => {
    const { state } = stateFor({ kind: 'iso', path: disc });
    state.chooseKind('cloud');
    state.setSource({ user: 'ada' });
    state.chooseKind('iso');
    expect(state.choices.source).toEqual({ kind: 'iso', path: disc });
    state.chooseKind('cloud');
    expect(state.choices.source).toMatchObject({ user: 'ada' });
    await settle();
  });

  it('show why main refused, and stay as they are', async () => {
    const { state } = stateFor({ kind: 'empty' });
    await settle();
    expect(await state.create()).toBeUndefined();
    expect(state.createError).toMatchObject({ code: 'no_space' });
    expect(state.creating).toBe(false);
  });

  it('show why nothing could be planned, and plan again when asked', async () => {
    let broken = true;
    const { state } = stateFor({ kind: 'empty' }, (choices) => {
      if (broken) throw new GuestroomError('lost', 'The connection ended');
      return preview(choices);
    });
    await settle();
    expect(state.failure?.code).toBe('lost');
    broken = false;
    state.retry();
    await settle();
    expect(state.failure).toBeUndefined();
    expect(state.preview).toBeDefined();
  });
});

describe('the wizard', () => {
  it('makes a machine from a disc that was browsed for, with the defaults', async () => {
    const user = userEvent.setup();
    const client = provisioningClient();
    const onclose = vi.fn();
    render(Harness, { client, onclose });
    await user.click(await screen.findByRole('button', { name: 'Browse…' }));
    const files = await screen.findByRole('listbox', { name: 'Files' });
    await waitFor(() => expect(files.textContent).toContain('debian-13.iso'));
    // folders first, and only what fits
    expect(files.textContent).not.toContain('notes.txt');
    files.focus();
    await user.keyboard('d{Enter}');
    expect(await screen.findByText(/boots with BIOS and UEFI/)).toBeTruthy();
    const finish = screen.getByRole('button', { name: 'Finish with these defaults' });
    await waitFor(() => expect(finish.getAttribute('aria-disabled')).toBeNull());
    await user.click(finish);
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    const made = client.calls.find(({ name }) => name === 'provision.create');
    expect(made?.input).toEqual({ node: 'lab-01', choices: { source: { kind: 'iso', path: disc } } });
  });

  it('stops at a name that is taken, says so beside it, and offers another', async () => {
    const user = userEvent.setup();
    render(Harness, { client: provisioningClient(), onclose: () => undefined });
    await user.click(await screen.findByText('Empty machine'));
    const next = screen.getByRole('button', { name: 'Next' });
    await waitFor(() => expect(next.getAttribute('aria-disabled')).toBeNull());
    await user.click(next);
    const name = await screen.findByLabelText('Name');
    await user.clear(name);
    await user.type(name, 'web-03');
    const way = await screen.findByRole('button', { name: 'Use web-05' });
    expect(name.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByText('needs another name')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Next' }).getAttribute('aria-disabled')).toBe('true');
    await user.click(way);
    await waitFor(() =>
      expect(screen.getByRole('button', { name: 'Next' }).getAttribute('aria-disabled')).toBeNull(),
    );
    expect((name as HTMLInputElement).value).toBe('web-05');
  });
});

describe('texts', () => {
  it('of every problem name the same facts in each language', () => {
    const names = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
    for (const code of Object.keys(problemText) as (keyof typeof problemText)[])
      expect(names(zh.problems[code]), code).toEqual(names(problemText[code]));
  });

  it('of a problem stand in the step that has its field', () => {
    expect(
      ['source.path', 'name', 'memory', 'disk.size', 'network.forwards.0', 'document'].map(stepOfField),
    ).toEqual(['source', 'system', 'hardware', 'devices', 'devices', 'review']);
  });

  it('of a document keep all but the name when it is renamed', () => {
    expect(renamed('<domain><!-- x --><name>a</name><title>a</title></domain>', 'b<$1')).toBe(
      '<domain><!-- x --><name>b&lt;$1</name><title>a</title></domain>',
    );
  });
});
