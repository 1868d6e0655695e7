import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { ProgramStream } from '../../../../main/nodes/ssh/program-stream.ts';
import { checkTelling, tellingBytes } from '../../../lab/telling-bytes.ts';
import {
  eachWithAConnection,
  begin,
  failure,
  quiet,
  answers,
  server,
  client,
  control,
  programs,
  folder,
} from './connected.ts';

eachWithAConnection();

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

  it('that go on in the background are seen to end when the shell that would tell has ended', async () => {
    await begin();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let end: unknown;
    const { pid } = await programs.launch('sleep', ['1000'], {
      log: join(folder, 'log'),
      ended: (how) => (end = how),
    });
    expect(await failure(control.ask('yes | head -c 9000000'))).toMatchObject({ code: 'too_large' });
    await vi.waitUntil(() => server.ran.length === 2, 8000);
    expect(lives(pid)).toBe(true);
    expect(end).toBeUndefined();
    process.kill(pid, 'SIGKILL');
    await vi.waitUntil(() => end !== undefined, 8000);
    expect(end).toEqual({ status: null, signal: null });
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

  it('has done with what was written once it says so, however slowly the program reads', async () => {
    await begin();
    const stream = new ProgramStream(await programs.spawn('sh', ['-c', 'sleep 0.3; exec cat']));
    const back = buffer(stream);
    const length = 64 * 1024;
    for (let at = 0; at < 12 * 1024 * 1024; at += length) {
      const piece = tellingBytes(at, length);
      // whoever lent it fills its memory again
      const free = (): unknown => piece.fill(0xee);
      if (!stream.write(piece, free)) await once(stream, 'drain');
    }
    stream.end();
    checkTelling(await back, 0);
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
