import type { CharacterDevice } from '../../xml/domain/types.ts';
import { platformOfPlan, usbPlace } from './addresses.ts';
import { formatOptions, type Arguments, type Options } from './options.ts';
import type { GuestPlan } from './plan.ts';

export type ConsoleKind = 'serial' | 'parallel' | 'console' | 'channel';

/** A character device as it really comes to be, with the name that it goes by. */
export interface ConsoleUse {
  /** serial0, console1, channel0, … as libvirt numbers them. */
  alias: string;
  kind: ConsoleKind;
  device: CharacterDevice;
  /** Path in the document. */
  path: string;
  /** Our own socket serves it: the document leaves the place open. */
  ownSocket: boolean;
  /** A person may type into it: serial lines and consoles, not the guest agent's channel. */
  interactive: boolean;
}

/**
 * Every character device of a domain that gets a backend. A `<console>` for the first serial port is that port and
 * no device of its own; where no `<serial>` is there it makes one.
 */
export function consoleUses(plan: Pick<GuestPlan, 'domain'>): ConsoleUse[] {
  const { serials, parallels, consoles, channels } = plan.domain.devices;
  const uses: ConsoleUse[] = [];
  const use = (kind: ConsoleKind, device: CharacterDevice, position: number, path: string): void => {
    const ownSocket = device.type === 'unix' && device.source?.path === undefined;
    uses.push({
      alias: `${kind}${String(position)}`,
      kind,
      device,
      path,
      ownSocket,
      interactive: kind !== 'channel',
    });
  };
  serials.forEach((device, at) => use('serial', device, at, `devices/serial[${String(at + 1)}]`));
  parallels.forEach((device, at) => use('parallel', device, at, `devices/parallel[${String(at + 1)}]`));
  consoles.forEach((device, at) => {
    const path = `devices/console[${String(at + 1)}]`;
    if (isSerialConsole(device)) {
      if (at === 0 && serials.length === 0) use('serial', device, 0, path);
    } else use('console', device, at, path);
  });
  channels.forEach((device, at) => {
    if (channelWorks(device)) use('channel', device, at, `devices/channel[${String(at + 1)}]`);
  });
  return uses;
}

export const isSerialConsole = ({ target }: CharacterDevice): boolean =>
  target?.type === undefined || target.type === 'serial';

export const channelWorks = ({ type, target }: CharacterDevice): boolean =>
  (target?.type === undefined || target.type === 'virtio') &&
  type !== 'spicevmc' &&
  type !== 'spiceport' &&
  type !== 'dbus';

export function addCharacters(args: Arguments, plan: GuestPlan): void {
  for (const use of consoleUses(plan)) {
    args.add('-chardev', backendOf(plan, use));
    addFrontend(args, plan, use);
  }
}

export const chardevId = (alias: string): string => `char${alias}`;

/** The node's side. */
function backendOf(plan: GuestPlan, use: ConsoleUse): string {
  const { device, alias } = use;
  const { source } = device;
  const log: Options =
    device.log !== undefined
      ? { logfile: device.log.file, logappend: device.log.append }
      : plan.consoleLogs && use.interactive && (device.type === 'pty' || device.type === 'unix')
        ? { logfile: plan.places.consoleLog(alias), logappend: true }
        : {};
  const id = chardevId(alias);
  const listens = source?.mode !== 'connect';
  const reconnect =
    source?.reconnect?.enabled === true && !listens ? (source.reconnect.timeout ?? 1) : undefined;
  const server: Options = listens ? { server: true, wait: false } : { reconnect };
  switch (device.type) {
    case 'pty':
      return formatOptions('pty', { id, ...log });
    case 'unix':
      return formatOptions('socket', {
        id,
        path: source?.path ?? plan.places.console(alias),
        ...server,
        ...log,
      });
    case 'tcp':
      return formatOptions('socket', {
        id,
        host: source?.host ?? '127.0.0.1',
        port: source?.service,
        telnet: device.protocol === 'telnet' ? true : undefined,
        ...server,
        ...log,
      });
    case 'udp': {
      const [connect, bind] =
        source?.mode === 'bind' ? [device.secondSource, source] : [source, device.secondSource];
      return formatOptions('udp', {
        id,
        host: connect?.host ?? '127.0.0.1',
        port: connect?.service,
        localaddr: bind?.host,
        localport: bind?.service,
        ...log,
      });
    }
    case 'file':
      return formatOptions('file', { id, path: source?.path, append: source?.append, ...log });
    case 'dev':
      return formatOptions(use.kind === 'parallel' ? 'parallel' : 'serial', {
        id,
        path: source?.path,
        ...log,
      });
    case 'pipe':
      return formatOptions('pipe', { id, path: source?.path, ...log });
    case 'qemu-vdagent':
      return formatOptions('qemu-vdagent', { id, name: 'vdagent', clipboard: true });
    default:
      // stdio, vc and null: nobody is at QEMU's own terminal
      return formatOptions('null', { id, ...log });
  }
}

/** The guest's side. */
function addFrontend(args: Arguments, plan: GuestPlan, use: ConsoleUse): void {
  const { device, alias, kind, path } = use;
  const platform = platformOfPlan(plan);
  const chardev = chardevId(alias);
  const { target, address } = device;
  const port = address?.type === 'virtio-serial' ? address : undefined;
  const bus = `virtio-serial${String(port?.controller ?? 0)}.0`;
  if (kind === 'channel') {
    args.device(
      'virtserialport',
      { bus, chardev, id: alias, nr: portNumber(port?.port), name: target?.name },
      path,
    );
    return;
  }
  if (kind === 'console') {
    if (target?.type === 'sclp' || target?.type === 'sclplm') {
      args.device(target.type === 'sclp' ? 'sclpconsole' : 'sclplmconsole', { chardev, id: alias }, path);
    } else args.device('virtconsole', { bus, chardev, id: alias, nr: portNumber(port?.port) }, path);
    return;
  }
  if (kind === 'parallel') {
    args.device('isa-parallel', { chardev, id: alias }, path);
    return;
  }
  const model = target?.model ?? target?.type;
  if (model === 'usb-serial') args.device('usb-serial', { chardev, id: alias, ...usbPlace(address) }, path);
  else if (model === 'pci-serial') args.device('pci-serial', { chardev, id: alias }, path);
  else if (platform.x86) {
    const isa = address?.type === 'isa' ? address : undefined;
    args.device(
      'isa-serial',
      { chardev, id: alias, index: target?.port, iobase: isa?.iobase, irq: isa?.irq },
      path,
    );
  } else if (platform.family === 's390') args.device('sclpconsole', { chardev, id: alias }, path);
  else if (platform.family === 'pseries') args.device('spapr-vty', { chardev, id: alias }, path);
  // the machine has its own port: it is told which backend to use
  else args.add('-serial', `chardev:${chardev}`);
}

/** Port 0 of a virtio serial bus is for consoles: QEMU chooses the number where the document has none. */
function portNumber(port: string | undefined): number | undefined {
  const number = Number(port);
  return port !== undefined && Number.isInteger(number) && number > 0 ? number : undefined;
}
