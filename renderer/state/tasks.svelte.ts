import { bytes, rate } from '../i18n/formats.ts';
import { t } from '../i18n/index.svelte.ts';
import type { TaskEvent, TaskRow } from '../../preload/rows.ts';

/** The long work of main: running first, then what ended, newest first. */
export class Tasks {
  list: readonly TaskRow[] = $state.raw([]);
  /** The drawer at the bottom is open. */
  open = $state(false);
  #onend: (task: TaskRow) => void;
  #known = false;

  /** `onend` hears of each task that ends while this window is there. */
  constructor(onend: (task: TaskRow) => void) {
    this.#onend = onend;
  }

  running: readonly TaskRow[] = $derived(this.list.filter((task) => task.state === 'running'));
  failed: readonly TaskRow[] = $derived(this.list.filter((task) => task.state === 'failed'));

  take(event: TaskEvent): void {
    switch (event.kind) {
      case 'snapshot': {
        const before = new Set(this.running.map((task) => task.id));
        this.list = order(event.tasks);
        // a snapshot after a cut connection may bring ends that nobody has seen
        if (this.#known)
          for (const task of event.tasks)
            if (task.state !== 'running' && before.has(task.id)) this.#onend(task);
        this.#known = true;
        break;
      }
      case 'task': {
        const before = this.list.find((task) => task.id === event.task.id);
        this.list = order([...this.list.filter((task) => task !== before), event.task]);
        if (!before && event.task.state === 'running') this.open = true;
        if (event.task.state !== 'running' && before?.state !== event.task.state) this.#onend(event.task);
        break;
      }
      case 'removed': {
        const gone = new Set(event.ids);
        this.list = this.list.filter((task) => !gone.has(task.id));
        if (this.list.length === 0) this.open = false;
        break;
      }
    }
  }

  /** The work under way on one virtual machine. */
  of(node: string, uuid: string): TaskRow | undefined {
    return this.running.find((task) => task.node === node && task.uuid === uuid);
  }
}

function order(tasks: readonly TaskRow[]): TaskRow[] {
  return tasks.toSorted(
    (a, b) =>
      Number(b.state === 'running') - Number(a.state === 'running') ||
      (b.endedAt ?? b.startedAt) - (a.endedAt ?? a.startedAt),
  );
}

/** One line for a task: Create web-03. */
export const taskTitle = (task: TaskRow): string => t.app.taskTitle[task.kind](task.subject);

/** What it does now. */
export function taskStep(task: TaskRow): string {
  const step = task.step ? t.app.taskStep[task.step] : '';
  return [step, task.detail ?? taskBytes(task)].filter((part) => part).join(': ');
}

/** How much of a transfer is done, and how fast it goes: 1.2 GiB of 3.4 GiB, 54 MB/s. */
export function taskBytes({ bytes: moved }: TaskRow): string | undefined {
  if (!moved) return undefined;
  const much = t.transfer.of(bytes(moved.done), bytes(moved.total));
  return moved.rate === undefined ? much : `${much} · ${rate(moved.rate)}`;
}

/** What is to be said about the end of a task: of a transfer, whether its checksum is the host's. */
export function taskDone({ made }: TaskRow): string {
  if (made?.sha256 === undefined) return t.model.done;
  return made.verified ? t.transfer.same : t.transfer.notCompared;
}
