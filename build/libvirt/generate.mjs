// node build/libvirt/generate.mjs: writes the generated part of drivers/libvirt/rpc anew from facts.json.
import { readFile, writeFile } from 'node:fs/promises';
import { enumsSource, proceduresSource } from './source.mjs';

/** @type {import('./source.mjs').Facts} */
const facts = JSON.parse(await readFile(new URL('facts.json', import.meta.url), 'utf8'));
const folder = new URL('../../drivers/libvirt/rpc/', import.meta.url);
await writeFile(new URL('procedures.gen.ts', folder), proceduresSource(facts));
await writeFile(new URL('enums.gen.ts', folder), enumsSource(facts));
