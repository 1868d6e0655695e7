/**
 * The elements of a domain document that this driver does something with, each with the attributes that it reads. A
 * star stands for everything inside. What `check-domain` has a remark of its own for is here too.
 */
const text = `
: type id
name
uuid
title
description
metadata: *
memory: unit
currentMemory: unit
vcpu: placement current
iothreads
sysinfo: *
memoryBacking
memoryBacking/hugepages
memoryBacking/hugepages/page: size unit
memoryBacking/nosharepages
memoryBacking/locked
memoryBacking/source: type
memoryBacking/access: mode
memoryBacking/allocation: mode threads
memoryBacking/discard
os: firmware
os/type: arch machine
os/firmware
os/firmware/feature: name enabled
os/loader: readonly type secure stateless format
os/nvram: template templateFormat format type
os/nvram/source: file
os/boot: dev
os/bootmenu: enable timeout
os/bios: rebootTimeout
os/smbios: mode
os/kernel
os/initrd
os/cmdline
os/dtb
os/acpi
os/acpi/table: type
cpu: mode match check migratable
cpu/model: fallback vendor_id
cpu/topology: sockets dies clusters cores threads
cpu/cache: mode level
cpu/maxphysaddr: mode bits
cpu/feature: name policy
features
features/acpi
features/apic: eoi
features/pae
features/hap: state
features/hyperv: *
features/kvm
features/kvm/hidden: state
features/kvm/hint-dedicated: state
features/kvm/poll-control: state
features/vmport: state
features/smm: state
features/vmcoreinfo: state
features/pmu: state
features/ioapic: driver
features/gic: version
clock: offset timezone adjustment basis start
clock/timer: name present tickpolicy track frequency
on_poweroff
on_reboot
on_crash
pm
pm/suspend-to-mem: enabled
pm/suspend-to-disk: enabled
devices
devices/emulator
devices/disk: type device model snapshot
devices/disk/driver: name type cache io error_policy rerror_policy ioeventfd event_idx discard detect_zeroes iothread queues queue_size iommu ats packed page_per_vq
devices/disk/source: file dev pool volume startupPolicy index
devices/disk/backingStore: *
devices/disk/target: dev bus tray removable rotation_rate
devices/disk/readonly
devices/disk/shareable
devices/disk/transient: *
devices/disk/serial
devices/disk/wwn
devices/disk/vendor
devices/disk/product
devices/disk/boot: order
devices/disk/geometry: cyls heads secs
devices/disk/blockio: logical_block_size physical_block_size discard_granularity
devices/disk/iotune
devices/disk/iotune/total_bytes_sec
devices/disk/iotune/read_bytes_sec
devices/disk/iotune/write_bytes_sec
devices/disk/iotune/total_iops_sec
devices/disk/iotune/read_iops_sec
devices/disk/iotune/write_iops_sec
devices/disk/iotune/total_bytes_sec_max
devices/disk/iotune/read_bytes_sec_max
devices/disk/iotune/write_bytes_sec_max
devices/disk/iotune/total_iops_sec_max
devices/disk/iotune/read_iops_sec_max
devices/disk/iotune/write_iops_sec_max
devices/disk/iotune/size_iops_sec
devices/disk/encryption: *
devices/controller: type index model ports vectors
devices/controller/driver: queues cmd_per_lun max_sectors ioeventfd iothread iommu ats packed page_per_vq
devices/controller/model: name
devices/controller/target: chassisNr chassis port hotplug busNr
devices/controller/master: startport
devices/interface: type
devices/interface/mac: address
devices/interface/source: network bridge address port
devices/interface/source/local: address port
devices/interface/ip: address family prefix
devices/interface/model: type
devices/interface/driver: name txmode ioeventfd event_idx queues rx_queue_size tx_queue_size iommu ats packed page_per_vq
devices/interface/target: dev
devices/interface/script: path
devices/interface/link: state
devices/interface/mtu: size
devices/interface/rom: bar file enabled
devices/interface/backend: *
devices/interface/portForward: proto address
devices/interface/portForward/range: start end to exclude
devices/interface/boot: order
devices/graphics: type port autoport listen socket passwd passwdValidTo keymap sharePolicy powerControl websocket
devices/graphics/listen: *
devices/graphics/audio: id
devices/video
devices/video/driver: iommu ats packed page_per_vq
devices/video/model: type ram vram vram64 vgamem heads primary
devices/video/model/acceleration: *
devices/video/model/resolution: x y
devices/input: type bus model
devices/input/driver: iommu ats packed page_per_vq
devices/input/source: evdev dev
devices/rng: model
devices/rng/rate: bytes period
devices/rng/driver: iommu ats packed page_per_vq
devices/rng/backend: *
devices/tpm: model
devices/tpm/backend: type version persistent_state
devices/tpm/backend/device: path
devices/tpm/backend/active_pcr_banks: *
devices/tpm/backend/source: type path mode
devices/tpm/backend/encryption: *
devices/memballoon: model autodeflate freePageReporting
devices/memballoon/stats: period
devices/memballoon/driver: iommu ats packed page_per_vq
devices/watchdog: model action
devices/panic: model
devices/sound: model
devices/sound/codec: type
devices/sound/audio: id
devices/audio: id type serverName path
`;

const characters = `
: type
/source: path mode host service append
/source/reconnect: enabled timeout
/protocol: type
/log: file append
/target: type port name state
/target/model: name
`;

const parts = new Map<string, ReadonlySet<string>>();

function take(lines: string, prefix: string): void {
  for (const line of lines.trim().split('\n')) {
    const [path = '', attributes = ''] = line.split(':');
    parts.set(
      prefix + path,
      new Set(
        attributes
          .trim()
          .split(' ')
          .filter((name) => name !== ''),
      ),
    );
  }
}

take(text, '');
for (const kind of ['serial', 'parallel', 'console', 'channel']) take(characters, `devices/${kind}`);
parts.set('devices/console', new Set(['type', 'tty']));

/** Attributes of an element by its path without numbers; undefined where the element is not honoured. */
export const honouredParts: ReadonlyMap<string, ReadonlySet<string>> = parts;

/** Why an element has no effect, where there is more to say than that. */
export const reasons: ReadonlyMap<string, string> = new Map([
  ['devices/hostdev', 'Devices of the host are not handed to guests by this driver'],
  ['devices/redirdev', 'USB devices are not redirected: there is no SPICE here'],
  ['devices/redirfilter', 'USB devices are not redirected: there is no SPICE here'],
  ['devices/smartcard', 'This driver has no smartcards'],
  ['devices/filesystem', 'This driver does not share folders with guests'],
  ['devices/hub', 'USB hubs are not made: QEMU adds ports as needed'],
  ['devices/vsock', 'This driver has no vsock'],
  ['devices/iommu', 'This driver adds no IOMMU'],
  ['devices/shmem', 'This driver has no shared memory devices'],
  ['devices/memory', 'This driver has no memory modules'],
  ['devices/nvram', 'This driver has no NVRAM device'],
  ['devices/lease', 'This driver has no lock manager'],
  ['devices/interface/bandwidth', 'The speed of the interface is not limited'],
  ['devices/interface/filterref', 'Packets are not filtered'],
  ['devices/interface/vlan', 'No VLAN is set'],
  ['devices/interface/virtualport', 'No virtual port is joined'],
  ['devices/interface/port', 'The guests on a bridge are not kept apart'],
  ['devices/disk/auth', 'Network disks are not opened'],
  ['cputune', 'CPUs of the host are not assigned or limited'],
  ['numatune', 'Memory is not bound to NUMA nodes'],
  ['memtune', 'The memory of the process is not limited'],
  ['blkiotune', 'Disk access is not weighted'],
  ['resource', 'There are no resource partitions'],
  ['seclabel', 'No security label is set: the guest runs under your account'],
  ['keywrap', 'Keys are not wrapped'],
  ['launchSecurity', 'Memory encryption is not set up'],
  ['maxMemory', 'Memory cannot be plugged in'],
  ['genid', 'No generation ID is given'],
  ['bootloader', 'QEMU boots by its firmware'],
  ['vcpus', 'Single CPUs are not switched'],
  ['cpu/numa', 'The guest has one NUMA cell'],
  ['perf', 'No performance events are collected'],
  ['on_lockfailure', 'There is no lock manager'],
  ['throttlegroups', 'Throttle groups are not made'],
]);
