import type { Element } from '@xmldom/xmldom';
import { GuestroomError } from '../api/errors.ts';
import { parseDocument, type XmlDocument } from '../xml/document.ts';
import { isElement } from '../xml/serialize.ts';

/** What the test hypervisor itself needs to know of a domain document. */
export interface Facts {
  name: string;
  uuid: string | undefined;
  title: string | undefined;
  description: string | undefined;
  osId: string | undefined;
  type: string;
  arch: string | undefined;
  vcpus: number;
  maxVcpus: number;
  /** Bytes. */
  memory: number;
  currentMemory: number;
  disks: readonly { target: string; device: string; path: string | undefined }[];
  interfaces: readonly string[];
  /** Aliases of serial, console and channel devices, or their kind and number. */
  consoles: readonly string[];
  graphics: readonly { type: string; password: string | undefined }[];
  onPoweroff: string;
  onReboot: string;
}

/** A domain document that is written, and read, only when somebody asks. Never changes: edits make another one. */
export class TestDocument {
  #facts: Facts | undefined;
  #xml: string | undefined;
  readonly #write: () => string;

  private constructor(write: () => string, facts: Facts | undefined) {
    this.#write = write;
    this.#facts = facts;
  }

  /** Reads a document that somebody wrote; throws `xml_invalid` for what is not a domain. */
  static parse(xml: string): TestDocument {
    const document = new TestDocument(() => xml, undefined);
    document.#facts = readFacts(parseDocument(xml, 'domain'));
    return document;
  }

  /** A document whose facts are known before it is written. */
  static lazy(facts: Facts, write: () => string): TestDocument {
    return new TestDocument(write, facts);
  }

  get facts(): Facts {
    this.#facts ??= readFacts(parseDocument(this.xml, 'domain'));
    return this.#facts;
  }

  get xml(): string {
    this.#xml ??= this.#write();
    return this.#xml;
  }

  /** The live form of a running guest. */
  withId(id: number): TestDocument {
    return this.#later({}, (document) => document.root.setAttribute('id', String(id)));
  }

  withName(name: string): TestDocument {
    return this.#later({ name }, (document) => setChild(document, 'name', name));
  }

  withUuid(uuid: string): TestDocument {
    return this.#later({ uuid }, (document) => setChild(document, 'uuid', uuid, 'name'));
  }

  withMetadata(change: { title?: string; description?: string }): TestDocument {
    const { title, description } = change;
    const facts: Partial<Facts> = {
      ...(title === undefined ? {} : { title: title === '' ? undefined : title }),
      ...(description === undefined ? {} : { description: description === '' ? undefined : description }),
    };
    const document = this.#later(facts, (edited) => {
      if (title !== undefined) setChild(edited, 'title', title, 'uuid', 'name');
      if (description !== undefined) setChild(edited, 'description', description, 'title', 'uuid', 'name');
    });
    // a text that XML cannot hold must be refused now, not when the document is read
    return document.#checked();
  }

  withMemory(sizes: { memory?: number; currentMemory?: number }): TestDocument {
    const kib = (bytes: number) => String(Math.floor(bytes / 1024));
    return this.#later(sizes, (document) => {
      const set = (name: string, bytes: number | undefined, after: string) => {
        if (bytes === undefined) return;
        setChild(document, name, kib(bytes), after, 'uuid', 'name');
        child(document.root, name)?.setAttribute('unit', 'KiB');
      };
      set('memory', sizes.memory, 'description');
      set('currentMemory', sizes.currentMemory, 'memory');
    });
  }

  withVcpus(count: number, maximum: number): TestDocument {
    return this.#later({ vcpus: count, maxVcpus: maximum }, (document) => {
      setChild(document, 'vcpu', String(maximum), 'currentMemory', 'memory');
      const vcpu = child(document.root, 'vcpu');
      if (count === maximum) vcpu?.removeAttribute('current');
      else vcpu?.setAttribute('current', String(count));
    });
  }

  withMedium(target: string, path: string | null): TestDocument {
    const disks = this.facts.disks.map((disk) =>
      disk.target === target ? { ...disk, path: path ?? undefined } : disk,
    );
    return this.#later({ disks }, (document) => {
      const disk = devices(document.root, 'disk').find(
        (one) => child(one, 'target')?.getAttribute('dev') === target,
      );
      if (!disk) return;
      const old = child(disk, 'source');
      if (old) disk.removeChild(old);
      if (path === null) return;
      const source = document.dom.createElementNS(null, 'source');
      source.setAttribute('file', path);
      disk.setAttribute('type', 'file');
      disk.insertBefore(source, child(disk, 'target') ?? null);
    });
  }

  /** As it may be shown to anybody. */
  withoutSecrets(): string {
    if (!this.xml.includes('passwd')) return this.xml;
    const document = parseDocument(this.xml, 'domain');
    for (const graphics of devices(document.root, 'graphics')) graphics.removeAttribute('passwd');
    return document.toString();
  }

  #later(change: Partial<Facts>, edit: (document: XmlDocument) => void): TestDocument {
    const document = new TestDocument(() => {
      const edited = parseDocument(this.xml, 'domain');
      edit(edited);
      return edited.toString();
    }, undefined);
    document.#facts = { ...this.facts, ...change };
    return document;
  }

  #checked(): this {
    this.#xml = this.#write();
    return this;
  }
}

function children(element: Element, name: string): Element[] {
  const found: Element[] = [];
  for (let node = element.firstChild; node; node = node.nextSibling)
    if (isElement(node) && node.tagName === name) found.push(node);
  return found;
}

const child = (element: Element, name: string): Element | undefined => children(element, name)[0];

const devices = (root: Element, name: string): Element[] =>
  children(root, 'devices').flatMap((one) => children(one, name));

function textOf(element: Element | undefined): string | undefined {
  const text = element?.textContent?.trim();
  return text === '' ? undefined : text;
}

/** Writes a text into a child, makes the child after the first of `after` that is there, or removes it when the text is empty. */
function setChild(document: XmlDocument, name: string, text: string, ...after: string[]): void {
  const { root, dom } = document;
  const known = child(root, name);
  if (text === '') {
    if (known) root.removeChild(known);
    return;
  }
  if (known) {
    known.textContent = text;
    return;
  }
  const made = dom.createElementNS(null, name);
  made.textContent = text;
  const before = after.map((one) => child(root, one)).find((one) => one !== undefined);
  const place = before ? before.nextSibling : root.firstChild;
  root.insertBefore(dom.createTextNode('\n  '), place);
  root.insertBefore(made, place);
}

const units: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  KB: 1000,
  k: 1024,
  KiB: 1024,
  MB: 1000 ** 2,
  M: 1024 ** 2,
  MiB: 1024 ** 2,
  GB: 1000 ** 3,
  G: 1024 ** 3,
  GiB: 1024 ** 3,
  TB: 1000 ** 4,
  T: 1024 ** 4,
  TiB: 1024 ** 4,
};

function bytesOf(element: Element | undefined): number | undefined {
  const text = textOf(element);
  if (text === undefined) return undefined;
  const factor = units[element?.getAttribute('unit') ?? 'KiB'];
  if (!/^\d+$/.test(text) || factor === undefined)
    throw new GuestroomError('xml_invalid', `Not a size: ${text}`, {
      detail: element?.lineNumber ? `line ${String(element.lineNumber)}` : undefined,
    });
  return Number(text) * factor;
}

function countOf(text: string | undefined | null, what: string): number | undefined {
  if (text === undefined || text === null || text === '') return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1)
    throw new GuestroomError('xml_invalid', `Not a number of ${what}: ${text}`);
  return Number(text);
}

function readFacts({ root }: XmlDocument): Facts {
  const name = textOf(child(root, 'name'));
  if (name === undefined)
    throw new GuestroomError('xml_invalid', 'The document has no <name>', {
      hint: 'Every domain needs a name',
    });
  const uuid = textOf(child(root, 'uuid'))?.toLowerCase();
  const memory = bytesOf(child(root, 'memory')) ?? bytesOf(child(root, 'currentMemory'));
  if (memory === undefined || memory === 0)
    throw new GuestroomError('xml_invalid', 'The document has no <memory>', {
      hint: 'Say how much memory the guest has: <memory unit="MiB">1024</memory>',
    });
  const vcpu = child(root, 'vcpu');
  const maxVcpus = countOf(textOf(vcpu), 'CPUs') ?? 1;
  const os = child(root, 'os');
  const alias = (element: Element, kind: string, index: number) =>
    child(element, 'alias')?.getAttribute('name') ?? `${kind}${String(index)}`;
  return {
    name,
    uuid: uuid === undefined ? undefined : plainUuid(uuid),
    title: textOf(child(root, 'title')),
    description: textOf(child(root, 'description')),
    osId: osIdOf(root),
    type: root.getAttribute('type') ?? 'test',
    arch: (os && child(os, 'type')?.getAttribute('arch')) ?? undefined,
    vcpus: Math.min(countOf(vcpu?.getAttribute('current'), 'CPUs') ?? maxVcpus, maxVcpus),
    maxVcpus,
    memory,
    currentMemory: Math.min(bytesOf(child(root, 'currentMemory')) ?? memory, memory),
    disks: devices(root, 'disk').map((disk, index) => ({
      target: child(disk, 'target')?.getAttribute('dev') ?? `disk${String(index)}`,
      device: disk.getAttribute('device') ?? 'disk',
      path:
        child(disk, 'source')?.getAttribute('file') ??
        child(disk, 'source')?.getAttribute('dev') ??
        undefined,
    })),
    interfaces: devices(root, 'interface').map(
      (one, index) => child(one, 'target')?.getAttribute('dev') ?? `vnet${String(index)}`,
    ),
    consoles: ['serial', 'console', 'channel'].flatMap((kind) =>
      devices(root, kind).map((one, index) => alias(one, kind, index)),
    ),
    graphics: devices(root, 'graphics').map((one) => ({
      type: one.getAttribute('type') ?? 'vnc',
      password: one.getAttribute('passwd') ?? undefined,
    })),
    onPoweroff: textOf(child(root, 'on_poweroff')) ?? 'destroy',
    onReboot: textOf(child(root, 'on_reboot')) ?? 'restart',
  };
}

function plainUuid(text: string): string {
  const digits = text.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(digits)) throw new GuestroomError('xml_invalid', `Not a UUID: ${text}`);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function osIdOf(root: Element): string | undefined {
  const namespace = 'http://libosinfo.org/xmlns/libvirt/domain/1.0';
  const os = root.getElementsByTagNameNS(namespace, 'os')[0];
  return os?.getAttribute('id') ?? undefined;
}
