import { GuestroomError } from '../../api/errors.ts';
import type { Disk, DiskTarget } from './types.ts';

/** How drives on a bus are called, and how many there can be where that is few. */
const buses: ReadonlyMap<string, { prefix: string; most?: number }> = new Map([
  ['virtio', { prefix: 'vd' }],
  ['scsi', { prefix: 'sd' }],
  ['sata', { prefix: 'sd' }],
  ['usb', { prefix: 'sd' }],
  ['sd', { prefix: 'sd' }],
  ['ide', { prefix: 'hd', most: 4 }],
  ['fdc', { prefix: 'fd', most: 2 }],
  ['xen', { prefix: 'xvd' }],
  ['uml', { prefix: 'ubd' }],
]);

/** a to z, aa to zz, …: 0 is a, 26 is aa. */
function lettersOf(index: number): string {
  let letters = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    letters = String.fromCharCode(97 + (rest % 26)) + letters;
  }
  return letters;
}

/** The place of a drive among those called alike: sda is 0, sdaa is 26. undefined for other names. */
export function targetIndex(name: string): number | undefined {
  const letters = /^(?:fd|hd|vd|sd|xvd|ubd)([a-z]{1,4})$/.exec(name)?.[1];
  if (letters === undefined) return undefined;
  let index = 0;
  for (const letter of letters) index = index * 26 + letter.charCodeAt(0) - 96;
  return index - 1;
}

/**
 * The first name that no drive of the domain has, for a new one on this bus: vda, vdb, … Throws `unsupported` for a bus
 * without drives, or without room for another.
 */
export function nextTarget(
  disks: readonly Pick<Disk, 'target'>[],
  bus: NonNullable<DiskTarget['bus']>,
): string {
  const known = buses.get(bus);
  if (!known) throw new GuestroomError('unsupported', `No drives are known on the bus ${bus}`);
  const taken = new Set(disks.map(({ target }) => target.dev));
  const most = known.most ?? taken.size + 1;
  for (let index = 0; index < most; index++) {
    const name = known.prefix + lettersOf(index);
    if (!taken.has(name)) return name;
  }
  throw new GuestroomError('unsupported', `No more than ${String(most)} drives fit on the bus ${bus}`, {
    hint: 'Use another bus, or remove a drive first',
  });
}
