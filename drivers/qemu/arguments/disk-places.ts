import type { Disk } from '../../xml/domain/types.ts';

/** Position that a target's letters say: sda is 0, sdb 1, sdaa 26. */
export function targetIndex(target: string): number {
  const letters = /^(?:hd|sd|vd|fd|xvd|ubd)([a-z]+)\d*$/.exec(target)?.[1];
  if (letters === undefined) return 0;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 96, 0) - 1;
}

export const busOf = (disk: Disk): string => disk.target.bus ?? busByName(disk.target.dev, disk.device);

/** What libvirt takes for a target without a bus. */
function busByName(target: string, device: string): string {
  if (device === 'floppy' || target.startsWith('fd')) return 'fdc';
  if (target.startsWith('vd')) return 'virtio';
  if (target.startsWith('sd')) return 'scsi';
  return 'ide';
}

export function sataPlace(disk: Disk): { controller: number; unit: number } {
  const position = targetIndex(disk.target.dev);
  const drive = disk.address?.type === 'drive' ? disk.address : undefined;
  return { controller: drive?.controller ?? Math.floor(position / 6), unit: drive?.unit ?? position % 6 };
}

export function scsiPlace(disk: Disk): { controller: number; unit: number } {
  const position = targetIndex(disk.target.dev);
  const drive = disk.address?.type === 'drive' ? disk.address : undefined;
  return { controller: drive?.controller ?? Math.floor(position / 7), unit: drive?.unit ?? position % 7 };
}
