import { chardevId, consoleUses } from './arguments/characters.ts';
import { ownSocket, tcpListen, vncScreens } from './arguments/display.ts';
import type { GuestPlan } from './arguments/plan.ts';
import { asList, asObject, asText } from './json.ts';
import type { Endpoint, LiveConsole, LiveScreen } from './live.ts';
import type { QmpClient } from './qmp.ts';

/** Where QEMU put the guest's serial lines and channels; ptys get their names only now. */
export async function liveConsoles(plan: GuestPlan, qmp: QmpClient): Promise<LiveConsole[]> {
  const names = new Map<string, string>();
  for (const item of asList(await qmp.execute('query-chardev'))) {
    const one = asObject(item);
    names.set(asText(one['label']) ?? '', asText(one['filename']) ?? '');
  }
  return consoleUses(plan).flatMap(({ alias, kind, device, interactive }) => {
    let endpoint: Endpoint | undefined;
    if (device.type === 'pty') {
      const name = names.get(chardevId(alias));
      if (name?.startsWith('pty:') === true) endpoint = { device: name.slice(4) };
    } else if (device.type === 'unix' && device.source?.mode !== 'connect') {
      endpoint = { unix: device.source?.path ?? plan.places.console(alias) };
    } else if (device.type === 'tcp' && device.source?.mode !== 'connect') {
      endpoint = { host: device.source?.host ?? '127.0.0.1', port: Number(device.source?.service) };
    }
    if (!endpoint) return [];
    const logged = interactive && plan.consoleLogs && device.log === undefined && device.type !== 'tcp';
    const log = logged ? plan.places.consoleLog(alias) : device.log?.file;
    return [{ alias, kind, endpoint, ...(log === undefined ? {} : { log }) }];
  });
}

/** Where its VNC screens are reached. */
export const liveScreens = (plan: GuestPlan): LiveScreen[] =>
  vncScreens(plan.domain.devices.graphics).map(({ graphics, index }) => {
    const port = plan.vncPorts.get(index);
    const address = tcpListen(graphics) ?? '127.0.0.1';
    const reach = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
    return {
      index,
      endpoint:
        port === undefined ? { unix: ownSocket(graphics) ?? plan.places.vnc(index) } : { host: reach, port },
    };
  });
