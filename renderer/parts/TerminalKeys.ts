/** What of a serial line takes keys. */
export interface KeySink {
  send(keys: Uint8Array): void;
}

/**
 * Between the keyboard and a serial line. A line takes a moment to be attached, and people type at once: what comes
 * meanwhile waits and goes first, in order. Where no line is to come nothing is kept, so that keys which were meant for
 * a machine that is off do not reach its next run.
 */
export class TerminalKeys {
  #line: KeySink | undefined;
  #expected = false;
  #waiting: Uint8Array[] = [];

  type(keys: Uint8Array): void {
    if (this.#line) this.#line.send(keys);
    else if (this.#expected) this.#waiting.push(keys);
  }

  /** A line is on its way; false: there is none, and none will come by itself. */
  expect(expected: boolean): void {
    this.#line = undefined;
    this.#expected = expected;
    if (!expected) this.#waiting = [];
  }

  /** The line that was expected takes keys from now on. */
  attach(line: KeySink): void {
    this.#line = line;
    for (const keys of this.#waiting.splice(0)) line.send(keys);
  }
}
