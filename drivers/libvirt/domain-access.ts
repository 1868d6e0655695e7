import type { DomainSummary } from '../api/model.ts';
import { refusal, type DomainOperation, type Operation, type Verdicts } from '../api/operations.ts';
import { allowAtAll, allowOn } from '../api/refusals.ts';
import type { DomainEvents } from './domain-events.ts';
import type { DomainRows } from './domain-rows.ts';

/** Who may do what: the rules of operations.ts on the domain as it is. */
export class DomainAccess {
  readonly verdicts: Verdicts;
  readonly rows: DomainRows;
  readonly #events: DomainEvents;

  constructor(verdicts: Verdicts, rows: DomainRows, events: DomainEvents) {
    this.verdicts = verdicts;
    this.rows = rows;
    this.#events = events;
  }

  /** Throws where no domain of this connection could do it. */
  allowAtAll(operation: Operation): void {
    allowAtAll(operation, this.verdicts);
  }

  /** The row of a domain that may do this now. Rejects with the verdict's reason, or with `not_found`. */
  async allow(operation: DomainOperation, uuid: string): Promise<DomainSummary> {
    this.allowAtAll(operation);
    const known = this.rows.known(uuid);
    if (known && refusal(operation, this.verdicts, known) === undefined) return known;
    // what is known may be a moment old
    const row = await this.rows.one(uuid);
    allowOn(operation, this.verdicts, row);
    return row;
  }

  /** Does it where it is allowed; once it resolves the list shows what came of it. */
  async act<T>(
    operation: DomainOperation,
    uuid: string,
    work: (row: DomainSummary) => Promise<T>,
    document = false,
  ): Promise<T> {
    const row = await this.allow(operation, uuid);
    const result = await work(row);
    await this.#events.refresh(uuid, document);
    return result;
  }
}
