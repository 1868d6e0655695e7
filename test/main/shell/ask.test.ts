import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askAtTerminal } from '../../../main/shell/ask.ts';
import { runShell } from '../../../main/shell/index.ts';
import type { Terminal } from '../../../main/shell/session.ts';

const uri = 'test:///default?login=ada:lövelace&instance=shell';
const question = { kind: 'credentials', who: 'libvirt on rack', again: false } as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gr-ask-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A terminal as a person sits at: what is shown and what is typed. */
function terminal(tty = true) {
  const stdin: Terminal['stdin'] = new PassThrough();
  const modes: boolean[] = [];
  if (tty) {
    stdin.isTTY = true;
    stdin.isRaw = false;
    stdin.setRawMode = (raw) => {
      modes.push(raw);
      stdin.isRaw = raw;
    };
  }
  const stdout: Terminal['stdout'] = new PassThrough();
  stdout.isTTY = tty;
  const stderr = new PassThrough();
  let [out, err] = ['', ''];
  stdout.on('data', (text: Buffer) => (out += text.toString()));
  stderr.on('data', (text: Buffer) => (err += text.toString()));
  return {
    terminal: { stdin, stdout, stderr, cwd: folder },
    modes,
    out: () => out,
    err: () => err,
    type: (text: string) => void (stdin as PassThrough).write(text),
    shows: (text: string) => vi.waitFor(() => expect(out + err).toContain(text)),
  };
}
const run = (argv: readonly string[], at: Terminal): Promise<number> =>
  runShell(argv, at, {
    HOME: folder,
    PATH: process.env['PATH'] ?? '',
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_RUNTIME_DIR: join(folder, 'run'),
  });

describe('a login at the terminal', () => {
  it('asks for the name and, unseen, for the password', async () => {
    const desk = terminal();
    const answer = askAtTerminal(desk.terminal)({ ...question, realm: 'lab' });
    await desk.shows('libvirt on rack asks for a login (lab).\nUser name: ');
    desk.type('bob\x7f\x7f\x7fada\r');
    await desk.shows('Password: ');
    desk.type('wröng\x15löve');
    desk.type('lace\n');
    expect(await answer).toEqual({ user: 'ada', password: 'lövelace' });
    expect(desk.err()).toContain('bob\b \b\b \b\b \bada\n');
    expect(desk.out() + desk.err()).not.toMatch(/l[öo]ve|wr/);
    expect(desk.modes).toEqual([true, false]);
    expect(desk.terminal.stdin.isPaused()).toBe(true);
  });

  it('begins with the name that is known, and says that the last answer was refused', async () => {
    const desk = terminal();
    const answer = askAtTerminal(desk.terminal)({ ...question, user: 'ada', again: true });
    await desk.shows('The login was refused.\n');
    await desk.shows('User name [ada]: ');
    // both lines at once, as they are pasted
    desk.type('\rlovelace\r');
    expect(await answer).toEqual({ user: 'ada', password: 'lovelace' });
  });

  it.each([
    ['Ctrl+C', '\x03'],
    ['Ctrl+D at the password', 'ada\r\x04'],
  ])('is left by %s', async (_keys, typed) => {
    const desk = terminal();
    const answer = askAtTerminal(desk.terminal)(question);
    desk.type(typed);
    expect(await answer).toBeUndefined();
    expect(desk.modes).toEqual([true, false]);
  });

  it('ends with the terminal, and with the attempt', async () => {
    const closed = terminal();
    const answer = askAtTerminal(closed.terminal)(question);
    (closed.terminal.stdin as PassThrough).end();
    expect(await answer).toBeUndefined();
    const left = terminal();
    const attempt = new AbortController();
    const late = askAtTerminal(left.terminal)(question, attempt.signal);
    attempt.abort();
    expect(await late).toBeUndefined();
  });

  it('shows nothing of a host’s name that could move the cursor', async () => {
    const desk = terminal();
    const answer = askAtTerminal(desk.terminal)({ ...question, who: 'rack\x1b[2J' });
    await desk.shows('User name');
    desk.type('\x03');
    await answer;
    expect(desk.err()).not.toContain('\x1b');
  });
});

describe('a host’s key at the terminal', () => {
  const key = {
    kind: 'host-key',
    who: '[rack.example]:2222',
    keyType: 'ED25519',
    fingerprint: 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
    again: false,
  } as const;

  it.each([
    ['yes', { trust: 'always' }],
    ['Once', { trust: 'once' }],
    [key.fingerprint, { trust: 'always' }],
    ['no', undefined],
    ['\x03', undefined],
  ])('is shown with its fingerprint, and %j is an answer', async (typed, outcome) => {
    const desk = terminal();
    const answer = askAtTerminal(desk.terminal)(key);
    await desk.shows('Trust it (yes: from now on, once: this time, no)? ');
    expect(desk.err()).toContain('The key of [rack.example]:2222 is not known yet.\n');
    expect(desk.err()).toContain(`Its ED25519 key has the fingerprint ${key.fingerprint}\n`);
    desk.type(`${typed}\r`);
    expect(await answer).toEqual(outcome);
    expect(desk.out()).toBe('');
  });

  it('is not trusted by a key that was only pressed', async () => {
    const desk = terminal();
    const answer = askAtTerminal(desk.terminal)(key);
    desk.type('\ry\r');
    await vi.waitFor(() => expect(desk.err().match(/Type yes, once or no/g)).toHaveLength(2));
    desk.type('no\r');
    expect(await answer).toBeUndefined();
  });

  it('without a terminal is refused, and the hint says how to accept it', async () => {
    await expect(askAtTerminal(terminal(false).terminal)(key)).rejects.toMatchObject({
      code: 'host_key',
      hint: 'Run guestroom in a terminal once to see and accept it, or add the key to ~/.ssh/known_hosts',
      detail: `ED25519 ${key.fingerprint}`,
    });
  });
});

describe('secrets at the terminal', () => {
  const passphrase = {
    kind: 'secrets',
    about: 'passphrase',
    who: '/home/ada/.ssh/id_ed25519',
    file: '/home/ada/.ssh/id_ed25519',
    prompts: [{ text: '', echo: false }],
    again: false,
  } as const;

  it('are asked for by what they open, and never seen', async () => {
    const desk = terminal();
    const answer = askAtTerminal(desk.terminal)({ ...passphrase, again: true });
    await desk.shows('The passphrase is not right.\n');
    await desk.shows('The passphrase of /home/ada/.ssh/id_ed25519: ');
    desk.type('lövelace\r');
    expect(await answer).toEqual({ secrets: ['lövelace'], remember: false });
    expect(desk.out() + desk.err()).not.toContain('velace');
  });

  it('are asked for in the host’s own words, and seen where the host wants it', async () => {
    const desk = terminal();
    const answer = askAtTerminal(desk.terminal)({
      kind: 'secrets',
      about: 'prompts',
      who: 'rack',
      instruction: 'Two things\nof yours\x07',
      prompts: [
        { text: 'Badge: ', echo: true },
        { text: 'Code\x1b[8m', echo: false },
      ],
      again: false,
    });
    await desk.shows('rack asks:\nTwo things\nof yours\nBadge: ');
    desk.type('4711\r');
    await desk.shows('Badge: 4711\nCode[8m: ');
    desk.type('998877\r');
    expect(await answer).toEqual({ secrets: ['4711', '998877'], remember: false });
    expect(desk.out() + desk.err()).not.toContain('998877');
  });

  it('are left as a whole by Ctrl+C at the second one', async () => {
    const desk = terminal();
    const answer = askAtTerminal(desk.terminal)({
      ...passphrase,
      prompts: [passphrase.prompts[0], passphrase.prompts[0]],
    });
    desk.type('one\r\x03');
    expect(await answer).toBeUndefined();
  });

  it('without a terminal are not asked for, and the hint names the agent and the key', async () => {
    await expect(askAtTerminal(terminal(false).terminal)(passphrase)).rejects.toMatchObject({
      code: 'auth_failed',
      message: 'The passphrase of /home/ada/.ssh/id_ed25519 is needed, and there is no terminal',
      hint: expect.stringMatching(/agent.*key/) as string,
    });
  });
});

describe('guestroom on a host that wants a login', () => {
  it('runs the command once it has logged in, with nothing but its output on standard output', async () => {
    const desk = terminal();
    const status = run(['-c', uri, 'list', '--all', '--name'], desk.terminal);
    await desk.shows('User name: ');
    desk.type('ada\r');
    await desk.shows('Password: ');
    desk.type('lövelace\r');
    expect(await status).toBe(0);
    expect(desk.out()).toBe('test\n\n');
  });

  it('asks at the prompt without its editor seeing the password', async () => {
    const desk = terminal();
    const status = run(['-c', uri], desk.terminal);
    await desk.shows('guestroom # ');
    desk.type('domstate test\r');
    await desk.shows('User name: ');
    desk.type('ada\r');
    await desk.shows('Password: ');
    desk.type('lövelace\r');
    await desk.shows('running');
    await vi.waitFor(() => expect(desk.out().match(/guestroom # /g)?.length).toBeGreaterThan(1));
    desk.type('quit\r');
    expect(await status).toBe(0);
    expect(desk.out() + desk.err()).not.toContain('lövelace');
    const history = await readFile(join(folder, 'state', 'guestroom', 'shell-history'), 'utf8');
    expect(history).toContain('domstate test');
    expect(history).not.toContain('lövelace');
  });

  it('without a terminal fails with a clear sentence', async () => {
    const pipe = terminal(false);
    expect(await run(['-c', uri, 'list'], pipe.terminal)).toBe(1);
    expect(pipe.err()).toContain('asks for a login, and there is no terminal');
    expect(pipe.err()).toContain('hint: Run guestroom in a terminal');
  });

  it('does not read SSH addresses as this computer', async () => {
    const desk = terminal();
    expect(await run(['-c', 'qemu+ssh://rack/embed', 'list'], desk.terminal)).toBe(1);
    expect(desk.err()).toMatch(/name of the host is not known: rack|rack cannot be reached/);
  });
});
