import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { GuestroomError } from '../../../../drivers/api/errors.ts';
import { askMachine } from '../../../../main/nodes/ssh/facts.ts';
import { FolderWatch } from '../../../../main/nodes/ssh/folder-watch.ts';
import { openSshHost } from '../../../../main/nodes/ssh/host.ts';
import type { Route } from '../../../../main/nodes/ssh/route.ts';
import { closed, partsFor, runs } from './server.ts';
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
