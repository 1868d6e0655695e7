import { GuestroomError } from '../api/errors.ts';
import type { DomainSummary } from '../api/model.ts';
import {
  reasonText,
  refusal,
  type ConnectionOperation,
  type DomainOperation,
  type Reason,
  type Verdicts,
} from '../api/operations.ts';
import type { DomainEvents } from './domain-events.ts';
import type { DomainRows } from './domain-rows.ts';

const unsupported: ReadonlySet<Reason> = new Set([
  'driver_lacks',
  'version_lacks',
  'daemon_lacks',
  'tool_missing',
  'no_graphics',
  'no_vnc',
  'no_serial',
  'no_removable',
  'no_balloon',
  'no_agent_channel',
]);

const codeOf = (reason: Reason) =>
  unsupported.has(reason) ? 'unsupported' : reason === 'read_only' ? 'read_only' : 'wrong_state';

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
  allowAtAll(operation: DomainOperation | ConnectionOperation): void {
    const verdict = this.verdicts[operation];
    if (verdict.can === 'no')
      throw new GuestroomError(codeOf(verdict.reason), reasonText[verdict.reason], { detail: operation });
  }

  /** The row of a domain that may do this now. Rejects with the verdict's reason, or with `not_found`. */
  async allow(operation: DomainOperation, uuid: string): Promise<DomainSummary> {
    this.allowAtAll(operation);
    const known = this.rows.known(uuid);
    if (known && refusal(operation, this.verdicts, known) === undefined) return known;
    // what is known may be a moment old
    const row = await this.rows.one(uuid);
    const reason = refusal(operation, this.verdicts, row);
    if (reason === undefined) return row;
    throw new GuestroomError(codeOf(reason), reasonText[reason], {
      detail: `${operation}: ${row.name} is ${row.state}`,
      domain: uuid,
    });
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
