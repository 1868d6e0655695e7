import { DomainDocument } from '../xml/domain/edit.ts';
import { consoleUses, isSerialConsole } from './arguments/characters.ts';
import { ownSocket, tcpListen } from './arguments/display.ts';
import { interfaceId, macFor } from './arguments/network.ts';
import type { GuestPlan } from './arguments/plan.ts';
import type { LiveFacts } from './live.ts';

/** The document of a running guest: as it was, with what the start decided. */
export function liveDocument(text: string, plan: GuestPlan, facts: LiveFacts): string {
  const document = DomainDocument.parse(text);
  document.setUuid(facts.uuid).update({ id: facts.id }).setEmulator(facts.binary);
  plan.domain.devices.interfaces.forEach((network, at) => {
    document.change('interfaces', at, { mac: network.mac ?? macFor(plan.uuid, at), alias: interfaceId(at) });
  });
  plan.domain.devices.graphics.forEach((graphics, at) => {
    const port = plan.vncPorts.get(at);
    if (port !== undefined && tcpListen(graphics) !== undefined) document.change('graphics', at, { port });
    const endpoint = facts.screens.find(({ index }) => index === at)?.endpoint;
    if (endpoint && 'unix' in endpoint && graphics.type === 'vnc' && ownSocket(graphics) === undefined) {
      document.change('graphics', at, { listens: [{ type: 'socket', socket: endpoint.unix }] });
    }
  });
  const device = (alias: string): string | undefined => {
    const endpoint = facts.consoles.find((one) => one.alias === alias)?.endpoint;
    return endpoint && 'device' in endpoint ? endpoint.device : undefined;
  };
  for (const { alias, path } of consoleUses(plan)) {
    const at = Number(/\[(\d+)\]$/.exec(path)?.[1] ?? 1) - 1;
    const pty = device(alias);
    const change = { alias, ...(pty === undefined ? {} : { source: { path: pty } }) };
    if (path.startsWith('devices/serial')) document.change('serials', at, change);
    else if (path.startsWith('devices/parallel')) document.change('parallels', at, change);
    else if (path.startsWith('devices/channel')) document.change('channels', at, change);
    else document.change('consoles', at, { ...change, ...(pty === undefined ? {} : { tty: pty }) });
  }
  const { serials, consoles } = plan.domain.devices;
  const first = consoles[0];
  const pty = device('serial0');
  if (first && serials.length > 0 && isSerialConsole(first)) {
    document.change('consoles', 0, {
      alias: 'serial0',
      ...(pty === undefined || first.type !== 'pty' ? {} : { source: { path: pty }, tty: pty }),
    });
  }
  return document.toString();
}
