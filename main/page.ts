import { extname, join } from 'node:path';

/** The files of the window, for every host that serves them: which file an address means, and what is said with it. */

export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // terminal and editor set styles on elements; scripts stay forbidden
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Sent with every answer. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
};

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

export interface PageFile {
  path: string;
  type: string;
  /** Its name changes with its content, so it may be kept for ever. */
  immutable: boolean;
}

/**
 * The file that the path of an address means, below `folder`; undefined where there can be none. Looks at the text only:
 * a name is made of letters, digits and `.-_` and never begins with a dot, so nothing leads out of the folder.
 */
export function resolvePage(folder: string, pathname: string): PageFile | undefined {
  const relative = pathname === '/' ? '/index.html' : pathname;
  if (relative.length > 500 || !/^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/.test(relative)) return undefined;
  const type = types[extname(relative)];
  if (type === undefined) return undefined;
  return { path: join(folder, relative), type, immutable: relative.startsWith('/assets/') };
}
