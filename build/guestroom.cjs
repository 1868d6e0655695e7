#!/usr/bin/env node
/**
 * The program `guestroom`: dist/guestroom.js is this file as it is. It loads the parts of the program itself. They are
 * CommonJS, since Node takes longer to link modules than a command takes, and each lies beside what V8 made of it when it
 * was built: build/program-parts.mjs.
 */
'use strict';
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

/** @typedef {{ exports: unknown }} Part */
/** @typedef {(exports: unknown, require: (name: string) => unknown, part: Part, folder: string) => void} Run */

const folder = `${__dirname}/program`;
/** @type {Map<string, Part>} */
const parts = new Map();

/** A part by its name, or a module of Node. @param {string} name @returns {unknown} */
function load(name) {
  if (!name.startsWith('./')) return require(name);
  const known = parts.get(name);
  if (known !== undefined) return known.exports;
  /** @type {Part} */
  const part = { exports: {} };
  parts.set(name, part);
  const filename = `${folder}/${name.slice(2)}`;
  // V8 sees whether it is of this version, of these flags and of a text as long, and compiles anew where it is not
  const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData: compiled(filename) });
  /** @type {Run} */ (script.runInThisContext())(part.exports, load, part, folder);
  return part.exports;
}

/** @param {string} filename @returns {Buffer | undefined} */
function compiled(filename) {
  try {
    return readFileSync(`${filename}.bin`);
  } catch (error) {
    // an installation may leave them out
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const program = /** @type {typeof import('../main/program.ts')} */ (load('./program.cjs'));
void program.runProgram(process.argv.slice(2), __dirname);
