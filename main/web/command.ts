import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import { createApp } from '../app.ts';
import { createCalls } from '../calls.ts';
import { isOwnLink } from '../links.ts';
import { createViewer } from '../consoles/viewer.ts';
import { createLocalHost } from '../nodes/local-host.ts';
import type { Platform } from '../platform.ts';
import { openBrowser } from './browser.ts';
import { serve } from './index.ts';

export interface ServeFlags {
  port: number;
  open: boolean;
  help: boolean;
}

export const serveUsage = `Usage: guestroom serve [--port N] [--open]

Shows Guestroom's window in a browser on this computer.
  --port N   the port on 127.0.0.1; any free one when left out
  --open     opens the address in the browser
`;

/** Throws `invalid_argument` for flags that are not known. */
export function parseServe(args: readonly string[]): ServeFlags {
  let values: { port?: string; open?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        open: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    throw new GuestroomError('invalid_argument', error instanceof Error ? error.message : String(error));
  }
  const port = values.port ?? '0';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new GuestroomError('invalid_argument', `“${port}” is not a port`, { hint: 'Ports are 1 to 65535' });
  }
  return { port: Number(port), open: values.open ?? false, help: values.help ?? false };
}

export interface ServeContext {
  /** Folder of the built program: the window's files and the notices lie in it. */
  built: string;
  version: string;
  write: (text: string) => void;
  writeError: (text: string) => void;
  env: Readonly<Record<string, string | undefined>>;
  /** Resolves when the program is asked to end. */
  ended: Promise<void>;
}

/** `guestroom serve`; answers the exit status. */
export async function runServe(args: readonly string[], context: ServeContext): Promise<number> {
  const { write, writeError } = context;
  try {
    const flags = parseServe(args);
    if (flags.help) {
      write(serveUsage);
      return 0;
    }
    const host = createLocalHost({ env: context.env });
    const platform: Platform = {
      kind: 'browser',
      version: context.version,
      runtime: `Node ${process.versions.node}`,
      host,
      // the page is served to this computer only
      viewer: createViewer(host, { env: context.env }),
      async openExternal(url) {
        if (!isOwnLink(url)) throw new GuestroomError('denied', 'Only pages of Guestroom are opened');
        if (!(await openBrowser(url)))
          throw new GuestroomError('unsupported', 'No browser could be opened here');
      },
      notices: () => readFile(join(context.built, 'third-party-notices.txt'), 'utf8'),
    };
    const app = await createApp(platform);
    try {
      let shown = 0;
      const web = await serve({
        calls: createCalls(app.router),
        consoles: app.consoles,
        page: join(context.built, 'renderer'),
        port: flags.port,
        failed: (error) => app.log.warn('A connection of a browser could not be taken', { error }),
        onAddress: (url) => {
          // each address is good for one login; the next one is there for another browser
          write(shown === 0 ? `Guestroom is ready at ${url}\n` : `Opened. For another browser: ${url}\n`);
          shown += 1;
        },
      });
      if (flags.open && !(await openBrowser(web.url()))) {
        write('No desktop was found to open it in.\n');
      }
      await context.ended;
      app.consoles.close();
      await web.close();
    } finally {
      await app.close();
    }
    return 0;
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    writeError(`error: ${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}\n`);
    return 1;
  }
}
