import { toGuestroomError } from '../api/errors.ts';
import type { HostFiles } from '../api/host.ts';
import { imagesUnder } from '../storage/image-references.ts';
import type { Domain } from '../xml/domain/types.ts';
import { diskPath } from './arguments/disks.ts';
import type { Layout } from './places.ts';

/** What this needs of a toolbox. */
export interface Ground {
  host: { files: HostFiles };
  layout: Layout;
}

/** Path of each of a domain's disks that stands on a file or device, by target. */
export function diskPaths({ host: { files }, layout }: Ground, domain: Domain): Map<string, string> {
  const { disks } = domain.devices;
  const volumes = new Map(
    disks.flatMap(({ target, source }) =>
      source?.volume === undefined
        ? []
        : [[target.dev, files.join(layout.images, files.basename(source.volume))] as const],
    ),
  );
  return new Map(
    disks.flatMap((disk) => {
      const path = diskPath({ volumes }, disk);
      return path === undefined ? [] : [[disk.target.dev, path] as const];
    }),
  );
}

/** Whether a domain needs this image: as a disk, whatever it is called there, or under one. */
export async function usesImage(ground: Ground, domain: Domain, image: string): Promise<boolean> {
  const { files } = ground.host;
  const real = async (path: string): Promise<string> =>
    (await files.stat(path)) === undefined ? path : files.realpath(path);
  const wanted = await real(image);
  for (const [target, path] of diskPaths(ground, domain)) {
    if (path === image || (await real(path)) === wanted) return true;
    const format = domain.devices.disks.find(({ target: { dev } }) => dev === target)?.driver?.type;
    for (const under of await chainOf(files, path, format)) {
      if ((await real(under)) === wanted) return true;
    }
  }
  return false;
}

/** What we may not read we cannot know; QEMU, run by the same account, does not open it either. */
async function chainOf(files: HostFiles, path: string, format: string | undefined): Promise<string[]> {
  try {
    return await imagesUnder(files, path, format);
  } catch (error) {
    const { code } = toGuestroomError(error);
    if (code === 'denied' || code === 'not_found') return [];
    throw error;
  }
}
