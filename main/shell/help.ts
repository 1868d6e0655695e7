import type { Command, OptionSpec } from './command.ts';
import { groups } from './command.ts';

const value = (option: OptionSpec): string =>
  option.kind === 'flag' ? '' : option.positional ? `<${option.name}>` : '<string>';

function synopsis(command: Command): string {
  const parts = command.options.map((option) => {
    if (option.positional) {
      const word = `<${option.name}>${option.kind === 'words' ? '...' : ''}`;
      return option.required ? word : `[${word}]`;
    }
    return `[--${option.name}${option.kind === 'flag' ? '' : ` ${value(option)}`}]`;
  });
  return [command.name, ...parts].join(' ');
}

export function helpOn(command: Command): string {
  const options = command.options.map((option) => {
    const name = option.positional
      ? `[--${option.name}] <string>`
      : `--${option.name}${option.kind === 'flag' ? '' : ' <string>'}`;
    return `    ${name.padEnd(16)} ${option.help}\n`;
  });
  return [
    `  NAME\n    ${command.name} - ${command.summary}\n\n`,
    `  SYNOPSIS\n    ${synopsis(command)}\n\n`,
    `  DESCRIPTION\n    ${command.description ?? command.summary}\n`,
    ...(options.length > 0 ? ['\n  OPTIONS\n', ...options] : []),
  ].join('');
}

export function helpOnAll(commands: readonly Command[]): string {
  const sections = Object.entries(groups).map(([group, title]) => {
    const rows = commands
      .filter((command) => command.group === group)
      .map((command) => `    ${command.name.padEnd(30)} ${command.summary}\n`);
    return ` ${title}:\n${rows.join('')}`;
  });
  return `Grouped commands:\n\n${sections.join('\n')}`;
}

export const usage = `
guestroom [options]... [<command_string>]
guestroom [options]... <command> [args...]
guestroom serve [--port N] [--open]

  options:
    -c | --connect=URI      hypervisor connection URI
    -d | --debug            say on standard error what is being done
    -e | --escape <char>    set escape sequence for console
    -h | --help             this help
    -q | --quiet            quiet mode
    -r | --readonly         connect readonly
    -t | --timing           print timing information
    -v | --version          version

  Without a command: a prompt. Without a URI: $GUESTROOM_DEFAULT_URI, else $LIBVIRT_DEFAULT_URI, else qemu:///embed.
`;
