import type { System } from '../catalog/system.ts';

export const maxName = 255;

/** A name that nobody has: `web-03` becomes `web-04`, `web` becomes `web-2`. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  const match = /^(.*?)(\d{1,9})$/s.exec(wanted);
  const stem = match ? (match[1] ?? '') : `${wanted}-`;
  const width = match?.[2]?.length ?? 1;
  let number = match ? Number(match[2]) : 1;
  for (;;) {
    number += 1;
    const name = `${stem}${String(number).padStart(width, '0')}`;
    if (!taken.has(name)) return name;
  }
}

/** A name out of a system's or a file's: small letters, digits, hyphens. A release keeps its number from being counted up. */
export function nameFrom(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/\(.*?\)/g, '')
    .replace(/\b(linux|lts|stream)\b/g, (word, _found, at) => (at === 0 ? word : ''))
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 40);
  return name === '' ? 'machine' : name;
}

/** The default name: after the system where it is known, else after the file. Taken ones get a number of their own. */
export function defaultName(
  system: System,
  known: boolean,
  path: string | undefined,
  taken: ReadonlySet<string>,
): string {
  const base = known ? nameFrom(system.name) : nameFrom(fileStem(path ?? '') || 'machine');
  if (!taken.has(base)) return base;
  return freeName(`${base}-2`, taken);
}

export function fileStem(path: string): string {
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return file.replace(/\.[A-Za-z0-9]{1,6}$/, '');
}

/** The machine's name as a file name: no separators, no control characters, nothing that a shell or Windows stumbles over. */
export function fileNameFrom(name: string): string {
  const clean = name
    .replace(/[\p{Cc}/\\:*?"<>|]/gu, '-')
    .replace(/^\.+/, '')
    .trim();
  return clean === '' ? 'disk' : clean.slice(0, 180);
}

/** A file name in a pool that is not taken: web.qcow2, web-1.qcow2, … */
export function freeFile(stem: string, ending: string, taken: ReadonlySet<string>): string {
  for (let number = 0; ; number++) {
    const file = number === 0 ? `${stem}.${ending}` : `${stem}-${String(number)}.${ending}`;
    if (!taken.has(file)) return file;
  }
}

/** The name as a host name: letters, digits and hyphens, 63 at most. */
export function hostNameFrom(name: string): string {
  const host = name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return host === '' ? 'guest' : host;
}

/** A path of a file inside a folder of the host, in that host's own form. */
export function pathIn(folder: string, file: string): string {
  const separator = /^[A-Za-z]:\\|^\\\\/.test(folder) ? '\\' : '/';
  return folder.endsWith(separator) ? `${folder}${file}` : `${folder}${separator}${file}`;
}

/** The path that an image names for the one under it, which may be meant from its own folder; undefined for what is no path. */
export function besides(path: string, backing: string): string | undefined {
  if (/^(json:|[a-z]+:\/\/)/.test(backing)) return undefined;
  if (/^([A-Za-z]:)?[\\/]/.test(backing)) return backing;
  return pathIn(path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'), 0)) || '/', backing);
}
