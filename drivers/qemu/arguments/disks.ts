import type { Disk, Interface } from '../../xml/domain/types.ts';
import { pciPlace, platformOfPlan, usbPlace, virtioModel, virtioOptions } from './addresses.ts';
import { controllerModel } from './controllers.ts';
import { busOf, sataPlace, scsiPlace, targetIndex } from './disk-places.ts';
import type { Arguments, Options } from './options.ts';
import type { GuestPlan } from './plan.ts';

/** The id of a disk's device in QEMU, by its target. */
export const diskId = (target: string): string => `disk-${target}`;
/** The names of a disk's nodes in QEMU's block layer. */
export const formatNode = (target: string): string => `${target}-format`;
export const storageNode = (target: string): string => `${target}-storage`;

/** libvirt's format names that QEMU calls otherwise. */
const formatDrivers: Readonly<Record<string, string>> = { iso: 'raw', ploop: 'parallels', cow: 'qcow' };
export const formatDriver = (format: string): string => formatDrivers[format] ?? format;

/** The path or device that a disk stands on; undefined for an empty drive and for kinds that this driver does not know. */
export function diskPath(plan: Pick<GuestPlan, 'volumes'>, disk: Disk): string | undefined {
  switch (disk.type) {
    case 'file':
      return disk.source?.file;
    case 'block':
      return disk.source?.dev;
    case 'volume':
      return plan.volumes.get(disk.target.dev);
    default:
      return undefined;
  }
}

export const isReadonly = (disk: Disk): boolean => disk.readonly || disk.device === 'cdrom';

export const imageFormat = (plan: GuestPlan, disk: Disk): string =>
  formatDriver(disk.driver?.type ?? plan.formats.get(disk.target.dev) ?? 'raw');

export function addDisk(
  args: Arguments,
  plan: GuestPlan,
  disk: Disk,
  path: string,
  boot: ReadonlyMap<Disk | Interface, number>,
): void {
  const target = disk.target.dev;
  const file = diskPath(plan, disk);
  if (file !== undefined) args.blockdev(imageNode(plan, disk, file));
  addDevice(args, plan, disk, path, {
    id: diskId(target),
    drive: file === undefined ? undefined : formatNode(target),
    bootindex: boot.get(disk),
  });
}

function imageNode(plan: GuestPlan, disk: Disk, file: string): Record<string, unknown> {
  const { driver, target } = disk;
  const readonly = isReadonly(disk);
  const direct = driver?.cache === 'none' || driver?.cache === 'directsync';
  const cache = { direct, 'no-flush': driver?.cache === 'unsafe' };
  const common = {
    'read-only': readonly,
    ...(direct || cache['no-flush'] ? { cache } : {}),
    ...(driver?.discard === undefined ? {} : { discard: driver.discard }),
  };
  return {
    driver: imageFormat(plan, disk),
    'node-name': formatNode(target.dev),
    ...common,
    ...(driver?.detectZeroes === undefined ? {} : { 'detect-zeroes': driver.detectZeroes }),
    file: {
      driver: disk.type === 'block' ? (disk.device === 'cdrom' ? 'host_cdrom' : 'host_device') : 'file',
      'node-name': storageNode(target.dev),
      filename: file,
      ...common,
      ...(driver?.io === undefined ? {} : { aio: driver.io === 'io_uring' ? 'io_uring' : driver.io }),
    },
  };
}

function addDevice(args: Arguments, plan: GuestPlan, disk: Disk, path: string, common: Options): void {
  const { driver, blockio, geometry, target } = disk;
  const cdrom = disk.device === 'cdrom';
  const writeCache =
    cdrom || driver?.cache === undefined || driver.cache === 'default'
      ? undefined
      : driver.cache !== 'writethrough' && driver.cache !== 'directsync';
  const block: Options = {
    ...common,
    'write-cache': writeCache,
    serial: disk.serial,
    'share-rw': disk.shareable ? true : undefined,
    werror: cdrom || driver?.errorPolicy === undefined ? undefined : errorPolicy(driver.errorPolicy),
    rerror: cdrom ? undefined : (driver?.rerrorPolicy ?? readPolicy(driver?.errorPolicy)),
    logical_block_size: blockio?.logicalBlockSize,
    physical_block_size: blockio?.physicalBlockSize,
    discard_granularity: blockio?.discardGranularity,
  };
  const shape: Options = geometry ? { cyls: geometry.cyls, heads: geometry.heads, secs: geometry.secs } : {};
  const position = targetIndex(target.dev);
  const drive = disk.address?.type === 'drive' ? disk.address : undefined;
  switch (busOf(disk)) {
    case 'virtio':
      args.device(
        virtioModel(plan, 'blk', disk.model),
        {
          ...block,
          ...shape,
          ...virtioOptions(driver),
          'num-queues': driver?.queues,
          'queue-size': driver?.queueSize,
          iothread: driver?.iothread === undefined ? undefined : `iothread${String(driver.iothread)}`,
          ioeventfd: driver?.ioeventfd,
          event_idx: driver?.eventIdx,
          ...pciPlace(plan, disk.address),
        },
        path,
      );
      return;
    case 'ide': {
      const bus = drive?.bus ?? Math.floor(position / 2);
      const unit = drive?.unit ?? position % 2;
      const extra = cdrom ? {} : { ...shape, rotation_rate: target.rotationRate };
      args.device(
        cdrom ? 'ide-cd' : 'ide-hd',
        { ...block, ...extra, wwn: wwn(disk), bus: `ide.${String(bus)}`, unit },
        path,
      );
      return;
    }
    case 'sata': {
      const { controller, unit } = sataPlace(disk);
      const own = platformOfPlan(plan).ahci && controller === 0;
      const bus = own ? `ide.${String(unit)}` : `sata${String(controller)}.${String(unit)}`;
      const extra = cdrom ? {} : { ...shape, rotation_rate: target.rotationRate };
      args.device(cdrom ? 'ide-cd' : 'ide-hd', { ...block, ...extra, wwn: wwn(disk), bus }, path);
      return;
    }
    case 'scsi': {
      const { controller, unit } = scsiPlace(disk);
      const virtio = controllerModel(plan, 'scsi', controller)?.startsWith('virtio') === true;
      args.device(
        cdrom ? 'scsi-cd' : disk.device === 'lun' ? 'scsi-block' : 'scsi-hd',
        {
          ...block,
          bus: `scsi${String(controller)}.0`,
          ...(virtio ? { channel: 0, 'scsi-id': drive?.target ?? 0, lun: unit } : { 'scsi-id': unit }),
          ...(disk.device === 'lun'
            ? { serial: undefined }
            : {
                wwn: wwn(disk),
                vendor: disk.vendor,
                product: disk.product,
                rotation_rate: cdrom ? undefined : target.rotationRate,
              }),
        },
        path,
      );
      return;
    }
    case 'usb': {
      const place = usbPlace(disk.address);
      if (!cdrom) {
        args.device('usb-storage', { ...block, removable: target.removable, ...place }, path);
        return;
      }
      // usb-storage shows every medium as a disk; a CD drive is made of its two halves
      const bridge = `${diskId(target.dev)}-usb`;
      args.device('usb-bot', { id: bridge, ...place }, path);
      args.device('scsi-cd', { ...block, bus: `${bridge}.0`, lun: 0 }, path);
      return;
    }
    case 'fdc':
      args.device(
        'floppy',
        {
          id: common['id'],
          drive: common['drive'],
          bootindex: common['bootindex'],
          bus: 'floppy-bus.0',
          unit: drive?.unit ?? position % 2,
        },
        path,
      );
      return;
    default:
      // other buses are refused before: see remarks
      return;
  }
}

const wwn = (disk: Disk): string | undefined => (disk.wwn === undefined ? undefined : `0x${disk.wwn}`);

/** libvirt writes enospace where QEMU says enospc. */
const errorPolicy = (policy: string): string => (policy === 'enospace' ? 'enospc' : policy);
const readPolicy = (policy: string | undefined): string | undefined =>
  policy === undefined || policy === 'enospace' ? undefined : policy;
