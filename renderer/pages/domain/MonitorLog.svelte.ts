import { toGuestroomError } from '../../../drivers/api/errors.ts';
import type { ErrorData } from '../../../drivers/api/errors.ts';

export type MonitorKind = 'qmp' | 'hmp';

export interface MonitorEntry {
  id: number;
  kind: MonitorKind;
  command: string;
  /** Ready to be read: JSON is indented. Absent while it is waited for. */
  reply?: string;
  error?: ErrorData;
}

/** Entries kept; older ones fall out. */
const most = 200;

/** What is sent for what was written: a bare name is a QMP command without arguments. undefined: it is no QMP. */
export function monitorCommand(kind: MonitorKind, text: string): string | undefined {
  const trimmed = text.trim();
  if (kind === 'hmp') return trimmed;
  if (/^[a-z][a-z0-9_-]*$/i.test(trimmed)) return JSON.stringify({ execute: trimmed });
  try {
    const parsed: unknown = JSON.parse(trimmed);
    const fits = typeof parsed === 'object' && parsed !== null && 'execute' in parsed;
    return fits ? JSON.stringify(parsed) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** JSON indented, everything else with the line breaks of a terminal made plain. */
export function readable(reply: string): string {
  const text = reply.replace(/\r\n/g, '\n').replace(/\n+$/, '');
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** A talk with a hypervisor's monitor: entries, and the history of what was asked. */
export class MonitorLog {
  entries: readonly MonitorEntry[] = $state.raw([]);
  #send: (kind: MonitorKind, command: string) => Promise<string>;
  #history: string[] = [];
  /** Where in the history the person is; its length is "not in it". */
  #at = 0;
  #draft = '';
  #next = 1;

  constructor(send: (kind: MonitorKind, command: string) => Promise<string>) {
    this.#send = send;
  }

  async run(kind: MonitorKind, written: string, command: string): Promise<void> {
    const id = this.#next++;
    if (this.#history.at(-1) !== written) this.#history.push(written);
    this.#at = this.#history.length;
    this.#draft = '';
    this.entries = [...this.entries, { id, kind, command: written }].slice(-most);
    try {
      this.#answer(id, { reply: readable(await this.#send(kind, command)) });
    } catch (thrown) {
      this.#answer(id, { error: toGuestroomError(thrown).toData() });
    }
  }

  /** One step back (-1) or on (1) in what was asked; `now` is kept to come back to. */
  step(by: -1 | 1, now: string): string {
    if (this.#at === this.#history.length) this.#draft = now;
    this.#at = Math.max(0, Math.min(this.#history.length, this.#at + by));
    return this.#history[this.#at] ?? this.#draft;
  }

  clear(): void {
    this.entries = [];
  }

  #answer(id: number, answer: { reply: string } | { error: ErrorData }): void {
    this.entries = this.entries.map((entry) => (entry.id === id ? { ...entry, ...answer } : entry));
  }
}
