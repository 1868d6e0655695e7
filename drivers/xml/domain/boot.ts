import type { DeviceKind } from './tables/devices.ts';
import type { Domain } from './types.ts';

/** One device of a document: the list and the position in it. */
export interface DeviceRef {
  kind: DeviceKind;
  index: number;
}

/** The kinds of devices that take part in the boot order. */
export const bootKinds = ['disks', 'interfaces', 'hostdevs', 'redirdevs'] as const;
export type BootKind = (typeof bootKinds)[number];
export interface BootRef extends DeviceRef {
  kind: BootKind;
}

const driveOf: ReadonlyMap<string, string> = new Map([
  ['hd', 'disk'],
  ['cdrom', 'cdrom'],
  ['fd', 'floppy'],
]);

/**
 * What is tried at start, first to last: by the numbers on devices, or where no device has one by the words in `<os>`,
 * each of which means the first device of its kind.
 */
export function bootOrderOf(domain: Domain): BootRef[] {
  const { devices, os } = domain;
  const ordered = bootKinds
    .flatMap((kind) =>
      devices[kind].map((device, index) => ({ ref: { kind, index }, order: device.bootOrder })),
    )
    .filter((entry): entry is { ref: BootRef; order: number } => entry.order !== undefined)
    .sort((a, b) => a.order - b.order);
  if (ordered.length > 0) return ordered.map(({ ref }) => ref);
  return os.boot.flatMap((word): BootRef[] => {
    const kind: BootKind = word === 'network' ? 'interfaces' : 'disks';
    const device = driveOf.get(word);
    const index =
      kind === 'interfaces'
        ? devices.interfaces.length > 0
          ? 0
          : -1
        : devices.disks.findIndex(
            (disk) => disk.device === device || (disk.device === 'lun' && device === 'disk'),
          );
    return index < 0 ? [] : [{ kind, index }];
  });
}
