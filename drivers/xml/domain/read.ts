import { parseDocument, type XmlDocument } from '../document.ts';
import { positionOf, xmlError } from '../position.ts';
import { domain } from './tables/domain.ts';
import type { Domain } from './types.ts';

/**
 * What a domain document says. Throws `xml_invalid` with line and column for text that is not one, and for values
 * that cannot be meant: a size that is no number, a port over 65535. Words that we do not know are kept as they are.
 */
export function readDomain(document: string | XmlDocument): Domain {
  const parsed = typeof document === 'string' ? parseDocument(document, 'domain') : document;
  if (parsed.root.tagName !== 'domain') {
    throw xmlError(
      `This is a <${parsed.root.tagName}> document, not a <domain> document`,
      positionOf(parsed.root),
    );
  }
  return domain.read(parsed.root);
}
