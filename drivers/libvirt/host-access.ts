import type { Change } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { reasonText, type ConnectionOperation, type Verdicts } from '../api/operations.ts';

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
    const verdict = this.#verdicts[operation];
    if (verdict.can === 'no')
      throw new GuestroomError(
        verdict.reason === 'read_only' ? 'read_only' : 'unsupported',
        reasonText[verdict.reason],
        { detail: operation },
      );
  }
}
