import { describe, expect, it } from 'vitest';
import { GuestroomError } from '../../drivers/api/errors.ts';
import { XmlDraft } from '../../renderer/pages/domain/XmlDraft.svelte.ts';

/** Main with one document. */
function desk(stored = '<domain>one</domain>') {
  const main = { stored, live: '<domain>live</domain>', refuse: false, content: false };
  const draft = new XmlDraft({
    read: (inactive) => Promise.resolve(inactive ? main.stored : main.live),
    check: () =>
      Promise.resolve(
        main.content ? [] : [{ path: 'os', message: 'not honoured', level: 'ignored' as const, line: 1 }],
      ),
    define: (xml) => {
      if (main.refuse) return Promise.reject(new GuestroomError('xml_invalid', 'No name'));
      main.stored = xml;
      return Promise.resolve();
    },
  });
  return { main, draft };
}

describe('editing the document of a virtual machine', () => {
  it('shows what main has, and what runs beside it only while it runs', async () => {
    const { draft } = desk();
    await draft.read(true);
    expect([draft.text, draft.live]).toEqual(['<domain>one</domain>', '<domain>live</domain>']);
    await draft.read(false);
    expect(draft.live).toBeUndefined();
    expect(draft.changed).toBe(false);
  });

  it('follows a document that changes elsewhere as long as nothing was written here', async () => {
    const { main, draft } = desk();
    await draft.read(false);
    main.stored = '<domain>two</domain>';
    await draft.read(false);
    expect(draft.text).toBe('<domain>two</domain>');
    expect(draft.theirs).toBeUndefined();
  });

  it('keeps what was written and shows the conflict when the document changes meanwhile', async () => {
    const { main, draft } = desk();
    await draft.read(false);
    draft.write('<domain>mine</domain>');
    main.stored = '<domain>theirs</domain>';
    await draft.read(false);
    expect(draft.text).toBe('<domain>mine</domain>');
    expect(draft.theirs).toBe('<domain>theirs</domain>');
    draft.keepMine();
    expect(draft.base).toBe('<domain>theirs</domain>');
    expect(await draft.save()).toBe(true);
    expect(main.stored).toBe('<domain>mine</domain>');
  });

  it('takes the other version when the person wants it', async () => {
    const { main, draft } = desk();
    await draft.read(false);
    draft.write('<domain>mine</domain>');
    main.stored = '<domain>theirs</domain>';
    await draft.read(false);
    draft.revert();
    expect([draft.text, draft.changed, draft.theirs]).toEqual(['<domain>theirs</domain>', false, undefined]);
  });

  it('loses nothing when main refuses it, and says why', async () => {
    const { main, draft } = desk();
    await draft.read(false);
    main.refuse = true;
    draft.write('<domain>mine</domain>');
    expect(await draft.save()).toBe(false);
    expect(draft.error?.code).toBe('xml_invalid');
    expect([draft.text, draft.changed]).toEqual(['<domain>mine</domain>', true]);
  });

  it('forgets remarks about a text that is no longer there', async () => {
    const { draft } = desk();
    await draft.read(false);
    await draft.check();
    expect(draft.remarks).toHaveLength(1);
    draft.write('<domain>other</domain>');
    expect(draft.remarks).toBeUndefined();
  });

  it('sees its own saving as no conflict', async () => {
    const { draft } = desk();
    await draft.read(false);
    draft.write('<domain>mine</domain>');
    await draft.save();
    await draft.read(false);
    expect(draft.theirs).toBeUndefined();
    expect([draft.changed, draft.saved]).toEqual([false, true]);
  });

  it('does not go on saying that all is fine about a document that was refused', async () => {
    const { main, draft } = desk();
    Object.assign(main, { refuse: true, content: true });
    await draft.read(false);
    draft.write('<domain>mine</domain>');
    await draft.check();
    expect(draft.remarks).toEqual([]);
    expect(await draft.save()).toBe(false);
    expect(draft.remarks).toBeUndefined();
    expect(draft.error?.message).toBe('No name');
  });
});
