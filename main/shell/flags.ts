import { UsageError } from './command.ts';

/** What stands before the command on a command line. */
export interface Flags {
  /** As given; undefined where the environment decides. */
  uri: string | undefined;
  debug: boolean;
  escape: string;
  /** What is said on standard error is also written into this file. */
  logFile: string | undefined;
  /** Seconds between signs of life, and how many may be missing. */
  keepalive: { seconds?: number; count?: number };
  quiet: boolean;
  readOnly: boolean;
  timing: boolean;
  words: string[];
}

/** What a line asks for in place of a connection. */
export type Question = { answer: 'version'; long: boolean } | { answer: 'help'; about: string | undefined };

interface Given {
  /** The words as they stood there, for complaints: -c, or --connect. */
  as: string;
  value: string;
}

type Taken = Question | undefined;
interface FlagSpec {
  letter?: string;
  name: string;
  /** 'maybe': only after `=`, or as a number that follows. */
  value: 'no' | 'yes' | 'maybe';
  take(flags: Flags, given: Given, rest: readonly string[]): Taken;
}

const set = (change: (flags: Flags, given: Given) => void): FlagSpec['take'] => {
  return (flags, given) => {
    change(flags, given);
    return undefined;
  };
};

const numberOf = ({ as, value }: Given): number => {
  if (!/^\d+$/.test(value)) throw new UsageError(`Invalid value for option ${as}`);
  return Number(value);
};

/** virsh's levels begin at 0, all that there is to say; from 2 on there is nothing more than errors. */
const tells = (level: string): boolean => level === '' || Number(level) < 2;

const specs: readonly FlagSpec[] = [
  { letter: 'c', name: 'connect', value: 'yes', take: set((flags, { value }) => (flags.uri = value)) },
  { letter: 'd', name: 'debug', value: 'maybe', take: set((flags, g) => (flags.debug = tells(g.value))) },
  {
    letter: 'e',
    name: 'escape',
    value: 'yes',
    take: set((flags, { value }) => (flags.escape = escapeSequence(value))),
  },
  {
    letter: 'h',
    name: 'help',
    value: 'no',
    take: (_, __, rest) => ({ answer: 'help', about: rest[0] }),
  },
  {
    letter: 'k',
    name: 'keepalive-interval',
    value: 'yes',
    take: set((flags, given) => (flags.keepalive.seconds = numberOf(given))),
  },
  {
    letter: 'K',
    name: 'keepalive-count',
    value: 'yes',
    take: set((flags, given) => (flags.keepalive.count = numberOf(given))),
  },
  { letter: 'l', name: 'log', value: 'yes', take: set((flags, { value }) => (flags.logFile = value)) },
  { letter: 'q', name: 'quiet', value: 'no', take: set((flags) => (flags.quiet = true)) },
  { letter: 'r', name: 'readonly', value: 'no', take: set((flags) => (flags.readOnly = true)) },
  { letter: 't', name: 'timing', value: 'no', take: set((flags) => (flags.timing = true)) },
  { letter: 'v', name: 'version', value: 'maybe', take: (_, { value }) => version(value === 'long') },
  { letter: 'V', name: 'version', value: 'no', take: () => version(true) },
];
const version = (long: boolean): Question => ({ answer: 'version', long });

/** Reads a line as getopt_long does: letters may stand together, long names may be cut short, `--` ends them. */
export function parseFlags(argv: readonly string[]): Flags | Question {
  const flags: Flags = {
    uri: undefined,
    debug: false,
    escape: '^]',
    logFile: undefined,
    keepalive: {},
    quiet: false,
    readOnly: false,
    timing: false,
    words: [],
  };
  let at = 0;
  const take = (spec: FlagSpec, as: string, inline: string | undefined): Taken => {
    let value = inline ?? '';
    const next = argv[at];
    const wanted = spec.value === 'yes' || (spec.letter === 'd' && /^\d+$/.test(next ?? ''));
    if (inline === undefined && wanted) {
      if (next === undefined) throw new UsageError(`option '${as}' requires an argument`);
      value = next;
      at += 1;
    }
    return spec.take(flags, { as, value }, argv.slice(at));
  };
  for (let word = argv[at]; word !== undefined; word = argv[at]) {
    if (!word.startsWith('-') || word === '-') break;
    at += 1;
    if (word === '--') break;
    const answer = word.startsWith('--') ? long(word, take) : short(word, take);
    if (answer) return answer;
  }
  flags.words = argv.slice(at);
  return flags;
}

type Take = (spec: FlagSpec, as: string, inline: string | undefined) => Taken;

function long(word: string, take: Take): Taken {
  const [name = '', inline] = word.slice(2).split(/=(.*)/s);
  const exact = specs.find((spec) => spec.name === name);
  const begun = new Set(specs.map((spec) => spec.name).filter((each) => each.startsWith(name)));
  const spec = exact ?? (begun.size === 1 ? specs.find((each) => begun.has(each.name)) : undefined);
  if (!spec) throw new UsageError(`unsupported option '--${name}'. See --help.`);
  if (spec.value === 'no' && inline !== undefined)
    throw new UsageError(`option '--${spec.name}' takes no argument`);
  return take(spec, `--${spec.name}`, inline);
}

function short(word: string, take: Take): Taken {
  for (let at = 1; at < word.length; at += 1) {
    const letter = word.charAt(at);
    const rest = word.slice(at + 1);
    const spec = specs.find((each) => each.letter === letter);
    if (!spec) throw new UsageError(`unsupported option '-${letter}'. See --help.`);
    const level = spec.letter === 'd' ? /^\d+/.exec(rest)?.[0] : undefined;
    const inline = spec.value === 'yes' && rest !== '' ? rest : level;
    const answer = take(spec, `-${letter}`, inline);
    if (answer) return answer;
    if (spec.value === 'yes') return undefined;
    at += level?.length ?? 0;
  }
  return undefined;
}

function escapeSequence(text: string): string {
  // a letter for itself, or with Control
  if (text.length === 1 && text !== '^') return text;
  if (!/^\^[A-Za-z[\]\\^_]$/.test(text)) throw new UsageError(`Invalid string '${text}' for escape sequence`);
  return `^${text.charAt(1).toUpperCase()}`;
}
