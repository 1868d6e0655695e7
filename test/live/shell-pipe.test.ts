import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { program } from '../lab/app.ts';

describe('the shell before a program that reads no further', () => {
  it('ends without a word, as if by SIGPIPE', async () => {
    const child = spawn(process.execPath, [program, '-c', 'test:///default', 'help'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    const [said, [status]] = await Promise.all([
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    expect(said).toBe('');
    expect(status).toBe(141);
  });
});
