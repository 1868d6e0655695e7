import { GuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import { reasonText } from '../api/operations.ts';
import { ConsoleHub } from './consoles.ts';
import type { RunningGuest } from './guest.ts';
import type { LiveConsole } from './live.ts';

/** What is going on with the domains of one host, whichever connection asked for it. */
export class Activity {
  private readonly working = new Map<string, string>();
  private readonly hubs = new WeakMap<RunningGuest, Map<string, ConsoleHub>>();

  /** One change of a domain at a time: another one meanwhile rejects with `busy`. */
  async exclusive<T>(uuid: string, operation: string, work: () => Promise<T>): Promise<T> {
    const other = this.working.get(uuid);
    if (other !== undefined) {
      throw new GuestroomError('busy', reasonText.busy, { detail: `It is in the middle of: ${other}` });
    }
    this.working.set(uuid, operation);
    try {
      return await work();
    } finally {
      this.working.delete(uuid);
    }
  }

  /** The one place where the viewers of a console meet. */
  hub(host: Host, guest: RunningGuest, console: LiveConsole): ConsoleHub {
    let hubs = this.hubs.get(guest);
    if (!hubs) this.hubs.set(guest, (hubs = new Map()));
    let hub = hubs.get(console.alias);
    if (!hub) hubs.set(console.alias, (hub = new ConsoleHub(host, guest, console)));
    return hub;
  }
}
