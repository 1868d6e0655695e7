import type { VolumeSink } from '../../drivers/api/driver.ts';

/** Where a download goes in a test: `take` gets bytes of its own. */
export const sinkOf = (
  take: (bytes: Buffer) => void,
  hole?: NonNullable<VolumeSink['hole']>,
): VolumeSink => ({
  write: (bytes) => {
    take(Buffer.from(bytes));
    return undefined;
  },
  ...(hole ? { hole } : {}),
  end: () => Promise.resolve(),
});
