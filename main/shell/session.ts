import type { Readable, Writable } from 'node:stream';
import type { Connection, Logger } from '../../drivers/api/driver.ts';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { Host } from '../../drivers/api/host.ts';
import type { DomainSummary } from '../../drivers/api/model.ts';
import { type DomainOperation, refusal } from '../../drivers/api/operations.ts';
import { refusedFor } from '../../drivers/api/refusals.ts';

export interface Terminal {
  stdin: Readable & { isTTY?: boolean; isRaw?: boolean; setRawMode?: (raw: boolean) => unknown };
  stdout: Writable & { isTTY?: boolean };
  stderr: Writable & { isTTY?: boolean };
  /** Once raw mode is on: output as it is, until raw mode ends. Answers why not, where it cannot be. */
  setRawOutput?: () => Promise<string | undefined>;
  /** Folder that file names are relative to. */
  cwd: string;
}

export interface Opened {
  connection: Connection;
  host: Host;
  /** Ends the way to the host, after the connection. */
  end(): void;
}

/** What a word may be that means a domain, in the order of looking. */
const namings = ['id', 'uuid', 'name'] as const;
export type DomainNaming = (typeof namings)[number];

const isCalled = (domain: DomainSummary, by: DomainNaming, word: string): boolean =>
  by === 'id'
    ? /^\s*\+?\d+$/.test(word) && domain.id === Number(word)
    : domain[by] === (by === 'uuid' ? word.toLowerCase() : word);

/** What the commands of one shell share: the terminal and, once a command needs it, the connection. */
export class Session {
  readonly terminal: Terminal;
  readonly quiet: boolean;
  readonly escape: string;
  readonly log: Logger;
  uri: string;
  readOnly: boolean;
  /** Lines are read one after the other, from a person or a file. */
  interactive = false;
  readonly #open: (uri: string, readOnly: boolean) => Promise<Opened>;
  #opened: Promise<Opened> | undefined;

  constructor(options: {
    terminal: Terminal;
    uri: string;
    quiet: boolean;
    escape: string;
    readOnly: boolean;
    log: Logger;
    open: (uri: string, readOnly: boolean) => Promise<Opened>;
  }) {
    this.terminal = options.terminal;
    this.uri = options.uri;
    this.quiet = options.quiet;
    this.escape = options.escape;
    this.readOnly = options.readOnly;
    this.log = options.log;
    this.#open = options.open;
  }

  /** What was asked for: goes to standard output whatever the flags. */
  print(text: string): void {
    this.terminal.stdout.write(text);
  }

  /** A document, which ends with its line whatever the hypervisor's ends with. */
  printDocument(xml: string): void {
    this.print(xml.endsWith('\n') ? xml : `${xml}\n`);
  }

  /** Confirmations and spacing: silent with --quiet. */
  say(text: string): void {
    if (!this.quiet) this.terminal.stdout.write(text);
  }

  warn(text: string): void {
    this.terminal.stderr.write(`warning: ${text}\n`);
  }

  async connection(): Promise<Connection> {
    return (await this.opened()).connection;
  }

  async opened(): Promise<Opened> {
    this.#opened ??= this.#open(this.uri, this.readOnly);
    try {
      return await this.#opened;
    } catch (error) {
      this.#opened = undefined;
      throw new Attempt('failed to connect to the hypervisor', error);
    }
  }

  async connect(uri: string, readOnly: boolean): Promise<void> {
    await this.close();
    this.uri = uri;
    this.readOnly = readOnly;
    await this.connection();
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    if (!opened) return;
    const { connection, end } = await opened;
    try {
      await connection.close();
    } finally {
      end();
    }
  }

  /** By id, UUID or name, in virsh's order; `by` where a command takes not all of them. */
  async domain(word: string, by: readonly DomainNaming[] = namings): Promise<DomainSummary> {
    const { domains: group } = await this.connection();
    // only the document of the one that is meant is asked for
    const domains = await group.list({ documents: false });
    const found = namings
      .filter((naming) => by.includes(naming))
      .map((naming) => domains.find((domain) => isCalled(domain, naming, word)))
      .find((domain) => domain !== undefined);
    if (!found) throw new GuestroomError('not_found', `failed to get domain '${word}'`);
    return group.get(found.uuid);
  }

  /** Refuses with the verdict's own reason, before anything is asked of the hypervisor. */
  async allow(operation: DomainOperation, domain: DomainSummary): Promise<void> {
    const { verdicts } = await this.connection();
    const reason = refusal(operation, verdicts, domain);
    if (reason !== undefined) throw refusedFor(reason);
  }

  /** A file of the person's own, by their folder. */
  path(name: string, host: Host): string {
    return host.files.isAbsolute(name) ? name : host.files.join(this.terminal.cwd, name);
  }
}

/** Wraps what goes wrong in virsh's two sentences: what was tried, then why. */
export class Attempt extends Error {
  constructor(what: string, cause: unknown) {
    super(what, { cause });
    this.name = 'Attempt';
  }
}

/** Of attempts within attempts the inner one tells: it is the nearest to what went wrong. */
export async function attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Attempt ? error : new Attempt(what, error);
  }
}
