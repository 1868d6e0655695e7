import type { ConnectionOperation, Verdicts } from '../api/operations.ts';
import { allowAtAll } from '../api/refusals.ts';
import { trouble, type Behaviour } from './behaviour.ts';

/** How everything is done to the host itself by one connection: may it, does the address want trouble; then the work. */
export class HostWork {
  readonly behaviour: Behaviour;
  readonly #verdicts: Verdicts;
  readonly #checkOpen: () => void;

  /** `checkOpen` throws once the connection is closed. */
  constructor(behaviour: Behaviour, verdicts: Verdicts, checkOpen: () => void) {
    this.behaviour = behaviour;
    this.#verdicts = verdicts;
    this.#checkOpen = checkOpen;
  }

  async look<T>(work: () => T): Promise<T> {
    this.#checkOpen();
    return work();
  }

  /** `name`: of what it is done to, as failures in the address name it. */
  async act<T>(operation: ConnectionOperation, name: string, work: () => T | Promise<T>): Promise<T> {
    this.#checkOpen();
    allowAtAll(operation, this.#verdicts);
    await trouble(this.behaviour, operation, name);
    return work();
  }
}
