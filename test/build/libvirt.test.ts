import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { enumsSource, proceduresSource, type Facts } from '../../build/libvirt/source.mjs';

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the generated wire layer is what the facts make', async () => {
  const facts = JSON.parse(await read('build/libvirt/facts.json')) as Facts;
  expect(await read('drivers/libvirt/rpc/procedures.gen.ts')).toBe(proceduresSource(facts));
  expect(await read('drivers/libvirt/rpc/enums.gen.ts')).toBe(enumsSource(facts));
});

test('a fact that cannot be understood stops the generator', () => {
  const facts: Facts = {
    about: '',
    programs: {},
    structs: {},
    streams: {},
    calls: {},
    messages: {},
    enums: {},
  };
  expect(() => proceduresSource({ ...facts, calls: { REMOTE: { OPEN: 'flags:uint' } } })).toThrow(/OPEN/);
  expect(() => proceduresSource({ ...facts, structs: { domain: 'id:<3>' } })).toThrow(/<3>/);
});
