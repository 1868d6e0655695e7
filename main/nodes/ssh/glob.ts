import { toGuestroomError } from '../../../drivers/api/errors.ts';
import type { HostFiles } from '../../../drivers/api/host.ts';

const wild = /[*?[]/;

/** Paths that fit an absolute pattern (`*`, `?`, `[a-z]` within a name), sorted. Without a wildcard it is the path itself, there or not. */
export async function expandGlob(files: HostFiles, pattern: string): Promise<string[]> {
  if (!wild.test(pattern)) return [pattern];
  const parts = pattern.split('/');
  let found = [parts[0] === '' ? '/' : (parts[0] ?? '')];
  for (const part of parts.slice(1).filter((name) => name !== '')) {
    if (!wild.test(part)) found = found.map((folder) => files.join(folder, part));
    else found = (await Promise.all(found.map((folder) => entries(files, folder, part)))).flat();
  }
  return found;
}

async function entries(files: HostFiles, folder: string, pattern: string): Promise<string[]> {
  const expression = toExpression(pattern);
  try {
    const names = (await files.list(folder)).map(({ name }) => name);
    return names
      .filter((name) => expression.test(name) && (pattern.startsWith('.') || !name.startsWith('.')))
      .sort((one, other) => (one < other ? -1 : 1))
      .map((name) => files.join(folder, name));
  } catch (thrown) {
    // nothing fits in a folder that is not there, or is none
    const { code } = toGuestroomError(thrown);
    if (code === 'not_found' || code === 'invalid_argument') return [];
    throw thrown;
  }
}

function toExpression(pattern: string): RegExp {
  const source = pattern.replace(
    /(\*)|(\?)|\[([!^]?)([^\]]+)\]|([^*?])/g,
    (_, star?: string, one?: string, not?: string, set?: string, plain?: string) => {
      if (star) return '.*';
      if (one) return '.';
      if (set) return `[${not ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`;
      return (plain ?? '').replace(/[\\^$.|+()[\]{}]/g, '\\$&');
    },
  );
  return new RegExp(`^${source}$`, 's');
}
