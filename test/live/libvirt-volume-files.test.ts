import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { program } from '../lab/app.ts';
import { type Folders, makeFolders, removeFolders } from '../lab/folders.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { said, shell } from '../lab/shell.ts';

const why = await libvirtdOrWhyNot('libvirt-volume-files');
const mebibyte = 1024 * 1024;

describe.skipIf(why !== undefined)('volumes as files, at the shell', () => {
  let lab: Libvirtd;
  let folders: Folders;
  let folder: string;
  beforeAll(async () => {
    folders = await makeFolders();
    lab = await startLibvirtd({});
    await lab.virsh('pool-create-as', 'discs', 'dir', '--target', join(lab.files, 'discs'), '--build');
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(folders.files, 'volumes-'));
  });
  afterAll(async () => {
    await lab?.end();
    if (folders) await removeFolders(folders);
  });

  it('an upload comes back byte for byte, holes and all', async () => {
    const content = Buffer.concat([
      randomBytes(5 * mebibyte + 77),
      Buffer.alloc(32 * mebibyte),
      randomBytes(mebibyte),
    ]);
    const [from, whole, sparse] = ['from', 'whole', 'sparse'].map((name) => join(folder, name));
    await writeFile(from ?? '', content);
    await lab.virsh('vol-create-as', 'discs', 'there', String(content.length), '--allocation', '0');
    const on = (...words: string[]): Promise<string> =>
      said(folders, '-c', lab.uri(), ...words, '--pool', 'discs');
    await on('vol-upload', 'there', from ?? '', '--sparse');
    await on('vol-download', 'there', whole ?? '');
    await on('vol-download', 'there', sparse ?? '', '--sparse');
    expect((await readFile(whole ?? '')).equals(content)).toBe(true);
    expect((await readFile(sparse ?? '')).equals(content)).toBe(true);
    // without --sparse the zeros take their room, with it they do not
    expect((await stat(whole ?? '')).blocks * 512).toBeGreaterThanOrEqual(content.length);
    expect((await stat(sparse ?? '')).blocks * 512).toBeLessThan(12 * mebibyte);
  });

  it('a file that is shorter than the system said is no whole upload', async () => {
    // as one that is cut off meanwhile: it says 4096 bytes and has a few
    const short = '/sys/kernel/uevent_seqnum';
    expect((await stat(short)).size).toBe(4096);
    await lab.virsh('vol-create-as', 'discs', 'short', '4096');
    const answer = await shell(folders, '-c', lab.uri(), 'vol-upload', 'short', short, '--pool', 'discs');
    expect(answer.status).toBe(1);
    expect(answer.stderr).toContain('The file changed while it was read');
  });

  it('a download that is given up within a long hole ends, and says so', async () => {
    await lab.virsh('vol-create-as', 'discs', 'hollow', '8T', '--allocation', '0');
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const words = [program, '-c', lab.uri(), 'vol-download', 'hollow', pipe, '--pool', 'discs'];
    const child = spawn(process.execPath, words, {
      env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...folders.env },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    let error = '';
    child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
    const ended = once(child, 'close');
    const reader = createReadStream(pipe);
    // it is in the middle of eight terabytes of zeros now
    await once(reader, 'data');
    child.kill('SIGINT');
    reader.resume();
    expect(await ended).toEqual([1, null]);
    expect(error).toContain('Cancelled');
  });

  it('a full disk is told, and what was there before stays', async () => {
    await lab.virsh('vol-create-as', 'discs', 'full', '3M');
    const words = ['vol-download', 'full', '/dev/full', '--pool', 'discs'];
    const answer = await shell(folders, '-c', lab.uri(), ...words);
    expect(answer.status).toBe(1);
    expect(answer.stderr).toContain('cannot download from volume full');
    expect(answer.stderr).toMatch(/no space left/i);
    expect((await stat('/dev/full')).isCharacterDevice()).toBe(true);
  });
});
