import { SvelteMap } from 'svelte/reactivity';
import { toGuestroomError } from '../../drivers/api/errors.ts';
import type { ErrorData } from '../../drivers/api/errors.ts';
import { no, refusal } from '../../drivers/api/operations.ts';
import type { DomainOperation, Reason, Verdicts } from '../../drivers/api/operations.ts';
import type { BulkOperation } from '../../preload/contract.ts';
import type { Client } from '../client/index.ts';
import { refKey } from './inventory.svelte.ts';
import type { DomainRef, Inventory } from './inventory.svelte.ts';

/** What this window asked of virtual machines and has no answer to yet, and what went wrong with it. */
export class DomainWork {
  #client: Client;
  #inventory: Inventory;
  #busy = new SvelteMap<string, DomainOperation>();
  #errors = new SvelteMap<string, ErrorData>();
  #onerror: (target: DomainRef, error: ErrorData) => void;

  constructor(
    client: Client,
    inventory: Inventory,
    /** Hears of each refusal and failure; the row or page shows it too. */
    onerror: (target: DomainRef, error: ErrorData) => void,
  ) {
    this.#client = client;
    this.#inventory = inventory;
    this.#onerror = onerror;
  }

  /** What is being done to it by this window. */
  busy(target: DomainRef): DomainOperation | undefined {
    return this.#busy.get(refKey(target));
  }

  /** Why the last action on it failed; gone with the next action. */
  error(target: DomainRef): ErrorData | undefined {
    return this.#errors.get(refKey(target));
  }

  dismiss(target: DomainRef): void {
    this.#errors.delete(refKey(target));
  }

  /** Why it cannot be done now; undefined: it can. */
  refusal(operation: DomainOperation, target: DomainRef): Reason | undefined {
    const node = this.#inventory.node(target.node);
    const domain = this.#inventory.domain(target);
    if (!node || !domain || node.state !== 'connected' || !node.verdicts) return 'offline';
    if (this.busy(target)) return 'busy';
    const verdicts: Partial<Verdicts> = node.verdicts;
    return refusal(operation, { ...allRefused(operation), ...verdicts } as Verdicts, domain);
  }

  /** Does it to all of them; each failure is kept with its virtual machine. */
  async act(
    operation: BulkOperation,
    targets: readonly DomainRef[],
    options: { emulate?: boolean; forceBoot?: boolean; networks?: boolean } = {},
  ): Promise<void> {
    for (const target of targets) {
      this.#errors.delete(refKey(target));
      this.#busy.set(refKey(target), operation);
    }
    try {
      const outcomes = await this.#client.rpc.domains.act({
        operation,
        targets: targets.map(({ node, uuid }) => ({ node, uuid })),
        ...options,
      });
      for (const outcome of outcomes) if (outcome.error) this.#fail(outcome, outcome.error);
    } catch (thrown) {
      for (const target of targets) this.#fail(target, toGuestroomError(thrown).toData());
    } finally {
      for (const target of targets) this.#busy.delete(refKey(target));
    }
  }

  /** Runs any other call about one virtual machine with the same care. Answers whether it worked. */
  async call(operation: DomainOperation, target: DomainRef, run: () => Promise<unknown>): Promise<boolean> {
    this.#errors.delete(refKey(target));
    this.#busy.set(refKey(target), operation);
    try {
      await run();
      return true;
    } catch (thrown) {
      this.#fail(target, toGuestroomError(thrown).toData());
      return false;
    } finally {
      this.#busy.delete(refKey(target));
    }
  }

  #fail(target: DomainRef, error: ErrorData): void {
    if (error.code === 'cancelled') return;
    this.#errors.set(refKey(target), error);
    this.#onerror(target, error);
  }
}

/** A host of an older main may not answer for every operation: what it does not name it cannot do. */
const allRefused = (operation: DomainOperation) => ({ [operation]: no('driver_lacks') });
