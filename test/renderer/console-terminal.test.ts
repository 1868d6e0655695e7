import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TerminalFeed } from '../../renderer/parts/TerminalFeed.ts';

/** A terminal that draws when the test says so. */
class SlowTerminal {
  drawn: number[] = [];
  writes: number[] = [];
  #done: (() => void) | undefined;

  write(data: Uint8Array, done: () => void): void {
    expect(this.#done).toBeUndefined();
    this.writes.push(data.byteLength);
    for (const byte of data) this.drawn.push(byte);
    this.#done = done;
  }

  draw(): boolean {
    const done = this.#done;
    this.#done = undefined;
    done?.();
    return done !== undefined;
  }
}

describe('a serial terminal', () => {
  it('draws every byte once and in order, however they arrive, and gives back credit for each', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 })), fc.array(fc.boolean()), (pieces, drawing) => {
        const terminal = new SlowTerminal();
        let used = 0;
        const feed = new TerminalFeed(terminal, (bytes) => (used += bytes));
        pieces.forEach((piece, at) => {
          feed.push(piece);
          if (drawing[at]) terminal.draw();
        });
        while (terminal.draw());
        const sent = pieces.flatMap((piece) => [...piece]);
        expect(terminal.drawn).toEqual(sent);
        expect(feed.waiting).toBe(0);
        expect(used).toBe(sent.length);
      }),
    );
  });

  it('takes a flood in portions, one at a time, and gives no credit for what is not drawn yet', () => {
    const terminal = new SlowTerminal();
    let used = 0;
    const feed = new TerminalFeed(terminal, (bytes) => (used += bytes));
    feed.push(new Uint8Array(1_000_000));
    feed.push(new Uint8Array(10));
    expect(terminal.writes).toEqual([131_072]);
    expect(used).toBe(0);
    expect(feed.waiting).toBe(1_000_010 - 131_072);
    terminal.draw();
    expect(used).toBe(131_072);
    while (terminal.draw());
    expect(used).toBe(1_000_010);
    expect(Math.max(...terminal.writes)).toBe(131_072);
  });

  it('draws nothing more once it is gone', () => {
    const terminal = new SlowTerminal();
    const feed = new TerminalFeed(terminal, () => undefined);
    feed.push(new Uint8Array(300_000));
    feed.end();
    terminal.draw();
    feed.push(new Uint8Array(10));
    expect(terminal.writes).toEqual([131_072]);
  });
});
