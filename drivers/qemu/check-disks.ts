import type { Disk, Domain } from '../xml/domain/types.ts';
import { busOf, sataPlace, scsiPlace, targetIndex } from './arguments/disk-places.ts';
import type { Findings } from './remark.ts';

const buses: ReadonlySet<string> = new Set(['virtio', 'scsi', 'sata', 'ide', 'usb', 'fdc']);
const busesOfCdrom: ReadonlySet<string> = new Set(['scsi', 'sata', 'ide', 'usb']);

/** Names, buses and places of disks, and what about them this driver cannot do. */
export function checkDisks(domain: Domain, findings: Findings): void {
  const targets = new Set<string>();
  const places = new Set<string>();
  domain.devices.disks.forEach((disk, at) => {
    const path = `devices/disk[${String(at + 1)}]`;
    const target = disk.target.dev;
    const bus = busOf(disk);
    if (!/^[a-z][a-z0-9]{1,15}$/.test(target)) {
      findings.fatal(`${path}/target`, 'invalid_argument', `'${target}' is not a name for a disk`, {
        hint: 'Names are vda, sda, hda, fda and so on',
      });
    } else if (targets.has(target)) {
      findings.fatal(`${path}/target`, 'invalid_argument', `Two disks are called ${target}`);
    }
    targets.add(target);
    if (!buses.has(bus)) {
      findings.fatal(`${path}/target`, 'unsupported', `This driver has no disks on bus ${bus}`);
      return;
    }
    const place = placeOf(disk, bus);
    if (place !== undefined && places.has(place)) {
      findings.fatal(
        `${path}/target`,
        'invalid_argument',
        `Another disk is already where ${target} belongs (${place})`,
        {
          hint: 'Give it another name, as sdb in place of sda',
        },
      );
    }
    if (place !== undefined) places.add(place);
    if (disk.device === 'cdrom' && !busesOfCdrom.has(bus)) {
      findings.fatal(`${path}/target`, 'unsupported', `A CD drive cannot be on bus ${bus}`, {
        hint: 'Use sata, scsi or ide',
      });
    }
    if ((disk.device === 'floppy') !== (bus === 'fdc')) {
      findings.fatal(`${path}/target`, 'unsupported', 'Floppy drives, and only they, are on bus fdc');
    }
    if (disk.device === 'lun' && bus !== 'scsi') {
      findings.fatal(`${path}@device`, 'unsupported', 'A disk of kind lun must be on bus scsi');
    }
    const known =
      disk.type === 'file' ||
      disk.type === 'block' ||
      (disk.type === 'volume' && disk.source?.pool === 'default');
    if (!known) {
      findings.fatal(
        `${path}@type`,
        'unsupported',
        `This driver opens files and block devices, not disks of type ${disk.type}`,
      );
    }
    if (disk.source === undefined && disk.device === 'disk') {
      findings.fatal(path, 'invalid_argument', `Disk ${target} has no source`);
    }
    if (disk.transient) {
      findings.fatal(
        `${path}/transient`,
        'unsupported',
        'This driver cannot throw the writes of a disk away',
      );
    }
    if (disk.encryption ?? disk.source?.encryption) {
      findings.fatal(`${path}/encryption`, 'unsupported', 'This driver cannot open encrypted disks');
    }
    if (disk.driver?.io === 'native' && disk.driver.cache !== 'none' && disk.driver.cache !== 'directsync') {
      findings.fatal(
        `${path}/driver@io`,
        'invalid_argument',
        "io='native' works only with cache='none' or cache='directsync'",
      );
    }
    if (disk.backingStore?.source !== undefined) {
      findings.ignored(`${path}/backingStore`, 'The image itself says what lies under it');
    }
    if (disk.driver?.iothread !== undefined && disk.driver.iothread > (domain.iothreads ?? 0)) {
      findings.fatal(
        `${path}/driver@iothread`,
        'invalid_argument',
        `There is no I/O thread ${String(disk.driver.iothread)}`,
      );
    }
    if (disk.type === 'volume') return;
    if (disk.target.bus === undefined) {
      findings.changed(`${path}/target`, `No bus is given: ${target} is on bus ${bus}`);
    }
  });
}

function placeOf(disk: Disk, bus: string): string | undefined {
  const address = disk.address?.type === 'drive' ? disk.address : undefined;
  const position = targetIndex(disk.target.dev);
  switch (bus) {
    case 'ide':
      return `IDE channel ${String(address?.bus ?? Math.floor(position / 2))} unit ${String(address?.unit ?? position % 2)}`;
    case 'sata': {
      const { controller, unit } = sataPlace(disk);
      return `SATA controller ${String(controller)} port ${String(unit)}`;
    }
    case 'scsi': {
      const { controller, unit } = scsiPlace(disk);
      return `SCSI controller ${String(controller)} target ${String(address?.target ?? 0)} unit ${String(unit)}`;
    }
    case 'fdc':
      return `floppy unit ${String(address?.unit ?? position % 2)}`;
    default:
      return undefined;
  }
}
