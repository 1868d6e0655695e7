import type { Command, Group, OptionSpec } from './command.ts';
import { groups } from './command.ts';

const placeholder = ({ kind }: OptionSpec): string => (kind === 'number' ? '<number>' : '<string>');

function inSynopsis(option: OptionSpec): string {
  const { name, kind, positional, required } = option;
  if (kind === 'flag') return `[--${name}]`;
  if (kind === 'words') {
    const word = positional ? `[--${name}] ${placeholder(option)}` : `--${name} ${placeholder(option)}`;
    return required ? `{${word}}...` : `[${word}]...`;
  }
  return required && positional ? `<${name}>` : `[--${name} ${placeholder(option)}]`;
}

function inList(option: OptionSpec): string {
  const { name, kind, positional, required } = option;
  if (kind === 'flag') return `--${name}`;
  const bare = positional && (required || kind === 'words');
  return `${bare ? `[--${name}]` : `--${name}`} ${placeholder(option)}`;
}

/** virsh's page on a command. */
export function helpOn(command: Command): string {
  const options = command.options.map((option) => `    ${inList(option).padEnd(15)}  ${option.help}\n`);
  return [
    `  NAME\n    ${command.name} - ${command.summary}\n`,
    `\n  SYNOPSIS\n    ${[command.name, ...command.options.map(inSynopsis)].join(' ')}\n`,
    ...(command.description === undefined ? [] : [`\n  DESCRIPTION\n    ${command.description}\n`]),
    ...(options.length > 0 ? ['\n  OPTIONS\n', ...options] : []),
    '\n',
  ].join('');
}

export const isGroup = (word: string): word is Group => Object.hasOwn(groups, word);

export function helpOnGroup(group: Group, commands: readonly Command[]): string {
  const rows = commands
    .filter((command) => command.group === group)
    .map(({ name, summary }) => `    ${name.padEnd(30)} ${summary}\n`);
  return ` ${groups[group]} (help keyword '${group}'):\n${rows.join('')}`;
}

export function helpOnAll(commands: readonly Command[]): string {
  const names = Object.keys(groups) as Group[];
  return `Grouped commands:\n\n${names.map((group) => helpOnGroup(group, commands)).join('\n')}`;
}

export const usage = `
guestroom [options]... [<command_string>]
guestroom [options]... <command> [args...]
guestroom serve [--port N] [--open]

  options:
    -c | --connect=URI      hypervisor connection URI
    -d | --debug[=NUM]      say on standard error what is being done (0: all, 2 and more: nothing)
    -e | --escape <char>    set escape sequence for console
    -h | --help             this help
    -k | --keepalive-interval=NUM
                            keepalive interval in seconds, 0 for disable
    -K | --keepalive-count=NUM
                            number of possible missed keepalive messages
    -l | --log=FILE         what goes to standard error also into this file
    -q | --quiet            quiet mode
    -r | --readonly         connect readonly
    -t | --timing           print timing information
    -v                      short version
    -V                      long version
         --version[=TYPE]   version, TYPE is short or long (default short)

  Without a command: a prompt. Without a URI: $GUESTROOM_DEFAULT_URI, else $VIRSH_DEFAULT_CONNECT_URI,
  $LIBVIRT_DEFAULT_URI, uri_default of libvirt.conf, else qemu:///embed.
`;
