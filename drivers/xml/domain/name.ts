/** Longer names do not fit into file names with their endings. */
export const longestName = 200;

/** Why libvirt or we would refuse this name for a domain; undefined for a good one. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'A name is needed';
  if (name.trim() !== name) return 'A name cannot begin or end with a space';
  if (name.includes('/')) return 'A name cannot contain "/"';
  if (name === '.' || name === '..') return 'This name means a folder';
  if (hasControl(name)) return 'A name cannot contain line breaks or control characters';
  if (new TextEncoder().encode(name).length > longestName) {
    return `A name cannot be longer than ${String(longestName)} bytes`;
  }
  return undefined;
}

function hasControl(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 32 || code === 127) return true;
  }
  return false;
}
