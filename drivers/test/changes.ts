/** Rows as the readers know them, by a key: what is told again would say nothing new. */
export class Told {
  readonly #rows = new Map<string, string>();

  /** Keeps the row; false when it was known. */
  differs(key: string, row: unknown): boolean {
    const text = JSON.stringify(row);
    if (this.#rows.get(key) === text) return false;
    this.#rows.set(key, text);
    return true;
  }

  forget(key: string): void {
    this.#rows.delete(key);
  }
}
