/** Which rows of a long list are near the visible part. All rows have the same height in pixels. */
export class RowWindow {
  top = $state(0);
  height = $state(0);
  #count: () => number;
  #row: number;
  #over: number;

  /** `over`: rows kept above and below, so that a quick scroll shows no gap. */
  constructor(count: () => number, row: number, over = 6) {
    this.#count = count;
    this.#row = row;
    this.#over = over;
  }

  first: number = $derived.by(() =>
    Math.max(0, Math.min(this.#last(), Math.floor(this.top / this.#row)) - this.#over),
  );
  end: number = $derived.by(() =>
    Math.min(this.#count(), Math.ceil((this.top + this.height) / this.#row) + this.#over),
  );

  /** More than the rows that are ever drawn at once: `index % pool` tells them apart, so that rows are filled anew instead of made anew. */
  pool: number = $derived.by(() => Math.ceil(this.height / this.#row) + 2 * this.#over + 2);

  #last(): number {
    return Math.max(0, this.#count() - 1);
  }

  /** Where to scroll so that the row is wholly visible; undefined when it is. `head`: pixels covered at the top. */
  reveal(at: number, head = 0): number | undefined {
    const begin = at * this.#row;
    const room = this.height - head;
    if (begin < this.top) return begin;
    if (begin + this.#row > this.top + room) return begin + this.#row - room;
    return undefined;
  }
}
