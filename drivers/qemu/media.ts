import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import { detectFormat, headLength } from '../storage/image-format.ts';
import { refuseForeignReferences } from '../storage/image-references.ts';
import type { Domain } from '../xml/domain/types.ts';
import { diskId, formatDriver } from './arguments/disks.ts';
import type { RunningGuest } from './guest.ts';

/** How long a guest may take to let go of its medium when it is asked. */
const trayDeadline = 5000;

/** The drive of a document; rejects where there is none or its medium is fixed. */
export function findDrive(domain: Domain, target: string): void {
  const disk = domain.devices.disks.find((one) => one.target.dev === target);
  if (!disk) throw new GuestroomError('not_found', `The virtual machine has no drive ${target}`);
  if (disk.device === 'cdrom' || disk.device === 'floppy') return;
  throw new GuestroomError('invalid_argument', `${target} is a disk: only CD and floppy drives change media`);
}

/** Rejects where the image cannot be put into a drive; resolves with its format for QEMU. */
export async function checkMedium(host: Host, path: string): Promise<string> {
  if (!host.files.isAbsolute(path)) {
    throw new GuestroomError('invalid_argument', `The path must begin at the root: ${path}`);
  }
  const stat = await host.files.stat(path);
  if (!stat)
    throw new GuestroomError('not_found', `There is no file ${path}`, { hint: 'Choose another image' });
  if (stat.kind === 'folder') throw new GuestroomError('invalid_argument', `This is a folder: ${path}`);
  if (!(await host.files.access(path, 'read'))) {
    throw new GuestroomError('denied', `Your account may not read ${path}`, {
      hint: 'Change the rights of the file',
    });
  }
  if (stat.kind === 'device') return 'raw';
  const format = detectFormat(await host.files.readAt(path, 0, headLength)) ?? 'raw';
  await refuseForeignReferences(host.files, path, format, { detected: true });
  return formatDriver(format);
}

/** Changes or takes out the medium of a running guest's drive. A tray that the guest holds is asked for first. */
export async function changeLiveMedium(
  host: Host,
  guest: RunningGuest,
  target: string,
  path: string | null,
  force: boolean,
): Promise<void> {
  const id = diskId(target);
  const floppy = guest.domain.devices.disks.some(
    (disk) => disk.target.dev === target && disk.device === 'floppy',
  );
  if (path === null) {
    await withTray(guest, force, () => guest.execute('eject', { id, force }));
    return;
  }
  const format = await checkMedium(host, path);
  const mode = floppy && (await host.files.access(path, 'write')) ? 'retain' : 'read-only';
  await withTray(guest, force, () =>
    guest.execute('blockdev-change-medium', {
      id,
      filename: path,
      format,
      'read-only-mode': mode,
      ...(force ? { force: true } : {}),
    }),
  );
}

/** A refusal because of a locked tray also asks the guest to open it: then it is tried once more. */
async function withTray(guest: RunningGuest, force: boolean, change: () => Promise<unknown>): Promise<void> {
  const locked = (error: unknown): boolean => /is locked/.test(toGuestroomError(error).message);
  const monitor = guest.monitor;
  let opened: () => void = () => undefined;
  const moved = new Promise<void>((resolve) => (opened = resolve));
  const stop = monitor.onEvent(({ name, data }) => {
    if (name === 'DEVICE_TRAY_MOVED' && data['tray-open'] === true) opened();
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    try {
      await change();
      return;
    } catch (error) {
      if (force || !locked(error)) throw error;
    }
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, trayDeadline)));
    await Promise.race([moved, late]);
    try {
      await change();
    } catch (error) {
      if (!locked(error)) throw error;
      throw new GuestroomError('busy', 'The system inside holds the medium', {
        hint: 'Eject it inside the virtual machine, or force it: unsaved data may be lost',
        detail: toGuestroomError(error).message,
      });
    }
  } finally {
    clearTimeout(timer);
    stop();
  }
}
