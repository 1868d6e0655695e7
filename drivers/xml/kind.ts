import type { Spec } from './codec/spec.ts';
import type { Patch, Struct } from './codec/structs.ts';
import { parseDocument, XmlDocument } from './document.ts';
import { positionOf, xmlError } from './position.ts';
import { layOut } from './tree.ts';

/** One kind of libvirt's documents: the name of its root element, and what it says. */
export interface DocumentKind<T> {
  readonly rootName: string;
  readonly model: Struct<T>;
  /**
   * Throws `xml_invalid` with line and column for text that is no document of this kind, and for values that cannot
   * be meant. Words that we do not know are kept as they are.
   */
  read(document: string | XmlDocument): T;
  /**
   * A document of what the spec says and nothing else, indented by two spaces.
   * Throws `invalid_argument` for values that a document cannot hold.
   */
  build(spec: Spec<T>): string;
}

export function documentKind<T>(rootName: string, model: Struct<T>): DocumentKind<T> {
  return {
    rootName,
    model,
    read(document) {
      const { root } = typeof document === 'string' ? parseDocument(document, rootName) : document;
      if (root.tagName !== rootName) {
        throw xmlError(
          `This is a <${root.tagName}> document, not a <${rootName}> document`,
          positionOf(root),
        );
      }
      return model.read(root);
    },
    build(spec) {
      const document = XmlDocument.create(rootName);
      model.write(document.root, spec);
      layOut(document.root, '\n');
      return document.toString();
    },
  };
}

/**
 * A document under edit. Every edit changes what it says and nothing else: comments, order, indentation, and elements
 * that we do not know stay character for character as they were.
 */
export class EditedDocument<T> {
  readonly xml: XmlDocument;
  readonly #kind: DocumentKind<T>;

  /** Throws `xml_invalid` for what is no document of this kind. */
  constructor(kind: DocumentKind<T>, text: string) {
    this.xml = parseDocument(text, kind.rootName);
    this.#kind = kind;
  }

  /** What the document says now. */
  read(): T {
    return this.#kind.read(this.xml);
  }

  /**
   * Changes the parts that are named; null takes a part out, lists are replaced as a whole.
   * Throws `invalid_argument` for values that a document cannot hold.
   */
  update(change: Patch<T>): this {
    this.#kind.model.patch(this.xml.root, change);
    return this;
  }

  toString(): string {
    return this.xml.toString();
  }
}
