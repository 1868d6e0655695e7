import { required, value } from '../../codec/fields.ts';
import { count, integer, onOff, portNumber, positive, text, yesNo } from '../../codec/scalars.ts';
import { child, list, struct, type Part } from '../../codec/structs.ts';
import type {
  Interface,
  InterfaceBackend,
  InterfaceDriver,
  InterfaceIp,
  InterfaceSource,
  PortForward,
  PortRange,
} from '../types.ts';
import { bandwidthLimits, virtualport, vlan } from '../../switch-port.ts';
import { address, alias, at, bootOrder, rom, virtioDriverFields } from './address.ts';

const source = struct<InterfaceSource>({
  network: value('@network', text),
  portgroup: value('@portgroup', text),
  portid: value('@portid', text),
  bridge: value('@bridge', text),
  dev: value('@dev', text),
  mode: value('@mode', text),
  type: value('@type', text),
  path: value('@path', text),
  name: value('@name', text),
  address: value('@address', text),
  port: value('@port', portNumber),
  local: child(
    'local',
    struct<Part<InterfaceSource, 'local'>>({
      address: value('@address', text),
      port: value('@port', portNumber),
    }),
  ),
  pciAddress: child('address', address),
});

const ip = struct<InterfaceIp>({
  address: required(value('@address', text), 'address'),
  family: value('@family', text),
  prefix: value('@prefix', integer(0, 128)),
  peer: value('@peer', text),
});

const driver = struct<InterfaceDriver>({
  name: value('@name', text),
  txmode: value('@txmode', text),
  ioeventfd: value('@ioeventfd', onOff),
  eventIdx: value('@event_idx', onOff),
  queues: value('@queues', positive),
  rxQueueSize: value('@rx_queue_size', count),
  txQueueSize: value('@tx_queue_size', count),
  ...virtioDriverFields,
});

const range = struct<PortRange>({
  start: required(value('@start', portNumber), 'start'),
  end: value('@end', portNumber),
  to: value('@to', portNumber),
  exclude: value('@exclude', yesNo),
});

const portForward = struct<PortForward>({
  proto: required(value('@proto', text), 'proto'),
  address: value('@address', text),
  dev: value('@dev', text),
  ranges: list('range', range),
});

const backend = struct<InterfaceBackend>({
  type: value('@type', text),
  logFile: value('@logFile', text),
  tap: value('@tap', text),
  vhost: value('@vhost', text),
});

export const networkInterface = struct<Interface>({
  type: required(value('@type', text), 'type'),
  managed: value('@managed', yesNo),
  mac: value('mac@address', text),
  source: child('source', source),
  ips: list('ip', ip),
  script: value('script@path', text),
  target: child(
    'target',
    struct<Part<Interface, 'target'>>({ dev: value('@dev', text), managed: value('@managed', yesNo) }),
  ),
  guest: child(
    'guest',
    struct<Part<Interface, 'guest'>>({ dev: value('@dev', text), actual: value('@actual', text) }),
  ),
  model: value('model@type', text),
  driver: child('driver', driver),
  backend: child('backend', backend),
  filterref: child(
    'filterref',
    struct<Part<Interface, 'filterref'>>({
      filter: required(value('@filter', text), 'filter'),
      parameters: list(
        'parameter',
        struct<Part<Interface, 'filterref'>['parameters'][number]>({
          name: required(value('@name', text), 'name'),
          value: required(value('@value', text), 'value'),
        }),
      ),
    }),
  ),
  linkState: value('link@state', text),
  mtu: value('mtu@size', positive),
  bandwidth: child('bandwidth', bandwidthLimits),
  virtualport: child('virtualport', virtualport),
  vlan: child('vlan', vlan),
  portForwards: list('portForward', portForward),
  rom: child('rom', rom),
  isolated: value('port@isolated', yesNo),
  bootOrder,
  alias,
  address: at,
});
