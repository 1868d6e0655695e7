import type { Element } from '@xmldom/xmldom';
import { GuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import { parseDocument } from '../xml/document.ts';
import { isElement, serialize } from '../xml/serialize.ts';
import { childNamed, textOf } from '../xml/tree.ts';

const maximumSize = 4 * 1024 * 1024;

/** One file of libvirt's test driver, with the files that it names. */
export interface NodeFile {
  path: string;
  root: Element;
  /** The element itself, or the root of the file that its attribute names. */
  follow(element: Element): Promise<Element>;
}

export async function openNodeFile(path: string, host: Host): Promise<NodeFile> {
  const { files } = host;
  const folder = files.dirname(path);
  return {
    path,
    root: parseDocument(await files.readText(path, maximumSize), 'node').root,
    follow: async (element) => {
      const file = element.getAttribute('file');
      if (file === null) return element;
      const full = files.isAbsolute(file) ? file : files.join(folder, file);
      return parseDocument(await files.readText(full, maximumSize), element.localName ?? undefined).root;
    },
  };
}

export const childText = (element: Element | undefined, name: string): string | undefined => {
  const child = element && childNamed(element, name);
  const text = child && textOf(child).trim();
  return text === '' ? undefined : text;
};

export function numberOf(element: Element | undefined, name: string): number | undefined {
  const text = childText(element, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new GuestroomError('xml_invalid', `<${name}> is not a number: ${text}`);
  return Number(text);
}

/** The text of an element that keeps the prefixes which the elements around it declare. */
export function standalone(element: Element): string {
  for (let outer = element.parentNode; isElement(outer); outer = outer.parentNode)
    for (const attribute of outer.attributes)
      if (attribute.name.startsWith('xmlns') && !element.hasAttribute(attribute.name))
        element.setAttributeNS('http://www.w3.org/2000/xmlns/', attribute.name, attribute.value);
  return serialize(element);
}
