import { glyph, glyphHeight, glyphWidth } from './font.ts';
import { encodePng } from './png.ts';

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const screenWidth = 640;
export const screenHeight = 400;

const ink = 0xe6edf3;
const paper = 0x10161f;
const band = 0x1c2733;
const accent = 0x4c8dff;
const scale = 2;
const cellWidth = glyphWidth * scale;
const cellHeight = glyphHeight * scale;
/** Where typed text stands. */
const text: Rect = { x: 16, y: 96, width: 50 * cellWidth, height: 14 * cellHeight };
const textColumns = 47;
const textRows = 14;
/** The strip in which a block moves for ever. */
const strip: Rect = { x: 16, y: 60, width: screenWidth - 32, height: 20 };
const block = 40;

export function union(a: Rect, b: Rect): Rect {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

/** The picture of one running guest: its name, a block that moves, what was typed, and where the pointer drew. */
export class Screen {
  readonly pixels = new Uint32Array(screenWidth * screenHeight);
  readonly #watchers = new Set<(changed: Rect) => void>();
  readonly #seconds: () => number;
  #lines: string[] = [''];
  #blockX = 0;

  constructor(title: string, subtitle: string, seconds: () => number) {
    this.#seconds = seconds;
    this.#fill({ x: 0, y: 0, width: screenWidth, height: screenHeight }, paper);
    this.#fill({ x: 0, y: 0, width: screenWidth, height: 48 }, band);
    this.#text(16, 8, title, ink, 2);
    this.#text(16, 32, subtitle, accent, 1);
    this.#fill(strip, band);
    this.#drawLines();
    this.advance();
  }

  /** Tells of every part that changes, until the returned function is called. */
  watch(changed: (rect: Rect) => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  /** Moves the block to where it is at this moment of the guest's run time. */
  advance(): void {
    const room = strip.width - block;
    const way = (this.#seconds() * 90) % (2 * room);
    const x = Math.round(way > room ? 2 * room - way : way);
    if (x === this.#blockX) return;
    const before = { x: strip.x + this.#blockX, y: strip.y, width: block, height: strip.height };
    const after = { x: strip.x + x, y: strip.y, width: block, height: strip.height };
    this.#fill(before, band);
    this.#fill(after, accent);
    this.#blockX = x;
    this.#changed(union(before, after));
  }

  /** What the keyboard wrote. */
  type(character: string): void {
    const last = this.#lines.length - 1;
    const line = this.#lines[last] ?? '';
    if (character === '\n') this.#lines.push('');
    else if (character === '\b') {
      if (line !== '') this.#lines[last] = line.slice(0, -1);
      else if (last > 0) this.#lines.pop();
    } else if (line.length >= textColumns) this.#lines.push(character);
    else this.#lines[last] = line + character;
    this.#lines = this.#lines.slice(-textRows);
    this.#drawLines();
    this.#changed(text);
  }

  /** The typed lines, for tests and screen readers. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Draws where the pointer is while a button is held. */
  point(x: number, y: number, button: number): void {
    const size = 4;
    const left = Math.max(0, Math.min(screenWidth - size, x - size / 2));
    const top = Math.max(0, Math.min(screenHeight - size, y - size / 2));
    const spot = { x: left, y: top, width: size, height: size };
    this.#fill(spot, button === 1 ? 0xffb454 : button === 2 ? 0x7ee787 : 0xff7b72);
    this.#changed(spot);
  }

  png(): Uint8Array {
    this.advance();
    return encodePng(screenWidth, screenHeight, this.pixels);
  }

  #changed(rect: Rect): void {
    for (const watcher of this.#watchers) watcher(rect);
  }

  #drawLines(): void {
    this.#fill(text, paper);
    this.#lines.forEach((line, row) => {
      const caret = row === this.#lines.length - 1 ? '_' : '';
      this.#text(text.x, text.y + row * cellHeight, `${row === 0 ? '> ' : ''}${line}${caret}`, ink, scale);
    });
  }

  #fill(rect: Rect, colour: number): void {
    for (let y = rect.y; y < rect.y + rect.height; y += 1)
      this.pixels.fill(colour, y * screenWidth + rect.x, y * screenWidth + rect.x + rect.width);
  }

  #text(x: number, y: number, words: string, colour: number, size: number): void {
    let left = x;
    for (const character of words) {
      if (left + glyphWidth * size > screenWidth) return;
      glyph(character).forEach((column, dx) => {
        for (let dy = 0; dy < 7; dy += 1)
          if ((column >> dy) & 1)
            this.#fill({ x: left + dx * size, y: y + dy * size, width: size, height: size }, colour);
      });
      left += glyphWidth * size;
    }
  }
}
