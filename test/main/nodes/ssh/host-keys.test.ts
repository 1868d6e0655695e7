import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localFiles } from '../../../../main/nodes/local/files.ts';
import { HostKeys } from '../../../../main/nodes/ssh/host-keys.ts';
import { refusal } from '../../../../main/nodes/ssh/known-hosts.ts';
import { listeningLog, makeFolder } from './openssh.ts';

const key = (type: string, content: string): Uint8Array =>
  Buffer.concat(
    [type, content].flatMap((text) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(text.length);
      return [length, Buffer.from(text)];
    }),
  );
const one = key('ssh-ed25519', 'one');
const two = key('ssh-ed25519', 'two');
const rsa = key('ssh-rsa', 'three');
const line = (names: string, type: string, bytes: Uint8Array): string =>
  `${names} ${type} ${Buffer.from(bytes).toString('base64')}\n`;

let folder: string;
let own: string;
let theirs: string;
beforeEach(() => {
  folder = makeFolder();
  own = join(folder, 'config', 'known_hosts');
  theirs = join(folder, 'theirs');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (log = listeningLog()): HostKeys => new HostKeys({ files: localFiles, own, log });
const verdict = async (keys: HostKeys, bytes: Uint8Array, name = 'host', port = 22): Promise<string> =>
  (await keys.check({ name, port, files: [theirs], key: bytes })).kind;

describe('keys of hosts', () => {
  it('are remembered in a file that only the account may read, also for the next start', async () => {
    await open().remember('host', 2222, one);
    expect(await verdict(open(), one, 'host', 2222)).toBe('known');
    expect(await verdict(open(), two, 'host', 2222)).toBe('changed');
    expect(await verdict(open(), one, 'host', 22)).toBe('unknown');
    expect(statSync(own).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'config')).mode & 0o777).toBe(0o700);
  });

  it('are added to what another instance wrote meanwhile, once each', async () => {
    const [first, second] = [open(), open()];
    await Promise.all([first.remember('a', 22, one), first.remember('b', 22, one)]);
    await second.remember('c', 22, one);
    await first.remember('d', 22, one);
    await first.remember('c', 22, one);
    expect(
      readFileSync(own, 'utf8')
        .match(/^[abcd]/gm)
        ?.join(''),
    ).toBe('abcd');
  });

  it('are all there when many instances add at once', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `host${String(index)}`);
    await Promise.all(names.map((name) => open().remember(name, 22, one)));
    const keys = open();
    for (const name of names) expect(await verdict(keys, one, name)).toBe('known');
    expect(readFileSync(own, 'utf8').match(/\n/g)).toHaveLength(names.length);
  });

  it('are added below a file that somebody edited by hand', async () => {
    await open().remember('a', 22, one);
    writeFileSync(own, '# mine\nno end');
    await open().remember('b', 22, one);
    expect(readFileSync(own, 'utf8').split('\n')[2]).toMatch(/^b ssh-ed25519 /);
  });

  it('that are trusted once are trusted by this run of the program only, and for this host only', async () => {
    const keys = open();
    keys.trustOnce('host', 2222, one);
    expect(await verdict(keys, one, 'host', 2222)).toBe('known');
    expect(await verdict(keys, one, 'other', 2222)).toBe('unknown');
    expect(await verdict(open(), one, 'host', 2222)).toBe('unknown');
    const changed = await keys.check({ name: 'host', port: 2222, files: [], key: two });
    expect(refusal(changed, '[host]:2222', two)?.hint).toContain('start Guestroom anew');
  });

  it('are looked for in the files of the person and the system, which are never written', async () => {
    writeFileSync(theirs, line('host', 'ssh-rsa', rsa));
    const before = readFileSync(theirs, 'utf8');
    const keys = open();
    expect(await verdict(keys, rsa)).toBe('known');
    expect(await verdict(keys, one)).toBe('changed');
    await keys.remember('host', 22, one);
    expect(await verdict(keys, one)).toBe('known');
    expect(readFileSync(theirs, 'utf8')).toBe(before);
  });

  it('that are revoked anywhere are never known', async () => {
    writeFileSync(theirs, `@revoked ${line('*', 'ssh-ed25519', one)}`);
    const keys = open();
    await keys.remember('host', 22, one);
    keys.trustOnce('host', 22, one);
    expect(await keys.check({ name: 'host', port: 22, files: [theirs], key: one })).toEqual({
      kind: 'revoked',
      file: theirs,
      line: 1,
    });
  });

  it('are asked for by the types that are known, of the bare name where none is known for the port', async () => {
    writeFileSync(theirs, line('host', 'ssh-rsa', rsa));
    const keys = open();
    const asked = { name: 'host', files: [theirs, join(folder, 'none')] };
    expect(await keys.algorithms({ ...asked, port: 2222 })).toEqual(['rsa-sha2-512', 'rsa-sha2-256']);
    await keys.remember('host', 2222, one);
    expect(await keys.algorithms({ ...asked, port: 2222 })).toEqual(['ssh-ed25519']);
    expect(await keys.algorithms({ ...asked, name: 'other', port: 22 })).toEqual([]);
  });

  it('are not decided on when our own file cannot be read', async () => {
    await localFiles.makeFolder(own);
    await expect(verdict(open(), one)).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  it.skipIf(process.getuid?.() === 0)(
    'are decided on without a file that may not be read, which the log tells',
    async () => {
      writeFileSync(theirs, '');
      chmodSync(theirs, 0);
      const log = listeningLog();
      expect(await verdict(open(log), one)).toBe('unknown');
      expect(log.lines).toEqual([expect.stringContaining('cannot be read')]);
    },
  );

  it('tells the log of a list that is a folder', async () => {
    await localFiles.makeFolder(theirs);
    const log = listeningLog();
    expect(await verdict(open(log), one)).toBe('unknown');
    expect(log.lines).toEqual([expect.stringContaining(theirs)]);
  });
});
