import { randomUUID } from 'node:crypto';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { Host, HostTerminal, TerminalSize } from '../../drivers/api/host.ts';
import type { Consoles } from './index.ts';

/** Shells on hosts that a window has, or is about to take. Each ends with its window's wire. */
export class Terminals {
  readonly #consoles: Pick<Consoles, 'offer'>;
  readonly #open = new Map<string, HostTerminal>();

  constructor(consoles: Pick<Consoles, 'offer'>) {
    this.#consoles = consoles;
  }

  /** How many shells are open. */
  get count(): number {
    return this.#open.size;
  }

  /** The ticket is for the shell's bytes, the id for its size. Rejects with `unsupported` where the host has no terminals. */
  async open(host: Host, size: TerminalSize): Promise<{ ticket: string; id: string }> {
    if (!host.openTerminal) {
      throw new GuestroomError('unsupported', 'Terminals are opened on hosts over SSH only', {
        hint: 'Add the host over SSH; this computer has terminal programs of its own',
      });
    }
    const terminal = await host.openTerminal(size);
    const ticket = this.#consoles.offer(terminal.stream);
    const id = randomUUID();
    this.#open.set(id, terminal);
    terminal.stream.once('close', () => this.#open.delete(id));
    return { ticket, id };
  }

  /** The shell may have ended while the window told its new size: that is no error. */
  resize(id: string, size: TerminalSize): void {
    this.#open.get(id)?.resize(size);
  }
}
