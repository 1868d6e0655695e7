import { loginScreen } from '../consoles/rfb-login.ts';
import type { Core } from '../core.ts';
import type { Implementer } from './implementer.ts';

export function consolesHandlers(os: Implementer, { nodes, consoles }: Core) {
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
  });
}
