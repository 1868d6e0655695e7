import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Script } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { finishParts } from '../../build/program-parts.mjs';

let folder = '';
const part = (name: string): string => join(folder, 'program', name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guestroom-parts-'));
  mkdirSync(join(folder, 'program'));
  copyFileSync(resolve('build/guestroom.cjs'), join(folder, 'guestroom.js'));
  writeFileSync(
    part('program.cjs'),
    `// the program’s own part\nconst { greet } = require('./other.cjs');
     exports.runProgram = (words, built) => { console.log(greet(words), built, (function () { return this; })()); };`,
  );
  writeFileSync(
    part('other.cjs'),
    `const { join } = require('node:path');\nexports.greet = (words) => \`“\${join(...words)}” 漢 😀\` + /[“漢]/.test('漢');`,
  );
  finishParts(join(folder, 'program'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (): { status: number | null; said: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'guestroom.js'), 'a', 'b'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '' },
  });
  return { status, said: stdout + stderr };
};
const good = (): { status: number; said: string } => ({
  status: 0,
  said: `“a/b” 漢 😀true ${folder} undefined\n`,
});

describe('the parts of the program', () => {
  it('run as they were written, strict, with letters of any script', () => {
    expect(run()).toEqual(good());
  });

  it('lie beside code that this V8 takes', () => {
    const script = new Script(readFileSync(part('other.cjs'), 'latin1'), {
      cachedData: readFileSync(part('other.cjs.bin')),
    });
    expect(script.cachedDataRejected).toBe(false);
  });

  it('run without that code', () => {
    for (const name of ['program.cjs.bin', 'other.cjs.bin']) rmSync(part(name));
    expect(run()).toEqual(good());
  });

  it.each<[string, (code: Buffer) => Buffer]>([
    ['of another V8', (code) => Buffer.concat([Buffer.alloc(8, 0x5a), code.subarray(8)])],
    ['of another text', () => readFileSync(part('program.cjs.bin'))],
    ['cut off', (code) => code.subarray(0, code.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['no code at all', (code) => Buffer.alloc(code.length, 'guestroom')],
  ])('run with code that is %s', (_, changed) => {
    writeFileSync(part('other.cjs.bin'), changed(readFileSync(part('other.cjs.bin'))));
    expect(run()).toEqual(good());
  });
});
