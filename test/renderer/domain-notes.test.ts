import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuestroomError } from '../../drivers/api/errors.ts';
import { NotesDraft } from '../../renderer/pages/domain/NotesDraft.svelte.ts';

/** Main with one notes field; it answers when the test says so. */
class Desk {
  stored = '';
  #waiting: { text: string; resolve: () => void; reject: (error: unknown) => void }[] = [];
  draft = new NotesDraft(
    (text) => new Promise<void>((resolve, reject) => this.#waiting.push({ text, resolve, reject })),
  );

  get asked(): number {
    return this.#waiting.length;
  }

  async answer(good: boolean): Promise<void> {
    const next = this.#waiting.shift();
    if (!next) return;
    if (good) {
      this.stored = next.text;
      next.resolve();
    } else next.reject(new GuestroomError('no_space', 'The disk is full'));
    await vi.advanceTimersByTimeAsync(0);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('notes of a virtual machine', () => {
  it('save themselves after a pause in writing, once', async () => {
    const desk = new Desk();
    desk.draft.told('');
    desk.draft.write('a');
    await vi.advanceTimersByTimeAsync(500);
    desk.draft.write('ab');
    await vi.advanceTimersByTimeAsync(700);
    expect(desk.asked).toBe(0);
    await vi.advanceTimersByTimeAsync(200);
    expect(desk.asked).toBe(1);
    expect(desk.draft.saving).toBe(true);
    await desk.answer(true);
    expect(desk.stored).toBe('ab');
    expect(desk.draft.dirty).toBe(false);
    expect(desk.draft.saving).toBe(false);
  });

  it('are saved at once when the page is left', async () => {
    const desk = new Desk();
    desk.draft.told('');
    desk.draft.write('kept');
    void desk.draft.flush();
    await desk.answer(true);
    expect(desk.stored).toBe('kept');
  });

  it('stay in the field with the reason when they could not be saved, and go with the next try', async () => {
    const desk = new Desk();
    desk.draft.told('old');
    desk.draft.write('new');
    void desk.draft.flush();
    await desk.answer(false);
    expect(desk.draft.text).toBe('new');
    expect(desk.draft.dirty).toBe(true);
    expect(desk.draft.error?.code).toBe('no_space');
    desk.draft.told('old');
    expect(desk.draft.text).toBe('new');
    void desk.draft.flush();
    await vi.advanceTimersByTimeAsync(0);
    await desk.answer(true);
    expect(desk.stored).toBe('new');
    expect(desk.draft.error).toBeUndefined();
  });

  it('show what somebody else wrote, unless something unsaved stands here', () => {
    const desk = new Desk();
    desk.draft.told('one');
    desk.draft.told('two');
    expect(desk.draft.text).toBe('two');
    desk.draft.write('mine');
    desk.draft.told('three');
    expect(desk.draft.text).toBe('mine');
    expect(desk.draft.theirs).toBe('three');
  });

  it('do not overwrite what somebody else wrote until the person has decided', async () => {
    const desk = new Desk();
    desk.draft.told('one');
    desk.draft.write('mine');
    desk.draft.told('theirs');
    await vi.advanceTimersByTimeAsync(5000);
    await desk.draft.flush();
    expect(desk.asked).toBe(0);
    desk.draft.keepMine();
    await desk.answer(true);
    expect(desk.stored).toBe('mine');
    desk.draft.write('again');
    desk.draft.told('other');
    desk.draft.takeTheirs();
    expect(desk.draft.text).toBe('other');
    expect(desk.draft.dirty).toBe(false);
  });

  it('never lose a written text, whatever main answers and tells meanwhile', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('write' as const), text: fc.string({ maxLength: 4 }) }),
      fc.record({ do: fc.constant('wait' as const), text: fc.constant('') }),
      fc.record({ do: fc.constant('good' as const), text: fc.constant('') }),
      fc.record({ do: fc.constant('bad' as const), text: fc.constant('') }),
      fc.record({ do: fc.constant('told' as const), text: fc.constant('') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const desk = new Desk();
        desk.draft.told('');
        let written = '';
        for (const { do: what, text } of steps) {
          if (what === 'write') desk.draft.write((written = text));
          else if (what === 'wait') await vi.advanceTimersByTimeAsync(1000);
          else if (what === 'told') desk.draft.told(desk.stored);
          else await desk.answer(what === 'good');
          expect(desk.draft.text).toBe(written);
        }
        // in the end main answers: all of it arrives
        void desk.draft.flush();
        await vi.advanceTimersByTimeAsync(0);
        for (let turn = 0; turn < 40 && (desk.asked > 0 || desk.draft.dirty); turn += 1) {
          await desk.answer(true);
          void desk.draft.flush();
          await vi.advanceTimersByTimeAsync(0);
        }
        expect(desk.stored).toBe(written);
        expect(desk.draft.theirs).toBeUndefined();
      }),
    );
  });
});
