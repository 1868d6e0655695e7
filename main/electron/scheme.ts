import { readFile } from 'node:fs/promises';
import { type CustomScheme, type Protocol } from 'electron';
import { resolvePage, securityHeaders } from '../page.ts';

/** The window's own address. A page of it is a secure origin without any port on the computer. */
export const pageOrigin = 'app://guestroom';

export const pageScheme: CustomScheme = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
};

/** True for our own page: the parsed address counts, not how the text begins. */
export function isOwnPage(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, port } = new URL(url);
  return protocol === 'app:' && host === 'guestroom' && username === '' && port === '';
}

/** Answers app:// from the folder of the built window; everything else there is 404. */
export function servePage(protocol: Pick<Protocol, 'handle'>, folder: string): void {
  protocol.handle('app', async (request) => {
    const file = isOwnPage(request.url) ? resolvePage(folder, new URL(request.url).pathname) : undefined;
    const content = file && (await readFile(file.path).catch(missing));
    if (file === undefined || content === undefined) {
      return new Response('There is no such page.\n', {
        status: 404,
        headers: { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8' },
      });
    }
    return new Response(content, { headers: { ...securityHeaders, 'Content-Type': file.type } });
  });
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code ?? '')) return undefined;
  throw error;
}
