import * as v from 'valibot';

/** Files between this computer and a node. */

const FileName = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(255),
  v.check((name) => !/[/\\\0]/.test(name) && name !== '.' && name !== '..', 'no file name'),
);
const Folder = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(4096),
  v.check((path) => !path.includes('\0'), 'no NUL'),
);

/** A storage pool of the node, or a folder on it. */
export const UploadTarget = v.union([
  v.strictObject({ pool: v.pipe(v.string(), v.minLength(1), v.maxLength(255)), name: FileName }),
  v.strictObject({ folder: Folder, name: FileName }),
]);
export type UploadTarget = v.InferOutput<typeof UploadTarget>;

/** Where files can be sent to on a node, the best place first. */
export const UploadPlaces = v.object({
  pools: v.array(v.object({ name: v.string(), path: v.optional(v.string()), available: v.number() })),
  /** A folder to begin with, where its folders are in reach. */
  folder: v.optional(v.string()),
});
export type UploadPlaces = v.InferOutput<typeof UploadPlaces>;
