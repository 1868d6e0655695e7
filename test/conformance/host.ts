import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GuestroomError } from '../../drivers/api/errors.ts';
import type { Host } from '../../drivers/api/host.ts';

export const code = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: GuestroomError) => error.code,
  );
export const until = async (met: () => Promise<boolean> | boolean): Promise<void> => {
  const deadline = Date.now() + 10_000;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error('the condition was not met in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** What every host does, however it is reached. The machine must be this one: its files are looked at from here, too. */
export function hostConformance(open: () => Promise<Host>): void {
  let folder: string;
  let host: Host;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'guestroom-host-'));
    host = await open();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  describe('programs', () => {
    it('gives output, errors and exit status', async () => {
      const result = await host.exec('sh', ['-c', 'cat; echo oops >&2; exit 3'], { input: 'in' });
      expect(result).toEqual({ status: 3, signal: null, stdout: 'in', stderr: 'oops\n' });
    });

    it('passes arguments as they are, without a shell', async () => {
      const args = ['$(id)', '; true', 'two words', "'quoted'", ''];
      const { stdout } = await host.exec('printf', ['%s\n', ...args]);
      expect(stdout.split('\n').slice(0, -1)).toEqual(args);
    });

    it('says that a program or a folder is missing', async () => {
      expect(await code(host.exec('guestroom-no-such-program', []))).toBe('program_missing');
      expect(await code(host.exec('true', [], { cwd: join(folder, 'none') }))).toBe('not_found');
      expect(await code(host.spawn('guestroom-no-such-program', []))).toBe('program_missing');
      expect(await code(host.launch('guestroom-no-such-program', [], { log: join(folder, 'a.log') }))).toBe(
        'program_missing',
      );
    });

    it('says that a file may not be run', async () => {
      const file = join(folder, 'not-executable');
      await writeFile(file, '#!/bin/sh\n');
      expect(await code(host.exec(file, []))).toBe('denied');
    });

    it('ends a program after its time, also when its children hold the streams', async () => {
      const started = host.exec('sh', ['-c', 'sleep 60 & sleep 60'], { timeout: 50 });
      expect(await code(started)).toBe('timeout');
    });

    it('ends a program that is cancelled, and does not start a cancelled one', async () => {
      const stop = new AbortController();
      const lines: string[] = [];
      const running = host.exec('sh', ['-c', 'echo here; exec sleep 60'], {
        signal: stop.signal,
        onLine: (line) => {
          lines.push(line);
          stop.abort();
        },
      });
      expect(await code(running)).toBe('cancelled');
      expect(lines).toEqual(['here']);
      expect(await code(host.exec('true', [], { signal: stop.signal }))).toBe('cancelled');
    });

    it('refuses endless output', async () => {
      expect(await code(host.exec('yes', [], { maxOutput: 10_000 }))).toBe('too_large');
    });

    it('is not disturbed by a program that reads no input', async () => {
      const result = await host.exec('true', [], { input: 'x'.repeat(4 * 1024 * 1024) });
      expect(result.status).toBe(0);
    });

    it('tells progress meters line by line', async () => {
      const lines: string[] = [];
      await host.exec('printf', ['(1.00/100%%)\\r(50.0/100%%)\\rdone ü'], {
        onLine: (line) => lines.push(line),
      });
      expect(lines).toEqual(['(1.00/100%)', '(50.0/100%)', 'done ü']);
    });

    it('talks to a running program and sees its end', async () => {
      const process = await host.spawn('cat', []);
      process.stdin.end('hello');
      const text = (await process.stdout.toArray()).join('');
      expect([text, await process.ended]).toEqual(['hello', { status: 0, signal: null }]);
    });
  });

  describe('programs that nobody listens to any more', () => {
    it('still end, and take no room from others', async () => {
      for (let turn = 0; turn < 12; turn += 1) {
        const process = await host.spawn('sh', ['-c', 'echo said; cat; echo unheard; echo unheard >&2']);
        process.stdout.destroy();
        process.stderr.destroy();
        process.stdin.end();
        await process.ended;
      }
      expect((await host.exec('echo', ['heard'])).stdout).toBe('heard\n');
    });
  });

  describe('programs that outlive us', () => {
    it('run on in their own session, with a private log, and tell how they end', async () => {
      const log = join(folder, 'logs', 'guest.log');
      const ends: unknown[] = [];
      const options = { log, ended: (end: unknown) => ends.push(end), env: { WORD: "it's $HOME" } };
      const id = await host.launch('sh', ['-c', 'echo "$WORD"; exec sleep 60'], options);
      expect(await host.alive(id)).toBe(true);
      const { stdout } = await host.exec('cat', [`/proc/${String(id.pid)}/stat`]);
      expect(Number(stdout.split(') ')[1]?.split(' ')[3]), 'leads its session').toBe(id.pid);
      await until(async () => (await readFile(log, 'utf8')) === "it's $HOME\n");
      expect((await stat(log)).mode & 0o777).toBe(0o600);
      expect((await stat(join(folder, 'logs'))).mode & 0o777).toBe(0o700);
      expect(await host.alive({ ...id, started: `${id.started}0` })).toBe(false);
      expect(await host.signal({ ...id, started: `${id.started}0` }, 'SIGKILL')).toBe(false);
      expect(await host.signal(id, 'SIGKILL')).toBe(true);
      await until(async () => !(await host.alive(id)));
      expect(await host.signal(id, 'SIGKILL')).toBe(false);
      await until(() => ends.length > 0);
      expect(ends).toEqual([{ status: null, signal: 'SIGKILL' }]);
    });

    it('are known by their identity even when they end at once', async () => {
      const id = await host.launch('true', [], { log: join(folder, 'true.log') });
      await until(async () => !(await host.alive(id)));
      expect(id.pid).toBeGreaterThan(1);
    });

    it('never mistake a process group for a process', async () => {
      expect(await host.signal({ pid: -1, started: '' }, 'SIGTERM')).toBe(false);
      expect(await host.signal({ pid: 0, started: '' }, 'SIGTERM')).toBe(false);
    });

    it('tell their use of CPU and memory in one pass, without the dead', async () => {
      const busy = await host.launch('sh', ['-c', 'while :; do :; done'], { log: join(folder, 'busy.log') });
      try {
        const used = async () => host.usage([busy.pid, 4_194_303]);
        await until(async () => ((await used()).get(busy.pid)?.cpuSeconds ?? 0) > 0);
        const usage = await used();
        expect([...usage.keys()]).toEqual([busy.pid]);
        expect(usage.get(busy.pid)?.residentBytes).toBeGreaterThan(100_000);
      } finally {
        await host.signal(busy, 'SIGKILL');
      }
    });
  });

  describe('files', () => {
    it('are written whole, private, and leave nothing else behind', async () => {
      const own = await mkdtemp(join(folder, 'write-'));
      const file = join(own, 'settings.json');
      await host.files.write(file, 'one');
      await host.files.write(file, 'two', { mode: 0o640 });
      expect(await host.files.readText(file)).toBe('two');
      expect((await stat(file)).mode & 0o777).toBe(0o640);
      expect(await code(host.files.write(file, 'three', { exclusive: true }))).toBe('exists');
      await host.files.write(join(own, 'new'), 'x', { exclusive: true });
      expect((await stat(join(own, 'new'))).mode & 0o777).toBe(0o600);
      expect((await readdir(own)).sort()).toEqual(['new', 'settings.json']);
    });

    it('leave no temporary file when writing fails', async () => {
      const own = await mkdtemp(join(folder, 'fail-'));
      await host.files.makeFolder(join(own, 'taken', 'inside'));
      expect(await code(host.files.write(join(own, 'taken'), 'x'))).not.toBe('no error');
      expect(await readdir(own)).toEqual(['taken']);
    });

    it('are read in parts, and not without bound', async () => {
      const file = join(folder, 'numbers');
      await writeFile(file, '0123456789');
      expect(Buffer.from(await host.files.readAt(file, 8, 100)).toString()).toBe('89');
      expect((await host.files.readAt(file, 100, 10)).length).toBe(0);
      expect(await code(host.files.read(file, 9))).toBe('too_large');
      expect((await host.files.read(file, 10)).length).toBe(10);
      expect((await host.files.readText('/proc/self/stat')).length).toBeGreaterThan(10);
      expect(await code(host.files.read('/dev/zero', 1000))).toBe('too_large');
    });

    it('are listed by what they are, links by what they lead to', async () => {
      const own = await mkdtemp(join(folder, 'list-'));
      await writeFile(join(own, 'file'), '');
      await host.files.makeFolder(join(own, 'folder'));
      await symlink('folder', join(own, 'link'));
      await symlink('nowhere', join(own, 'dangling'));
      const entries = await host.files.list(own);
      expect(Object.fromEntries(entries.map(({ name, kind }) => [name, kind]))).toEqual({
        file: 'file',
        folder: 'folder',
        link: 'folder',
        dangling: 'other',
      });
      expect(await code(host.files.list(join(own, 'none')))).toBe('not_found');
      expect((await host.files.stat('/dev/null'))?.kind).toBe('device');
      expect(await host.files.stat(join(own, 'none'))).toBeUndefined();
    });

    it('may be removed twice', async () => {
      const file = join(folder, 'gone');
      await writeFile(file, '');
      await host.files.remove(file);
      await host.files.remove(file);
      await host.files.removeTree(join(folder, 'gone-too'));
      expect(await host.files.stat(file)).toBeUndefined();
    });

    it('are streamed, never over an existing one', async () => {
      const file = join(folder, 'stream');
      const writer = await host.files.createWriteStream(file);
      writer.end('streamed');
      await once(writer, 'close');
      expect(await code(host.files.createWriteStream(file))).toBe('exists');
      const reader = await host.files.createReadStream(file);
      expect((await reader.toArray()).join('')).toBe('streamed');
      expect(await code(host.files.createReadStream(join(folder, 'none')))).toBe('not_found');
    });

    it('are streamed from a byte on, into one that is there, which is longer only where it was written', async () => {
      const file = join(folder, 'grows');
      expect(await code(host.files.createWriteStream(file, { start: 0 }))).toBe('not_found');
      await writeFile(file, 'first half');
      const writer = await host.files.createWriteStream(file, { start: 6, flush: true });
      writer.end('part and more');
      await once(writer, 'close');
      const reader = await host.files.createReadStream(file, { start: 6 });
      expect((await reader.toArray()).join('')).toBe('part and more');
      expect(await host.files.readText(file)).toBe('first part and more');
    });

    it('are renamed over another one, or only where the name is free', async () => {
      const [from, to] = [join(folder, 'from'), join(folder, 'to')];
      await writeFile(from, 'new');
      await writeFile(to, 'old');
      expect(await code(host.files.rename(from, to, { exclusive: true }))).toBe('exists');
      expect(await host.files.readText(to)).toBe('old');
      await host.files.rename(from, to);
      expect(await host.files.readText(to)).toBe('new');
      await host.files.rename(to, from, { exclusive: true });
      expect(await host.files.readText(from)).toBe('new');
      expect(await host.files.stat(to)).toBeUndefined();
    });

    it('tell space and access', async () => {
      const { capacity, available } = await host.files.space(folder);
      expect(available).toBeGreaterThan(0);
      expect(capacity).toBeGreaterThanOrEqual(available);
      const file = join(folder, 'plain');
      await writeFile(file, '');
      await chmod(file, 0o600);
      expect(await host.files.access(file, 'write')).toBe(true);
      expect(await host.files.access(file, 'execute')).toBe(false);
      expect(await host.files.access(join(folder, 'none'), 'read')).toBe(false);
    });

    it('are watched: many changes are told together, and none after the end', async () => {
      const own = await mkdtemp(join(folder, 'watch-'));
      let calls = 0;
      const end = await host.files.watch(own, () => (calls += 1));
      for (let index = 0; index < 50; index += 1) await writeFile(join(own, String(index)), '');
      await until(() => calls > 0);
      expect(calls).toBeLessThan(50);
      end();
      const before = calls;
      await writeFile(join(own, 'late'), '');
      await until(async () => (await readdir(own)).includes('late'));
      expect(calls).toBe(before);
      expect(await code(host.files.watch(join(own, 'none'), () => undefined))).toBe('not_found');
    });
  });

  describe('streams', () => {
    it('reach a unix socket and a TCP port', async () => {
      const path = join(folder, 'echo.sock');
      for (const address of [{ unix: path }, { host: '127.0.0.1', port: 0 }] as const) {
        const server = createServer((socket) => socket.pipe(socket));
        server.listen('unix' in address ? { path } : { host: address.host, port: 0 });
        await once(server, 'listening');
        const bound = server.address();
        const port = typeof bound === 'object' && bound ? bound.port : 0;
        const stream = await host.connect('unix' in address ? address : { ...address, port });
        stream.end('ping');
        expect((await stream.toArray()).join('')).toBe('ping');
        server.close();
        await once(server, 'close');
      }
    });

    it('say when nothing listens', async () => {
      expect(await code(host.connect({ unix: join(folder, 'none.sock') }))).toBe('unreachable');
      expect(await code(host.connect({ host: '127.0.0.1', port: 1 }))).toBe('unreachable');
    });

    it('open the terminal of a hypervisor, both ways, until it hangs up', async () => {
      const script =
        'import os,pty,tty,sys\n' +
        'm,s=pty.openpty(); tty.setraw(s); print(os.ttyname(s), flush=True)\n' +
        'd=os.read(m,100); os.write(m,b"got "+d); os.read(m,1)\n';
      const guest = spawn('python3', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [name] = (await once(guest.stdout, 'data')) as [Buffer];
      const device = await host.openDevice(name.toString().trim());
      device.write('key');
      const [answer] = (await once(device, 'data')) as [Buffer];
      expect(answer.toString()).toBe('got key');
      device.write('!');
      await once(guest, 'exit');
      device.resume();
      if (!device.destroyed) await once(device, 'close');
      expect(device.destroyed).toBe(true);
    });

    it('refuse a file that is no terminal', async () => {
      expect(await code(host.openDevice('/dev/null'))).toBe('invalid_argument');
      expect(await code(host.openDevice(join(folder, 'none')))).toBe('not_found');
    });

    it('find a free port and skip a taken one', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const taken = (server.address() as { port: number }).port;
      expect(await host.freePort('127.0.0.1', taken, taken + 20)).toBeGreaterThan(taken);
      expect(await code(host.freePort('127.0.0.1', taken, taken))).toBe('port_in_use');
      server.close();
      await once(server, 'close');
    });
  });

  describe('facts', () => {
    it('tell load that grows, and memory within bounds', async () => {
      const first = await host.load();
      expect(first.memoryAvailable).toBeLessThanOrEqual(first.memoryTotal);
      await until(async () => ((await host.load()).cpuTotalSeconds ?? 0) > (first.cpuTotalSeconds ?? 0));
      const facts = await host.facts();
      expect(facts.cpus).toBeGreaterThan(0);
      expect(facts.memory).toBeGreaterThan(0);
    });
  });
}
