import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { parseRoute } from './routes.ts';

/** The open tabs of the window, as routes. */
export class Tabs {
  open: readonly string[] = $state.raw([]);
  current: string | undefined = $state();
  /** What the machines of tabs were last called, by route: while their host is away nobody else knows. */
  readonly names = new Map<string, string>();
  #onchange: (tabs: readonly string[], tab: string | undefined) => void;
  /** Most recently shown last: closing goes back to where the person came from. */
  #history: string[] = [];
  #restored = false;
  #held = new SvelteMap<string, number>();
  #unsaved = new SvelteMap<string, number>();

  constructor(onchange: (tabs: readonly string[], tab: string | undefined) => void) {
    this.#onchange = onchange;
  }

  /** Takes the saved tabs, once. */
  restore(tabs: readonly string[], tab: string | undefined): void {
    if (this.#restored) return;
    this.#restored = true;
    const known = [...new Set([...tabs, ...this.open])].filter((route) => parseRoute(route));
    this.open = known;
    this.current ??= tab !== undefined && known.includes(tab) ? tab : known[0];
  }

  /** Shows the route; a new tab comes right of the current one. */
  show(route: string): void {
    if (!this.open.includes(route)) {
      const at = this.current === undefined ? this.open.length : this.open.indexOf(this.current) + 1;
      this.open = this.open.toSpliced(at, 0, route);
    }
    if (this.current !== undefined && this.current !== route)
      this.#history = [...this.#history.filter((each) => each !== route), this.current];
    this.current = route;
    this.#changed();
  }

  close(route: string): void {
    const at = this.open.indexOf(route);
    if (at < 0) return;
    const rest = this.open.toSpliced(at, 1);
    this.#history = this.#history.filter((each) => each !== route);
    if (this.current === route) {
      const back = this.#history.pop();
      this.current = back !== undefined && rest.includes(back) ? back : (rest[at] ?? rest[at - 1]);
    }
    this.open = rest;
    this.#changed();
  }

  closeOthers(route: string): void {
    this.open = this.open.filter((each) => each === route);
    this.#history = [];
    this.current = route;
    this.#changed();
  }

  /** Puts the tab at another place. */
  move(route: string, to: number): void {
    const at = this.open.indexOf(route);
    if (at < 0 || at === to) return;
    this.open = this.open.toSpliced(at, 1).toSpliced(to, 0, route);
    this.#changed();
  }

  /** The tab `steps` to the right, around the end. */
  step(steps: number): void {
    if (this.open.length === 0) return;
    const at = this.current === undefined ? 0 : this.open.indexOf(this.current);
    const next = this.open[(at + steps + this.open.length) % this.open.length];
    if (next !== undefined) this.show(next);
  }

  /** Something on the route's page would be lost if it was taken down while it is not looked at. Answers how to let go. */
  hold(route: string): () => void {
    return counted(this.#held, route);
  }

  isHeld(route: string): boolean {
    return this.#held.has(route);
  }

  /** Held, and closing it would lose what was written there. */
  holdUnsaved(route: string): () => void {
    const ends = [counted(this.#held, route), counted(this.#unsaved, route)];
    return () => {
      for (const end of ends) end();
    };
  }

  isUnsaved(route: string): boolean {
    return this.#unsaved.has(route);
  }

  /** Takes out tabs whose subject is gone. */
  drop(gone: (route: string) => boolean): void {
    for (const route of this.open) if (gone(route)) this.close(route);
  }

  #changed(): void {
    this.#onchange(this.open, this.current);
  }
}

/** Counts one more; answers how to count it off again. */
function counted(counts: SvelteMap<string, number>, route: string): () => void {
  const add = (more: number) => {
    const count = untrack(() => counts.get(route) ?? 0) + more;
    if (count > 0) counts.set(route, count);
    else counts.delete(route);
  };
  add(1);
  return () => add(-1);
}
