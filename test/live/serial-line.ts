import type { Duplex } from 'node:stream';
import { within } from './room.ts';

/** A guest's serial line, typed at and read as bytes. */
export class SerialLine {
  readonly #stream: Duplex;
  #bytes = '';
  #runs = 0;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (part: Buffer) => (this.#bytes += part.toString('latin1')));
  }

  /** All that came, without what a shell asks its terminal. */
  get text(): string {
    return this.#bytes.replaceAll('\x1b[6n', '');
  }

  type(text: string): void {
    this.#stream.write(text);
  }

  /** Logs in as root, from whatever the line shows. */
  async login(boot = 180_000): Promise<void> {
    this.type('\n');
    await within(boot, () => this.text).toMatch(/ login: ?$/);
    this.type('root\n');
    await within(60_000, () => this.text).toMatch(/Password: ?$/);
    this.type('tiny\n');
    await within(60_000, () => this.text).toMatch(/# ?$/);
  }

  /** What a command of the guest's shell printed. What the kernel prints meanwhile is not between the marks' lines. */
  async run(command: string, wait = 60_000): Promise<string> {
    this.#runs += 1;
    const mark = `${String(this.#runs)}-${String(this.text.length)}`;
    // the marks are written in two parts, so that the echo of what was typed is none
    this.type(`x=$(${command} 2>&1); printf 'begin''-%s<%s>end''-%s\\n' ${mark} "$x" ${mark}\n`);
    const done = new RegExp(`begin-${mark}<([^]*?)>end-${mark}`);
    await within(wait, () => this.text).toMatch(done);
    return (done.exec(this.text)?.[1] ?? '').replaceAll('\r', '').trim();
  }

  close(): void {
    this.#stream.destroy();
  }
}
