// The parts of the program `guestroom`, as build/guestroom.cjs loads them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/**
 * Makes a function of each part, and lays what V8 makes of it beside it, so that a command compiles nothing: NAME.cjs.bin.
 * Another Node than this one ignores those.
 * @param {string} folder
 */
export function finishParts(folder) {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.cjs'))) {
    const filename = join(folder, name);
    const text = asFunction(readFileSync(filename, 'utf8'));
    writeFileSync(filename, text);
    // every function, not only those that run at once. V8 notes its flags with what it writes: they are put back before
    setFlagsFromString('--no-lazy');
    const script = new Script(text, { filename });
    setFlagsFromString('--lazy');
    writeFileSync(`${filename}.bin`, script.createCachedData());
  }
}

/** In ASCII: as text of one byte a letter it is read without being decoded. @param {string} body */
function asFunction(body) {
  const text = body.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  // on the first line, so that the lines stay those of the source map
  return `(function (exports, require, module, __dirname) { 'use strict'; ${text}\n})`;
}
