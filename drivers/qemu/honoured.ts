import type { XmlDocument } from '../xml/document.ts';
import { walk, type Part } from '../xml/walk.ts';
import { namespaces } from '../xml/tree.ts';
import { honouredParts, reasons } from './honoured-parts.ts';
import type { Findings } from './remark.ts';

/** These are read wherever they stand below a device. */
const everywhere = /^devices\/[^/]+\/(alias|address|acpi)$/;

/** Names every element and attribute that has no effect here, so that nothing is dropped silently. */
export function checkHonoured(document: XmlDocument, findings: Findings): void {
  walk(document, (part) => {
    if (part.namespace !== undefined) return foreign(part, findings);
    if (part.kind === 'attribute') {
      attribute(part, findings);
      return undefined;
    }
    if (everywhere.test(part.pattern)) return 'skip';
    const attributes = honouredParts.get(part.pattern);
    if (attributes?.has('*') === true) return 'skip';
    if (attributes) return undefined;
    if (part.pattern === 'cpu/numa' && part.element.getElementsByTagName('cell').length === 1) return 'skip';
    const why = reasons.get(part.pattern) ?? `<${part.name}> is not known to this driver`;
    findings.ignored(part.path, why);
    return 'skip';
  });
}

function attribute(part: Part, findings: Findings): void {
  const at = part.pattern.lastIndexOf('@');
  const attributes = honouredParts.get(part.pattern.slice(0, at));
  if (!attributes || attributes.has('*') || attributes.has(part.name)) return;
  findings.ignored(
    part.path,
    `The attribute ${part.name}='${shorten(part.value)}' has no effect in this driver`,
  );
}

const shorten = (value: string): string => (value.length > 60 ? `${value.slice(0, 59)}…` : value);

function foreign(part: Part, findings: Findings): 'skip' | undefined {
  if (part.kind === 'attribute') return undefined;
  if (part.namespace === namespaces['qemu'] && part.element.localName === 'commandline') return 'skip';
  findings.ignored(part.path, `<${part.name}> is an extension that this driver does not know`);
  return 'skip';
}
