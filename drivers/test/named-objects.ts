import { randomUUID } from 'node:crypto';
import type { Apply } from '../api/domains.ts';
import { GuestroomError } from '../api/errors.ts';
import type { Patch } from '../xml/codec/structs.ts';
import { EditedDocument, type DocumentKind } from '../xml/kind.ts';

/** A document as it was written and what it says. Never changes. */
export interface Kept<T> {
  readonly xml: string;
  readonly model: T;
}

/** A network or pool: what its next start uses, and what it uses now. It always has one of the two. */
export interface NamedObject<T> {
  readonly name: string;
  readonly uuid: string;
  config: Kept<T> | undefined;
  live: Kept<T> | undefined;
  autostart: boolean;
}

export interface ObjectKind<T> {
  document: DocumentKind<T>;
  /** As a person calls one. */
  noun: string;
  /** Parts that the hypervisor fills in, as libvirt does. May throw `xml_invalid`. */
  complete(model: T): Patch<T>;
}

/** How an object is there from the beginning. */
export interface ObjectSeed {
  xml: string;
  /** Default true. */
  active?: boolean;
  autostart?: boolean;
}

interface Named {
  name: string;
  uuid?: string;
}

/** Objects of one kind by name, with libvirt's rules of defining, starting and stopping. */
export class NamedObjects<T extends Named> {
  readonly #kind: ObjectKind<T>;
  readonly #objects = new Map<string, NamedObject<T>>();
  /** Called after each change of one of them. */
  changed: (object: NamedObject<T>) => void = () => undefined;
  removed: (object: NamedObject<T>) => void = () => undefined;

  constructor(kind: ObjectKind<T>, seeds: readonly ObjectSeed[]) {
    this.#kind = kind;
    for (const { xml, active = true, autostart = false } of seeds) {
      const { name } = kind.document.read(xml);
      if (this.#objects.has(name))
        throw new GuestroomError('xml_invalid', `The ${kind.noun} ${name} is there twice`);
      const object = this.define(xml);
      if (active) object.live = object.config;
      object.autostart = autostart;
    }
  }

  list(): NamedObject<T>[] {
    return [...this.#objects.values()];
  }

  get(name: string): NamedObject<T> {
    const object = this.#objects.get(name);
    if (object) return object;
    const names = [...this.#objects.keys()];
    throw new GuestroomError('not_found', `No ${this.#kind.noun} is called ${name}`, {
      hint: names.length === 0 ? 'There is none' : `There are: ${names.slice(0, 20).join(', ')}`,
    });
  }

  find(name: string): NamedObject<T> | undefined {
    return this.#objects.get(name);
  }

  /** Throws `wrong_state` for one that is not active. */
  active(name: string): NamedObject<T> & { live: Kept<T> } {
    const object = this.get(name);
    const { live } = object;
    if (!live) throw this.#wrongState(`The ${this.#kind.noun} ${name} is not active`, 'Start it first');
    return Object.assign(object, { live });
  }

  define(xml: string): NamedObject<T> {
    const { name, uuid, kept } = this.#settle(xml);
    const object = this.#obtain(name, uuid);
    object.config = kept;
    this.changed(object);
    return object;
  }

  /** Starts one that need not be defined. */
  create(xml: string): NamedObject<T> {
    const { name, uuid, kept } = this.#settle(xml);
    const object = this.#obtain(name, uuid);
    this.#checkInactive(object);
    object.live = kept;
    this.changed(object);
    return object;
  }

  start(name: string): void {
    const object = this.get(name);
    this.#checkInactive(object);
    object.live = object.config;
    this.changed(object);
  }

  stop(name: string): void {
    const object = this.active(name) as NamedObject<T>;
    object.live = undefined;
    if (object.config) this.changed(object);
    else this.#remove(object);
  }

  undefine(name: string): void {
    const object = this.get(name);
    this.#checkInactive(object);
    this.#remove(object);
  }

  setAutostart(name: string, autostart: boolean): void {
    const object = this.get(name);
    if (!object.config)
      throw this.#wrongState(
        `The ${this.#kind.noun} ${name} is temporary`,
        'Define it first, so that it stays',
      );
    object.autostart = autostart;
    this.changed(object);
  }

  /** Edits the document that is used now, the next start's, or both; whole or not at all. */
  edit(name: string, apply: Apply, edit: (xml: string) => string): void {
    const object = this.get(name);
    const { live, config } = object;
    if (apply !== 'config' && !live)
      throw this.#wrongState(`The ${this.#kind.noun} ${name} is not active`, 'Change its next start instead');
    if (apply !== 'live' && !config)
      throw this.#wrongState(`The ${this.#kind.noun} ${name} is temporary`, 'Change what is active only');
    const nextLive = live && apply !== 'config' ? this.keep(edit(live.xml)) : live;
    const nextConfig = config && apply !== 'live' ? this.keep(edit(config.xml)) : config;
    object.live = nextLive;
    object.config = nextConfig;
    this.changed(object);
  }

  /** The document of what is active, or of the next start. */
  document(name: string, inactive = false): Kept<T> {
    const { live, config } = this.get(name);
    const kept = inactive ? (config ?? live) : (live ?? config);
    if (!kept) throw new Error(`${this.#kind.noun} ${name} has no document`);
    return kept;
  }

  keep(xml: string): Kept<T> {
    return { xml, model: this.#kind.document.read(xml) };
  }

  /** What somebody gave, with UUID and defaults. Throws `exists` when name or UUID belong to another, as libvirt does. */
  #settle(xml: string): { name: string; uuid: string; kept: Kept<T> } {
    const { document, noun, complete } = this.#kind;
    const edited = new EditedDocument(document, xml);
    const given = edited.read();
    const { name } = given;
    if (name.includes('/') || name.trim() === '')
      throw new GuestroomError('xml_invalid', `Not a name for a ${noun}: ${JSON.stringify(name)}`, {
        hint: 'Use a name without slashes',
      });
    const namesake = this.#objects.get(name);
    const uuid = given.uuid ?? randomUUID();
    if (namesake && namesake.uuid !== uuid)
      throw new GuestroomError('exists', `A ${noun} is already called ${name}`, {
        detail: `${noun} '${name}' already exists with uuid ${namesake.uuid}`,
        hint: 'Choose another name',
      });
    const owner = this.list().find((object) => object.uuid === uuid);
    if (owner && owner.name !== name)
      throw new GuestroomError('exists', `The UUID belongs to the ${noun} ${owner.name}`, {
        detail: `${noun} '${owner.name}' is already defined with uuid ${uuid}`,
        hint: 'Remove <uuid> for a new one',
      });
    edited.update({ uuid } as Patch<T>);
    edited.update(complete(given));
    return { name, uuid, kept: this.keep(edited.toString()) };
  }

  #obtain(name: string, uuid: string): NamedObject<T> {
    const known = this.#objects.get(name);
    if (known) return known;
    const object: NamedObject<T> = { name, uuid, config: undefined, live: undefined, autostart: false };
    this.#objects.set(name, object);
    return object;
  }

  #checkInactive({ name, live }: NamedObject<T>): void {
    if (live) throw this.#wrongState(`The ${this.#kind.noun} ${name} is active`, 'Stop it first');
  }

  #remove(object: NamedObject<T>): void {
    this.#objects.delete(object.name);
    this.removed(object);
  }

  #wrongState(message: string, hint: string): GuestroomError {
    return new GuestroomError('wrong_state', message, { hint });
  }
}
