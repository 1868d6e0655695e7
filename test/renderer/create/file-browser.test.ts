import '../layout.ts';
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Folder } from '../../../drivers/api/model.ts';
import FileBrowser from '../../../renderer/pages/create/FileBrowser.svelte';

/** A host that lists its folders when it is told to. */
function slowHost() {
  const asked: { path: string | null; answer: (folder: Folder) => void }[] = [];
  const browse = (path: string | null): Promise<Folder> =>
    new Promise((answer) => asked.push({ path, answer }));
  render(FileBrowser, {
    props: {
      host: 'Far',
      browse,
      endings: ['.iso'],
      path: '',
      onchoose: () => undefined,
      onclose: () => undefined,
    },
  });
  const field = screen.getByRole('textbox', { name: 'Path' });
  return { asked, field: field as HTMLInputElement };
}

describe('the list of files of a host that is far away', () => {
  it('keeps what is written while the first folder is still under way, and goes there', async () => {
    const { asked, field } = slowHost();
    await fireEvent.input(field, { target: { value: '/srv/discs' } });
    asked[0]?.answer({ path: '/home/ada', parent: '/home', entries: [] });
    await waitFor(() => expect(screen.getByRole('button', { name: 'Parent folder' })).toBeTruthy());
    expect(field.value).toBe('/srv/discs');
    await fireEvent.submit(field.form ?? field);
    expect(asked.map(({ path }) => path)).toEqual([null, '/srv/discs']);
  });

  it('shows where it is once it is there', async () => {
    const { asked, field } = slowHost();
    asked[0]?.answer({ path: '/home/ada', parent: '/home', entries: [] });
    await waitFor(() => expect(field.value).toBe('/home/ada'));
  });
});
