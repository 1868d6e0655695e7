import { GuestroomError } from '../../drivers/api/errors.ts';
import type { DomainState, DomainSummary } from '../../drivers/api/model.ts';
import { connectionOperations, domainOperations, yes } from '../../drivers/api/operations.ts';
import type { Verdicts } from '../../drivers/api/operations.ts';
import type { QuestionEvent, QuestionRow, TrialRow } from '../../preload/attempts.ts';
import type {
  InventoryBatch,
  NodeRow,
  OwnedState,
  OwnedVolume,
  Probe,
  SampleBatch,
  TaskEvent,
} from '../../preload/rows.ts';
import type { Calls, Client, LinkState } from '../../renderer/client/index.ts';
import { defaultSettings } from '../../preload/default-settings.ts';

/** A feed that a test writes into. Every reader gets what `first` says and then each message. */
export class FakeFeed<Message> {
  readonly #readers = new Set<(message: Message) => void>();
  readonly #endings = new Set<() => void>();
  readonly #first: () => Message[];

  constructor(first: () => Message[] = () => []) {
    this.#first = first;
  }

  get readers(): number {
    return this.#readers.size;
  }

  push(message: Message): void {
    for (const reader of this.#readers) reader(message);
  }

  /** Ends what its readers have, once they have taken all of it. */
  end(): void {
    for (const ending of this.#endings) ending();
  }

  async *read(signal: AbortSignal | undefined): AsyncGenerator<Message, void, void> {
    const queue = this.#first();
    let wake: (() => void) | undefined;
    const reader = (message: Message) => {
      queue.push(message);
      wake?.();
    };
    const stop = () => wake?.();
    let ended = false;
    const ending = () => {
      ended = true;
      wake?.();
    };
    this.#endings.add(ending);
    this.#readers.add(reader);
    signal?.addEventListener('abort', stop);
    try {
      while (!signal?.aborted) {
        const next = queue.shift();
        if (next !== undefined) yield next;
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#readers.delete(reader);
      this.#endings.delete(ending);
      signal?.removeEventListener('abort', stop);
    }
  }
}

export const uuidOf = (number: number): string =>
  `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

/** A row with everything that has to be there; the rest as given. */
export function machine(number: number, name: string, rest: Partial<DomainSummary> = {}): DomainSummary {
  const state: DomainState = rest.state ?? 'shutoff';
  return {
    uuid: uuidOf(number),
    name,
    id: state === 'shutoff' ? null : number,
    state,
    persistent: true,
    autostart: false,
    hasManagedSave: false,
    type: 'kvm',
    vcpus: 2,
    memory: 4 * 1024 ** 3,
    ...rest,
  };
}

export const allAllowed = Object.fromEntries(
  [...Object.keys(domainOperations), ...connectionOperations].map((operation) => [operation, yes]),
) as Verdicts;

export function host(id: string, name: string, rest: Partial<NodeRow> = {}): NodeRow {
  return {
    id,
    name,
    uri: 'qemu:///embed',
    driver: 'QEMU',
    local: true,
    autoconnect: true,
    readOnly: false,
    state: 'connected',
    verdicts: allAllowed,
    ...rest,
  };
}

type DeepPartial<T> = T extends (...args: never[]) => unknown ? T : { [K in keyof T]?: DeepPartial<T[K]> };

export interface FakeClient extends Client {
  readonly inventory: FakeFeed<InventoryBatch>;
  readonly samples: FakeFeed<SampleBatch>;
  readonly tasks: FakeFeed<TaskEvent>;
  readonly questions: FakeFeed<QuestionEvent>;
  /** What a test of a connection tells. */
  readonly trials: FakeFeed<TrialRow>;
  /** Every call that was made, by its name, with its input. */
  readonly calls: { name: string; input: unknown }[];
  setState(state: LinkState): void;
}

export interface FakeOptions {
  nodes?: readonly NodeRow[];
  domains?: Readonly<Record<string, readonly DomainSummary[]>>;
  probes?: readonly Probe[];
  volumes?: readonly OwnedVolume[];
  states?: readonly OwnedState[];
  tasks?: TaskEvent[];
  questions?: readonly QuestionRow[];
  settings?: Partial<typeof defaultSettings>;
  samples?: () => SampleBatch[];
  /** Calls in place of those below. */
  calls?: DeepPartial<Calls>;
}

/** The snapshot that main sends a new subscriber. */
export function snapshot(options: Pick<FakeOptions, 'nodes' | 'domains'>): InventoryBatch {
  const nodes = options.nodes ?? [];
  return {
    revision: 1,
    events: [
      { kind: 'reset' },
      ...nodes.map((node) => ({ kind: 'node' as const, node })),
      ...nodes.map((node) => ({
        kind: 'domains' as const,
        node: node.id,
        domains: [...(options.domains?.[node.id] ?? [])],
      })),
      { kind: 'ready' },
    ],
  };
}

/** A client without a main behind it, in the shape of the real one. What no test set rejects with `unsupported`. */
export function fakeClient(options: FakeOptions = {}): FakeClient {
  const inventory = new FakeFeed<InventoryBatch>(() => [snapshot(options)]);
  const samples = new FakeFeed<SampleBatch>(() => options.samples?.() ?? []);
  const questions = new FakeFeed<QuestionEvent>(() => [
    { kind: 'snapshot', questions: [...(options.questions ?? [])] },
  ]);
  const trials = new FakeFeed<TrialRow>();
  const tasks = new FakeFeed<TaskEvent>(() => options.tasks ?? [{ kind: 'snapshot', tasks: [] }]);
  let settings = { ...defaultSettings, ...options.settings };
  const settingsFeed = new FakeFeed(() => [{ settings }]);
  const calls: FakeClient['calls'] = [];
  const listeners = new Set<(state: LinkState) => void>();
  let state: LinkState = 'open';

  type Answers = Record<
    string,
    Record<string, (input: never, options?: { signal?: AbortSignal }) => unknown>
  >;
  const answers: Answers = {
    app: {
      info: () => ({
        name: 'Guestroom',
        version: '0.1.0',
        host: 'browser',
        platform: 'linux',
        hostname: 'desk',
        runtime: 'Node 20',
        dialogs: false,
        windows: false,
        folders: { data: '/data', config: '/config', state: '/state', runtime: '/run' },
      }),
    },
    settings: {
      watch: (_input, call) => settingsFeed.read(call?.signal),
      set: (change: Partial<typeof settings>) => {
        settings = { ...settings, ...change };
        settingsFeed.push({ settings });
      },
    },
    inventory: { watch: (_input, call) => inventory.read(call?.signal) },
    samples: { watch: (_input, call) => samples.read(call?.signal) },
    tasks: { watch: (_input, call) => tasks.read(call?.signal) },
    questions: { watch: (_input, call) => questions.read(call?.signal), answer: () => ({ taken: true }) },
    nodes: {
      probe: () => options.probes ?? [],
      test: (_input, call) => trials.read(call?.signal),
    },
    domains: {
      volumes: () => ({ volumes: options.volumes ?? [], states: options.states ?? [] }),
      act: (input: { targets: { node: string; uuid: string }[] }) =>
        input.targets.map((target) => ({ ...target, ok: true })),
    },
    volumes: { pools: () => [] },
  };
  const own = (options.calls ?? {}) as Answers;
  const rpc = new Proxy(
    {},
    {
      get: (_areas, area: string) =>
        new Proxy(
          {},
          {
            get: (_calls, call: string) => async (input: never, callOptions?: { signal?: AbortSignal }) => {
              calls.push({ name: `${area}.${call}`, input });
              const answer = own[area]?.[call] ?? answers[area]?.[call];
              if (!answer) throw new GuestroomError('unsupported', `The fake has no ${area}.${call}`);
              return await answer(input, callOptions);
            },
          },
        ),
    },
  ) as Calls;

  return {
    rpc,
    inventory,
    samples,
    tasks,
    questions,
    trials,
    calls,
    get state() {
      return state;
    },
    setState(next) {
      state = next;
      for (const listener of listeners) listener(next);
    },
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retry: () => undefined,
    openBytes: () => {
      throw new GuestroomError('unsupported', 'The fake has no byte channels');
    },
    readBytes: () => Promise.reject(new GuestroomError('unsupported', 'The fake has no byte channels')),
    close: () => undefined,
  };
}
