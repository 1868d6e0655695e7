import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from 'ssh2';
import { describe } from 'vitest';
import type { Logger } from '../../../../drivers/api/driver.ts';

/** What OpenSSH itself says is what we are held against; without it these tests are skipped. */
const missing = ['ssh', 'ssh-keygen'].filter((name) => spawnSync(name, ['-?']).error !== undefined);
export const reasonToSkip = missing.length > 0 ? `skipped: ${missing.join(' and ')} cannot be run` : '';
if (reasonToSkip) console.warn(`SSH: ${reasonToSkip}`);

/** Tests beside OpenSSH; where it is not installed their title says why they are skipped. */
export const describeBesideOpenSsh = (title: string, tests: () => void): void => {
  describe.skipIf(reasonToSkip !== '')(reasonToSkip ? `${title} (${reasonToSkip})` : title, tests);
};

export const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'guestroom-ssh-'));

/** A log whose lines can be read. */
export function listeningLog(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const line = (message: string, facts?: Readonly<Record<string, unknown>>): void => {
    lines.push(facts ? `${message} ${JSON.stringify(facts)}` : message);
  };
  return { lines, debug: line, info: line, warn: line };
}

export interface TestKey {
  /** As in known_hosts: type and base64. */
  text: string;
  bytes: Uint8Array;
  /** The private key, in OpenSSH's form. */
  secret: string;
  /** The path of the private key. */
  file: string;
}

/** A key as ssh-keygen makes it. */
export function makeKey(folder: string, name: string, type: 'ed25519' | 'ecdsa' | 'rsa'): TestKey {
  const file = join(folder, name);
  const bits = type === 'rsa' ? ['-b', '2048'] : [];
  execFileSync('ssh-keygen', ['-q', '-t', type, ...bits, '-N', '', '-C', '', '-f', file]);
  const text = readFileSync(`${file}.pub`, 'utf8').trim();
  const bytes = Buffer.from(text.split(' ')[1] ?? '', 'base64');
  return { text, bytes, secret: readFileSync(file, 'utf8'), file };
}

/** A server on loopback with this host key that lets everybody in and runs nothing. */
export async function serve(key: TestKey): Promise<{ port: number; close(): void }> {
  const server = new Server({ hostKeys: [key.secret] }, (client) => {
    client.on('error', () => client.end());
    client.on('authentication', (attempt) => attempt.accept());
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec) => {
        const channel = acceptExec();
        channel.exit(0);
        channel.end();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

/** What `ssh` does when a host on loopback shows its key. */
export async function sshVerdict(
  port: number,
  files: readonly string[],
): Promise<'known' | 'unknown' | 'changed' | 'revoked'> {
  const quoted = files.map((file) => `"${file}"`).join(' ');
  const options = [
    'StrictHostKeyChecking=yes',
    'BatchMode=yes',
    'GlobalKnownHostsFile=/dev/null',
    `UserKnownHostsFile=${quoted}`,
  ];
  const args = ['-F', 'none', '-p', String(port), ...options.flatMap((option) => ['-o', option])];
  const child = spawn('ssh', [...args, '127.0.0.1', 'true'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  if (status === 0) return 'known';
  if (said.includes('REVOKED HOST KEY')) return 'revoked';
  if (said.includes('REMOTE HOST IDENTIFICATION HAS CHANGED')) return 'changed';
  if (said.includes('host key is known for')) return 'unknown';
  throw new Error(`ssh ended with ${String(status)}: ${said}`);
}
