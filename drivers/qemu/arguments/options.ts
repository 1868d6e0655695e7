import { GuestroomError } from '../../api/errors.ts';

export type OptionValue = string | number | boolean | undefined;
export type Options = Readonly<Record<string, OptionValue>>;

/** QEMU's option syntax separates by commas; a comma inside a value is written twice. */
export const escapeValue = (value: string): string => value.replaceAll(',', ',,');

/** Whether this can stand before the `=` of an option and be nothing else. */
export const isOptionName = (text: string): boolean => /^[\w.@-]+$/.test(text);

/** `head,key=value,…` with every value escaped; undefined values are left out, booleans are on and off. */
export function formatOptions(head: string | undefined, options: Options): string {
  const parts = head === undefined ? [] : [escapeValue(head)];
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined) continue;
    // names come from documents too (features of a CPU): none may begin another option
    if (!isOptionName(key)) {
      throw new GuestroomError('invalid_argument', `This is not a name that QEMU can be told: ${key}`);
    }
    const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
    parts.push(`${key}=${escapeValue(text)}`);
  }
  return parts.join(',');
}

/** A -device of the command line, with the element of the document that asked for it. */
export interface DeviceUse {
  model: string;
  id: string | undefined;
  /** Path in the document: devices/disk[1]; undefined for what we add ourselves. */
  path: string | undefined;
}

/** The command line that is being put together. */
export class Arguments {
  /** Variables that QEMU runs with. */
  readonly env: Record<string, string> = {};
  readonly devices: DeviceUse[] = [];
  private readonly start: string[] = [];
  private readonly placed: string[] = [];
  private readonly unplaced: string[] = [];
  private readonly end: string[] = [];

  /**
   * The whole list. Devices with an address of their own come before those that QEMU finds a place for, so that none
   * of the latter takes a place that the document gives away.
   */
  get list(): string[] {
    return [...this.start, ...this.placed, ...this.unplaced, ...this.end];
  }

  add(...parts: string[]): void {
    this.start.push(...parts);
  }

  /** After everything else: the document's own arguments. */
  addLast(...parts: string[]): void {
    this.end.push(...parts);
  }

  option(flag: string, head: string | undefined, options: Options = {}): void {
    this.start.push(flag, formatOptions(head, options));
  }

  object(type: string, options: Options): void {
    this.option('-object', type, options);
  }

  device(model: string, options: Options, path?: string): void {
    const id = options['id'];
    this.devices.push({ model, id: typeof id === 'string' ? id : undefined, path });
    const list = options['addr'] === undefined ? this.unplaced : this.placed;
    list.push('-device', formatOptions(model, options));
  }

  /** -blockdev takes JSON, which needs no escaping of its own. */
  blockdev(node: Readonly<Record<string, unknown>>): void {
    this.start.push('-blockdev', JSON.stringify(node));
  }
}
