import type { Element } from '@xmldom/xmldom';
import { GuestroomError } from '../../api/errors.ts';
import { childNamed, childrenNamed } from '../tree.ts';
import { DomainDocument } from './edit.ts';

/** What stands in place of a password that the reader is not to see. */
const hidden = '*****';

const screensOf = ({ xml }: DomainDocument): Element[] => {
  const holder = childNamed(xml.root, 'devices');
  return holder ? childrenNamed(holder, 'graphics') : [];
};
const passwordOf = (screen: Element | undefined): string | null => screen?.getAttribute('passwd') ?? null;

/** A document for who may edit it, and sees only that its screens have passwords. Throws `xml_invalid`. */
export function hidePasswords(xml: string): string {
  if (!xml.includes('passwd')) return xml;
  const document = DomainDocument.parse(xml);
  const locked = screensOf(document).filter((screen) => passwordOf(screen) !== null);
  if (locked.length === 0) return xml;
  for (const screen of locked) screen.setAttribute('passwd', hidden);
  return document.toString();
}

/** Whether it has passwords that only an earlier document tells. Throws `xml_invalid`. */
export const hidesPasswords = (xml: string): boolean =>
  xml.includes(hidden) &&
  screensOf(DomainDocument.parse(xml)).some((screen) => passwordOf(screen) === hidden);

/**
 * Puts hidden passwords back from the document as it was. Throws `invalid_argument` where that has none for a screen: what
 * hides a password must not become one.
 */
export function showPasswords(xml: string, before: string | undefined): string {
  const document = DomainDocument.parse(xml);
  const old = before === undefined ? [] : screensOf(DomainDocument.parse(before));
  const seen = new Map<string | null, number>();
  for (const screen of screensOf(document)) {
    const type = screen.getAttribute('type');
    const at = seen.get(type) ?? 0;
    seen.set(type, at + 1);
    if (passwordOf(screen) !== hidden) continue;
    const password = passwordOf(old.filter((one) => one.getAttribute('type') === type)[at]);
    if (password === null)
      throw new GuestroomError('invalid_argument', 'A screen has a hidden password that nobody knows', {
        hint: `Write the password itself in place of ${hidden}, or take passwd out`,
      });
    screen.setAttribute('passwd', password);
  }
  return document.toString();
}
