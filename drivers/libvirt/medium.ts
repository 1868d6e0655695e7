import { DomainDocument } from '../xml/domain/edit.ts';
import { readDomain } from '../xml/domain/read.ts';
import { serialize } from '../xml/serialize.ts';

/** The drive `target` of this document as an element, with another medium; null empties it. Throws like `setMedia`. */
export function mediumDevice(xml: string, target: string, path: string | null): string {
  const type = path?.startsWith('/dev/') ? 'block' : 'file';
  const document = DomainDocument.parse(xml).setMedia(target, path, type);
  const index = readDomain(xml).devices.disks.findIndex((disk) => disk.target.dev === target);
  return serialize(document.element('disks', index));
}
