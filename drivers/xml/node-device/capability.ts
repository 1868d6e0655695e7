import type { Element } from '@xmldom/xmldom';
import type { Field } from '../codec/fields.ts';
import type { Spec } from '../codec/spec.ts';
import type { Patch, Struct } from '../codec/structs.ts';
import { appendNew, childrenNamed, removeElement } from '../tree.ts';

const find = (at: Element, type: string): Element | undefined =>
  childrenNamed(at, 'capability').find((element) => element.getAttribute('type') === type);

function ensureCapability(at: Element, type: string): Element {
  const existing = find(at, type);
  if (existing) return existing;
  const element = appendNew(at, 'capability');
  element.setAttribute('type', type);
  return element;
}

const removeCapability = (at: Element, type: string): void => {
  const element = find(at, type);
  if (element) removeElement(element);
};

interface CapabilityField<T> extends Field<T | undefined, Spec<T>> {
  patch(at: Element, change: Patch<T>): void;
}

/** `<capability type='…'>` with what is in it. */
export function capability<T>(type: string, of: Struct<T>): CapabilityField<T> {
  return {
    read(at) {
      const element = find(at, type);
      return element && of.read(element);
    },
    write: (at, spec) => {
      of.write(ensureCapability(at, type), spec);
    },
    patch: (at, change) => {
      of.patch(ensureCapability(at, type), change);
    },
    remove: (at) => {
      removeCapability(at, type);
    },
  };
}

/** `<capability type='…'/>` that is there or not. */
export const capable = (type: string): Field<boolean> => ({
  read: (at) => find(at, type) !== undefined,
  write: (at, there) => {
    if (there) ensureCapability(at, type);
    else removeCapability(at, type);
  },
  remove: (at) => {
    removeCapability(at, type);
  },
});

/** Types of capabilities that are none of the known ones. */
export const otherCapabilities = (known: ReadonlySet<string>): Field<string[], readonly string[]> => ({
  read: (at) =>
    childrenNamed(at, 'capability').flatMap((element) => {
      const type = element.getAttribute('type') ?? '';
      return type === '' || known.has(type) ? [] : [type];
    }),
  write(at, types) {
    for (const type of this.read(at)) if (!types.includes(type)) removeCapability(at, type);
    for (const type of types) ensureCapability(at, type);
  },
  remove(at) {
    this.write(at, []);
  },
});
