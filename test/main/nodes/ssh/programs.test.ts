import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Client, ServerChannel, SFTPWrapper } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuestroomError } from '../../../../drivers/api/errors.ts';
import { ControlShell } from '../../../../main/nodes/ssh/control-shell.ts';
import { askMachine } from '../../../../main/nodes/ssh/facts.ts';
import { FolderWatch } from '../../../../main/nodes/ssh/folder-watch.ts';
import { openSshHost } from '../../../../main/nodes/ssh/host.ts';
import { sshProcesses } from '../../../../main/nodes/ssh/processes.ts';
import { ProgramStream } from '../../../../main/nodes/ssh/program-stream.ts';
import { type Programs, sshPrograms } from '../../../../main/nodes/ssh/programs.ts';
import type { Route } from '../../../../main/nodes/ssh/route.ts';
import { Sessions } from '../../../../main/nodes/ssh/sessions.ts';
import { Sftp } from '../../../../main/nodes/ssh/sftp.ts';
import {
  closed,
  connect,
  pair,
  partsFor,
  runs,
  type ServerOptions,
  type SshServer,
  startServer,
} from './server.ts';

const key = pair();
let folder: string;
let server: SshServer;
let client: Client;
let sessions: Sessions;
let control: ControlShell;
let programs: Programs;

const begin = async (options: ServerOptions = {}): Promise<void> => {
  server = await startServer(options, key);
  writeFileSync(join(folder, 'known_hosts'), server.line);
  client = await connect(partsFor(server, folder));
  sessions = new Sessions(client);
  control = new ControlShell(sessions);
  const units = { ticksPerSecond: 100, pageBytes: 4096 };
  const os = process.platform === 'linux' ? 'linux' : 'other';
  programs = sshPrograms(sessions, control, sshProcesses(control, { os, bootId: 'x', units }));
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guestroom-ssh-'));
});
afterEach(() => {
  vi.useRealTimers();
  client.destroy();
  server.end();
  rmSync(folder, { recursive: true, force: true });
});

const failure = (work: Promise<unknown>): Promise<GuestroomError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as GuestroomError,
  );
/** Resolves once so many sessions are open and no more. */
const quiet = (open = 0): Promise<void> =>
  vi
    .waitUntil(() => server.channels.size === open && server.children.size === open, 8000)
    .then(() => undefined);
/** A session that does what it is told in place of a program. */
const answers =
  (
    act: (channel: ServerChannel, command: string) => void,
    first = 0,
  ): NonNullable<ServerOptions['session']> =>
  (session, self) => {
    if (self.ran.length < first) return runs(session, self);
    session.on('exec', (accept, _reject, { command }) => {
      self.ran.push(command);
      const channel = accept();
      self.channels.add(channel);
      channel.once('close', () => self.channels.delete(channel));
      channel.on('error', () => undefined);
      act(channel, command);
    });
  };

describe('small questions', () => {
  it('are asked many at once of one shell, each with its own answer', async () => {
    await begin();
    const all = Array.from({ length: 40 }, (_, index) => String(index));
    const replies = await Promise.all(
      all.map((index) => control.ask('printf "%s %s" "$1" "$2"; exit "$1"', [index, `it's "${index}"\n`])),
    );
    expect(replies).toEqual(
      all.map((index) => ({ status: Number(index), output: `${index} it's "${index}"\n` })),
    );
    expect(server.ran).toEqual(['exec sh']);
  });

  it('leave nothing behind for the next: folders, variables, options, and what reads', async () => {
    await begin();
    await control.ask('cd /; x=1; set -e; exec >/dev/null; false');
    await control.ask('cat; read -r x');
    expect(
      await control.ask('printf "%s%s" "$x" "${PWD#/}" | grep -c . || true; false; echo on'),
    ).toMatchObject({ status: 0 });
    expect((await control.ask('echo "$x"')).output).toBe('\n');
  });

  it('have answers of any bytes, without an end of line, that look nearly like the end', async () => {
    await begin();
    const { output } = await control.ask("printf '\\000\\377\\n\\nguestroom-0 0\\n\\200'");
    expect(Buffer.from(output, 'latin1')).toEqual(Buffer.from('\0\xff\n\nguestroom-0 0\n\x80', 'latin1'));
    expect(await control.ask(':')).toEqual({ status: 0, output: '' });
  });

  it('have answers that come byte by byte', async () => {
    await begin({
      session: answers((channel) => {
        channel.on('data', (part: Buffer) => {
          for (const [, mark = ''] of part.toString().matchAll(/(guestroom-\w+) "\$\?"/g))
            for (const byte of Buffer.from(`cut in pieces\n${mark} 7\n`)) channel.write(Buffer.of(byte));
        });
      }),
    });
    expect(await control.ask('whatever')).toEqual({ status: 7, output: 'cut in pieces' });
  });

  it('whose answer is too long end the shell; the next one gets a new one', async () => {
    await begin();
    const [long, behind] = [control.ask('yes | head -c 9000000'), control.ask('echo behind')];
    expect(await failure(long)).toMatchObject({ code: 'too_large' });
    expect(await failure(behind)).toMatchObject({ code: 'too_large' });
    expect((await control.ask('echo again')).output).toBe('again\n');
    await vi.waitUntil(() => server.channels.size === 1, 8000);
    // the end of the old one says nothing about the new one
    expect((await control.ask('echo still')).output).toBe('still\n');
    expect(server.ran).toHaveLength(2);
  });

  it('that get no answer end the shell, and the old one’s end does not end the new one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await begin();
    await control.ask(':');
    const [old] = server.channels;
    const stuck = failure(control.ask('exec sleep 1000'));
    await vi.waitUntil(() => vi.getTimerCount() === 1, 8000);
    vi.advanceTimersByTime(18_000);
    const behind = failure(control.ask('echo behind'));
    await vi.waitUntil(() => vi.getTimerCount() === 2, 8000);
    vi.advanceTimersByTime(2000);
    expect(await stuck).toMatchObject({ code: 'timeout', retryable: true });
    expect(await behind).toMatchObject({ code: 'timeout' });
    const next = control.ask('echo new');
    if (old) await closed(old);
    expect((await next).output).toBe('new\n');
    expect((await control.ask('echo newer')).output).toBe('newer\n');
    expect(server.ran).toHaveLength(2);
  });

  it('are all told when the connection is lost, and later ones at once', async () => {
    await begin();
    await control.ask(':');
    const asked = ['sleep 100', 'echo a', 'echo b'].map((script) => failure(control.ask(script)));
    server.cut();
    client.on('error', () => undefined);
    for (const error of await Promise.all(asked)) expect(error).toMatchObject({ code: 'lost' });
    expect(await failure(control.ask('echo'))).toMatchObject({ code: 'lost' });
    expect(await failure(programs.exec('true', []))).toMatchObject({ code: 'lost' });
  });

  it('are not fooled by what login scripts print, on either stream', async () => {
    await begin({
      session: (session, self) =>
        runs(session, self, ['sh', '-c', 'printf "Welcome\\nguestroom- 0\\n"; echo hm >&2; eval "$1"', 'sh']),
    });
    expect(await control.ask('echo just this')).toEqual({ status: 0, output: 'just this\n' });
    expect(await programs.exec('echo', ['and this'])).toEqual({
      ...{ status: 0, signal: null, stdout: 'and this\n', stderr: '' },
    });
  });
});

describe('an account', () => {
  it.each([
    [
      'nologin',
      'echo This account is currently not available.; exit 1',
      'This account is currently not available.',
    ],
    ['a forced command', 'echo forced >&2; exit 0', 'forced'],
    ['false as its shell', 'exit 1', 'exit status 1'],
    ['transfers only', 'head -c 4 >/dev/null; exit 11', 'exit status 11'],
  ])('with %s is told as such, with what it said', async (_what, script, said) => {
    await begin({ session: (session, self) => runs(session, self, ['sh', '-c', script, 'sh']) });
    expect(await failure(askMachine(control, 'host'))).toMatchObject({
      code: 'unsupported',
      detail: said,
      hint: expect.stringContaining('internal-sftp') as string,
      retryable: false,
    });
    await quiet();
  });

  it('without a home is told as such', async () => {
    await begin({ session: (session, self) => runs(session, self, ['env', '-u', 'HOME', 'sh', '-c']) });
    expect(await failure(askMachine(control, 'host'))).toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('HOME') as string,
    });
  });

  it('whose home is not there can still be used', async () => {
    await begin({
      session: (session, self) =>
        runs(session, self, ['sh', '-c', 'echo "Could not chdir to home" >&2; eval "$1"', 'sh'], {
          HOME: '/nowhere',
        }),
    });
    expect((await askMachine(control, 'host')).paths.home).toBe('/nowhere');
  });

  it('whose login scripts wait for ever is given up in time', async () => {
    await begin({ session: answers(() => undefined) });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const machine = failure(askMachine(control, 'host'));
    const spawned = failure(programs.spawn('cat', []));
    await vi.waitUntil(() => server.ran.length === 2 && vi.getTimerCount() >= 3, 8000);
    vi.advanceTimersByTime(31_000);
    expect(await machine).toMatchObject({
      code: 'timeout',
      hint: expect.stringContaining('login scripts') as string,
    });
    expect(await spawned).toMatchObject({
      code: 'timeout',
      hint: expect.stringContaining('login scripts') as string,
    });
  });

  it('that is asked about when the attempt is stopped is let go of at once', async () => {
    const stop = new AbortController();
    await begin({ session: answers(() => stop.abort()) });
    const parts = partsFor(server, folder, { signal: stop.signal });
    const route: Route = { hops: [parts.hop], proxy: 'auto', netcat: undefined };
    expect(await failure(openSshHost(route, parts))).toMatchObject({ code: 'cancelled' });
    await vi.waitUntil(() => server.sockets.size === 1, 8000);
  });
});

describe('programs', () => {
  it('get their words, input, folder and environment as they are', async () => {
    await begin();
    const words = ['a b', "it's", '$HOME', '-n', '', 'x\ny', '\\'];
    const { stdout } = await programs.exec(
      'sh',
      ['-c', 'pwd; echo "$X"; cat; printf "%s|" "$@"', 'sh', ...words],
      {
        ...{ cwd: '/', env: { X: 'é "\n' }, input: 'in\0put\n' },
      },
    );
    expect(stdout).toBe(`/\né "\n\nin\0put\n${words.map((word) => `${word}|`).join('')}`);
    expect(await programs.exec('sh', ['-c', 'echo bad >&2; exit 3'])).toEqual({
      ...{ status: 3, signal: null, stdout: '', stderr: 'bad\n' },
    });
    expect(await programs.exec('sh', ['-c', 'kill -9 $$'])).toMatchObject({
      status: null,
      signal: 'SIGKILL',
    });
  });

  it('that are not there, may not be run, or whose folder is not there are told apart', async () => {
    await begin();
    writeFileSync(join(folder, 'plain'), 'no program', { mode: 0o644 });
    expect(await failure(programs.exec('no-such-program', []))).toMatchObject({ code: 'program_missing' });
    expect(await failure(programs.exec('-v', []))).toMatchObject({ code: 'program_missing' });
    expect(await failure(programs.exec('true', [], { cwd: join(folder, 'none') }))).toMatchObject({
      code: 'not_found',
    });
    expect(['denied', 'program_missing']).toContain(
      (await failure(programs.exec(join(folder, 'plain'), []))).code,
    );
    await vi.waitUntil(() => server.children.size === 0, 8000);
  });

  it('whose whole life comes in one piece are seen whole', async () => {
    await begin({
      session: answers((channel, command) => {
        const mark = /set -- (guestroom-\w+)/.exec(command)?.[1] ?? '';
        // one packet of the network, as when this program was busy for a while
        const [connection] = server.connections;
        const { _sock: socket } = connection as unknown as { _sock: { cork(): void; uncork(): void } };
        socket.cork();
        channel.write(`${mark} 42\nquick\n`);
        channel.stderr.write(`${mark}\n`);
        channel.exit(0);
        channel.end();
        channel.close();
        setImmediate(() => socket.uncork());
      }),
    });
    for (let times = 0; times < 20; times += 1)
      expect(await programs.exec('true', [])).toMatchObject({ status: 0, stdout: 'quick\n' });
  });

  it('that take too long, write too much or are stopped end with everything that they began', async () => {
    await begin();
    const pids = join(folder, 'pids');
    const long = ['-c', 'sleep 1000 & echo $! $$ >>"$1"; wait', 'sh', pids];
    expect(await failure(programs.exec('sh', long, { timeout: 500 }))).toMatchObject({ code: 'timeout' });
    expect(
      await failure(programs.exec('sh', ['-c', 'echo $$ >>"$1"; exec yes', 'sh', pids], { maxOutput: 1000 })),
    ).toMatchObject({
      code: 'too_large',
    });
    const stop = new AbortController();
    const stopped = failure(
      programs.exec('sh', ['-c', 'trap "" TERM; echo $$ >>"$1"; echo up; sleep 1000', 'sh', pids], {
        signal: stop.signal,
        onLine: () => stop.abort(),
      }),
    );
    expect(await stopped).toMatchObject({ code: 'cancelled' });
    const all = readFileSync(pids, 'utf8').trim().split(/\s+/).map(Number);
    expect(all).toHaveLength(4);
    await vi.waitUntil(() => all.every((pid) => !lives(pid)), 8000);
    await vi.waitUntil(() => server.channels.size === 1, 8000);
  });

  it('that are stopped before they began do not begin, or end at once', async () => {
    await begin();
    const holding = await Promise.all(Array.from({ length: 8 }, () => programs.spawn('cat', [])));
    const stop = new AbortController();
    const waiting = failure(programs.exec('touch', [join(folder, 'ran')], { signal: stop.signal }));
    const late = failure(programs.exec('touch', [join(folder, 'ran')], { timeout: 50 }));
    stop.abort();
    expect(await waiting).toMatchObject({ code: 'cancelled' });
    expect(await late).toMatchObject({ code: 'timeout' });
    for (const each of holding) each.stdin.end();
    for (const { stdout, stderr } of holding) {
      stdout.resume();
      stderr.resume();
    }
    await Promise.all(holding.map(({ ended }) => ended));
    await expect(programs.exec('true', [])).resolves.toMatchObject({ status: 0 });
  });

  it('that go on in the background are seen to end, and do not keep the shell', async () => {
    await begin();
    const log = join(folder, 'logs', 'x.log');
    const end = await new Promise((ended) => {
      void programs
        .launch('sh', ['-c', 'echo said; echo bad >&2; exit 5'], { log, ended })
        .catch(() => undefined);
    });
    expect(end).toEqual({ status: 5, signal: null });
    expect(readFileSync(log, 'utf8')).toBe('said\nbad\n');
    const killed = new Promise((ended) => {
      void programs.launch('sleep', ['1000'], { log, ended }).then(({ pid }) => process.kill(pid, 'SIGKILL'));
    });
    expect(await killed).toEqual({ status: null, signal: 'SIGKILL' });
    expect(await failure(programs.launch('no-such-program', [], { log }))).toMatchObject({
      code: 'program_missing',
    });
    expect(await failure(programs.launch('true', [], { log: '/proc/none/x.log' }))).toMatchObject({
      code: 'program_failed',
    });
    expect(existsSync('/proc/none')).toBe(false);
  });

  it('are lost with the connection', async () => {
    await begin();
    const running = failure(programs.exec('sleep', ['1000']));
    const spawned = await programs.spawn('sleep', ['1000']);
    client.on('error', () => undefined);
    server.cut();
    expect(await running).toMatchObject({ code: 'lost' });
    for (const stream of [spawned.stdout, spawned.stderr]) stream.resume();
    expect(await spawned.ended).toEqual({ status: null, signal: null });
    spawned.kill();
    spawned.stdin.end('into the void');
  });
});

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a stream through a program', () => {
  it('ends with all that it wrote, however late it is read', async () => {
    await begin();
    const stream = new ProgramStream(await programs.spawn('head', ['-c', '300000', '/dev/zero']));
    await vi.waitUntil(() => stream.readableLength >= stream.readableHighWaterMark, 8000);
    expect(await buffer(stream)).toHaveLength(300_000);
    await quiet();
  });

  it('that nobody reads any more gives its session back, whatever still comes', async () => {
    await begin();
    for (let times = 0; times < 12; times += 1) {
      const stream = new ProgramStream(await programs.spawn('yes', []));
      await vi.waitUntil(() => stream.readableLength >= stream.readableHighWaterMark, 8000);
      stream.destroy();
    }
    await vi.waitUntil(() => server.children.size === 1, 8000);
  });

  it('that ends with an error tells its words', async () => {
    await begin();
    const stream: Readable = new ProgramStream(await programs.spawn('sh', ['-c', 'echo no way >&2; exit 1']));
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'lost', detail: 'no way' });
    await quiet();
  });
});

describe('sessions', () => {
  it('are taken one after another where the host allows few, and waited for', async () => {
    let open = 0;
    let most = 0;
    await begin({
      connected: (connection) => {
        connection.removeAllListeners('session');
        connection.on('session', (accept, reject) => {
          if (open >= 3) return void reject();
          open += 1;
          most = Math.max(most, open);
          const session = accept();
          session.once('close', () => (open -= 1));
          runs(session, server);
        });
      },
    });
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, index) => programs.exec('echo', [String(index)])),
    );
    expect(results.map(({ stdout }) => Number(stdout))).toEqual(results.map((_, index) => index));
    expect(most).toBe(3);
  });

  it('that are waited for are not waited for longer than the connection lasts', async () => {
    await begin();
    // nobody reads what they write, so that they do not end
    for (let times = 0; times < 8; times += 1) await programs.spawn('yes', []);
    const waiting = failure(programs.exec('true', [], { timeout: 0 }));
    client.on('error', () => undefined);
    server.cut();
    expect(await waiting).toMatchObject({ code: 'lost' });
  });

  it('of a host that allows none are refused with what to do', async () => {
    await begin({
      connected: (connection) => {
        connection.removeAllListeners('session');
        connection.on('session', (_accept, reject) => void reject());
      },
    });
    expect(await failure(programs.exec('true', []))).toMatchObject({
      code: 'denied',
      hint: expect.stringContaining('MaxSessions') as string,
    });
  });

  it('that the host never opens are not waited for for ever, and are closed when they come late', async () => {
    let accept: (() => void) | undefined;
    await begin({
      session: (session) => {
        session.on('exec', (take) => {
          accept = () => {
            const channel = take();
            server.channels.add(channel);
            channel.once('close', () => server.channels.delete(channel));
            channel.resume();
          };
        });
      },
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const work = failure(sessions.exec('x', () => undefined));
    await vi.waitUntil(() => accept !== undefined, 8000);
    vi.advanceTimersByTime(21_000);
    expect(await work).toMatchObject({ code: 'timeout', retryable: true });
    accept?.();
    expect(server.channels.size).toBe(1);
    await quiet();
  });

  it('for files or programs that the host does not allow are told as such, and not tried for ever', async () => {
    await begin({
      session: (session) => {
        session.on('exec', (_accept, reject) => void reject());
        session.on('sftp', (_accept, reject) => void reject());
      },
    });
    expect(await failure(control.ask(':'))).toMatchObject({
      code: 'unsupported',
      retryable: false,
      hint: expect.stringContaining('sshd_config') as string,
    });
    const files = failure(new Sftp(sessions, control).use('/x', () => Promise.resolve()));
    expect(await files).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('SFTP') as string,
      hint: expect.stringContaining('Subsystem sftp') as string,
    });
  });

  it('for files tell everybody who waits that they have ended, and begin anew', async () => {
    const streams: SFTPWrapper[] = [];
    await begin({ session: (session) => session.on('sftp', (accept) => streams.push(accept())) });
    const sftp = new Sftp(sessions, control);
    const waiting = failure(sftp.use('/x', () => new Promise(() => undefined)));
    await vi.waitUntil(() => streams.length === 1, 8000);
    await sftp.use('/x', () => Promise.resolve());
    streams[0]?.end();
    expect(await waiting).toMatchObject({ code: 'lost', retryable: true });
    await expect(sftp.use('/x', () => Promise.resolve('again'))).resolves.toBe('again');
    expect(streams).toHaveLength(2);
    const last = failure(sftp.use('/x', () => new Promise(() => undefined)));
    client.on('error', () => undefined);
    server.cut();
    expect(await last).toMatchObject({ code: 'lost' });
  });
});

describe('a file that cannot be written', () => {
  const closed = ['/sys', '/proc/sys'].find((path) => {
    try {
      accessSync(path, constants.W_OK);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'ENOENT';
    }
  });

  it.skipIf(closed === undefined)('for a file system that is read-only is told as such', async () => {
    await begin();
    const sftp = new Sftp(sessions, control);
    const thrown = Object.assign(new Error('Failure'), { code: 4 });
    expect(await sftp.explained(thrown, `${closed ?? ''}/new`)).toMatchObject({
      code: 'denied',
      hint: expect.stringContaining('read-only') as string,
    });
    mkdirSync(join(folder, 'here'));
    expect(await sftp.explained(thrown, join(folder, 'here'))).toMatchObject({ code: 'invalid_argument' });
    expect(await sftp.explained(thrown, join(folder, 'known_hosts'))).toMatchObject({ code: 'exists' });
    expect(await sftp.explained(thrown, join(folder, 'known_hosts'), true)).toMatchObject({
      code: 'program_failed',
    });
  });
});

describe('a folder that is watched', () => {
  it('is still watched after a question failed, and whatever its files are called', async () => {
    await begin();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const watch = new FolderWatch(control);
    let told = 0;
    mkdirSync(join(folder, 'seen'));
    mkdirSync(join(folder, 'other'));
    const stop = await watch.add(join(folder, 'seen'), () => (told += 1));
    await watch.add(join(folder, 'other'), () => undefined);
    expect(await failure(watch.add(join(folder, 'none'), () => undefined))).toMatchObject({
      code: 'not_found',
    });
    const ask = vi.spyOn(control, 'ask').mockRejectedValueOnce(new GuestroomError('timeout', 'busy'));
    await vi.waitUntil(() => ask.mock.calls.length > 0, 8000);
    writeFileSync(join(folder, 'other', 'a\u0001b\n-c'), '');
    writeFileSync(join(folder, 'seen', 'a\u0001b\n-c'), '');
    await vi.waitUntil(() => told === 1, 8000);
    writeFileSync(join(folder, 'seen', 'second'), '');
    await vi.waitUntil(() => told === 2, 8000);
    stop();
  });
});
