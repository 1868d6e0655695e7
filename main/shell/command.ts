import type { Session } from './session.ts';

/** One option of a command. Those marked `positional` may be given without their name, in their order. */
export interface OptionSpec {
  name: string;
  /** number: whole or scaled, as the command reads it. */
  kind: 'flag' | 'text' | 'number' | 'words';
  positional?: boolean;
  required?: boolean;
  help: string;
  /** What Tab offers for the value. */
  complete?: Completion;
}

/** Names of what is there, files, or words of a closed list. */
export type Completion =
  | 'domain'
  | 'file'
  | 'network'
  | 'pool'
  | 'volume'
  | 'snapshot'
  | 'node-device'
  | 'secret'
  | 'interface'
  | readonly string[];

/** A command of the shell. Names, options and output are virsh's, so that scripts and fingers keep working. */
export interface Command {
  name: string;
  group: Group;
  summary: string;
  description?: string;
  options: readonly OptionSpec[];
  /** Failures are thrown; resolves with an exit status where it is not 0. */
  run(session: Session, options: Options): Promise<number | undefined>;
}

export const groups = {
  domain: 'Domain Management',
  monitor: 'Domain Monitoring',
  host: 'Host and Hypervisor',
  interface: 'Interface',
  network: 'Networking',
  nodedev: 'Node Device',
  secret: 'Secret',
  snapshot: 'Snapshot',
  pool: 'Storage Pool',
  volume: 'Storage Volume',
  virsh: 'Guestroom itself',
} as const;
export type Group = keyof typeof groups;

/** A parsed command line: the values of one command's options. */
export class Options {
  readonly #values: ReadonlyMap<string, string | true | readonly string[]>;

  constructor(values: ReadonlyMap<string, string | true | readonly string[]>) {
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#values.get(name) === true;
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** For options that the command requires: the parser has refused the line without them. */
  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new UsageError(`option --${name} is required`);
    if (value === '') throw new UsageError(`Failed to get option '${name}': Option argument is empty`);
    return value;
  }

  words(name: string): readonly string[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? value : [];
  }

  /** A whole number that is not negative. */
  count(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const number = /^\d+$/.test(text) ? Number(text) : undefined;
    if (number === undefined || !Number.isSafeInteger(number))
      throw new UsageError(`Numeric value '${text}' for <${name}> option is malformed or out of range`);
    return number;
  }

  given(name: string): boolean {
    return this.#values.has(name);
  }

  /** Refuses a line that has both. */
  exclusive(one: string, other: string): void {
    if (this.given(one) && this.given(other))
      throw new UsageError(`Options --${one} and --${other} are mutually exclusive`);
  }

  /** Refuses a line that has `option` without what it needs. */
  needs(option: string, needed: string): void {
    if (this.given(option) && !this.given(needed))
      throw new UsageError(`Option --${needed} is required by option --${option}`);
  }
}

/** The line itself is wrong: nothing was tried. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export const domainOption: OptionSpec = {
  name: 'domain',
  kind: 'text',
  positional: true,
  required: true,
  help: 'domain name, id or uuid',
  complete: 'domain',
};
export const flag = (name: string, help: string): OptionSpec => ({ name, kind: 'flag', help });

type Hints = Pick<OptionSpec, 'positional' | 'complete'>;
/** An option with a value that may be left out. virsh takes most of them without their name, too. */
export const text = (name: string, help: string, hints: Hints = {}): OptionSpec => ({
  name,
  kind: 'text',
  help,
  ...hints,
});
export const number = (name: string, help: string, hints: Hints = {}): OptionSpec => ({
  name,
  kind: 'number',
  help,
  ...hints,
});
/** A value that must be there. */
export const needed = (name: string, help: string, complete?: Completion): OptionSpec => ({
  name,
  kind: 'text',
  positional: true,
  required: true,
  help,
  ...(complete ? { complete } : {}),
});
