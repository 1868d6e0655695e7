import { createHash } from 'node:crypto';
import type { Disk, Interface, InterfaceIp, PortForward } from '../../xml/domain/types.ts';
import { pciPlace, platformOfPlan, usbPlace, virtioModel, virtioOptions } from './addresses.ts';
import { formatOptions, type Arguments, type Options } from './options.ts';
import type { GuestPlan } from './plan.ts';

export const interfaceId = (position: number): string => `net${String(position)}`;

/**
 * An address for an interface whose document has none, in QEMU's own range. It follows from the domain and the
 * position, so that a guest meets the same card at every start.
 */
export function macFor(uuid: string, position: number): string {
  const hash = createHash('sha256')
    .update(`${uuid}/${String(position)}`)
    .digest();
  const bytes = [0x52, 0x54, 0x00, hash[0] ?? 0, hash[1] ?? 0, hash[2] ?? 0];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

export function addInterface(
  args: Arguments,
  plan: GuestPlan,
  network: Interface,
  position: number,
  path: string,
  boot: ReadonlyMap<Disk | Interface, number>,
): void {
  const id = interfaceId(position);
  const backend = backendOf(network, `host${id}`);
  if (backend !== undefined) args.add('-netdev', backend);
  const model = cardModel(plan, network);
  const virtio = model.startsWith('virtio');
  const { driver } = network;
  const queues = virtio && network.type === 'ethernet' ? driver?.queues : undefined;
  args.device(
    model,
    {
      netdev: backend === undefined ? undefined : `host${id}`,
      id,
      mac: network.mac ?? macFor(plan.uuid, position),
      bootindex: boot.get(network),
      ...(virtio
        ? {
            ...virtioOptions(driver),
            host_mtu: network.mtu,
            mq: queues === undefined ? undefined : true,
            vectors: queues === undefined ? undefined : 2 * queues + 2,
            rx_queue_size: driver?.rxQueueSize,
            tx_queue_size: driver?.txQueueSize,
            tx: driver?.txmode === 'timer' ? 'timer' : driver?.txmode === 'iothread' ? 'bh' : undefined,
            ioeventfd: driver?.ioeventfd,
            event_idx: driver?.eventIdx,
          }
        : {}),
      ...(model === 'usb-net' ? usbPlace(network.address) : pciPlace(plan, network.address)),
      ...(network.rom === undefined
        ? {}
        : {
            rombar: network.rom.bar === undefined ? undefined : network.rom.bar ? 1 : 0,
            romfile: network.rom.enabled === false ? '' : network.rom.file,
          }),
    },
    path,
  );
}

/** The card that the guest sees. Documents that name none get libvirt's choice. */
export function cardModel(plan: GuestPlan, network: Interface): string {
  const { x86 } = platformOfPlan(plan);
  const model = network.model ?? (x86 ? 'rtl8139' : 'virtio');
  return model.startsWith('virtio') ? virtioModel(plan, 'net', model) : model;
}

function backendOf(network: Interface, id: string): string | undefined {
  const { source } = network;
  const endpoint = (address: string | undefined, port: number | undefined): string =>
    `${address ?? ''}:${String(port ?? 0)}`;
  const options = (kind: string, more: Options): string => formatOptions(kind, { id, ...more });
  switch (network.type) {
    case 'bridge':
      return options('bridge', { br: source?.bridge });
    case 'ethernet': {
      const queues = network.driver?.queues;
      return options('tap', {
        ifname: network.target?.dev,
        script: network.script ?? 'no',
        downscript: 'no',
        queues: queues !== undefined && queues > 1 ? queues : undefined,
      });
    }
    case 'mcast':
      return options('socket', { mcast: endpoint(source?.address, source?.port) });
    case 'server':
      return options('socket', { listen: endpoint(source?.address, source?.port) });
    case 'client':
      return options('socket', { connect: endpoint(source?.address, source?.port) });
    case 'udp':
      return options('socket', {
        udp: endpoint(source?.address, source?.port),
        localaddr: endpoint(source?.local?.address, source?.local?.port),
      });
    case 'null':
      return undefined;
    default:
      return userBackend(network, id);
  }
}

/** QEMU's own network: the guest reaches out through the host, nobody reaches in but through forwarded ports. */
function userBackend(network: Interface, id: string): string {
  const four = network.ips.find((ip) => familyOf(ip) === 'ipv4');
  const six = network.ips.find((ip) => familyOf(ip) === 'ipv6');
  const parts = [
    formatOptions('user', {
      id,
      net: four && `${four.address}/${String(four.prefix ?? 24)}`,
      'ipv6-net': six && `${six.address}/${String(six.prefix ?? 64)}`,
    }),
  ];
  for (const forward of network.portForwards) {
    for (const rule of forwardRules(forward)) parts.push(formatOptions(undefined, { hostfwd: rule }));
  }
  return parts.join(',');
}

const familyOf = ({ family, address }: InterfaceIp): string =>
  family ?? (address.includes(':') ? 'ipv6' : 'ipv4');

/** How many ports an interface would forward, without those that are excluded. */
export const forwardCount = ({ portForwards }: Interface): number =>
  portForwards
    .flatMap(({ ranges }) => ranges)
    .reduce((sum, { start, end }) => sum + Math.max(0, (end ?? start) - start) + 1, 0);

/** proto:address:port-:port for every port of the ranges that is not excluded. */
export function forwardRules({ proto, address, ranges }: PortForward): string[] {
  const excluded = ranges.filter(({ exclude }) => exclude === true);
  const open = ranges.filter(({ exclude }) => exclude !== true);
  const rules: string[] = [];
  for (const { start, end, to } of open) {
    for (let port = start; port <= (end ?? start); port++) {
      if (excluded.some((range) => port >= range.start && port <= (range.end ?? range.start))) continue;
      rules.push(`${proto}:${address ?? ''}:${String(port)}-:${String((to ?? start) + port - start)}`);
    }
  }
  return rules;
}
