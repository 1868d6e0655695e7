import type { Core } from '../core.ts';
import type { Implementer } from './implementer.ts';

export function settingsHandlers(os: Implementer, { settings }: Core) {
  return os.settings.router({
    watch: os.settings.watch.handler(({ signal }) => settings.watch(signal)),
    set: os.settings.set.handler(({ input }) => settings.set(input)),
  });
}
