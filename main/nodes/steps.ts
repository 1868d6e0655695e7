import type { Driver } from '../../drivers/api/driver.ts';
import { type OpenStep, openSteps } from '../../drivers/api/opening.ts';
import type { ErrorCode, GuestroomError } from '../../drivers/api/errors.ts';
import { type ConnectionUri, isSsh, transportOf } from '../../drivers/api/uri.ts';
import type { StepRow } from '../../preload/attempts.ts';

const overSsh: readonly OpenStep[] = ['resolve', 'reach', 'encrypt', 'identify', 'login', 'open'];

/** Steps by what carries the connection, for a driver that does not tell its own. */
const usual: Readonly<Record<string, readonly OpenStep[]>> = {
  tls: ['resolve', 'reach', 'encrypt', 'identify', 'login', 'open'],
  tcp: ['resolve', 'reach', 'login', 'open'],
};

/** The step that such an error belongs to, whatever was told last. */
const stepOf: Partial<Record<ErrorCode, OpenStep>> = {
  certificate: 'identify',
  host_key: 'identify',
  auth_failed: 'login',
};

/** Details are shown in one line: what is longer was not meant for it. */
const longestDetail = 300;

/** The steps of one attempt to connect, with their times. A driver tells what it has done; what goes on is the next one. */
export class Steps {
  #rows: StepRow[];
  readonly #changed: () => void;
  /** Done, as what came after it shows; the driver tells its detail later. */
  #early: OpenStep | undefined;

  constructor(driver: Driver, uri: ConnectionUri, changed: () => void) {
    // over SSH the way is the same for all drivers
    const expected = isSsh(uri) ? overSsh : (driver.steps?.(uri) ?? usual[transportOf(uri)] ?? ['open']);
    const all = new Set<OpenStep>([...expected, 'list']);
    this.#rows = openSteps.filter((step) => all.has(step)).map((step) => ({ step, state: 'ahead' }));
    this.#changed = changed;
    this.#goOn();
  }

  get rows(): StepRow[] {
    return this.#rows.map((row) => ({ ...row }));
  }

  /** The driver has done it. */
  readonly done = (step: OpenStep, detail?: string): void => {
    const early = step === this.#early ? this.#rows.find((each) => each.step === step) : undefined;
    const row = early ?? this.#reach(step);
    if (detail !== undefined) row.detail = detail.slice(0, longestDetail);
    if (early) {
      this.#early = undefined;
      return this.#changed();
    }
    row.state = 'done';
    if (row.since !== undefined) row.took = (row.took ?? 0) + Math.max(0, Date.now() - row.since);
    delete row.since;
    this.#goOn();
    this.#changed();
  };

  /** What a driver does on a host that was reached already: only that it has opened is a step. */
  readonly onlyOpening = (step: OpenStep, detail?: string): void => {
    if (step === 'open') this.done(step, detail);
  };

  /** Done, if nobody said so before. */
  passed(step: OpenStep): void {
    if (this.#rows.find((row) => row.step === step)?.state !== 'done') this.done(step);
  }

  /** Whether a step waits for the person: the login, or the check of a key that is not known. */
  readonly waiting = (waits: boolean, step: 'login' | 'identify' = 'login'): void => {
    // a host shows its key once the encryption is agreed on: what the person takes is not its time
    const encrypting = this.#rows.some((row) => row.step === 'encrypt' && row.state === 'active');
    if (waits && step === 'identify' && encrypting) {
      this.done('encrypt');
      this.#early = 'encrypt';
    }
    const row = this.#reach(step);
    row.state = waits ? 'waiting' : 'active';
    row.since ??= Date.now();
    this.#changed();
  };

  /** The attempt ends here. */
  failed(error: GuestroomError): void {
    const wanted = stepOf[error.code];
    const at = this.#rows.find((row) => row.since !== undefined);
    const done = (step: OpenStep) => this.#rows.some((row) => row.step === step && row.state === 'done');
    const step = wanted === undefined || done(wanted) ? at?.step : wanted;
    if (step === undefined) return;
    const row = this.#reach(step);
    row.state = 'failed';
    if (row.since !== undefined) row.took = Math.max(0, Date.now() - row.since);
    delete row.since;
    this.#rows = this.#rows.slice(0, this.#rows.indexOf(row) + 1);
    this.#changed();
  }

  /** The row of a step; whatever stood before it and was not done was not needed, and its time belongs to this one. */
  #reach(step: OpenStep): StepRow {
    let row = this.#rows.find((each) => each.step === step);
    if (!row) {
      row = { step, state: 'ahead' };
      const order = openSteps.indexOf(step);
      const at = this.#rows.findIndex((each) => openSteps.indexOf(each.step) > order);
      this.#rows.splice(at === -1 ? this.#rows.length : at, 0, row);
    }
    for (const other of this.#rows) {
      if (other === row || other.since === undefined) continue;
      row.since ??= other.since;
      delete other.since;
      if (other.state !== 'done') other.state = 'ahead';
    }
    for (const before of this.#rows.slice(0, this.#rows.indexOf(row)))
      if (before.state !== 'done') before.state = 'skipped';
    return row;
  }

  #goOn(): void {
    const next = this.#rows.find(({ state }) => state === 'ahead');
    if (!next) return;
    next.state = 'active';
    next.since = Date.now();
  }
}
