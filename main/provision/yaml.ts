/** What can be written as YAML: JSON's values. Undefined entries are left out. */
export type YamlValue =
  string | number | boolean | readonly YamlValue[] | { readonly [key: string]: YamlValue | undefined };

/**
 * A block-style YAML text of these values. Every string, keys included, stands in double quotes with all but
 * printable ASCII escaped, so that no value can begin an entry of its own, whatever is in it.
 */
export function toYaml(value: { readonly [key: string]: YamlValue | undefined }): string {
  return entries(value, '');
}

function entries(value: { readonly [key: string]: YamlValue | undefined }, indent: string): string {
  let text = '';
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) text += `${indent}${quoteKey(key)}:${node(item, `${indent}  `)}`;
  }
  return text;
}

function node(value: YamlValue, indent: string): string {
  if (typeof value === 'string') return ` ${quoteYaml(value)}\n`;
  if (typeof value === 'number' || typeof value === 'boolean') return ` ${String(value)}\n`;
  if (isList(value)) {
    if (value.length === 0) return ' []\n';
    return `\n${value.map((item) => `${indent}-${node(item, `${indent}  `)}`).join('')}`;
  }
  const inner = entries(value, indent);
  return inner === '' ? ' {}\n' : `\n${inner}`;
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

/** Words that YAML 1.1 takes for something else than a text. */
const reserved = /^(y|n|yes|no|on|off|true|false|null)$/;

function quoteKey(key: string): string {
  return /^[a-z][a-z0-9_-]*$/.test(key) && !reserved.test(key) ? key : quoteYaml(key);
}

/** YAML 1.1 and 1.2 double-quoted scalar. Lone surrogates, which no YAML can carry, become U+FFFD. */
export function quoteYaml(text: string): string {
  let quoted = '"';
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (character === '"' || character === '\\') quoted += `\\${character}`;
    else if (code >= 0x20 && code < 0x7f) quoted += character;
    else if (code <= 0xffff) quoted += `\\u${code.toString(16).padStart(4, '0')}`;
    else quoted += `\\U${code.toString(16).padStart(8, '0')}`;
  }
  return `${quoted}"`;
}
