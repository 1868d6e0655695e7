import type { Command } from './command.ts';

/** Those that scripts and monitors run again and again: each starts without the others. */
const often: Readonly<Record<string, () => Promise<Command>>> = {
  domid: async () => (await import('./commands/facts.ts')).domid,
  dominfo: async () => (await import('./commands/facts.ts')).dominfo,
  domname: async () => (await import('./commands/facts.ts')).domname,
  domstate: async () => (await import('./commands/facts.ts')).domstate,
  domstats: async () => (await import('./commands/domstats.ts')).domstats,
  domuuid: async () => (await import('./commands/facts.ts')).domuuid,
  list: async () => (await import('./commands/list.ts')).list,
};

/** The prompt, and a line of commands, end at these. */
export const leaving: ReadonlySet<string> = new Set(['quit', 'exit']);

/** The command of this name; undefined where there is none. */
export async function findCommand(name: string): Promise<Command | undefined> {
  if (Object.hasOwn(often, name)) return often[name]?.();
  const { commands } = await import('./commands.ts');
  return commands.find((command) => command.name === name);
}
