import { describe, expect, it } from 'vitest';
import { Documents } from '../../../main/handlers/documents.ts';

const document = (name: string): string =>
  `<domain type='test'><name>${name}</name><memory>1024</memory><os><type>hvm</type></os></domain>`;

describe('documents that were read', () => {
  it('are not read again while their text is the same', () => {
    const documents = new Documents();
    const first = documents.read(document('a'));
    expect(first.name).toBe('a');
    expect(documents.read(document('a'))).toBe(first);
    expect(documents.read(document('b')).name).toBe('b');
  });

  it('stay within their bound, and those that were used last stay', () => {
    const length = document('a').length;
    const documents = new Documents(2 * length);
    const first = documents.read(document('a'));
    const second = documents.read(document('b'));
    documents.read(document('a'));
    documents.read(document('c'));
    expect(documents.characters).toBe(2 * length);
    expect(documents.read(document('a'))).toBe(first);
    expect(documents.read(document('b'))).not.toBe(second);
  });

  it('that are broken are refused each time and not kept', () => {
    const documents = new Documents();
    for (let time = 0; time < 2; time += 1) expect(() => documents.read('<domain>')).toThrow();
    expect(documents.characters).toBe(0);
  });
});
