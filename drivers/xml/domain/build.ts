import { XmlDocument } from '../document.ts';
import { layOut } from '../tree.ts';
import { domain } from './tables/domain.ts';
import type { DomainSpec } from './types.ts';

/**
 * A domain document of what the spec says and nothing else, indented by two spaces.
 * Throws `invalid_argument` for values that a document cannot hold.
 */
export function buildDomain(spec: DomainSpec): string {
  const document = XmlDocument.create('domain');
  domain.write(document.root, spec);
  layOut(document.root, '\n');
  return document.toString();
}
