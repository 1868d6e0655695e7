import type { MarkName } from './marks.ts';

export interface Toast {
  id: number;
  mark: MarkName;
  title: string;
  text?: string | undefined;
  /** It is taken away by who has added it. */
  stays?: boolean;
  action?: { label: string; run: () => void } | undefined;
}

/** News about what the person is not looking at. Errors stay until they are dismissed, the rest goes by itself. */
class Toasts {
  list: readonly Toast[] = $state.raw([]);
  #next = 1;

  add(toast: Omit<Toast, 'id'>): number {
    const id = this.#next++;
    // the oldest give way: a burst must not fill the window
    this.list = [...this.list.slice(-3), { ...toast, id }];
    return id;
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
