import { StringDecoder } from 'node:string_decoder';

/** Splits what a program writes at \n and \r, so that a progress meter that rewrites its line is seen too. Empty lines are left out. */
export function lineSplitter(onLine: (line: string) => void): { push(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string): void => {
    const parts = (rest + text).split(/[\r\n]+/);
    rest = parts.pop() ?? '';
    for (const line of parts) if (line !== '') onLine(line);
  };
  return {
    push: (chunk) => take(decoder.write(chunk)),
    end: () => take(`${decoder.end()}\n`),
  };
}
