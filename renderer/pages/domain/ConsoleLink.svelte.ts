import { toGuestroomError } from '../../../drivers/api/errors.ts';
import type { ErrorData } from '../../../drivers/api/errors.ts';

/** What a link needs of a byte stream: to let it go. */
export interface Closable {
  close(): void;
}

export type LinkPhase<Channel> =
  /** The guest is off: there is nothing to be linked to. */
  | { kind: 'off' }
  /** A ticket is asked for. */
  | { kind: 'opening' }
  /** The viewer has the channel and greets the other side. */
  | { kind: 'connecting'; channel: Channel }
  | { kind: 'connected'; channel: Channel }
  /** It ended or never began; a new run of the guest or the person begins anew. */
  | { kind: 'lost'; error: ErrorData };

/**
 * One screen or serial line of one guest, from ticket to end. It follows the guest: a new run of it gets a new channel
 * by itself, a guest that is off has none. Within one run a lost link stays lost until the person asks again, so that
 * two viewers of a screen that takes one only do not throw each other out for ever.
 */
export class ConsoleLink<Channel extends Closable> {
  phase: LinkPhase<Channel> = $state.raw({ kind: 'off' });
  #open: () => Promise<Channel>;
  #run: string | undefined;
  #attempt = 0;

  constructor(open: () => Promise<Channel>) {
    this.#open = open;
  }

  /** The guest's run as it is known now; undefined while it is off. The same run again changes nothing. */
  follow(run: string | undefined): void {
    if (run === this.#run) return;
    this.#run = run;
    if (run === undefined) this.#end({ kind: 'off' });
    else void this.#begin();
  }

  /** The person asks again. */
  reconnect(): void {
    if (this.#run !== undefined) void this.#begin();
  }

  /** The viewer has come through. Words about an older channel are not heard. */
  connected(channel: Channel): void {
    if (this.phase.kind === 'connecting' && this.phase.channel === channel)
      this.phase = { kind: 'connected', channel };
  }

  /** The viewer's channel has ended. */
  lost(channel: Channel, error: ErrorData): void {
    if (
      (this.phase.kind === 'connecting' || this.phase.kind === 'connected') &&
      this.phase.channel === channel
    )
      this.#end({ kind: 'lost', error });
  }

  /** The viewer goes away: the next `follow` begins anew. */
  close(): void {
    this.#run = undefined;
    this.#end({ kind: 'off' });
  }

  #end(phase: LinkPhase<Channel>): void {
    this.#attempt += 1;
    const before = this.phase;
    this.phase = phase;
    if (before.kind === 'connecting' || before.kind === 'connected') before.channel.close();
  }

  async #begin(): Promise<void> {
    this.#end({ kind: 'opening' });
    const attempt = this.#attempt;
    try {
      const channel = await this.#open();
      // asked again, or gone, in the meantime: nobody wants this one
      if (attempt === this.#attempt) this.phase = { kind: 'connecting', channel };
      else channel.close();
    } catch (error) {
      if (attempt === this.#attempt) this.phase = { kind: 'lost', error: toGuestroomError(error).toData() };
    }
  }
}
