import type { Logger } from '../../../drivers/api/driver.ts';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { HostFiles } from '../../../drivers/api/host.ts';
import { expandGlob } from './glob.ts';
import { matchesList } from './patterns.ts';

/** A line of an OpenSSH configuration. */
export interface Statement {
  /** In small letters. */
  keyword: string;
  /** The values without quotes and comment. */
  args: string[];
  /** All after the keyword, as it is written. */
  rest: string;
  /** For messages: line 3 of /home/ada/.ssh/config */
  place: string;
  /** What `Include` leads to, file by file. */
  included?: Statement[][];
}

/** What a configuration says about one host, nothing expanded yet; undefined for what it does not say. */
export interface Settings {
  hostName: string | undefined;
  user: string | undefined;
  port: number | undefined;
  identityFiles: string[];
  identitiesOnly: boolean | undefined;
  identityAgent: string | undefined;
  proxyJump: string | undefined;
  proxyCommand: string | undefined;
  hostKeyAlias: string | undefined;
  userKnownHosts: string[] | undefined;
  globalKnownHosts: string[] | undefined;
  /** Seconds. */
  connectTimeout: number | undefined;
}

export interface ConfigFiles {
  files: HostFiles;
  home: string;
  /** Absolute: what relative names of `Include` are relative to. */
  folder: string;
}

export const noSettings = (): Settings => ({
  hostName: undefined,
  user: undefined,
  port: undefined,
  identityFiles: [],
  identitiesOnly: undefined,
  identityAgent: undefined,
  proxyJump: undefined,
  proxyCommand: undefined,
  hostKeyAlias: undefined,
  userKnownHosts: undefined,
  globalKnownHosts: undefined,
  connectTimeout: undefined,
});

/** As in OpenSSH. */
const maxDepth = 16;
/** More is no configuration. */
const maxBytes = 1024 * 1024;

/** Reads a configuration and all that it includes; undefined when the file is not there. Rejects with `invalid_argument` for broken quotes and endless includes. */
export async function readConfigFile(
  file: string,
  where: ConfigFiles,
  depth = 0,
): Promise<Statement[] | undefined> {
  if (depth > maxDepth) {
    throw new GuestroomError('invalid_argument', `The SSH configuration includes itself: ${file}`, {
      hint: 'Remove the line that begins with Include from it',
    });
  }
  const text = await readIfThere(file, where.files);
  if (text === undefined) return undefined;
  const statements: Statement[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const statement = parseLine(line, `line ${String(index + 1)} of ${file}`);
    if (!statement) continue;
    if (statement.keyword === 'include') statement.included = await include(statement.args, where, depth);
    statements.push(statement);
  }
  return statements;
}

async function readIfThere(file: string, files: HostFiles): Promise<string | undefined> {
  try {
    return await files.readText(file, maxBytes);
  } catch (thrown) {
    // a folder among the included ones holds no line, as for OpenSSH
    const { code } = toGuestroomError(thrown);
    if (code === 'not_found' || code === 'invalid_argument') return undefined;
    throw thrown;
  }
}

async function include(
  patterns: readonly string[],
  where: ConfigFiles,
  depth: number,
): Promise<Statement[][]> {
  const { files, home, folder } = where;
  const included: Statement[][] = [];
  for (const written of patterns) {
    const pattern = expandTilde(written, home, files);
    const absolute = files.isAbsolute(pattern) ? pattern : files.join(folder, pattern);
    for (const file of await expandGlob(files, absolute)) {
      const statements = await readConfigFile(file, where, depth + 1);
      if (statements) included.push(statements);
    }
  }
  return included;
}

/** ~ and ~/x are in the account's home; other paths stay as they are. */
export const expandTilde = (path: string, home: string, files: HostFiles): string =>
  path === '~' ? home : /^~[/\\]/.test(path) ? files.join(home, path.slice(2)) : path;

function parseLine(line: string, place: string): Statement | undefined {
  const trimmed = line.replace(/[ \t\r\f]+$/, '').replace(/^[ \t]+/, '');
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  const [, keyword, rest] = /^([^\s="]+)(?:[ \t]*=[ \t]*|[ \t]+|(?="))(.*)$/.exec(trimmed) ?? [];
  if (keyword === undefined || rest === undefined || rest === '')
    throw broken(place, `there is no value after “${trimmed}”`);
  return { keyword: keyword.toLowerCase(), args: splitWords(rest, place), rest, place };
}

const broken = (place: string, what: string): GuestroomError =>
  new GuestroomError('invalid_argument', `The SSH configuration is not valid: ${what}`, {
    hint: `Correct ${place}`,
  });

/** Words as OpenSSH splits them: either kind of quotes, a few escapes, an end at a word that begins with #. */
export function splitWords(text: string, place: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === ' ' || text[at] === '\t') {
      at += 1;
      continue;
    }
    if (text[at] === '#') break;
    let word = '';
    let quote = '';
    for (; at < text.length; at += 1) {
      const character = text[at] ?? '';
      const next = text[at + 1] ?? '';
      if (character === '\\' && next !== '' && (`'"\\`.includes(next) || (quote === '' && next === ' '))) {
        word += next;
        at += 1;
      } else if (quote === '' && (character === ' ' || character === '\t')) break;
      else if (quote === '' && (character === '"' || character === "'")) quote = character;
      else if (character === quote) quote = '';
      else word += character;
    }
    if (quote !== '') throw broken(place, 'a quotation mark has no end');
    words.push(word);
  }
  return words;
}

/** The names of hosts that stand there without a wildcard, each once, in their order. */
export function namedHosts(statements: readonly Statement[]): string[] {
  const names = statements.flatMap(({ keyword, args, included }) =>
    keyword === 'host' ? args.filter((name) => !/[*?!]/.test(name)) : (included ?? []).flatMap(namedHosts),
  );
  return [...new Set(names)];
}

/** Adds what statements say about a host to what is known already, which wins. `Match` is understood with all and host only. */
export function applyStatements(
  settings: Settings,
  statements: readonly Statement[],
  alias: string,
  log: Logger | undefined,
): void {
  const walk = (some: readonly Statement[], within: boolean): void => {
    let active = within;
    for (const statement of some) {
      if (statement.keyword === 'host') active = within && matchesList(alias, statement.args);
      else if (statement.keyword === 'match')
        active = within && matchApplies(statement, alias, settings.hostName, log);
      else if (statement.included) for (const file of statement.included) walk(file, active);
      else if (active) take(settings, statement);
    }
  };
  walk(statements, true);
}

function matchApplies(
  { args, place }: Statement,
  alias: string,
  hostName: string | undefined,
  log: Logger | undefined,
): boolean {
  if (args.length === 1 && args[0]?.toLowerCase() === 'all') return true;
  const name = (hostName === undefined ? alias : expandHostName(hostName, alias)).toLowerCase();
  const words = args.flatMap((word) => (/^!?host=/i.test(word) ? word.split(/=(.*)/s).slice(0, 2) : [word]));
  let applies = words.length > 0;
  for (let at = 0; at < words.length; at += 2) {
    const criterion = words[at]?.toLowerCase();
    const patterns = words[at + 1];
    if ((criterion !== 'host' && criterion !== '!host') || patterns === undefined) {
      log?.warn('A Match of the SSH configuration is not understood and is left out', { place });
      return false;
    }
    applies &&= matchesList(name, patterns.toLowerCase().split(',')) === (criterion === 'host');
  }
  return applies;
}

/** HostName may hold %h, the name that was asked for. */
export const expandHostName = (hostName: string, alias: string): string =>
  hostName.replace(/%([h%])/g, (_, token) => (token === 'h' ? alias : '%'));

function take(settings: Settings, { keyword, args, rest, place }: Statement): void {
  const [value = ''] = args;
  switch (keyword) {
    case 'hostname':
      settings.hostName ??= value;
      break;
    case 'user':
      settings.user ??= value;
      break;
    case 'port':
      settings.port ??= portNumber(value, place);
      break;
    case 'identityfile':
      if (!settings.identityFiles.includes(value)) settings.identityFiles.push(value);
      break;
    case 'identitiesonly':
      settings.identitiesOnly ??= yesOrNo(value, place);
      break;
    case 'identityagent':
      settings.identityAgent ??= value;
      break;
    // whichever of these two comes first is meant; a jump host `none` leaves the other one its say
    case 'proxyjump':
      if (settings.proxyCommand === undefined) settings.proxyJump ??= value;
      break;
    case 'proxycommand':
      if (/^none$/i.test(settings.proxyJump ?? 'none')) settings.proxyCommand ??= rest.replace(/^[\s=]+/, '');
      break;
    case 'hostkeyalias':
      settings.hostKeyAlias ??= value;
      break;
    case 'userknownhostsfile':
      settings.userKnownHosts ??= args;
      break;
    case 'globalknownhostsfile':
      settings.globalKnownHosts ??= args;
      break;
    case 'connecttimeout':
      settings.connectTimeout ??= seconds(value, place);
      break;
  }
}

function portNumber(value: string, place: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (port < 1 || port > 65535) throw broken(place, `${value} is no port`);
  return port;
}

function yesOrNo(value: string, place: string): boolean {
  if (/^(yes|true)$/.test(value)) return true;
  if (/^(no|false)$/.test(value)) return false;
  throw broken(place, `“${value}” is neither yes nor no`);
}

const secondsOf: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86400, w: 604800 };

/** 90, 1m30s, …; undefined for none. */
function seconds(value: string, place: string): number | undefined {
  if (value.toLowerCase() === 'none') return undefined;
  if (!/^(\d+[smhdw]?)+$/i.test(value)) throw broken(place, `“${value}” is no time`);
  return [...value.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)].reduce(
    (sum, [, number, unit = '']) => sum + Number(number) * (secondsOf[unit] ?? 1),
    0,
  );
}
