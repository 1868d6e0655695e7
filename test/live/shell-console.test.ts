import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../lab/app.ts';
import { type Folders, makeFolders, removeFolders } from '../lab/folders.ts';

// `script` gives a program a terminal of its own; that of other systems has other options
describe.skipIf(process.platform !== 'linux')('a console at the shell', () => {
  let folders: Folders;
  beforeAll(async () => {
    folders = await makeFolders();
  });
  afterAll(() => removeFolders(folders));

  /** Types each answer once its question is on the terminal; resolves with all that the terminal showed. */
  async function typed(command: string, answers: readonly (readonly [RegExp, string])[]): Promise<string> {
    const child = spawn('script', ['--quiet', '--command', command, '/dev/null'], {
      env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', ...folders.env },
      stdio: ['pipe', 'pipe', 'inherit'],
      timeout: 20_000,
    });
    let shown = '';
    let seen = 0;
    const left = [...answers];
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      for (let next = left[0]; next !== undefined; next = left[0]) {
        const found = next[0].exec(shown.slice(seen));
        if (found === null) return;
        seen += found.index + found[0].length;
        child.stdin.write(next[1]);
        left.shift();
      }
    });
    await once(child, 'close');
    expect(left).toEqual([]);
    return shown;
  }

  it('shows what the guest writes byte for byte and leaves the terminal as it was', async () => {
    const shown = await typed(
      `stty -a; '${process.execPath}' '${program}' -c test:///default console test; stty -a`,
      [
        [/login: /, 'root\r'],
        [/~\$ /, 'uname\r'],
        [/Linux\r\n.*~\$ /, '\u001d'],
      ],
    );
    expect(shown).toContain('uname\r\nLinux\r\n');
    expect(shown).not.toContain('\r\r');
    const settings = shown.split(/(?=^speed )/m);
    expect(settings).toHaveLength(2);
    const words = (text = ''): string => text.slice(0, text.indexOf('-extproc')).replace(/\s+/g, ' ');
    expect(words(settings[1])).toBe(words(settings[0]));
    expect(words(settings[0])).toContain(' opost ');
  });

  it('goes on, and says why at -d, where the terminal cannot be set', async () => {
    // no program is found under this path, stty neither
    const shown = await typed(
      `PATH=/nonexistent '${process.execPath}' '${program}' -d -c test:///default console test`,
      [
        [/login: /, 'root\r'],
        [/~\$ /, '\u001d'],
      ],
    );
    expect(shown).toContain('Line ends are doubled at this terminal');
    expect(shown).toContain('Welcome.');
  });
});
