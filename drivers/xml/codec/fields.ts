import type { Element } from '@xmldom/xmldom';
import { positionOf, xmlError } from '../position.ts';
import {
  appendNew,
  childrenNamed,
  descend,
  ensure,
  hasContent,
  removeElement,
  setText,
  textOf,
} from '../tree.ts';
import { missing, unwritable, yesNo, type Scalar } from './scalars.ts';

/**
 * One part of a typed model and the place where it stands in an element: the same description reads, writes and edits.
 * R is what reading gives, W what writing takes.
 */
export interface Field<R, W = R> {
  read(at: Element): R;
  /** Writes into what is there; leaves everything else alone. */
  write(at: Element, value: W): void;
  /** Written where a spec leaves the part out. */
  leftOut?: W;
  /** Takes the part out, with elements that only it had kept. */
  remove(at: Element): void;
}

/** `driver@cache` is an attribute of the child driver, `name` the text of the child name, `@type` an own attribute, `` the own text. */
export interface Path {
  steps: string[];
  attribute: string | undefined;
}

export function path(notation: string): Path {
  const [elements = '', attribute] = notation.split('@');
  return { steps: elements === '' ? [] : elements.split('/'), attribute };
}

/** The text at a path; undefined where it is not there. */
export function rawText(at: Element, { steps, attribute }: Path): string | undefined {
  const element = descend(at, steps);
  if (!element) return undefined;
  if (attribute === undefined) return textOf(element);
  return element.getAttribute(attribute) ?? undefined;
}

export function setRaw(at: Element, { steps, attribute }: Path, value: string): void {
  const element = ensure(at, steps);
  if (attribute === undefined) setText(element, value);
  else if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
}

export function removeAt(at: Element, { steps, attribute }: Path): void {
  const element = descend(at, steps);
  if (!element) return;
  if (attribute !== undefined) element.removeAttribute(attribute);
  else if (steps.length === 0) setText(element, '');
  else {
    removeElement(element);
    prune(at, steps.slice(0, -1));
    return;
  }
  prune(at, steps);
}

/** Removes elements along a path that nothing is left of. */
export function prune(at: Element, steps: readonly string[]): void {
  for (let depth = steps.length; depth > 0; depth--) {
    const element = descend(at, steps.slice(0, depth));
    if (!element) continue;
    if (element.attributes.length > 0 || hasContent(element)) return;
    removeElement(element);
  }
}

function describe(at: Element, { steps, attribute }: Path): string {
  const names = [at.tagName, ...steps].join('/');
  return attribute === undefined ? `<${names}>` : `${attribute} of <${names}>`;
}

/** The value of a text that is there. */
export function parseScalar<T>(at: Element, place: Path, scalar: Scalar<T>, raw: string): T | undefined {
  const parsed = scalar.parse(raw);
  if (parsed === missing) return undefined;
  if (parsed !== undefined) return parsed;
  const element = descend(at, place.steps) ?? at;
  const node =
    (place.attribute === undefined ? undefined : element.getAttributeNode(place.attribute)) ?? element;
  const shown = raw.length > 60 ? `${raw.slice(0, 60)}…` : raw;
  throw xmlError(`${describe(at, place)} must be ${scalar.expects}, not "${shown}"`, positionOf(node));
}

/** An optional scalar. */
export function value<T>(notation: string, scalar: Scalar<T>): Field<T | undefined, T> {
  const place = path(notation);
  return {
    read(at) {
      const raw = rawText(at, place);
      return raw === undefined ? undefined : parseScalar(at, place, scalar, raw);
    },
    write(at, wanted) {
      const formatted = scalar.format(wanted);
      if (formatted === undefined) throw unwritable(describe(at, place), wanted, scalar.expects);
      setRaw(at, place, formatted);
    },
    remove: (at) => {
      removeAt(at, place);
    },
  };
}

/** A field that must be there; `what` names it in the error. */
export function required<R, W>(field: Field<R | undefined, W>, what: string): Field<R, W> {
  return {
    ...field,
    read(at) {
      const found = field.read(at);
      if (found === undefined) throw xmlError(`<${at.tagName}> has no ${what}`, positionOf(at));
      return found;
    },
  };
}

/** A switch that an element must say; a spec that leaves it out means no. */
export function requiredSwitch(notation: string, scalar: Scalar<boolean>): Field<boolean> {
  return { ...required(value(notation, scalar), path(notation).attribute ?? notation), leftOut: false };
}

/** What the hypervisor takes where the document is silent. */
export function or<R, W>(field: Field<R | undefined, W>, fallback: R): Field<R, W> {
  return { ...field, read: (at) => field.read(at) ?? fallback };
}

/** Whether an element is there. */
export function flag(notation: string): Field<boolean> {
  const { steps } = path(notation);
  const remove = (at: Element): void => {
    const element = descend(at, steps);
    if (!element) return;
    removeElement(element);
    prune(at, steps.slice(0, -1));
  };
  return {
    read: (at) => descend(at, steps) !== undefined,
    write(at, there) {
      if (there) ensure(at, steps);
      else remove(at);
    },
    remove,
  };
}

/** An attribute that says yes, or is not there. */
export function onlyYes(notation: string): Field<boolean> {
  const place = path(notation);
  const inner = value(notation, yesNo);
  return {
    read: (at) => inner.read(at) ?? false,
    write(at, yes) {
      if (yes) setRaw(at, place, 'yes');
      else removeAt(at, place);
    },
    remove: inner.remove,
  };
}

/** An element that is there and has, or leaves out, `state='on'`. */
export function state(step: string): Field<boolean | undefined, boolean> {
  const attribute = path(`${step}@state`);
  return {
    read(at) {
      const element = descend(at, [step]);
      if (!element) return undefined;
      const raw = rawText(at, attribute);
      if (raw === undefined || raw === 'on') return true;
      if (raw === 'off') return false;
      throw xmlError(`state of <${step}> must be on or off, not "${raw}"`, positionOf(element));
    },
    write(at, on) {
      setRaw(at, attribute, on ? 'on' : 'off');
    },
    remove(at) {
      const element = descend(at, [step]);
      if (element) removeElement(element);
    },
  };
}

/** Scalars of repeated elements: `boot@dev`, `certificate`. */
export function values<T>(notation: string, scalar: Scalar<T>): Field<T[], readonly T[]> {
  const { steps, attribute } = path(notation);
  const name = steps.at(-1) ?? '';
  const above = steps.slice(0, -1);
  const own: Path = { steps: [], attribute };
  const remove = (at: Element): void => {
    removeAll(at, above, name);
  };
  return {
    read(at) {
      const parent = descend(at, above);
      if (!parent) return [];
      return childrenNamed(parent, name).flatMap((element) => {
        const raw = rawText(element, own);
        const parsed = raw === undefined ? undefined : parseScalar(element, own, scalar, raw);
        return parsed === undefined ? [] : [parsed];
      });
    },
    write(at, wanted) {
      remove(at);
      for (const item of wanted) {
        const formatted = scalar.format(item);
        if (formatted === undefined) throw unwritable(`<${name}>`, item, scalar.expects);
        setRaw(appendTo(at, above, name), own, formatted);
      }
    },
    remove,
  };
}

export function removeAll(at: Element, above: readonly string[], name: string): void {
  const parent = descend(at, above);
  if (!parent) return;
  const found = childrenNamed(parent, name);
  for (const element of found) removeElement(element);
  if (found.length > 0) prune(at, above);
}

export function appendTo(at: Element, above: readonly string[], name: string): Element {
  return appendNew(ensure(at, above), name);
}
