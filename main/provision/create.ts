import { Readable } from 'node:stream';
import type { Connection, StartOptions } from '../../drivers/api/driver.ts';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import { formatProblem } from '../../preload/create.ts';
import type { TaskRow } from '../../preload/rows.ts';
import type { NetworkStart } from './networks.ts';
import type { Plan, Step } from './plan.ts';
import { preparePool } from './pools.ts';
import { buildSeed } from './seed.ts';

type TaskStep = NonNullable<TaskRow['step']>;

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** A step begins; `target` is the file or machine that it makes. */
  readonly onStep?: (step: TaskStep, target: string) => void;
  /** 0 to 1 over the whole plan. */
  readonly onProgress?: (done: number, detail?: string) => void;
  readonly start?: StartOptions;
  /** For tests: the time that is written into the seed. */
  readonly now?: Date;
}

/** Something that was made, and how to take it away again. */
interface Made {
  readonly what: string;
  readonly remove: () => Promise<void>;
}

/** Copying takes nearly all of the time; the other steps only have to be seen moving. */
const weights: Readonly<Record<Step['kind'], number>> = {
  poolMake: 1,
  poolStart: 1,
  volumeCreate: 2,
  volumeClone: 90,
  seed: 3,
  define: 2,
  networkStart: 1,
  start: 3,
};

/**
 * Makes what the plan says and answers the machine's UUID. When a step fails or the signal aborts, exactly what was
 * made is removed in reverse order; what could not be removed is named in the error's detail. A machine that was made
 * but did not start stays, because it is whole: its error says so.
 */
export async function runPlan(
  connection: Connection,
  plan: Plan,
  options: RunOptions = {},
): Promise<{ uuid: string }> {
  const wrong = plan.problems.find(({ level }) => level === 'error');
  if (wrong)
    throw new GuestroomError('invalid_argument', formatProblem(wrong), { hint: 'Change it and try again' });
  const made: Made[] = [];
  let making: string | undefined;
  const total = plan.steps.reduce((sum, { kind }) => sum + weights[kind], 0);
  let before = 0;
  let { uuid } = plan;
  try {
    for (const step of plan.steps) {
      options.signal?.throwIfAborted();
      options.onStep?.(taskStepOf(step), 'name' in step ? step.name : plan.name);
      making = makes(step, plan);
      const weight = weights[step.kind];
      const start = before;
      const onProgress = (done: number, detail?: string): void =>
        options.onProgress?.((start + weight * done) / total, detail);
      uuid = (await runStep(connection, plan, step, uuid, made, { ...options, onProgress })) ?? uuid;
      making = undefined;
      before += weight;
      options.onProgress?.(before / total);
    }
  } catch (thrown) {
    throw await clean(made, making, thrown, plan, options);
  }
  return { uuid };
}

/** Throws the first error of a plan that cannot be carried out; `detail` names them all. */
export function refuseProblems({ problems }: Plan): void {
  const errors = problems.filter(({ level }) => level === 'error');
  const [first] = errors;
  if (!first) return;
  throw new GuestroomError('invalid_argument', formatProblem(first), {
    detail: errors.map((problem) => `${problem.field}: ${formatProblem(problem)}`).join('\n'),
    hint: 'Nothing was made: change it and try again',
  });
}

function taskStepOf(step: Step): TaskStep {
  if (step.kind === 'volumeCreate') return 'volume';
  if (step.kind === 'volumeClone') return step.converts ? 'convert' : 'copy';
  if (step.kind === 'networkStart') return 'network';
  if (step.kind === 'poolMake' || step.kind === 'poolStart') return 'pool';
  return step.kind;
}

/** What is there once the step is done; undefined where nothing new is. */
function makes(step: Step, plan: Plan): string | undefined {
  switch (step.kind) {
    case 'poolMake':
      return `the storage pool ${step.name}`;
    case 'volumeCreate':
    case 'volumeClone':
    case 'seed':
      return step.path;
    case 'define':
      return plan.name;
    case 'poolStart':
    case 'networkStart':
    case 'start':
      return undefined;
  }
}

/** Answers the machine's UUID once it has one. */
async function runStep(
  connection: Connection,
  plan: Plan,
  step: Step,
  uuid: string,
  made: Made[],
  options: RunOptions,
): Promise<string | undefined> {
  const { volumes, domains } = connection;
  const { signal, onProgress } = options;
  const work = { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) };
  const volume = (path: string): void => {
    made.push({ what: path, remove: () => volumes.delete(path) });
  };
  switch (step.kind) {
    case 'poolMake':
    case 'poolStart':
      await preparePool(connection, step, (what, remove) => made.push({ what, remove }));
      return undefined;
    case 'volumeCreate': {
      const { pool, name, format, size: capacity } = step;
      const { path } = await volumes.create(pool, { name, format, capacity });
      volume(path);
      expectPath(path, step.path);
      return undefined;
    }
    case 'volumeClone': {
      const { pool, name, format, size, source } = step;
      const copy = { name, format, ...(size === undefined ? {} : { capacity: size }) };
      const { path } = await volumes.clone(source, pool, copy, work);
      volume(path);
      expectPath(path, step.path);
      return undefined;
    }
    case 'seed': {
      const disc = buildSeed(step.cloud, step, options.now ?? new Date());
      const { path } = await volumes.upload(step.pool, step.name, Readable.from([Buffer.from(disc)]), work);
      volume(path);
      expectPath(path, step.path);
      return undefined;
    }
    case 'define': {
      await refuseTaken(connection, plan);
      const domain = await domains.define(plan.document);
      made.push({ what: domain.name, remove: () => domains.undefine(domain.uuid) });
      return domain.uuid;
    }
    case 'networkStart':
      await startNetwork(connection, step, uuid, made, options);
      return undefined;
    case 'start':
      await start(connection, uuid, made, options);
      return undefined;
  }
}

/** `define` replaces a machine of the same name and UUID: another one may have come while disks were copied. */
async function refuseTaken(connection: Connection, plan: Plan): Promise<void> {
  const rows = await connection.domains.list();
  const other = rows.find(({ name, uuid }) => name === plan.name || uuid === plan.uuid);
  if (other)
    throw new GuestroomError('exists', `There is a virtual machine called ${other.name} already`, {
      hint: other.name === plan.name ? 'Choose another name' : 'Remove <uuid> from the document',
    });
}

async function startNetwork(
  connection: Connection,
  step: NetworkStart,
  uuid: string,
  made: Made[],
  options: RunOptions,
): Promise<void> {
  const { networks } = connection;
  const { name, autostart } = step;
  try {
    const row = (await networks?.list())?.find((network) => network.name === name);
    // somebody else may have started it while disks were copied
    if (row?.active !== true) {
      await networks?.start(name);
      made.push({ what: `the running network ${name}`, remove: async () => networks?.destroy(name) });
    }
    if (autostart && row?.autostart !== true) {
      await networks?.setAutostart(name, true);
      made.push({
        what: `the autostart of the network ${name}`,
        remove: async () => networks?.setAutostart(name, false),
      });
    }
  } catch (thrown) {
    throw whole(thrown, `the network ${name} does not start`, uuid, made, options);
  }
}

async function start(connection: Connection, uuid: string, made: Made[], options: RunOptions): Promise<void> {
  try {
    await connection.domains.start(uuid, options.start);
  } catch (thrown) {
    throw whole(thrown, 'it does not start', uuid, made, options);
  }
  if (options.signal?.aborted)
    made.push({ what: 'the running machine', remove: () => connection.domains.destroy(uuid) });
  options.signal?.throwIfAborted();
}

/** The error of a machine that is whole and defined but does not run: the person decides what becomes of it. */
function whole(
  thrown: unknown,
  what: string,
  uuid: string,
  made: Made[],
  options: RunOptions,
): GuestroomError {
  const error = toGuestroomError(thrown);
  if (options.signal?.aborted || error.code === 'cancelled') return error;
  made.length = 0;
  return new GuestroomError(error.code, `It was made, but ${what}: ${error.message}`, {
    detail: error.detail,
    hint: error.hint ?? 'Correct its settings and start it again, or delete it',
    domain: uuid,
    retryable: false,
    cause: thrown,
  });
}

function expectPath(path: string, planned: string): void {
  if (path !== planned)
    throw new GuestroomError('internal', `The host put the disk at ${path} instead of ${planned}`, {
      hint: 'Choose another place for disks',
    });
}

/** After these nobody knows whether the host has done what it was asked for last. */
const unanswered: ReadonlySet<string> = new Set(['lost', 'timeout']);

/** Removes what was made, last first, and answers the error to throw. `making`: what was asked for last, and not answered. */
async function clean(
  made: readonly Made[],
  making: string | undefined,
  thrown: unknown,
  plan: Plan,
  options: RunOptions,
): Promise<GuestroomError> {
  const error = toGuestroomError(thrown);
  const doubtful =
    making !== undefined && unanswered.has(error.code) && !made.some(({ what }) => what === making);
  if (made.length > 0) options.onStep?.('undo', plan.name);
  const left: string[] = [];
  for (const { what, remove } of [...made].reverse()) {
    try {
      await remove();
    } catch (failure) {
      left.push(`${what}: ${toGuestroomError(failure).message}`);
    }
  }
  if (left.length === 0 && !doubtful) return error;
  const told = [
    ...(error.detail === undefined ? [] : [error.detail]),
    ...(left.length > 0 ? ['Could not be removed:', ...left] : []),
    ...(doubtful ? ['May be there, since the host has not answered:', making] : []),
  ];
  const message =
    error.code === 'cancelled' ? 'Cancelled, but not all of it could be taken back' : error.message;
  return new GuestroomError(error.code, message, {
    detail: told.join('\n'),
    hint:
      left.length > 0
        ? `Parts of ${plan.name} are left on the host: remove them by hand`
        : `Parts of ${plan.name} may be left on the host: look there, and remove them by hand`,
    retryable: false,
    cause: thrown,
  });
}
