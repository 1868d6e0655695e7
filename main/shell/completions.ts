import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command, Completion, OptionSpec } from './command.ts';
import { listPools } from './objects.ts';
import type { Session } from './session.ts';

/** What stands between a command's name and the word under the cursor. */
export interface Before {
  command: Command;
  words: readonly string[];
}

/** The option whose value the next word is. */
export function optionAt({ command, words }: Before): OptionSpec | undefined {
  const positional = command.options.filter((option) => option.positional);
  const given = new Set<string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const named = word.startsWith('--')
      ? command.options.find(({ name }) => `--${name}` === word.replace(/=.*$/s, ''))
      : positional.find(({ name, kind }) => kind === 'words' || !given.has(name));
    if (!named) continue;
    given.add(named.name);
    if (!word.startsWith('--') || named.kind === 'flag' || word.includes('=')) continue;
    if (at === words.length - 1) return named;
    at += 1;
  }
  return positional.find(({ name, kind }) => kind === 'words' || !given.has(name));
}

/** Words that could stand there, each with what follows it. */
export async function completions(
  session: Session,
  before: Before,
  option: OptionSpec | undefined,
  start: string,
): Promise<string[]> {
  if (option?.complete === undefined) return [];
  if (option.complete === 'file') return files(session, start);
  const words = await wordsOf(session, option.complete, before.words);
  return words.filter((word) => word.startsWith(start)).map((word) => `${word} `);
}

async function wordsOf(
  session: Session,
  what: Exclude<Completion, 'file'>,
  before: readonly string[],
): Promise<readonly string[]> {
  if (typeof what !== 'string') return what;
  const connection = await session.connection();
  const { domains, networks, interfaces, nodeDevices, secrets } = connection;
  const named = (all: readonly { name: string }[] = []): string[] => all.map(({ name }) => name);
  switch (what) {
    case 'domain':
      return named(await domains.list({ documents: false }));
    case 'network':
      return named(await networks?.list());
    case 'pool':
      return named(await listPools(session));
    case 'interface':
      return named(await interfaces?.list());
    case 'node-device':
      return named(await nodeDevices?.list());
    case 'secret':
      return ((await secrets?.list()) ?? []).map(({ uuid }) => uuid);
    case 'volume':
      return volumeWords(session, before);
    case 'snapshot':
      return snapshotNames(session, before);
  }
}

/** Names within the pool that the line says, else paths, which mean the same in every pool. */
async function volumeWords(session: Session, before: readonly string[]): Promise<string[]> {
  const { volumes } = await session.connection();
  const at = before.indexOf('--pool');
  const pool = at < 0 ? undefined : before[at + 1];
  if (pool !== undefined) return (await volumes.list(pool)).map(({ name }) => name);
  const pools = (await listPools(session)).filter(({ active }) => active);
  const lists = await Promise.all(pools.map(({ name }) => volumes.list(name)));
  return lists.flat().map(({ path }) => path);
}

async function snapshotNames(session: Session, before: readonly string[]): Promise<string[]> {
  const { domains, snapshots } = await session.connection();
  const word = before.find((each) => !each.startsWith('--'));
  const domain = (await domains.list({ documents: false })).find(
    ({ name, uuid, id }) => name === word || uuid === word || String(id) === word,
  );
  return domain && snapshots ? (await snapshots.list(domain.uuid)).map(({ name }) => name) : [];
}

/** Files of this computer; a folder's name goes on. */
async function files(session: Session, start: string): Promise<string[]> {
  const folder = start.slice(0, start.lastIndexOf('/') + 1);
  const begin = start.slice(folder.length);
  try {
    const entries = await readdir(resolve(session.terminal.cwd, folder), { withFileTypes: true });
    return entries
      .filter(({ name }) => name.startsWith(begin) && (begin !== '' || !name.startsWith('.')))
      .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ' '}`)
      .sort();
  } catch (error) {
    // a folder that is not there, or not for us, has nothing to offer
    session.log.debug('No files to offer', { folder, error: String(error) });
    return [];
  }
}
