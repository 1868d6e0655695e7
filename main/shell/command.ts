import type { Session } from './session.ts';

/** One option of a command. Those marked `positional` may be given without their name, in their order. */
export interface OptionSpec {
  name: string;
  kind: 'flag' | 'text' | 'words';
  positional?: boolean;
  required?: boolean;
  help: string;
  /** What Tab offers for the value. */
  complete?: 'domain' | 'file';
}

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
    return value;
  }

  words(name: string): readonly string[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? value : [];
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
