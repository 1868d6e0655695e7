import { loginScreen } from '../consoles/rfb-login.ts';
import type { Core } from '../core.ts';
import type { Implementer } from './implementer.ts';
import { addVnc, openViewer, screenOffers } from './screen-offers.ts';

export function consolesHandlers(os: Implementer, core: Core) {
  const { nodes, consoles, terminals } = core;
  return os.consoles.router({
    serial: os.consoles.serial.handler(async ({ input: { node, uuid, alias } }) => {
      const { connection } = nodes.allowed(node, uuid, 'openConsole');
      return { ticket: consoles.offer(await connection.domains.openConsole(uuid, alias)) };
    }),
    graphics: os.consoles.graphics.handler(async ({ input: { node, uuid, index } }) => {
      const { connection } = nodes.allowed(node, uuid, 'openGraphics');
      const { stream, password } = await connection.domains.openGraphics(uuid, index);
      return { ticket: consoles.offer(await loginScreen(stream, { password })) };
    }),
    offers: os.consoles.offers.handler(({ input }) => screenOffers(core, input)),
    addVnc: os.consoles.addVnc.handler(({ input }) => addVnc(core, input)),
    terminal: os.consoles.terminal.handler(({ input: { node, ...size } }) =>
      terminals.open(nodes.connection(node).host, size),
    ),
    resizeTerminal: os.consoles.resizeTerminal.handler(({ input: { id, ...size } }) =>
      terminals.resize(id, size),
    ),
    openViewer: os.consoles.openViewer.handler(({ input }) => openViewer(core, input)),
  });
}
