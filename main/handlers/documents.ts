import { readDomain } from '../../drivers/xml/domain/read.ts';
import type { Domain } from '../../drivers/xml/domain/types.ts';

/** Characters of all documents that are remembered: about 1,000 machines. */
const mostCharacters = 4 * 1024 * 1024;

/** Documents as read, by their text: a page or a list asks for the same one again and again, and reading takes about 1 ms. */
export class Documents {
  readonly #most: number;
  readonly #read = new Map<string, Readonly<Domain>>();
  #characters = 0;

  constructor(most = mostCharacters) {
    this.#most = most;
  }

  get characters(): number {
    return this.#characters;
  }

  /** Throws `xml_invalid` like `readDomain`. The answer is shared: nobody changes it. */
  read(xml: string): Readonly<Domain> {
    const known = this.#read.get(xml);
    const domain = known ?? readDomain(xml);
    // used last, so forgotten last
    if (known) this.#read.delete(xml);
    else this.#characters += xml.length;
    this.#read.set(xml, domain);
    for (const oldest of this.#read.keys()) {
      if (this.#characters <= this.#most) break;
      this.#read.delete(oldest);
      this.#characters -= oldest.length;
    }
    return domain;
  }
}
