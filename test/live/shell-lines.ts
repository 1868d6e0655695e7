import { odd, uuids } from './shell-worlds.ts';

/** Words of each area that only look; POOL is the folder of the pool `images`. The same on QEMU and on the test hypervisor. */
export const looks: Readonly<Record<string, readonly string[]>> = {
  list: [
    ...['', '--all', '--all --title', '--all --name', '--all --uuid', '--all --id', '--all --id --name'],
    ...['--inactive --name --uuid', '--all --managed-save', '--transient', '--all --autostart'],
    ...['--all --no-autostart --persistent', '--state-paused', '--all --state-shutoff', '--state-other'],
    ...['--all --with-snapshot', '--all --without-snapshot', '--all --with-managed-save', '--table --name'],
    '--bogus',
  ].map((words) => `list ${words}`.trim()),
  quiet: ['-q list --all --title', '-q domstate runs', '-q pool-list --all --details', '-q vol-list images'],
  'facts of a machine': [
    ...['runs', 'paused', 'off', 'saved', 'passing', 'Zebra', uuids.off, '1', 'nobody'].flatMap((name) => [
      ...[`dominfo ${name}`, `domstate ${name}`, `domstate --reason ${name}`],
    ]),
    ...['42', '+1', '01', '0x1', '-1', odd.named, odd.wide, uuids.Zebra, uuids.off.toUpperCase()].map(
      (name) => `dominfo ${name}`,
    ),
    ...[
      'dominfo --domain=',
      'dominfo -- --bogus',
      'dominfo runs --domain runs',
      'domstate runs --reason --reason',
    ],
    ...['runs', 'off', uuids.off, '1', 'nobody', '42', odd.named].flatMap((name) => [
      ...[`domid ${name}`, `domuuid ${name}`, `domname ${name}`],
    ]),
    ...['runs', 'off', 'paused'].flatMap((name) => [
      ...[`desc ${name}`, `desc --title ${name}`, `vncdisplay ${name}`],
    ]),
    'dominfo',
  ],
  domstats: [
    'domstats',
    ...['--state', '--cpu-total', '--balloon', '--vcpu', '--interface', '--block', '--block --backing'],
    ...['--iothread', '--perf', '--memory', '--dirtyrate', '--vm', '--list-running --state'],
    ...[
      '--list-inactive --state',
      '--list-transient --balloon',
      '--list-paused',
      'off',
      'off runs --state',
      'nobody',
    ],
  ].map((words) => (words === 'domstats' ? words : `domstats ${words}`)),
  documents: ['runs', 'off', 'paused', 'saved', 'passing', 'nobody']
    .flatMap((name) =>
      ['', '--inactive ', '--security-info ', '--migratable ', '--update-cpu '].map(
        (form) => `dumpxml ${form}${name}`,
      ),
    )
    .concat('dumpxml', 'dumpxml --inactive --security-info runs'),
  'disks and cards': ['runs', 'off'].flatMap((name) => [
    ...[`domblklist ${name}`, `domblklist --details ${name}`, `domblklist --inactive ${name}`],
    ...[`domiflist ${name}`, `domiflist --inactive ${name}`],
  ]),
  snapshots: [
    ...['', '--parent ', '--tree ', '--name --topological ', '--roots ', '--leaves --name '].map(
      (form) => `snapshot-list ${form}off`,
    ),
    ...['snapshot-list runs', 'snapshot-list --roots --tree off', 'snapshot-info runs nobody'],
    ...['snapshot-current --name off', 'snapshot-parent off nobody', 'snapshot-current runs'],
  ],
  networks: [
    ...['', '--all', '--inactive', '--all --name', '--all --uuid', '--all --autostart', '--transient'].map(
      (words) => `net-list ${words}`.trim(),
    ),
    ...['net-list --name --uuid', 'net-info lan', 'net-info quiet', 'net-info nobody', 'net-dumpxml lan'],
    ...[
      'net-dumpxml --inactive lan',
      'net-uuid lan',
      `net-name ${uuids.lan}`,
      'net-name lan',
      'net-uuid nobody',
    ],
  ],
  pools: [
    ...['', '--all', '--all --details', '--details', '--inactive', '--all --name', '--all --uuid'],
    ...['--all --uuid --name', '--all --type dir', '--all --type logical', '--type nonsense', '--autostart'],
  ]
    .map((words) => `pool-list ${words}`.trim())
    .concat(
      ...['pool-info images', 'pool-info --bytes images', 'pool-info sleeping', 'pool-info nobody'],
      ...['pool-dumpxml images', 'pool-uuid images', `pool-name ${uuids.images}`, 'pool-name nobody'],
    ),
  volumes: [
    ...['vol-list images', 'vol-list --details images', 'vol-list sleeping', 'vol-list nobody'],
    ...['vol-info one.img images', 'vol-info --bytes one.img --pool images', 'vol-info nobody images'],
    ...[
      'vol-info nobody',
      'vol-info one.img sleeping',
      'vol-info one.img nobody',
      'vol-info --bytes POOL/one.img',
    ],
    ...[
      'vol-dumpxml one.img images',
      'vol-path one.img images',
      'vol-key one.img images',
      'vol-name POOL/one.img',
    ],
    ...['vol-pool POOL/one.img', 'vol-pool --uuid POOL/one.img', 'vol-pool /nowhere', 'vol-name /nowhere'],
  ],
  'the host': ['nodeinfo', 'hostname', 'uri', 'capabilities', 'iface-list', 'iface-list --all', 'nonsense'],
};

/** What may stand before and around a command. The same on QEMU and on the test hypervisor. */
export const forms: readonly (readonly string[])[] = [
  ...['-qr list --name', '-q -- list --name', '--qui list', '-k 5 -K 3 list', '--keepalive-count=5 list'],
  ...['-k x list', '-d 4 list', '-d4 list', '--debug=4 list', '--escape=^a domid runs', '-ex domid runs'],
  ...['-z', '--nonsense', 'list --all --all', 'list --all=yes', 'list -- --all', 'list all', 'setmem runs'],
  ...['echo a b', '-q echo a b', 'echo --xml <&>', 'echo --shell a;b c', 'echo --err a', 'pwd', 'cd /'],
]
  .map((line) => line.split(' '))
  .concat(
    [
      ...['list; domid runs', ';list;;', 'domid nobody; domid runs', 'domid runs; domid nobody; domid off'],
      ...['domid runs; list --bogus', 'domid runs; nonsense', 'domid runs; quit; domid off', 'exit', ''],
      ...[
        'domid runs # off',
        'list \\\n --all',
        'domid runs\ndomid off',
        'echo "a  b" \'c"d\' e\\ f',
        'echo "a',
        'echo a\\',
      ],
      "echo --shell 'a b' \"it's\" c",
    ].map((line) => [line]),
  );

/** Words that only the daemon's QEMU answers. */
export const looksAtQemu: readonly string[] = [
  ...['secret-list', 'nodedev-list', 'nodedev-list --cap pci', 'vol-info --physical one.img images'],
  // refused before anything happens
  ...[
    'blockcommit runs vda',
    'blockcommit runs vda --wait --verbose',
    'blockcommit runs vda --pivot --keep-overlay',
  ],
  ...[
    'blockcommit passing vda',
    'blockcommit passing vda --top nowhere',
    'blockcommit runs nodisk',
    'change-media runs hdc --eject',
    'change-media runs nodrive --eject',
    'change-media runs vda --eject',
  ],
  ...[
    'change-media runs hdc --eject --insert',
    'change-media runs hdc --insert',
    'change-media runs hdc --update',
  ],
];

/** Each line changes a test hypervisor of its own, and looks at what came of it. */
export const changes: readonly string[] = [
  'suspend runs; domstate --reason runs; resume runs; domstate --reason runs',
  'start off; list --all; destroy off; domstate --reason off; start runs',
  'shutdown runs; domstate --reason runs',
  'autostart off; dominfo off; autostart --disable off; autostart nobody',
  'desc off new words; desc off; desc --title off A title; list --all --title',
  'domrename off renamed; list --all --name; domrename renamed runs',
  '-q managedsave runs; list --all --managed-save; managedsave-remove runs; list --all --managed-save',
  'undefine off; list --all --name; dominfo off',
  'destroy passing; list --all --name; domstate passing',
  'snapshot-create-as off one; snapshot-create-as off two; snapshot-list --name off; snapshot-list --tree off; snapshot-current --name off; snapshot-parent off two; snapshot-revert off one; snapshot-current --name off; snapshot-delete off one --children; snapshot-list --name off; snapshot-delete off one',
  'net-destroy lan; net-list --all; net-start lan; net-list --all; net-start lan',
  'net-autostart lan; net-info lan; net-autostart lan --disable; net-info lan',
  'net-destroy lan; net-undefine lan; net-list --all; net-undefine lan',
  'pool-destroy images; pool-list --all --details; pool-start images; pool-list --all; pool-start images',
  'pool-destroy images; vol-list images',
  'pool-autostart images; pool-info images; pool-autostart images --disable; pool-refresh images; pool-refresh nobody',
  'pool-define-as more dir --target /more; pool-start more; pool-list --all; pool-destroy more; pool-undefine more; pool-list --all; pool-undefine more',
  'vol-create-as images three.qcow2 3G --allocation 1M --format qcow2; vol-list images --details; vol-info three.qcow2 images; vol-delete three.qcow2 images; vol-list images; vol-delete three.qcow2 images',
  'vol-clone one.img four.img images; vol-list images; vol-create-as images one.img 1M',
  'setmem off 128M --config; dominfo off',
  'create nowhere.xml',
  'define nowhere.xml',
  'net-define nowhere.xml',
  'pool-define nowhere.xml',
];

/** Where the shell says other words than virsh: `ours` and `virshs` are in what each prints or complains. */
export const departures: readonly {
  over: 'qemu' | 'test';
  line: string;
  why: string;
  ours: string;
  virshs: string;
}[] = [
  {
    over: 'qemu',
    line: 'suspend off',
    why: 'what a machine’s state rules out is not asked of the host',
    ours: 'The virtual machine is off',
    virshs: 'domain is not running',
  },
  {
    over: 'qemu',
    line: 'blockcommit off vda',
    why: 'the state is looked at before the chain',
    ours: 'The virtual machine is off',
    virshs: 'could not find base image',
  },
  {
    over: 'test',
    line: 'undefine passing',
    why: 'a machine without a definition has none to remove: libvirt’s QEMU refuses it, too',
    ours: 'The virtual machine is temporary',
    virshs: 'has been undefined',
  },
  {
    over: 'test',
    line: 'managedsave runs',
    why: 'it is not always a libvirt that keeps it',
    ours: "Domain 'runs' state saved\n",
    virshs: "Domain 'runs' state saved by libvirt\n",
  },
  {
    over: 'test',
    line: 'vol-info --physical one.img images',
    why: 'the document knows it where libvirt has no call for it',
    ours: 'Physical:       4.00 KiB',
    virshs: 'virStorageVolGetInfoFlags',
  },
  {
    over: 'test',
    line: 'secret-list',
    why: 'the connection says which parts it lacks',
    ours: 'libvirt lacks the part',
    virshs: 'virConnectNumOfSecrets',
  },
  {
    over: 'test',
    line: 'nodedev-list',
    why: 'virsh asks the test hypervisor with a flag that it refuses',
    ours: '',
    virshs: 'unsupported flags',
  },
  {
    over: 'test',
    line: 'vol-create-as images three.qcow2 3G --format qcow2; vol-list images --details',
    why: 'an image takes room as it is filled, unless --allocation says otherwise',
    ours: '3.00 GiB    0.00 B',
    virshs: '3.00 GiB    3.00 GiB',
  },
  {
    over: 'test',
    line: 'setmem off 128M; dominfo off',
    why: 'without --live it reaches what is there: the definition of a machine that is off',
    ours: 'Used memory:    131072 KiB',
    virshs: 'domain is not running',
  },
];
