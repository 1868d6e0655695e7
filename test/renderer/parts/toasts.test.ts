import { afterEach, describe, expect, it } from 'vitest';
import { toasts } from '../../../renderer/parts/toasts.svelte.ts';

const titles = () => toasts.list.map(({ title }) => title);
afterEach(() => {
  for (const { id } of toasts.list) toasts.dismiss(id);
});

describe('messages', () => {
  it('give way to newer ones, the oldest first', () => {
    for (const title of ['a', 'b', 'c', 'd', 'e', 'f']) toasts.add({ mark: 'error', title });
    expect(titles()).toEqual(['c', 'd', 'e', 'f']);
  });

  it('that wait for the person are not pushed out by a burst', () => {
    const question = toasts.add({ mark: 'waiting', title: 'far wants a password', stays: true });
    for (const title of ['a', 'b', 'c', 'd', 'e', 'f']) toasts.add({ mark: 'error', title });
    expect(titles()).toEqual(['far wants a password', 'c', 'd', 'e', 'f']);
    toasts.dismiss(question);
    expect(titles()).toEqual(['c', 'd', 'e', 'f']);
  });
});
