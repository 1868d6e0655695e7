import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Folders, makeFolders, removeFolders } from '../lab/folders.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { type ShellAnswer, shell } from '../lab/shell.ts';
import { changes, departures, forms, looks, looksAtQemu } from './shell-lines.ts';
import { qemuWorld, testWorld } from './shell-worlds.ts';

const why = await libvirtdOrWhyNot('libvirt-shell');

/** What is more than virsh's: a hint of ours after the error that virsh has, too. */
const plain = ({ status, stdout, stderr }: ShellAnswer): ShellAnswer => ({
  status,
  stdout,
  stderr: stderr.replace(/^hint: .*\n/gm, ''),
});

async function virsh(folders: Folders, ...words: string[]): Promise<ShellAnswer> {
  const child = spawn('virsh', words, {
    cwd: folders.files,
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', HOME: folders.files },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const answer: ShellAnswer = { status: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (answer.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (answer.stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { ...answer, status };
}

const numbers = /\d+(\.\d+)?/g;
const numbersOf = (text: string): number[] => (text.match(numbers) ?? []).map(Number);

/**
 * Fails unless `ours` is what virsh says: letter by letter where virsh says the same before and after, otherwise each
 * number lies between the two. `wandering` lines (which grow and shrink) must only be there, with a number above 0.
 */
function expectAlike(
  ours: ShellAnswer,
  [before, after]: readonly [ShellAnswer, ShellAnswer],
  wandering?: RegExp,
): void {
  const lines = ({ stdout }: ShellAnswer): string[] => stdout.split('\n');
  const [earlier, later] = [lines(before), lines(after)];
  const shown = lines(ours).map((line, index) => {
    const [from = '', to = ''] = [earlier[index], later[index]];
    const shape = line.replace(numbers, '#');
    if (from === line || shape !== from.replace(numbers, '#') || shape !== to.replace(numbers, '#'))
      return line;
    const [low, high] = [numbersOf(from), numbersOf(to)];
    const fits = numbersOf(line).every((value, at) =>
      wandering?.test(line)
        ? at < (line.match(numbers)?.length ?? 0) - 1 || value > 0
        : Math.min(low[at] ?? NaN, high[at] ?? NaN) <= value &&
          value <= Math.max(low[at] ?? NaN, high[at] ?? NaN),
    );
    return fits ? from : line;
  });
  expect({ ...plain(ours), stdout: shown.join('\n') }).toEqual(before);
}

describe.skipIf(why !== undefined)('the shell beside virsh, on one daemon', () => {
  let lab: Libvirtd;
  let folders: Folders;
  let pool: string;
  beforeAll(async () => {
    folders = await makeFolders();
    lab = await startLibvirtd({ network: true });
    pool = await qemuWorld(lab);
    await writeFile(join(lab.files, 'node.xml'), testWorld);
  });
  afterAll(async () => {
    await lab?.end();
    if (folders) await removeFolders(folders);
  });

  const qemu = (): string => lab.uri();
  const test = (): string => lab.uri({ driver: 'test', path: join(lab.files, 'node.xml') });
  const compare = async (uri: string, words: readonly string[], wandering?: RegExp): Promise<void> => {
    const line = ['-c', uri, ...words.map((word) => word.replace('POOL', pool))];
    const before = await virsh(folders, ...line);
    const ours = await shell(folders, ...line);
    expectAlike(ours, [before, await virsh(folders, ...line)], wandering);
  };

  describe.each(Object.entries(looks))('over libvirt’s QEMU: %s', (_, lines) => {
    it.each(lines)('%s', (line) => compare(qemu(), line.split(' '), /balloon\.rss/));
  });
  describe('over libvirt’s QEMU only', () => {
    it.each(looksAtQemu)('%s', (line) => compare(qemu(), line.split(' ')));
  });
  it.each(forms.map((words) => ({ line: words.join(' '), words })))('in this form: $line', ({ words }) =>
    compare(test(), words),
  );
  describe.each(Object.entries(looks))('over libvirt’s test hypervisor: %s', (_, lines) => {
    it.each(lines)('%s', (line) => compare(test(), line.replace('POOL', '/images').split(' ')));
  });
  describe('changes, over libvirt’s test hypervisor', () => {
    it.each(changes)('%s', (line) =>
      compare(test(), line.startsWith('-q ') ? ['-q', line.slice(3)] : [line]),
    );
  });
  describe('other words on purpose', () => {
    it.each(departures)('$line: $why', async ({ over, line, ours, virshs }) => {
      const uri = over === 'qemu' ? qemu() : test();
      const said = ({ stdout, stderr }: ShellAnswer): string => stdout + stderr;
      expect(said(await shell(folders, '-c', uri, line))).toContain(ours);
      expect(said(await virsh(folders, '-c', uri, line))).toContain(virshs);
    });
  });
  it('tells a quick job’s end to those who want to see its progress, as virsh does', async () => {
    const copy = (number: number): string[] => [
      ...[
        'blockcopy',
        'passing',
        'vda',
        join(pool, `copy-${String(number)}.qcow2`),
        '--wait',
        '--verbose',
        '--finish',
      ],
    ];
    const ours = await shell(folders, '-c', qemu(), ...copy(1));
    const theirs = await virsh(folders, '-c', qemu(), ...copy(2));
    const last = ({ stderr }: ShellAnswer): string => stderr.slice(stderr.lastIndexOf('\r') + 1);
    expect({ ...ours, stderr: last(ours) }).toEqual({ ...theirs, stderr: last(theirs) });
    expect(last(ours)).toBe('Block Copy: [100 %]');
  });
});
