import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, ServerChannel } from 'ssh2';
import { afterEach, beforeEach, vi } from 'vitest';
import type { GuestroomError } from '../../../../drivers/api/errors.ts';
import { ControlShell } from '../../../../main/nodes/ssh/control-shell.ts';
import { sshProcesses } from '../../../../main/nodes/ssh/processes.ts';
import { type Programs, sshPrograms } from '../../../../main/nodes/ssh/programs.ts';
import { Sessions } from '../../../../main/nodes/ssh/sessions.ts';
import { connect, pair, partsFor, runs, type ServerOptions, type SshServer, startServer } from './server.ts';

const key = pair();
export let folder: string;
export let server: SshServer;
export let client: Client;
export let sessions: Sessions;
export let control: ControlShell;
export let programs: Programs;

/** Connects to a server; what is exported here is then its own. */
export const begin = async (options: ServerOptions = {}): Promise<void> => {
  server = await startServer(options, key);
  writeFileSync(join(folder, 'known_hosts'), server.line);
  client = await connect(partsFor(server, folder));
  sessions = new Sessions(client);
  control = new ControlShell(sessions);
  const units = { ticksPerSecond: 100, pageBytes: 4096 };
  const os = process.platform === 'linux' ? 'linux' : 'other';
  programs = sshPrograms(sessions, control, sshProcesses(control, { os, bootId: 'x', units }));
};
/** Hooks of a file whose tests are about one connection. */
export function eachWithAConnection(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guestroom-ssh-'));
  });
  afterEach(() => {
    vi.useRealTimers();
    client.destroy();
    server.end();
    rmSync(folder, { recursive: true, force: true });
  });
}

export const failure = (work: Promise<unknown>): Promise<GuestroomError> =>
  work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as GuestroomError,
  );
/** Resolves once so many sessions are open and no more. */
export const quiet = (open = 0): Promise<void> =>
  vi
    .waitUntil(() => server.channels.size === open && server.children.size === open, 8000)
    .then(() => undefined);
/** A session that does what it is told in place of a program. */
export const answers =
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
