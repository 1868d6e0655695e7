import type { Core } from '../core.ts';
import type { Implementer } from './implementer.ts';

export function inventoryHandlers(os: Implementer, { inventory }: Core) {
  return os.inventory.router({
    watch: os.inventory.watch.handler(({ signal }) => inventory.watch(signal)),
  });
}

export function samplesHandlers(os: Implementer, { sampler, nodes }: Core) {
  return os.samples.router({
    watch: os.samples.watch.handler(({ input, signal }) => sampler.watch(input.targets, signal)),
    history: os.samples.history.handler(({ input: { node, uuid, seconds, points } }) => {
      nodes.get(node);
      return sampler.history({ node, uuid }, seconds, points);
    }),
  });
}

export function tasksHandlers(os: Implementer, { tasks }: Core) {
  return os.tasks.router({
    watch: os.tasks.watch.handler(({ signal }) => tasks.watch(signal)),
    cancel: os.tasks.cancel.handler(({ input }) => tasks.cancel(input.task)),
    clear: os.tasks.clear.handler(({ input }) => tasks.clear(input.tasks)),
  });
}

export function questionsHandlers(os: Implementer, { questions }: Core) {
  return os.questions.router({
    watch: os.questions.watch.handler(({ signal }) => questions.watch(signal)),
    answer: os.questions.answer.handler(({ input }) => ({
      taken: questions.answer(input.question, input.answer),
    })),
  });
}
