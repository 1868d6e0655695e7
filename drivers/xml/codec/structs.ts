import type { Element } from '@xmldom/xmldom';
import type { Spec } from './spec.ts';
import { childrenNamed, descend, ensure, removeElement } from '../tree.ts';
import { appendTo, path, prune, removeAll, type Field } from './fields.ts';

/** For every part of T where it stands. Leaving a part out does not compile. */
export type Fields<T> = {
  [K in keyof T]-?: Record<never, never> extends Pick<T, K>
    ? Field<Exclude<T[K], undefined> | undefined, Spec<Exclude<T[K], undefined>>>
    : Field<T[K], Spec<T[K]>>;
};

/** The type of an optional part. */
export type Part<T, K extends keyof T> = Exclude<T[K], undefined>;

/** What an edit says: only the parts named change; null takes a part out. Lists are replaced as a whole. */
export type Patch<T> = T extends readonly unknown[]
  ? Spec<T>
  : T extends string | number | boolean
    ? T
    : T extends object
      ? { [K in keyof T]?: Patch<Exclude<T[K], undefined>> | null }
      : T;

/** A model and its element. */
export interface Struct<T> {
  read(at: Element): T;
  write(at: Element, spec: Spec<T>): void;
  patch(at: Element, change: Patch<T>): void;
}

type AnyField = Field<unknown, unknown> & { patch?: (at: Element, change: unknown) => void };

/** Fields are read and written in the order of the table. */
export function struct<T>(table: Fields<T>): Struct<T> {
  const entries = Object.entries(table) as [string, AnyField][];
  const byName = new Map(entries);
  return {
    read(at) {
      const result: Record<string, unknown> = {};
      for (const [key, field] of entries) {
        const found = field.read(at);
        if (found !== undefined) result[key] = found;
      }
      return result as T;
    },
    write(at, spec) {
      const given = spec as Readonly<Record<string, unknown>>;
      for (const [key, field] of entries) {
        const wanted = given[key] ?? field.leftOut;
        if (wanted !== undefined) field.write(at, wanted);
      }
    },
    patch(at, change) {
      for (const [key, wanted] of Object.entries(change as Readonly<Record<string, unknown>>)) {
        const field = byName.get(key);
        if (!field) throw new TypeError(`There is no ${key} to change`);
        if (wanted === undefined) continue;
        if (wanted === null) field.remove(at);
        else if (field.patch) field.patch(at, wanted);
        else field.write(at, wanted);
      }
    },
  };
}

/** A struct may be named before it is made, so that models can contain themselves. */
type Lazy<T> = Struct<T> | (() => Struct<T>);
const resolve = <T>(lazy: Lazy<T>): Struct<T> => (typeof lazy === 'function' ? lazy() : lazy);

interface PatchableField<R, W, T> extends Field<R, W> {
  patch(at: Element, change: Patch<T>): void;
}

/** A part with an element of its own. */
export function child<T>(notation: string, of: Lazy<T>): PatchableField<T | undefined, Spec<T>, T> {
  const { steps } = path(notation);
  return {
    read(at) {
      const element = descend(at, steps);
      return element && resolve(of).read(element);
    },
    write(at, spec) {
      resolve(of).write(ensure(at, steps), spec);
    },
    patch(at, change) {
      const wanted: unknown[] = Object.values(change as Readonly<Record<string, unknown>>);
      const takesOutOnly = wanted.length > 0 && wanted.every((item) => item === null);
      if (takesOutOnly && !descend(at, steps)) return;
      resolve(of).patch(ensure(at, steps), change);
    },
    remove(at) {
      const element = descend(at, steps);
      if (!element) return;
      removeElement(element);
      prune(at, steps.slice(0, -1));
    },
  };
}

/** The second, third … element of a name. */
export function nth<T>(step: string, index: number, of: Lazy<T>): Field<T | undefined, Spec<T>> {
  return {
    read(at) {
      const element = childrenNamed(at, step)[index];
      return element && resolve(of).read(element);
    },
    write(at, spec) {
      const element = childrenNamed(at, step)[index] ?? appendTo(at, [], step);
      resolve(of).write(element, spec);
    },
    remove(at) {
      const element = childrenNamed(at, step)[index];
      if (element) removeElement(element);
    },
  };
}

/** A part that is always there for the reader, although its element may be missing; an empty one is not written. */
export function part<T>(step: string, of: Struct<T>): PatchableField<T, Spec<T>, T> {
  const inner = child(step, of);
  return {
    ...inner,
    read(at) {
      const found = inner.read(at);
      if (found !== undefined) return found;
      const dom = at.ownerDocument;
      if (dom === null) throw new TypeError('The element has no document');
      return of.read(dom.createElementNS(null, step));
    },
    write(at, spec) {
      inner.write(at, spec);
      prune(at, [step]);
    },
    patch(at, change) {
      inner.patch(at, change);
      prune(at, [step]);
    },
  };
}

/** A part whose element must be there, whatever is in it. */
export function always<T>(step: string, of: Struct<T>): PatchableField<T, Spec<T>, T> {
  return {
    ...part(step, of),
    write: child(step, of).write,
    patch: child(step, of).patch,
    leftOut: {} as Spec<T>,
  };
}

/** Repeated elements. */
export function list<T>(notation: string, of: Lazy<T>): Field<T[], readonly Spec<T>[]> {
  const { steps } = path(notation);
  const name = steps.at(-1) ?? '';
  const above = steps.slice(0, -1);
  const remove = (at: Element): void => {
    removeAll(at, above, name);
  };
  return {
    read(at) {
      const parent = descend(at, above);
      return parent ? childrenNamed(parent, name).map((element) => resolve(of).read(element)) : [];
    },
    write(at, specs) {
      remove(at);
      for (const spec of specs) resolve(of).write(appendTo(at, above, name), spec);
    },
    remove,
  };
}
