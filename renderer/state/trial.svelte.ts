import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { ErrorData } from '../../drivers/api/errors.ts';
import type { TrialRow } from '../../preload/attempts.ts';
import type { Client } from '../client/index.ts';

/** What is tried: as it would be added. */
export interface TrialSubject {
  uri: string;
  readOnly: boolean;
}

/** One connection that is only tried, the newest one. Not opened anew after a lost link: that would be another attempt. */
export class Trial {
  /** How it goes; undefined before main has said anything. */
  row: TrialRow | undefined = $state.raw();
  /** Main would not even begin, or does not answer any more. */
  refused: ErrorData | undefined = $state.raw();
  subject: TrialSubject | undefined = $state.raw();
  readonly #client: Client;
  #ended: AbortController | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  running: boolean = $derived(
    this.subject !== undefined &&
      this.refused === undefined &&
      (this.row === undefined || this.row.state === 'running'),
  );

  /** Tries it, in place of the one before. Resolves once it has ended or was left. */
  async begin(subject: TrialSubject): Promise<void> {
    this.leave();
    const ended = new AbortController();
    const { signal } = ended;
    this.#ended = ended;
    this.subject = subject;
    try {
      const { uri, readOnly } = subject;
      for await (const row of await this.#client.rpc.nodes.test({ uri, readOnly }, { signal })) {
        if (signal.aborted) return;
        this.row = row;
      }
      if (!signal.aborted && this.running)
        throw new GuestroomError('lost', 'The test ended without a word about how');
    } catch (thrown) {
      if (!signal.aborted) this.refused = toGuestroomError(thrown).toData();
    }
  }

  /** Stops it and forgets what it has found. */
  leave(): void {
    this.#ended?.abort();
    this.#ended = undefined;
    this.row = undefined;
    this.refused = undefined;
    this.subject = undefined;
  }

  tries(subject: TrialSubject): boolean {
    return this.subject?.uri === subject.uri && this.subject.readOnly === subject.readOnly;
  }
}
