import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { ErrorData } from '../../../drivers/api/errors.ts';
import type { Client } from '../../client/index.ts';
import { t } from '../../i18n/index.svelte.ts';
import { HeldChannel } from '../../parts/ScreenChannel.ts';
import { ConsoleLink } from '../domain/ConsoleLink.svelte.ts';

/** In characters. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

/**
 * The shell of one terminal tab. It is opened once, with the size that the terminal is drawn in, and then only when the
 * person says so: a host that comes back would have no use for shells that nobody asked for.
 */
export class Shell {
  readonly link: ConsoleLink<HeldChannel>;
  /** It ended by itself, and nothing was lost. */
  ended = $state(false);
  readonly #client: Client;
  readonly #failed: (thrown: unknown) => void;
  #size: TerminalSize | undefined;
  /** The size that main knows, of the shell with this id. */
  #told: (TerminalSize & { id: string }) | undefined;
  #telling = false;

  /** `failed`: the shell does not know the terminal's size. */
  constructor(client: Client, node: string, failed: (thrown: unknown) => void) {
    this.#client = client;
    this.#failed = failed;
    this.link = new ConsoleLink(async () => {
      const size = this.#size ?? { columns: 80, rows: 24 };
      this.#told = undefined;
      const { ticket, id } = await client.rpc.consoles.terminal({ node, ...size });
      this.#told = { id, ...size };
      return new HeldChannel(client.openBytes(ticket, { acknowledge: 'owner' }));
    });
  }

  begin(): void {
    this.link.follow('shell');
  }

  again(): void {
    this.ended = false;
    this.link.reconnect();
  }

  connected(channel: HeldChannel): void {
    this.link.connected(channel);
    void this.#tell();
  }

  /** Without an error the shell has ended. */
  over(channel: HeldChannel, error: ErrorData | undefined): void {
    this.ended = error === undefined;
    this.link.lost(channel, error ?? new GuestroomError('lost', t.terminal.ended).toData());
  }

  /** The terminal is drawn in this size from now on. */
  resized(size: TerminalSize): void {
    this.#size = size;
    void this.#tell();
  }

  close(): void {
    this.link.close();
  }

  /** Tells main one size at a time: while a window is dragged, those in between do not matter. */
  async #tell(): Promise<void> {
    if (this.#telling || this.link.phase.kind !== 'connected') return;
    this.#telling = true;
    try {
      for (;;) {
        const { phase } = this.link;
        const told = this.#told;
        const size = this.#size;
        if (phase.kind !== 'connected' || !told || !size) return;
        if (told.columns === size.columns && told.rows === size.rows) return;
        await this.#client.rpc.consoles.resizeTerminal({ id: told.id, ...size });
        if (this.#told === told) this.#told = { id: told.id, ...size };
      }
    } catch (thrown) {
      // where the way to main is gone the shell is, too, and that is told
      if (this.link.phase.kind === 'connected') this.#failed(thrown);
    } finally {
      this.#telling = false;
    }
  }
}
