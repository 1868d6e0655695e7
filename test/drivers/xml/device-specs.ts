import fc from 'fast-check';
import type { DomainSpec } from '../../../drivers/xml/domain/types.ts';
import { sometimes, yes } from './spec-parts.ts';

type DevicesSpec = NonNullable<DomainSpec['devices']>;

const path = fc.constantFrom('/dev/sdb', '/images/a & b.qcow2', "/images/it's <here>.img", '/été/😀.iso');
const port = fc.integer({ min: 1, max: 65535 });
const byte = fc.integer({ min: 0, max: 255 });

const pci = sometimes(
  {
    type: fc.constant('pci'),
    domain: fc.constant(0),
    bus: byte,
    slot: fc.integer({ min: 0, max: 31 }),
    function: fc.integer({ min: 0, max: 7 }),
    multifunction: yes,
  },
  ['type', 'bus', 'slot', 'function'],
);
const drive = fc.record({
  type: fc.constant('drive'),
  controller: fc.nat(3),
  bus: fc.nat(3),
  target: fc.nat(7),
  unit: fc.nat(63),
});
const usb = fc.record({
  type: fc.constant('usb'),
  bus: fc.constant(0),
  port: fc.constantFrom('1', '1.2', '3.1.4'),
});
const address = fc.oneof(pci, drive, usb);
const alias = fc.constantFrom('ua-a', 'ua-b_c.d', 'net0');
const bootOrder = fc.integer({ min: 1, max: 9 });
const virtio = { iommu: yes, ats: yes, packed: yes };

const host = fc.oneof(
  sometimes({ name: fc.constantFrom('example.org', '192.0.2.1'), port, transport: fc.constant('tcp') }, [
    'name',
  ]),
  fc.record({ transport: fc.constant('unix'), socket: fc.constant('/run/nbd.sock') }),
);

const plain = {
  driver: sometimes(
    {
      name: fc.constant('qemu'),
      type: fc.constantFrom('raw', 'qcow2', 'vmdk', 'vdi', 'vpc'),
      cache: fc.constantFrom('none', 'writethrough', 'writeback', 'directsync', 'unsafe', 'default'),
      errorPolicy: fc.constantFrom('stop', 'report', 'ignore', 'enospace'),
      io: fc.constantFrom('threads', 'native', 'io_uring'),
      ioeventfd: yes,
      eventIdx: yes,
      copyOnRead: yes,
      discard: fc.constantFrom('ignore', 'unmap'),
      detectZeroes: fc.constantFrom('off', 'on', 'unmap'),
      iothread: fc.integer({ min: 1, max: 4 }),
      queues: fc.integer({ min: 1, max: 8 }),
      ...virtio,
    },
    ['name'],
  ),
  readonly: yes,
  shareable: yes,
  transient: yes,
  serial: fc.constantFrom('WD-1234', 'a_b.c'),
  wwn: fc.constant('5000c50015ea71aa'),
  blockio: fc.constant({ logicalBlockSize: 512, physicalBlockSize: 4096 }),
  iotune: fc.constantFrom({ totalBytesSec: 1_000_000 }, { readIopsSec: 100, writeIopsSec: 200 }),
  bootOrder,
  alias,
  address,
};
const target = sometimes(
  {
    dev: fc.constantFrom('vda', 'sdb', 'hda', 'sdaa'),
    bus: fc.constantFrom('virtio', 'scsi', 'sata', 'ide', 'usb'),
  },
  ['dev'],
);

const disk = fc.oneof(
  sometimes(
    {
      type: fc.constant('file'),
      device: fc.constant('disk'),
      source: sometimes({ file: path, startupPolicy: fc.constantFrom('mandatory', 'optional') }, ['file']),
      backingStore: fc.constantFrom(
        {},
        { type: 'file', format: 'qcow2', source: { file: '/base.qcow2' }, backingStore: {} },
      ),
      target,
      ...plain,
    },
    ['type', 'device', 'source', 'target'],
  ),
  sometimes(
    {
      type: fc.constant('block'),
      device: fc.constant('disk'),
      source: fc.record({ dev: fc.constant('/dev/vg/lv') }),
      target,
      ...plain,
    },
    ['type', 'device', 'source', 'target'],
  ),
  sometimes(
    {
      type: fc.constant('file'),
      device: fc.constant('cdrom'),
      source: fc.record({ file: path }),
      target: fc.record({
        dev: fc.constant('sdc'),
        bus: fc.constant('sata'),
        tray: fc.constantFrom('open', 'closed'),
      }),
      readonly: fc.constant(true),
      bootOrder,
    },
    ['type', 'device', 'target', 'readonly'],
  ),
  fc.record({
    type: fc.constant('file'),
    device: fc.constant('floppy'),
    target: fc.constant({ dev: 'fda', bus: 'fdc' }),
  }),
  sometimes(
    {
      type: fc.constant('network'),
      device: fc.constant('disk'),
      source: fc.record({
        protocol: fc.constant('nbd'),
        name: fc.constant('export'),
        hosts: fc.array(host, { minLength: 1, maxLength: 1 }),
      }),
      target,
      ...plain,
    },
    ['type', 'device', 'source', 'target'],
  ),
  fc.record({
    type: fc.constant('volume'),
    device: fc.constant('disk'),
    source: fc.record({ pool: fc.constant('default'), volume: fc.constantFrom('a.qcow2', 'b') }),
    target,
  }),
);

const controller = fc.oneof(
  sometimes(
    {
      type: fc.constant('scsi'),
      index: fc.nat(3),
      model: fc.constantFrom('virtio-scsi', 'lsilogic'),
      driver: sometimes({ queues: fc.constant(4), iothread: fc.constant(1), ...virtio }),
      alias,
      address: pci,
    },
    ['type', 'index'],
  ),
  sometimes(
    {
      type: fc.constant('usb'),
      index: fc.nat(3),
      model: fc.constantFrom('qemu-xhci', 'nec-xhci'),
      ports: fc.integer({ min: 1, max: 15 }),
    },
    ['type', 'index'],
  ),
  sometimes(
    {
      type: fc.constant('usb'),
      index: fc.constant(0),
      model: fc.constant('ich9-uhci1'),
      masterStartPort: fc.constant(0),
    },
    ['type', 'index', 'model'],
  ),
  sometimes(
    {
      type: fc.constant('pci'),
      index: fc.integer({ min: 1, max: 14 }),
      model: fc.constant('pcie-root-port'),
      modelName: fc.constant('pcie-root-port'),
      target: fc.constant({ chassis: 1, port: 16 }),
    },
    ['type', 'index', 'model'],
  ),
  fc.record({
    type: fc.constant('pci'),
    index: fc.constant(0),
    model: fc.constant('pcie-root'),
    pciHole64: fc.constant(1024 ** 3),
  }),
  sometimes(
    {
      type: fc.constant('virtio-serial'),
      index: fc.constant(0),
      ports: fc.constant(16),
      vectors: fc.constant(4),
    },
    ['type', 'index'],
  ),
  fc.record({ type: fc.constantFrom('sata', 'ide', 'fdc', 'ccid'), index: fc.nat(2) }),
);

const nic = {
  mac: fc.constantFrom('52:54:00:12:34:56', '52:54:00:ab:cd:ef'),
  model: fc.constantFrom('virtio', 'e1000', 'e1000e', 'rtl8139'),
  linkState: fc.constantFrom('up', 'down'),
  mtu: fc.integer({ min: 68, max: 9000 }),
  bootOrder,
  alias,
  address: pci,
  driver: sometimes({
    name: fc.constantFrom('vhost', 'qemu'),
    queues: fc.integer({ min: 1, max: 8 }),
    ...virtio,
  }),
  rom: fc.constantFrom({ bar: false }, { file: '/rom.bin' }, { enabled: false }),
  filterref: fc.constantFrom(
    { filter: 'clean-traffic' },
    { filter: 'a', parameters: [{ name: 'IP', value: '10.0.0.1' }] },
  ),
};
const range = fc.oneof(
  sometimes({ start: port, to: port }, ['start']),
  fc.record({ start: fc.constant(2000), end: fc.constant(3000), exclude: fc.constant(true) }),
);
const networkInterface = fc.oneof(
  sometimes(
    {
      type: fc.constant('user'),
      backend: sometimes({ type: fc.constant('passt'), logFile: fc.constant('/tmp/passt.log') }, ['type']),
      portForwards: fc.array(
        sometimes(
          {
            proto: fc.constantFrom('tcp', 'udp'),
            address: fc.constantFrom('127.0.0.1', '::1'),
            dev: fc.constant('eth0'),
            ranges: fc.array(range, { maxLength: 2 }),
          },
          ['proto'],
        ),
        { maxLength: 2 },
      ),
      ips: fc.constantFrom([], [{ family: 'ipv4', address: '172.17.2.0', prefix: 24 }]),
      ...nic,
    },
    ['type'],
  ),
  sometimes(
    {
      type: fc.constant('network'),
      source: sometimes({ network: fc.constant('default'), portgroup: fc.constant('red') }, ['network']),
      target: fc.constant({ dev: 'vnet7' }),
      isolated: yes,
      bandwidth: fc.constant({
        inbound: { average: 1000, peak: 5000, burst: 1024 },
        outbound: { average: 128 },
      }),
      ...nic,
    },
    ['type', 'source'],
  ),
  sometimes(
    {
      type: fc.constant('bridge'),
      source: fc.constant({ bridge: 'br0' }),
      vlan: fc.constantFrom(
        { tags: [{ id: 42 }] },
        { trunk: true, tags: [{ id: 42 }, { id: 123, nativeMode: 'untagged' }] },
      ),
      virtualport: fc.constant({
        type: 'openvswitch',
        parameters: { profileid: 'menial', interfaceid: '09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f' },
      }),
      ...nic,
    },
    ['type', 'source'],
  ),
  sometimes(
    {
      type: fc.constant('direct'),
      source: fc.record({
        dev: fc.constant('eth0'),
        mode: fc.constantFrom('vepa', 'bridge', 'private', 'passthrough'),
      }),
      ...nic,
    },
    ['type', 'source'],
  ),
  sometimes(
    {
      type: fc.constant('ethernet'),
      target: fc.constantFrom({ dev: 'tap7', managed: false }, { dev: 'tap1' }),
      script: fc.constant('/etc/qemu-ifup'),
      ...nic,
    },
    ['type'],
  ),
);

const backend = fc.oneof(
  fc.record({ type: fc.constantFrom('pty', 'null', 'stdio', 'vc') }),
  fc.record({
    type: fc.constant('unix'),
    source: sometimes({ mode: fc.constantFrom('bind', 'connect'), path: fc.constant('/run/a b.sock') }, [
      'mode',
      'path',
    ]),
  }),
  sometimes(
    {
      type: fc.constant('tcp'),
      source: fc.record({
        mode: fc.constant('bind'),
        host: fc.constant('127.0.0.1'),
        service: fc.constant('2445'),
      }),
      protocol: fc.constantFrom('raw', 'telnet'),
    },
    ['type', 'source'],
  ),
  fc.record({
    type: fc.constant('file'),
    source: sometimes({ path: fc.constant('/tmp/file.log'), append: yes }, ['path']),
  }),
  fc.constant({
    type: 'udp',
    source: { mode: 'bind', host: '0.0.0.0', service: '2445' },
    secondSource: { mode: 'connect', host: '0.0.0.0', service: '2446' },
  }),
  fc.constantFrom(
    { type: 'dev', source: { path: '/dev/ttyS0' } },
    { type: 'pipe', source: { path: '/tmp/mypipe' } },
  ),
);
const withBackend = <T extends object>(rest: fc.Arbitrary<T>) =>
  fc.tuple(backend, rest).map(([a, b]) => ({ ...a, ...b }));
const log = fc.constantFrom({ file: '/var/log/a.log' }, { file: '/var/log/b.log', append: true });

const serial = withBackend(
  sometimes({
    target: fc.constantFrom(
      { port: 0 },
      { type: 'isa-serial', port: 1, model: 'isa-serial' },
      { type: 'usb-serial', port: 0 },
    ),
    log,
    alias,
  }),
);
const parallel = withBackend(sometimes({ target: fc.constant({ port: 0 }) }));
const consoleDevice = withBackend(
  sometimes({ target: fc.constantFrom({ type: 'serial', port: 0 }, { type: 'virtio', port: 1 }), log }),
);
const channel = fc.oneof(
  withBackend(
    fc.record({
      target: fc.constantFrom(
        { type: 'virtio', name: 'org.qemu.guest_agent.0' },
        { type: 'guestfwd', address: '10.0.2.1', port: 4600 },
      ),
    }),
  ),
  fc.constantFrom(
    { type: 'spicevmc', target: { type: 'virtio', name: 'com.redhat.spice.0' } },
    {
      type: 'spiceport',
      source: { channel: 'org.qemu.console.serial.0' },
      target: { type: 'virtio', name: 'x' },
    },
  ),
);

const input = fc.oneof(
  sometimes(
    {
      type: fc.constantFrom('tablet', 'mouse', 'keyboard'),
      bus: fc.constantFrom('usb', 'virtio', 'ps2'),
      alias,
    },
    ['type', 'bus'],
  ),
  fc.record({
    type: fc.constant('passthrough'),
    bus: fc.constant('virtio'),
    source: fc.constant({ evdev: '/dev/input/event1' }),
  }),
  fc.record({
    type: fc.constant('evdev'),
    source: sometimes(
      {
        dev: fc.constant('/dev/input/event2'),
        grab: fc.constant('all'),
        repeat: yes,
        grabToggle: fc.constant('ctrl-ctrl'),
      },
      ['dev'],
    ),
  }),
);

const listen = fc.constantFrom(
  { type: 'address', address: '127.0.0.1' },
  { type: 'address' },
  { type: 'none' },
  { type: 'socket', socket: '/run/vnc.sock' },
  { type: 'network', network: 'default' },
);
const graphics = fc.oneof(
  sometimes(
    {
      type: fc.constant('vnc'),
      port: fc.constantFrom(-1, 5900, 5999),
      autoport: yes,
      websocket: fc.constantFrom(-1, 5700),
      listens: fc.array(listen, { maxLength: 1 }),
      passwd: fc.constantFrom('secret', 'a"b<c&'),
      passwdValidTo: fc.constant('2030-01-01T00:00:00'),
      connected: fc.constant('keep'),
      keymap: fc.constantFrom('de', 'en-us'),
      sharePolicy: fc.constantFrom('allow-exclusive', 'force-shared', 'ignore'),
      powerControl: yes,
    },
    ['type'],
  ),
  sometimes({ type: fc.constant('vnc'), socket: fc.constant('/run/vnc.sock') }, ['type', 'socket']),
  sometimes(
    {
      type: fc.constant('spice'),
      port: fc.constantFrom(-1, 5901),
      tlsPort: fc.constantFrom(-1, 5902),
      autoport: yes,
      listens: fc.array(listen, { maxLength: 1 }),
      channels: fc.constantFrom(
        [],
        [
          { name: 'main', mode: 'secure' },
          { name: 'record', mode: 'insecure' },
        ],
      ),
      imageCompression: fc.constantFrom('off', 'auto_glz'),
      jpegCompression: fc.constant('auto'),
      zlibCompression: fc.constant('never'),
      playbackCompression: yes,
      streamingMode: fc.constantFrom('filter', 'all', 'off'),
      clipboardCopypaste: yes,
      mouseMode: fc.constantFrom('client', 'server'),
      filetransfer: yes,
      gl: fc.constantFrom({ enable: true, rendernode: '/dev/dri/renderD128' }, { enable: false }),
    },
    ['type'],
  ),
  sometimes({ type: fc.constant('sdl'), display: fc.constant(':0.0'), fullscreen: yes }, ['type']),
  fc.constant({ type: 'egl-headless' }),
);

const videoModel = fc.oneof(
  sometimes(
    {
      type: fc.constant('virtio'),
      heads: fc.constantFrom(1, 4),
      primary: fc.constant(true),
      acceleration: fc.record({ accel3d: yes }),
      resolution: fc.constant({ x: 1280, y: 800 }),
    },
    ['type'],
  ),
  sometimes(
    {
      type: fc.constantFrom('vga', 'cirrus', 'bochs', 'vmvga'),
      vram: fc.constant(16384),
      heads: fc.constant(1),
    },
    ['type'],
  ),
  sometimes(
    {
      type: fc.constant('qxl'),
      ram: fc.constant(65536),
      vram: fc.constant(65536),
      vgamem: fc.constant(16384),
      vram64: fc.constant(65536),
      heads: fc.constant(1),
    },
    ['type'],
  ),
  fc.constantFrom({ type: 'none' }, { type: 'ramfb' }),
);

const rng = sometimes(
  {
    model: fc.constantFrom('virtio', 'virtio-transitional'),
    rate: sometimes({ bytes: fc.integer({ min: 1, max: 1 << 20 }), period: fc.constant(2000) }, ['bytes']),
    backend: fc.constantFrom(
      { model: 'random', path: '/dev/urandom' },
      { model: 'builtin' },
      { model: 'egd', type: 'tcp', source: { mode: 'connect', host: '127.0.0.1', service: '7878' } },
    ),
    alias,
    address: pci,
    driver: sometimes(virtio),
  },
  ['model', 'backend'],
);

const tpm = sometimes(
  {
    model: fc.constantFrom('tpm-tis', 'tpm-crb'),
    backend: fc.oneof(
      sometimes(
        {
          type: fc.constant('emulator'),
          version: fc.constantFrom('1.2', '2.0'),
          persistentState: yes,
          encryptionSecret: fc.uuid(),
          pcrBanks: fc.uniqueArray(fc.constantFrom('sha1', 'sha256', 'sha384', 'sha512'), { maxLength: 4 }),
        },
        ['type'],
      ),
      fc.constant({ type: 'passthrough', devicePath: '/dev/tpm0' }),
    ),
    alias,
  },
  ['backend'],
);

const hostdev = fc.oneof(
  sometimes(
    {
      mode: fc.constant('subsystem'),
      type: fc.constant('usb'),
      source: fc.record({ vendorId: fc.nat(0xffff), productId: fc.nat(0xffff) }),
      bootOrder,
      address: usb,
    },
    ['mode', 'type', 'source'],
  ),
  fc.record({
    mode: fc.constant('subsystem'),
    type: fc.constant('usb'),
    source: fc.record({ address: fc.record({ bus: byte, device: byte }) }),
  }),
  sometimes(
    {
      mode: fc.constant('subsystem'),
      type: fc.constant('pci'),
      managed: yes,
      driver: fc.constant('vfio'),
      source: fc.record({
        address: fc.record({ domain: fc.constant(0), bus: byte, slot: fc.nat(31), function: fc.nat(7) }),
      }),
      rom: fc.constantFrom({ bar: true }, { file: '/rom' }),
      address: pci,
    },
    ['mode', 'type', 'managed', 'source'],
  ),
);

const filesystem = sometimes(
  {
    type: fc.constant('mount'),
    accessmode: fc.constantFrom('passthrough', 'mapped', 'squash'),
    driver: fc.constantFrom({ type: 'path', wrpolicy: 'immediate' }, { type: 'virtiofs', queue: 1024 }),
    binary: fc.constantFrom(
      { path: '/usr/libexec/virtiofsd', xattr: true, cache: 'always', sandbox: 'namespace' },
      { path: '/usr/libexec/virtiofsd' },
    ),
    source: fc.record({ dir: path }),
    target: fc.constantFrom('share', '/mnt/x'),
    readonly: yes,
  },
  ['type', 'source', 'target'],
);

const few = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 2 });

export const deviceSpecs: fc.Arbitrary<DevicesSpec> = sometimes({
  emulator: fc.constantFrom('/usr/bin/qemu-system-x86_64', '/opt/my qemu'),
  disks: fc.array(disk, { maxLength: 3 }),
  controllers: few(controller),
  filesystems: few(filesystem),
  interfaces: few(networkInterface),
  smartcards: few(
    fc.constantFrom(
      { mode: 'host' },
      { mode: 'host-certificates', certificates: ['c1', 'c2', 'c3'], database: '/etc/pki/nssdb/' },
      { mode: 'passthrough', type: 'spicevmc' },
    ),
  ),
  serials: few(serial),
  parallels: few(parallel),
  consoles: few(consoleDevice),
  channels: few(channel),
  inputs: few(input),
  tpms: fc.array(tpm, { maxLength: 1 }),
  graphics: few(graphics),
  sounds: few(
    sometimes(
      {
        model: fc.constantFrom('ich6', 'ich9', 'ac97', 'es1370'),
        codecs: fc.constantFrom([], ['duplex', 'micro']),
        audioId: fc.constant(1),
        alias,
      },
      ['model'],
    ),
  ),
  audios: fc.constantFrom(
    [],
    [{ id: 1, type: 'none' }],
    [{ id: 1, type: 'spice' }],
    [{ id: 1, type: 'pulseaudio', serverName: 'acme.example.org' }],
    [{ id: 1, type: 'file', path: '/a.wav' }],
  ),
  videos: few(
    sometimes(
      {
        model: videoModel,
        driver: sometimes({ name: fc.constantFrom('qemu', 'vhostuser'), iommu: yes, ats: yes }),
        alias,
        address: pci,
      },
      ['model'],
    ),
  ),
  hostdevs: few(hostdev),
  redirdevs: few(
    sometimes({ bus: fc.constant('usb'), type: fc.constant('spicevmc'), bootOrder }, ['bus', 'type']),
  ),
  watchdogs: fc.array(
    sometimes(
      {
        model: fc.constantFrom('i6300esb', 'ib700'),
        action: fc.constantFrom('reset', 'shutdown', 'poweroff', 'pause', 'none', 'dump', 'inject-nmi'),
        alias,
      },
      ['model'],
    ),
    { maxLength: 1 },
  ),
  memballoon: sometimes(
    {
      model: fc.constantFrom('virtio', 'none', 'xen'),
      autodeflate: yes,
      freePageReporting: yes,
      statsPeriod: fc.constant(10),
      alias,
    },
    ['model'],
  ),
  rngs: few(rng),
  panics: few(
    fc.constantFrom({}, { model: 'isa', address: { type: 'isa', iobase: 0x505 } }, { model: 'hyperv' }),
  ),
  vsock: sometimes(
    { model: fc.constant('virtio'), cid: fc.constantFrom({ auto: true }, { auto: false, address: 3 }) },
    ['model'],
  ),
  iommu: fc.constantFrom(
    { model: 'intel', driver: { intremap: true, cachingMode: false, eim: true, iotlb: true, awBits: 48 } },
    { model: 'intel' },
  ),
});
