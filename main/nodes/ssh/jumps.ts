import { GuestroomError } from '../../../drivers/api/errors.ts';
import { splitWords } from './config-file.ts';

/** A jump host as somebody wrote it. */
export interface Jump {
  written: string;
  user: string | undefined;
  host: string;
  port: number | undefined;
}

/** A list as ProxyJump and `ssh -J` take it: [user@]host[:port] or ssh://…, divided by commas; `none` is none. */
export const parseJumps = (text: string): Jump[] =>
  text.trim().toLowerCase() === 'none' ? [] : text.split(',').map((hop) => parseJump(hop.trim()));

function parseJump(written: string): Jump {
  const isUri = /^ssh:\/\//i.test(written);
  const text = isUri ? written.slice('ssh://'.length).replace(/\/$/, '') : written;
  const [, user, bracketed, address, name, digits] =
    /^(?:(.*)@)?(?:\[([^\]]+)\]|([\da-f]*:[\da-f]*:[\da-f:.]*(?:%\w+)?)|([^:[\]/@]+))(?::(\d{1,5}))?$/i.exec(
      text,
    ) ?? [];
  const host = bracketed ?? address ?? name;
  const port = digits === undefined ? undefined : Number(digits);
  if (host === undefined || (port !== undefined && (port < 1 || port > 65535))) {
    throw new GuestroomError('invalid_argument', `This is no jump host: ${written || '(empty)'}`, {
      hint: 'Jump hosts are written [user@]host[:port], with commas between them',
    });
  }
  const plain = (part: string): string => (isUri ? decode(part, written) : part);
  return { written, user: user === undefined ? undefined : plain(user), host: plain(host), port };
}

function decode(part: string, written: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new GuestroomError('invalid_argument', `Not a valid escape in the jump host: ${written}`, {
      cause,
    });
  }
}

/** Options of ssh that change nothing about where it leads to. */
const harmless = 'qaxTCvkn46';

/** The jump host of a ProxyCommand that is only the long way to say ProxyJump: `ssh -W %h:%p [user@]jump`; undefined for all others. */
export function jumpOfCommand(command: string): Jump | undefined {
  const [program = '', ...words] = splitWords(command, `the ProxyCommand ${command}`);
  if (!/(^|[/\\])ssh(\.exe)?$/i.test(program)) return undefined;
  const options = new Map<string, string>();
  let destination: string | undefined;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) {
      // a second one is a command to run there
      if (destination !== undefined) return undefined;
      destination = word;
      continue;
    }
    for (let letter = 1; letter < word.length; letter += 1) {
      const option = word[letter] ?? '';
      if (harmless.includes(option)) continue;
      const value = word.slice(letter + 1) || words[(at += 1)];
      if (!'Wpl'.includes(option) || value === undefined || options.has(option)) return undefined;
      options.set(option, value);
      break;
    }
  }
  if (destination === undefined || destination.includes('%')) return undefined;
  if (!['%h:%p', '[%h]:%p'].includes(options.get('W') ?? '')) return undefined;
  const jump = parseJump(destination);
  const port = options.get('p');
  const withPort = port === undefined ? undefined : parseJump(`host:${port}`).port;
  return { ...jump, user: jump.user ?? options.get('l'), port: jump.port ?? withPort };
}
