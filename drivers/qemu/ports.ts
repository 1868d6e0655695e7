import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { Domain } from '../xml/domain/types.ts';
import { tcpListen, vncScreens } from './arguments/display.ts';
import { forwardRules } from './arguments/network.ts';
import type { Toolbox } from './survey.ts';

/** Ports that guests which start just now are about to listen at. */
const reserved = new WeakMap<Toolbox, Set<number>>();

/**
 * Starts a guest with a TCP port for each screen that has one, by its position. Until it listens what starts beside it
 * chooses others.
 */
export async function withPorts<T>(
  tools: Toolbox,
  domain: Domain,
  start: (ports: ReadonlyMap<number, number>) => Promise<T>,
): Promise<T> {
  let taken = reserved.get(tools);
  if (!taken) reserved.set(tools, (taken = new Set()));
  const ports = new Map<number, number>();
  const ours: number[] = [];
  try {
    for (const { graphics, index } of vncScreens(domain.devices.graphics)) {
      const address = tcpListen(graphics);
      if (address === undefined) continue;
      const fixed = graphics.autoport === true ? undefined : graphics.port;
      if (fixed !== undefined && fixed > 0) {
        await requirePort(tools, address, fixed, `the screen`);
        ports.set(index, fixed);
      } else {
        let port = await tools.host.freePort(address, 5900, 5999);
        while (taken.has(port)) port = await tools.host.freePort(address, port + 1, 5999);
        taken.add(port);
        ours.push(port);
        ports.set(index, port);
      }
    }
    return await start(ports);
  } finally {
    for (const port of ours) taken.delete(port);
  }
}

async function requirePort(tools: Toolbox, address: string, port: number, what: string): Promise<void> {
  try {
    await tools.host.freePort(address, port, port);
  } catch (error) {
    const failure = toGuestroomError(error);
    if (failure.code !== 'port_in_use') throw failure;
    throw new GuestroomError(
      'port_in_use',
      `Port ${String(port)} on ${address} is in use: ${what} cannot listen there`,
      {
        hint: 'Choose another port in the document, or end the program that listens there',
        cause: error,
      },
    );
  }
}

/** Rejects with `port_in_use` where a port that is to be forwarded is not free. */
export async function checkForwards(tools: Toolbox, domain: Domain): Promise<void> {
  for (const network of domain.devices.interfaces) {
    for (const forward of network.portForwards) {
      if (forward.proto !== 'tcp') continue;
      for (const rule of forwardRules(forward)) {
        const port = Number(/:(\d+)-:\d+$/.exec(rule)?.[1]);
        await requirePort(tools, forward.address ?? '0.0.0.0', port, 'a forwarded port');
      }
    }
  }
}
