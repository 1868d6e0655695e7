import type { Media } from '../../preload/create.ts';
import type { Catalog } from './catalog.ts';
import { readDisc } from './disc.ts';
import type { Disc, ReadAt } from './disc.ts';
import { readImage } from './image.ts';

/**
 * Looks into a file and says what it is: an installation disc with its system, a disk image, or nothing known.
 * `size` is the file's own size in bytes.
 */
export async function recogniseMedia(read: ReadAt, size: number, catalog: Catalog): Promise<Media> {
  const image = await readImage(read, size);
  // a hybrid disc has a partition table as well, and is a disc all the same
  const disc = !image || image.format === 'raw' ? await readDisc(read) : undefined;
  if (disc) return discMedia(disc, size, catalog);
  if (!image) return { kind: 'unknown', size };
  const { format, capacity, backing, table } = image;
  return {
    kind: 'disk',
    format,
    size,
    capacity,
    ...(backing === undefined ? {} : { backing }),
    ...(table === undefined ? {} : { table }),
  };
}

function discMedia(disc: Disc, size: number, catalog: Catalog): Media {
  const recognised = catalog.recognise(disc);
  const arch = recognised?.arch ?? disc.arch;
  return {
    kind: 'iso',
    format: 'iso',
    size,
    capacity: size,
    label: disc.label,
    boots: [...disc.boots],
    ...(recognised ? { system: recognised.system.id } : {}),
    ...(arch === undefined ? {} : { arch }),
  };
}
