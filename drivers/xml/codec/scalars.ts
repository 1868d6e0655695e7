import { GuestroomError } from '../../api/errors.ts';

/** A value that stands as text in an attribute or element. */
export interface Scalar<T> {
  /** What a text must be, for the error: `a number from 0 to 65535`. */
  readonly expects: string;
  /** `missing` where the text counts as if it were not there; undefined where it is impossible. */
  parse(text: string): T | typeof missing | undefined;
  /** undefined where the value cannot be written. */
  format(value: T): string | undefined;
}

export const missing = Symbol('missing');

/** Any text as it is. */
export const text: Scalar<string> = {
  expects: 'a text',
  parse: (raw) => raw,
  format: (value) => value,
};

/** A text without white space around it; an empty one counts as missing. */
export const filled: Scalar<string> = {
  expects: 'a text',
  parse: (raw) => (raw.trim() === '' ? missing : raw.trim()),
  format: (value) => value,
};

export const yesNo: Scalar<boolean> = words('yes', 'no');
export const onOff: Scalar<boolean> = words('on', 'off');

function words(truth: string, falsity: string): Scalar<boolean> {
  return {
    expects: `${truth} or ${falsity}`,
    parse: (raw) => (raw === truth ? true : raw === falsity ? false : undefined),
    format: (value) => (value ? truth : falsity),
  };
}

export const bit: Scalar<boolean> = words('1', '0');

/** Decimal, or hexadecimal after 0x as libvirt reads addresses. */
export function integer(minimum: number, maximum: number): Scalar<number> {
  return {
    expects:
      maximum === Number.MAX_SAFE_INTEGER
        ? `a whole number of at least ${String(minimum)}`
        : `a whole number from ${String(minimum)} to ${String(maximum)}`,
    parse(raw) {
      const trimmed = raw.trim();
      if (!/^(?:-?\d+|0x[0-9a-fA-F]+)$/.test(trimmed)) return undefined;
      const value = Number(trimmed);
      return Number.isSafeInteger(value) && value >= minimum && value <= maximum ? value : undefined;
    },
    format: (value) =>
      Number.isSafeInteger(value) && value >= minimum && value <= maximum ? String(value) : undefined,
  };
}

/** Written with 0x and at least so many digits. */
export function hex(maximum: number, digits: number): Scalar<number> {
  const base = integer(0, maximum);
  return {
    ...base,
    format: (value) =>
      base.format(value) === undefined ? undefined : `0x${value.toString(16).padStart(digits, '0')}`,
  };
}

/** Permission bits: 0644 */
export const octal: Scalar<number> = {
  expects: 'a number in octal digits',
  parse: (raw) => (/^[0-7]{1,6}$/.test(raw.trim()) ? Number.parseInt(raw.trim(), 8) : undefined),
  format: (value) =>
    Number.isInteger(value) && value >= 0 && value <= 0o7777
      ? `0${value.toString(8).padStart(3, '0')}`
      : undefined,
};

/** Seconds since 1970, with or without a fraction, as whole milliseconds. */
export const instant: Scalar<number> = {
  expects: 'a number of seconds',
  parse(raw) {
    const match = /^(\d{1,12})(?:\.(\d{0,9}))?$/.exec(raw.trim());
    return match ? Number(match[1]) * 1000 + Number((match[2] ?? '').slice(0, 3).padEnd(3, '0')) : undefined;
  },
  format(value) {
    if (!Number.isSafeInteger(value) || value < 0) return undefined;
    const rest = value % 1000;
    const seconds = String((value - rest) / 1000);
    return rest === 0 ? seconds : `${seconds}.${String(rest).padStart(3, '0')}`;
  },
};

export const count = integer(0, 0xffff_ffff);
export const positive = integer(1, 0xffff_ffff);
export const large = integer(0, Number.MAX_SAFE_INTEGER);
export const signed = integer(-0x8000_0000, 0x7fff_ffff);
export const portNumber = integer(0, 65535);

/** Lower case with dashes; an empty one counts as missing, because libvirt then makes one. */
export const uuid: Scalar<string> = {
  expects: 'a UUID',
  parse(raw) {
    const bare = raw.trim().toLowerCase();
    if (bare === '') return missing;
    const digits = bare.replaceAll('-', '');
    if (!/^[0-9a-f]{32}$/.test(digits) || /^-|-$/.test(bare)) return undefined;
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  },
  format: (value) =>
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value)
      ? value.toLowerCase()
      : undefined,
};

/** Only for writing: `write` throws this for a value that has no text. */
export function unwritable(name: string, value: unknown, expects: string): GuestroomError {
  return new GuestroomError('invalid_argument', `${name} must be ${expects}, not ${JSON.stringify(value)}`);
}

const units: ReadonlyMap<string, number> = (() => {
  const table = new Map([
    ['b', 1],
    ['byte', 1],
    ['bytes', 1],
  ]);
  ['k', 'm', 'g', 't', 'p', 'e'].forEach((letter, index) => {
    table.set(letter, 1024 ** (index + 1));
    table.set(`${letter}ib`, 1024 ** (index + 1));
    table.set(`${letter}b`, 1000 ** (index + 1));
  });
  return table;
})();

/** Bytes of one unit as libvirt names them (KiB, MB, k …); undefined for a word that is none. */
export const unitSize = (unit: string): number | undefined => units.get(unit.trim().toLowerCase());
