import { StringDecoder } from 'node:string_decoder';
import type { Terminal } from './session.ts';

const enter = new Set(['\r', '\n']);
const backspace = new Set(['\b', '\x7f']);
/** Ctrl+C and Ctrl+D. */
const leave = new Set(['\x03', '\x04']);
const clearLine = '\x15';

/**
 * The keys belong to the question alone: the prompt's own editor listens to the same stream and would show a password
 * that is typed. The returned function gives them back.
 */
export function takeKeys({ stdin }: Terminal): () => void {
  type Listener = (...args: unknown[]) => void;
  const others = stdin.listeners('data') as Listener[];
  const raw = stdin.isRaw ?? false;
  const paused = stdin.isPaused();
  for (const listener of others) stdin.off('data', listener);
  stdin.setRawMode?.(true);
  return () => {
    stdin.setRawMode?.(raw);
    for (const listener of others) stdin.on('data', listener);
    // a terminal that is read on keeps the program from ending
    if (paused || others.length === 0) stdin.pause();
    else stdin.resume();
  };
}

/** One line; undefined when the person leaves it. `echo` shows what is typed. */
export function readKeys(
  { stdin, stderr }: Terminal,
  echo: ((text: string) => void) | undefined,
  signal?: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const decoder = new StringDecoder('utf8');
    let typed: string[] = [];
    const end = (line: string | undefined): void => {
      stdin.pause();
      stdin.off('data', onKeys);
      stdin.off('end', onEnd);
      signal?.removeEventListener('abort', onAbort);
      if (stdin.isTTY) stderr.write('\n');
      resolve(line);
    };
    const onAbort = (): void => end(undefined);
    // a file or another program may leave out the line's end
    const onEnd = (): void => end(typed.length > 0 ? typed.join('') : undefined);
    const onKeys = (bytes: Buffer | string): void => {
      const keys = [...(typeof bytes === 'string' ? bytes : decoder.write(bytes))];
      for (const [at, key] of keys.entries()) {
        if (enter.has(key) || leave.has(key)) {
          // what was typed or pasted behind the end of the line belongs to what is read next
          const rest = keys.slice(at + 1).join('');
          end(enter.has(key) ? typed.join('') : undefined);
          if (rest !== '') stdin.unshift(Buffer.from(rest));
          return;
        }
        if (backspace.has(key)) {
          if (typed.pop() !== undefined) echo?.('\b \b');
        } else if (key === clearLine) {
          echo?.('\b \b'.repeat(typed.length));
          typed = [];
        } else if (key >= ' ') {
          typed.push(key);
          echo?.(key);
        }
      }
    };
    stdin.on('data', onKeys);
    stdin.once('end', onEnd);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    else if (stdin.readableEnded) onEnd();
    else stdin.resume();
  });
}

/** A line that nobody sees being typed; undefined when the person leaves it. From a file or program it is its first line. */
export async function readHidden(terminal: Terminal): Promise<string | undefined> {
  const release = takeKeys(terminal);
  try {
    return await readKeys(terminal, undefined);
  } finally {
    release();
  }
}
