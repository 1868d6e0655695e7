import { GuestroomError } from '../../drivers/api/errors.ts';
import { browse } from '../../drivers/storage/browse.ts';
import type { Core } from '../core.ts';
import { links } from '../links.ts';
import type { Implementer } from './implementer.ts';

export function appHandlers(os: Implementer, { platform, ownPaths }: Core) {
  const { host } = platform;
  return os.app.router({
    info: os.app.info.handler(() => ({
      name: 'Guestroom',
      version: platform.version,
      host: platform.kind === 'electron' ? ('electron' as const) : ('browser' as const),
      platform: host.os,
      hostname: host.hostname,
      runtime: platform.runtime,
      dialogs: platform.dialogs !== undefined,
      windows: platform.windows !== undefined,
      folders: {
        data: host.paths.data,
        config: host.paths.config,
        state: host.paths.state,
        runtime: host.paths.runtime,
      },
    })),
    openLink: os.app.openLink.handler(async ({ input }) => {
      const url = Object.hasOwn(links, input.link) ? links[input.link as keyof typeof links] : undefined;
      if (url === undefined) throw new GuestroomError('unsupported', 'This page is not there yet');
      await platform.openExternal(url);
    }),
    chooseFile: os.app.chooseFile.handler(async ({ input }) => {
      if (!platform.dialogs) throw new GuestroomError('unsupported', 'There are no file dialogs here');
      const path = await platform.dialogs.chooseFile(input);
      if (path !== null) ownPaths.chosen(path, 'read');
      return { path };
    }),
    chooseTarget: os.app.chooseTarget.handler(async ({ input }) => {
      if (!platform.dialogs) throw new GuestroomError('unsupported', 'There are no file dialogs here');
      const path = await platform.dialogs.chooseTarget(input);
      if (path !== null) ownPaths.chosen(path, 'write');
      return { path };
    }),
    browse: os.app.browse.handler(async ({ input }) => {
      if (platform.dialogs)
        throw new GuestroomError('unsupported', 'Files of this computer are chosen in the system’s dialog');
      return browse(host, input.path ?? host.paths.home);
    }),
    openWindow: os.app.openWindow.handler(async ({ input }) => {
      if (!platform.windows) throw new GuestroomError('unsupported', 'There are no further windows here');
      await platform.windows.open(input.route);
    }),
    notices: os.app.notices.handler(async () => ({ text: await platform.notices() })),
  });
}
