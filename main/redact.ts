/** What a log may hold: values without anything that opens a door, bounded in size and depth. */

const secretName =
  /pass(word|phrase|wd)|^pass$|private.?key|secret|token|ticket|credential|authorization|cookie/i;
const hidden = '[redacted]';
const longestText = 4096;
const deepest = 8;
const mostEntries = 100;

/** A copy that is safe to log. */
export function redact(value: unknown): unknown {
  return walk(value, 0, new Set());
}

/** Secrets that stand inside a text: userinfo of URIs, keys, values that a name announces, also in XML and JSON. */
export function redactText(text: string): string {
  const short =
    text.length > longestText ? `${text.slice(0, longestText)}… (${String(text.length)} characters)` : text;
  return (
    short
      .replace(
        /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
        hidden,
      )
      // up to the last @: a password may have slashes and more of them in it
      .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s'"<>]+@/gi, `$1${hidden}@`)
      .replace(
        /(["']?\b[\w.-]*(?:password|passphrase|passwd|private_?key|secret|token)["']?\s*[=:]\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;&}]+)/gi,
        `$1${hidden}`,
      )
  );
}

function walk(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (above.has(value)) return '[circular]';
  if (depth >= deepest) return '[deep]';
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${String(value.byteLength)} bytes]`;
  const inside = new Set(above).add(value);
  if (Array.isArray(value)) {
    return value.slice(0, mostEntries).map((entry) => walk(entry, depth + 1, inside));
  }
  const entries: [string, unknown][] =
    value instanceof Map
      ? [...value].map(([name, entry]) => [String(name), entry])
      : value instanceof Set
        ? [...value].map((entry, index) => [String(index), entry])
        : value instanceof Error
          ? errorEntries(value)
          : Object.entries(value);
  return Object.fromEntries(
    entries
      .slice(0, mostEntries)
      .map(([name, entry]) => [
        name,
        secretName.test(name) && entry != null ? hidden : walk(entry, depth + 1, inside),
      ]),
  );
}

function errorEntries(error: Error): [string, unknown][] {
  const { name, message, stack, cause } = error;
  return [
    ['name', name],
    ['message', message],
    ...Object.entries(error).filter(([key]) => !['name', 'message', 'stack', 'cause'].includes(key)),
    ['stack', stack],
    ...(cause === undefined ? [] : [['cause', cause] satisfies [string, unknown]]),
  ];
}
