import { t } from '../../i18n/index.svelte.ts';
import type { Fault } from '../../parts/XmlEditorFaults.ts';

/** A fault of a document as a sentence. */
export function faultText(fault: Fault): string {
  const words = t.domain.xml;
  switch (fault.kind) {
    case 'mismatched':
      return words.mismatched(fault.name, fault.open);
    case 'unclosed':
      return words.unclosed(fault.name);
    case 'unopened':
      return words.unopened(fault.name);
    case 'duplicate':
      return words.duplicate(fault.name);
    case 'doctype':
      return words.doctype;
    case 'empty':
      return words.noRoot;
    case 'secondRoot':
      return words.twoRoots;
    case 'entity':
      return words.entity;
    case 'unfinished':
      return words.unfinished;
    case 'unexpected':
      return words.unexpected;
  }
}
