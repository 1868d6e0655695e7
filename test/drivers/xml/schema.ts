import fc from 'fast-check';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type TestContext } from 'vitest';

/** libvirt's own schemas, by name: domain, network, storagepool, … */
const pathOf = (schema: string): string => `/usr/share/libvirt/schemas/${schema}.rng`;

interface Validation {
  failed: string[];
  said: string;
}

/** Validates many files by one run of xmllint; a program that is not there rejects. */
function validate(schema: string, files: readonly string[]): Promise<Validation> {
  return new Promise((resolve, reject) => {
    const args = ['--noout', '--relaxng', pathOf(schema), ...files];
    execFile('xmllint', args, { maxBuffer: 64 * 1024 * 1024 }, (error, _stdout, stderr) => {
      if (error && typeof error.code !== 'number') {
        reject(error);
        return;
      }
      const lines = stderr.split('\n');
      const passed = new Set(
        lines.filter((line) => line.endsWith(' validates')).map((line) => line.slice(0, -10)),
      );
      resolve({
        failed: files.filter((file) => !passed.has(file)),
        said: lines.filter((line) => !line.endsWith(' validates')).join('\n'),
      });
    });
  });
}

async function missing(schema: string): Promise<string | undefined> {
  if (!existsSync(pathOf(schema))) return `${pathOf(schema)} is not there (Debian package libvirt0)`;
  return new Promise((resolve) => {
    execFile('xmllint', ['--version'], (error) => {
      resolve(error ? `xmllint does not run: ${error.message}` : undefined);
    });
  });
}

/** Builds documents of many specs and validates each; skips with the reason where schema or xmllint are not there. */
export async function expectValid<S>(
  context: TestContext,
  schema: string,
  specs: fc.Arbitrary<S>,
  build: (spec: S) => string,
  numRuns = 120,
): Promise<void> {
  const reason = await missing(schema);
  if (reason !== undefined) {
    console.log(`not run: ${reason}`);
    context.skip(reason);
    return;
  }
  const seed = Date.now() % 2 ** 31;
  const folder = await mkdtemp(join(tmpdir(), 'guestroom-schema-'));
  try {
    const files: string[] = [];
    const texts = new Map<string, string>();
    for (const [index, spec] of fc.sample(specs, { numRuns, seed }).entries()) {
      const file = join(folder, `${String(index)}.xml`);
      const text = build(spec);
      await writeFile(file, text);
      texts.set(file, text);
      files.push(file);
    }
    const { failed, said } = await validate(schema, files);
    const [first] = failed.sort((a, b) => (texts.get(a)?.length ?? 0) - (texts.get(b)?.length ?? 0));
    expect(
      failed,
      first === undefined ? '' : `seed ${String(seed)}\n${said.slice(0, 2000)}\n${texts.get(first) ?? ''}`,
    ).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
