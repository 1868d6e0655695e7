import type { TaskContext } from '../tasks/tasks.ts';

/** ms between two reports, and ms that the speed is measured over. */
const between = 200;
const span = 5000;

/** Counts the bytes of a transfer and tells the task how it goes. */
export class Pace {
  readonly #context: Pick<TaskContext, 'moved'>;
  readonly #marks: { time: number; done: number }[] = [];
  #done: number;
  #told = 0;

  /** `done` were there before it began. A total of 0 is not known yet. */
  constructor(context: Pick<TaskContext, 'moved'>, total: number, done = 0) {
    this.#context = context;
    this.#done = done;
    if (total > 0) this.at(done, total);
  }

  get done(): number {
    return this.#done;
  }

  at(done: number, total: number): void {
    this.#done = done;
    const now = performance.now();
    if (done < total && now - this.#told < between) return;
    this.#told = now;
    this.#marks.push({ time: now, done });
    while ((this.#marks[0]?.time ?? now) < now - span) this.#marks.shift();
    const [first] = this.#marks;
    const seconds = first ? (now - first.time) / 1000 : 0;
    const rate = first && seconds > 0 ? { rate: (done - first.done) / seconds } : {};
    this.#context.moved({ done, total, ...rate });
  }
}
