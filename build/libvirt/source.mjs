// What the generated files of drivers/libvirt/rpc say, made from facts.json.

/**
 * @typedef {object} Facts
 * @property {string} about
 * @property {Record<string, number>} programs
 * @property {Record<string, string>} structs fields of each: name:type, separated by spaces
 * @property {Record<string, string>} streams direction of what a call opens, seen from us
 * @property {Record<string, Record<string, string>>} calls by program: "number: arguments -> results"
 * @property {Record<string, Record<string, string>>} messages by program: "number: payload"
 * @property {Record<string, Record<string, number>>} enums
 */

const head = '// Made by build/libvirt/generate.mjs from facts.json; not to be edited.\n';

/** @type {Record<string, string>} */
const plain = {
  int: 'number',
  uint: 'number',
  char: 'number',
  uchar: 'number',
  ushort: 'number',
  hyper: 'bigint',
  uhyper: 'bigint',
  double: 'number',
  string: 'string',
  typed_param: 'TypedParam',
};

/**
 * procedures.gen.ts: types of all arguments, results and payloads, and the table that the codec works from.
 * @param {Facts} facts
 */
export function proceduresSource(facts) {
  const structs = Object.entries(facts.structs);
  const calls = byProgram(facts.calls);
  const messages = byProgram(facts.messages);
  const programs = Object.entries(facts.programs);
  return `${head}import type { TypedParam } from './typed-params.ts';

/** No fields. */
export type Nothing = Readonly<Record<string, never>>;

export const programs = {
${programs.map(([name, number]) => `  ${name}: ${hex(number)},`).join('\n')}
} as const;

${structs.map(([name, fields]) => `export interface ${typeName(name)} ${membersOf(fields)}`).join('\n\n')}

/** Arguments and results of every call. */
export interface Procedures {
${calls.map(({ name, first, second }) => `  ${name}: { args: ${membersOf(first, 2)}; result: ${second === '' ? 'void' : membersOf(second, 2)} };`).join('\n')}
}

/** What the daemon tells unasked. */
export interface Messages {
${messages.map(({ name, first }) => `  ${name}: ${membersOf(first, 1)};`).join('\n')}
}

/** Calls that open a stream, and who sends: \`read\` the daemon, \`write\` we, or both. */
export const streams = {
${Object.entries(facts.streams)
  .map(([name, direction]) => `  ${name}: '${direction}',`)
  .join('\n')}
} as const;

/** Fields of each struct as name:type. <n> is an array of at most n, [n] one of exactly n, ? may be absent. */
export const structs: Readonly<Record<string, string>> = {
${structs.map(([name, fields]) => `  ${name}: '${fields}',`).join('\n')}
};

/** Program, number, arguments, results. */
export const procedures: Readonly<
  Record<keyof Procedures, readonly [program: number, number: number, args: string, result: string]>
> = {
${calls.map(({ program, name, number, first, second }) => `  ${name}: [programs.${program}, ${number}, '${first}', '${second}'],`).join('\n')}
};

/** Program, number, payload. */
export const messages: Readonly<
  Record<keyof Messages, readonly [program: number, number: number, payload: string]>
> = {
${messages.map(({ program, name, number, first }) => `  ${name}: [programs.${program}, ${number}, '${first}'],`).join('\n')}
};
`;
}

/**
 * enums.gen.ts: the public enumerations, each without what all its names begin with.
 * @param {Facts} facts
 */
export function enumsSource(facts) {
  const blocks = Object.entries(facts.enums).map(([name, values]) => {
    const short = shortNames(name, Object.keys(values));
    const lines = Object.entries(values).map(([long, value]) => `  ${short.get(long) ?? long}: ${value},`);
    const first = Object.keys(values)[0] ?? '';
    const prefix = first.slice(0, first.length - (short.get(first) ?? first).length);
    return `/** ${name}: ${prefix}… */\nexport const ${name.replace(/^vir/, '')} = {\n${lines.join('\n')}\n} as const;`;
  });
  return `${head}\n${blocks.join('\n\n')}\n`;
}

/** @param {Record<string, Record<string, string>>} entries */
function byProgram(entries) {
  return Object.entries(entries).flatMap(([program, named]) =>
    Object.entries(named).map(([name, text]) => {
      const match = /^(\d+):(?: (?!->)(.*?))?(?: -> (.*))?$/.exec(text);
      if (!match) throw new Error(`facts.json: ${name} is not "number: fields -> fields"`);
      const [, number = '', first = '', second = ''] = match;
      return { program, name: program === 'REMOTE' ? name : `${program}_${name}`, number, first, second };
    }),
  );
}

/**
 * The fields as members of a TypeScript type.
 * @param {string} fields
 * @param {number} depth
 */
function membersOf(fields, depth = 0) {
  if (fields === '') return 'Nothing';
  const members = fields.split(' ').map((field) => {
    const [name, type = ''] = field.split(':');
    return `${name}: ${typeOf(type)}`;
  });
  return depth === 0 ? `{\n  ${members.join(';\n  ')};\n}` : `{ ${members.join('; ')} }`;
}

/** @param {string} text */
function typeOf(text) {
  const match = /^(\w+?)([<[]\d+[>\]])?(\?)?$/.exec(text);
  if (!match) throw new Error(`facts.json: ${text} is not a type`);
  const [, base = '', array, optional] = match;
  const bytes = base === 'opaque' || (base === 'char' && array !== undefined);
  const one = bytes ? 'Uint8Array' : (plain[base] ?? typeName(base));
  return `${array === undefined || bytes ? one : `readonly ${one}[]`}${optional === undefined ? '' : ' | null'}`;
}

/** @param {string} name storage_vol → StorageVol; error → ErrorReply, as Error is taken */
const typeName = (name) =>
  name === 'error' ? 'ErrorReply' : name.replace(/(?:^|_)([a-z])/g, (_, letter) => letter.toUpperCase());

/** @param {number} number */
const hex = (number) => `0x${number.toString(16).padStart(8, '0')}`;

/**
 * Without the words that all names of the enumeration begin with; one that stands alone loses the words of the
 * enumeration's own name.
 * @param {string} enumeration
 * @param {string[]} names
 * @returns {Map<string, string>}
 */
function shortNames(enumeration, names) {
  const words = names.map((name) => name.split('_'));
  const [first = []] = words;
  const own = enumeration.split(/(?<=[a-z])(?=[A-Z])/).map((word) => word.toUpperCase());
  const shared = (/** @type {number} */ at) =>
    names.length === 1
      ? own[at]?.startsWith(first[at] ?? '?')
      : words.every((other) => other[at] === first[at]);
  const longest = Math.min(...words.map((list) => list.length)) - 1;
  let cut = 0;
  while (cut < longest && shared(cut)) cut += 1;
  while (cut > 0 && words.some((list) => /^\d/.test(list[cut] ?? ''))) cut -= 1;
  return new Map(names.map((name, at) => [name, (words[at] ?? []).slice(cut).join('_')]));
}
