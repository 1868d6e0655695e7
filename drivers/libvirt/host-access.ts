import type { Change } from '../api/driver.ts';
import type { ConnectionOperation, Verdicts } from '../api/operations.ts';
import { allowAtAll } from '../api/refusals.ts';

/** Who may change the node's networks, pools and devices, and who hears of what no event tells. */
export class HostAccess {
  readonly #verdicts: Verdicts;
  readonly tell: (change: Change) => void;

  constructor(verdicts: Verdicts, tell: (change: Change) => void) {
    this.#verdicts = verdicts;
    this.tell = tell;
  }

  /** Throws `read_only`, or `unsupported` with the reason. */
  allow(operation: ConnectionOperation): void {
    allowAtAll(operation, this.#verdicts);
  }
}
