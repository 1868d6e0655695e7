import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SFTPWrapper } from 'ssh2';
import { describe, expect, it, vi } from 'vitest';
import { Sftp } from '../../../../main/nodes/ssh/sftp.ts';
import { runs } from './server.ts';
import {
  eachWithAConnection,
  begin,
  failure,
  quiet,
  server,
  client,
  sessions,
  control,
  programs,
  folder,
} from './connected.ts';

eachWithAConnection();

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
