import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { ExecResult } from '../../../drivers/api/host.ts';
import type { LocalHost } from '../local-host.ts';

const schema = 'org.virt-manager.virt-manager.connections';
const key = '/org/virt-manager/virt-manager/connections/uris';
const patience = 5000;

/** URIs of virt-manager's connections, or why there are none: it was never here, or nothing can read its settings. */
export async function virtManagerUris(host: LocalHost): Promise<string[] | 'absent' | 'no-program'> {
  // it is not there on these
  if (host.os === 'win32' || host.os === 'darwin') return 'absent';
  const asked = await run(host, 'gsettings', ['get', schema, 'uris']);
  if (asked?.status === 0) return parseStrings(asked.stdout);
  if (asked && !/no such (schema|key)/i.test(asked.stderr)) throw failed('gsettings', asked);
  const read = await run(host, 'dconf', ['read', key]);
  if (read?.status === 0) return read.stdout.trim() === '' ? 'absent' : parseStrings(read.stdout);
  if (read) throw failed('dconf', read);
  return asked ? 'absent' : 'no-program';
}

/** undefined for a program that is not installed. */
async function run(host: LocalHost, file: string, args: string[]): Promise<ExecResult | undefined> {
  try {
    return await host.exec(file, args, { timeout: patience });
  } catch (thrown) {
    if (toGuestroomError(thrown).code === 'program_missing') return undefined;
    throw thrown;
  }
}

const failed = (program: string, { stderr }: ExecResult): GuestroomError =>
  new GuestroomError('program_failed', 'The settings of virt-manager could not be read', {
    detail: `${program}: ${stderr.trim()}`,
    hint: 'Look at the connections in virt-manager and add them by hand',
  });

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  a: '\x07',
  v: '\v',
};

/** A list of strings as GVariant's text has it: `['a', "it's"]`, or `@as []`. Throws `protocol` for anything else. */
export function parseStrings(text: string): string[] {
  const broken = (): GuestroomError =>
    new GuestroomError('protocol', 'The list of connections of virt-manager is not understood', {
      detail: text.slice(0, 500),
    });
  const [, list] = /^\s*(?:@as\s+)?\[(.*)\]\s*$/s.exec(text) ?? [];
  if (list === undefined) throw broken();
  const item = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(,|$)/sy;
  const found: string[] = [];
  while (list.slice(item.lastIndex).trim() !== '') {
    const match = item.exec(list);
    if (!match) throw broken();
    found.push(unescape(match[1] ?? match[2] ?? ''));
  }
  return found;
}

const unescape = (text: string): string =>
  text.replace(
    /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs,
    (all, short?: string, long?: string, letter?: string) => {
      if (letter !== undefined) return escapes[letter] ?? letter;
      const point = Number.parseInt(short ?? long ?? '', 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : all;
    },
  );
