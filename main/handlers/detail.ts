import type { DomainSummary } from '../../drivers/api/model.ts';
import type {
  CharacterDevice,
  Disk,
  Domain,
  DiskSource,
  Graphics,
  Interface,
} from '../../drivers/xml/domain/types.ts';
import type { DomainDetail } from '../../preload/rows.ts';

/** The facts of a domain page from its document, and where its process writes (a path on the node). */
export function domainDetail(summary: DomainSummary, domain: Readonly<Domain>, log?: string): DomainDetail {
  const { os, devices } = domain;
  const [tpm] = devices.tpms;
  const [video] = devices.videos;
  const topology = domain.cpu?.topology;
  const cpu =
    domain.cpu?.mode === 'custom' ? domain.cpu.model?.name : (domain.cpu?.mode ?? domain.cpu?.model?.name);
  return {
    summary,
    ...present('description', domain.description),
    ...present('machine', os.machine),
    firmware: os.firmware === 'efi' || os.loader?.type === 'pflash' ? 'efi' : 'bios',
    secureBoot: hasSecureBoot(domain),
    ...present('tpm', tpm && [tpm.model ?? 'tpm', tpm.backend?.version].filter(Boolean).join(' ')),
    ...present('cpu', cpu),
    ...present(
      'topology',
      topology && { sockets: topology.sockets, cores: topology.cores, threads: topology.threads },
    ),
    currentMemory: domain.currentMemory ?? domain.memory,
    disks: devices.disks.map(diskRow),
    interfaces: devices.interfaces.map(interfaceRow),
    graphics: devices.graphics.map(graphicsRow),
    consoles: consoleRows(domain),
    ...present('video', video?.model?.type),
    ...present('log', log),
  };
}

/** The field, or nothing where there is no value. */
function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

function hasSecureBoot({ os }: Domain): boolean {
  if (os.loader?.secure) return true;
  return os.firmwareFeatures.some(
    ({ name, enabled }) => enabled && (name === 'secure-boot' || name === 'enrolled-keys'),
  );
}

/** Where a disk's bytes are, as a text. */
export function sourceText(source: DiskSource | undefined): string | undefined {
  if (!source) return undefined;
  const plain = source.file ?? source.dev ?? source.dir;
  if (plain !== undefined) return plain;
  if (source.pool !== undefined) return `${source.pool}/${source.volume ?? ''}`;
  if (source.protocol === undefined) return undefined;
  const [host] = source.hosts;
  const at = host
    ? `${host.name ?? host.socket ?? ''}${host.port === undefined ? '' : `:${String(host.port)}`}`
    : '';
  return `${source.protocol}://${at}/${source.name ?? ''}`;
}

const devices: ReadonlySet<string> = new Set(['cdrom', 'floppy', 'lun']);

function diskRow(disk: Disk): DomainDetail['disks'][number] {
  const removable = disk.device === 'cdrom' || disk.device === 'floppy';
  const source = sourceText(disk.source);
  // the document of a machine that is off names a format for an empty drive, too
  const format = removable && source === undefined ? undefined : disk.driver?.type;
  return {
    target: disk.target.dev,
    device: devices.has(disk.device) ? (disk.device as 'cdrom' | 'floppy' | 'lun') : 'disk',
    ...present('bus', disk.target.bus),
    ...present('source', source),
    ...present('format', format),
    readonly: disk.readonly || disk.device === 'cdrom',
    removable,
  };
}

function interfaceRow(device: Interface): DomainDetail['interfaces'][number] {
  const { source } = device;
  return {
    ...present('mac', device.mac),
    ...present('model', device.model),
    type: device.type,
    ...present('source', source?.network ?? source?.bridge ?? source?.dev),
    forwards: device.portForwards.flatMap(({ proto, address, ranges }) =>
      ranges
        .filter(({ exclude }) => !exclude)
        .map(({ start, end, to }) => {
          const last = end === undefined || end === start ? '' : `-${String(end)}`;
          return `${proto} ${address ?? '*'}:${String(start)}${last} → ${String(to ?? start)}`;
        }),
    ),
  };
}

function graphicsRow(graphics: Graphics, index: number): DomainDetail['graphics'][number] {
  const [listen] = graphics.listens;
  const socket = listen?.socket ?? graphics.socket;
  const address = listen?.address ?? graphics.listen ?? '127.0.0.1';
  const port = graphics.port !== undefined && graphics.port > 0 ? graphics.port : undefined;
  const label =
    socket ?? (listen?.type === 'socket' ? 'socket' : port === undefined ? '' : `${address}:${String(port)}`);
  return { index, type: graphics.type, label, openable: graphics.type === 'vnc' };
}

const streams: ReadonlySet<string> = new Set(['pty', 'unix', 'tcp']);

/** Serial lines and consoles. libvirt shows the first serial line a second time as a console: once is enough. */
function consoleRows({ devices: { serials, consoles } }: Domain): DomainDetail['consoles'] {
  const row =
    (kind: 'serial' | 'console') =>
    (device: CharacterDevice, index: number): DomainDetail['consoles'][number] => ({
      alias: device.alias ?? `${kind}${String(index)}`,
      kind,
      label: device.target?.model ?? device.target?.type ?? device.type,
      openable: streams.has(device.type) && device.source?.mode !== 'connect',
    });
  const own = consoles.map(row('console')).filter((_, index) => {
    const type = consoles[index]?.target?.type;
    return !(serials.length > 0 && (type === undefined || type === 'serial'));
  });
  return [...serials.map(row('serial')), ...own];
}
