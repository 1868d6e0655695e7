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

/** Shown at once, beside those that stay. */
const most = 4;

/** News about what the person is not looking at. Errors stay until they are dismissed, the rest goes by itself. */
class Toasts {
  list: readonly Toast[] = $state.raw([]);
  #next = 1;

  add(toast: Omit<Toast, 'id'>): number {
    const id = this.#next++;
    // the oldest give way: a burst must not fill the window. Questions of hosts stay, nobody would tell of them again
    const passing = this.list.filter(({ stays }) => stays !== true).slice(-most + 1);
    this.list = [
      ...this.list.filter((each) => each.stays === true || passing.includes(each)),
      { ...toast, id },
    ];
    return id;
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
