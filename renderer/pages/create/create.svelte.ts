import type { ErrorData } from '../../../drivers/api/errors.ts';
import { toGuestroomError } from '../../../drivers/api/errors.ts';
import type {
  Choices,
  DiskChoice,
  GuestSystem,
  NetworkChoice,
  PlanPreview,
  Problem,
  Source,
  SourceKind,
} from '../../../preload/create.ts';
import type { Calls } from '../../client/index.ts';
import { stepOfField, steps } from './fields.ts';
import type { StepId } from './fields.ts';

const pause = 200;

/** What main is asked for; the client's own calls, or a test's. */
export type CreateCalls = Pick<Calls['provision'], 'systems' | 'plan' | 'create'>;

/** The choices of one dialog and what they would come to, worked out anew by main after every change. */
export class CreateState {
  readonly node: string;
  readonly #calls: CreateCalls;
  choices: Choices = $state.raw({ source: { kind: 'iso', path: '' } });
  preview: PlanPreview | undefined = $state.raw();
  /** Why there is no preview. */
  failure: ErrorData | undefined = $state.raw();
  systems: readonly GuestSystem[] = $state.raw([]);
  step: StepId = $state('source');
  /** The preview is of older choices. */
  stale = $state(false);
  creating = $state(false);
  createError: ErrorData | undefined = $state.raw();
  /** The person's own version of the document. */
  document: string | undefined = $state.raw();
  /** Fields that were changed by hand: their faults are shown at once. */
  #touched: ReadonlySet<string> = $state.raw(new Set<string>());
  /** Steps that the person wanted to leave: all of their faults are shown. */
  #tried: ReadonlySet<StepId> = $state.raw(new Set<StepId>());
  readonly #first: Choices;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | undefined;
  #ended = false;
  /** Earlier entries of each kind of source, so that looking at another loses nothing. */
  readonly #sources = new Map<SourceKind, Source>();

  constructor(node: string, calls: CreateCalls, source?: Source) {
    this.node = node;
    this.#calls = calls;
    if (source) this.choices = { source };
    this.#first = this.choices;
  }

  /** The person has chosen or written something. */
  get chosen(): boolean {
    return this.document !== undefined || this.choices !== this.#first;
  }

  start(): void {
    this.#calls
      .systems({ node: this.node })
      .then((systems) => {
        this.systems = systems;
      })
      .catch((thrown: unknown) => this.#fail(thrown));
    void this.#ask();
  }

  stop(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  /** Takes changes over; `fields` are those that the person touched. undefined means the default again. */
  set(change: { [K in keyof Choices]?: Choices[K] | undefined }, ...fields: string[]): void {
    this.choices = dropUndefined({ ...this.choices, ...change }) as Choices;
    if (fields.length > 0) this.#touched = new Set([...this.#touched, ...fields]);
    this.#changed();
  }

  setSource(change: Partial<Source>, ...fields: string[]): void {
    this.set({ source: dropUndefined({ ...this.choices.source, ...change }) as Source }, ...fields);
  }

  setDisk(change: { [K in keyof DiskChoice]?: DiskChoice[K] | undefined }, ...fields: string[]): void {
    this.set({ disk: dropUndefined({ ...this.choices.disk, ...change }) }, ...fields);
  }

  setNetwork(
    change: { [K in keyof NetworkChoice]?: NetworkChoice[K] | undefined },
    ...fields: string[]
  ): void {
    const kind = change.kind ?? this.choices.network?.kind ?? this.preview?.values.network.kind ?? 'user';
    this.set({ network: { ...dropUndefined({ ...this.choices.network, ...change }), kind } }, ...fields);
  }

  /** Another kind of source, with what was entered for it before. A file goes along where it can. */
  chooseKind(kind: SourceKind): void {
    const before = this.choices.source;
    if (before.kind === kind) return;
    this.#sources.set(before.kind, before);
    const path = 'path' in before && kind !== 'iso' && before.kind !== 'iso' ? before.path : '';
    this.set({
      source: this.#sources.get(kind) ?? emptySource(kind, path),
      system: undefined,
      disk: undefined,
    });
  }

  /** Moves on when nothing of this step is wrong; else its faults appear. */
  next(): boolean {
    if (this.errorsOf(this.step).length > 0 || !this.preview || this.stale) {
      this.#tried = new Set([...this.#tried, this.step]);
      return false;
    }
    const at = steps.indexOf(this.step);
    this.step = steps[at + 1] ?? this.step;
    return true;
  }

  back(): void {
    this.step = steps[steps.indexOf(this.step) - 1] ?? this.step;
  }

  get errors(): Problem[] {
    return (this.preview?.problems ?? []).filter(({ level }) => level === 'error');
  }

  errorsOf(step: StepId): Problem[] {
    return this.errors.filter(({ field }) => stepOfField(field) === step);
  }

  /** The fault or remark to show beside a field; what was neither touched nor tried stays quiet. */
  problemAt(field: string): Problem | undefined {
    const found = (this.preview?.problems ?? []).filter((problem) => problem.field === field);
    const problem = found.find(({ level }) => level === 'error') ?? found[0];
    if (!problem) return undefined;
    const quiet =
      problem.code === 'source_missing' ||
      problem.code === 'login_missing' ||
      problem.code === 'user_missing';
    const shown = this.#touched.has(field) || this.#tried.has(stepOfField(field)) || !quiet;
    return shown ? problem : undefined;
  }

  /** All faults of the first step that has any, shown; answers that step. */
  revealErrors(): StepId | undefined {
    const step = steps.find((candidate) => this.errorsOf(candidate).length > 0);
    if (step) this.#tried = new Set([...this.#tried, step]);
    return step;
  }

  /** Hands the making over to a task. Answers it, or undefined when main refuses: `createError` says why. */
  async create(): Promise<{ task: string; uuid: string } | undefined> {
    if (this.creating) return undefined;
    this.creating = true;
    this.createError = undefined;
    try {
      const { node, document } = this;
      const choices = $state.snapshot(this.choices) as Choices;
      return await this.#calls.create({ node, choices, ...(document === undefined ? {} : { document }) });
    } catch (thrown) {
      this.createError = toGuestroomError(thrown).toData();
      void this.#ask();
      return undefined;
    } finally {
      this.creating = false;
    }
  }

  /** Works the preview out again now. */
  retry(): void {
    void this.#ask();
  }

  #changed(): void {
    this.stale = true;
    this.createError = undefined;
    // an answer about older choices would pass for one about these
    this.#asking?.abort();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), pause);
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.stale = true;
    try {
      const preview = await this.#calls.plan(
        { node: this.node, choices: this.choices },
        { signal: asking.signal },
      );
      if (asking.signal.aborted) return;
      this.preview = preview;
      this.failure = undefined;
      this.stale = false;
    } catch (thrown) {
      if (asking.signal.aborted || this.#ended) return;
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    if (this.#ended) return;
    this.failure = toGuestroomError(thrown).toData();
    this.stale = false;
  }
}

function dropUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function emptySource(kind: SourceKind, path: string): Source {
  switch (kind) {
    case 'iso':
      return { kind, path: '' };
    case 'image':
      return { kind, path, mode: 'convert' };
    case 'cloud':
      return { kind, path, user: '', sshKeys: [] };
    case 'kernel':
      return { kind, kernel: '' };
    case 'xml':
      return { kind, text: '' };
    case 'empty':
    case 'pxe':
      return { kind };
  }
}
