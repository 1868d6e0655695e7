import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { GenericSchema } from 'valibot';
import { contract } from '../../preload/contract.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = ['drivers', 'main', 'preload', 'renderer'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|svelte|html)$/.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: relative(root, path), text: readFileSync(path, 'utf8') };
    }),
);
const having = (pattern: RegExp, under = '') =>
  sources.filter(({ path, text }) => path.startsWith(under) && pattern.test(text)).map(({ path }) => path);

describe('what the source never has', () => {
  it('row 1: windows are made in one place', () => {
    expect(having(/new BrowserWindow\b/)).toEqual(['main/electron/window.ts']);
    expect(having(/<webview|BrowserView\b|WebContentsView\b/)).toEqual([]);
  });

  it('row 4: content is never markup or program', () => {
    expect(having(/\{@html|\.innerHTML\b|\.outerHTML\b|insertAdjacentHTML|document\.write\b/)).toEqual([]);
    expect(having(/\beval\s*\(|new Function\b/)).toEqual([]);
    expect(having(/<script(?![^>]*\bsrc=)(?![^>]*\blang=)[^>]*>|\son\w+="/, 'renderer/index.html')).toEqual(
      [],
    );
  });

  it('row 6: one channel between page and main', () => {
    expect(having(/ipcMain\.\w+\(/)).toEqual(['main/electron/main.ts']);
    expect(having(/ipcMain\.handle\b|contextBridge|ipcRenderer\.(send|invoke|sendSync)\b/)).toEqual([]);
    expect(readFileSync(join(root, 'preload/index.ts'), 'utf8').split('\n').length).toBeLessThanOrEqual(12);
  });

  it('row 9: addresses are opened in one place for each host', () => {
    expect(having(/shell\.openExternal/)).toEqual(['main/electron/main.ts']);
  });

  it('row 18: no shell reads a command line', () => {
    expect(having(/shell:\s*true|\bexecSync\s*\(|child_process.*\bexec\b/)).toEqual([]);
  });

  it('row 14: the old, blocking key store calls are not used', () => {
    expect(
      having(/\b(encryptString|decryptString|isEncryptionAvailable|setUsePlainTextEncryption)\s*\(/),
    ).toEqual([]);
  });

  it('ssh: clients are made in one place', () => {
    expect(having(/from 'ssh2'/).filter((path) => !path.startsWith('main/nodes/ssh/'))).toEqual([]);
  });
});

describe('row 15: no secret goes to a window', () => {
  const secret = /password|passphrase|private.?key|secret|credential/i;
  const names = (schema: unknown, path: string, seen = new Set<unknown>()): string[] => {
    if (typeof schema !== 'object' || schema === null || seen.has(schema)) return [];
    seen.add(schema);
    const found: string[] = [];
    for (const [key, value] of Object.entries(schema as Record<string, unknown>)) {
      if (key === 'entries' && typeof value === 'object' && value !== null) {
        for (const [name, entry] of Object.entries(value)) {
          found.push(`${path}.${name}`, ...names(entry, `${path}.${name}`, seen));
        }
      } else if (typeof value === 'object') found.push(...names(value, path, seen));
    }
    return found;
  };

  const results: [string, GenericSchema][] = Object.entries(contract).flatMap(([area, calls]) =>
    Object.entries(calls).flatMap(([name, call]): [string, GenericSchema][] => {
      const { outputSchema } = (call as { '~orpc': { outputSchema?: unknown } })['~orpc'];
      return outputSchema === undefined ? [] : [[`${area}.${name}`, outputSchema as GenericSchema]];
    }),
  );

  it('finds the fields of results, so that what follows means something', () => {
    const all = results.flatMap(([name, schema]) => names(schema, name));
    expect(all).toContain('app.info.version');
    expect(all.length).toBeGreaterThan(100);
  });

  it.each(results)('%s has no field for one', (name, schema) => {
    expect(names(schema, name).filter((field) => secret.test(field.split('.').at(-1) ?? ''))).toEqual([]);
  });
});

describe('packaging', () => {
  const settings = readFileSync(join(root, 'electron-builder.yml'), 'utf8');

  it.each([
    ['runAsNode', false],
    ['enableCookieEncryption', true],
    ['enableNodeOptionsEnvironmentVariable', false],
    ['enableNodeCliInspectArguments', false],
    ['enableEmbeddedAsarIntegrityValidation', true],
    ['onlyLoadAppFromAsar', true],
    ['grantFileProtocolExtraPrivileges', false],
  ])('row 12: the fuse %s is %s', (name, value) => {
    expect(settings).toMatch(new RegExp(`^ {2}${name}: ${String(value)}$`, 'm'));
  });

  it('row 23: versions are pinned, and every package comes with its digest', () => {
    const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    for (const version of Object.values({ ...about['dependencies'], ...about['devDependencies'] })) {
      expect(version).toMatch(/^\d+\.\d+\.\d+/);
    }
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { resolved?: string; integrity?: string }>;
    };
    for (const [path, entry] of Object.entries(lock.packages)) {
      if (path === '' || entry.resolved === undefined) continue;
      expect(entry.integrity, path).toMatch(/^sha512-/);
    }
  });
});
