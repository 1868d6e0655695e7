import type { Core } from '../core.ts';
import type { Implementer } from './implementer.ts';

export function transfersHandlers(os: Implementer, { transfers }: Core) {
  return os.transfers.router({
    places: os.transfers.places.handler(({ input: { node } }) => transfers.places(node)),
    upload: os.transfers.upload.handler(async ({ input: { node, from, to } }) => ({
      task: await transfers.upload(node, from, to),
    })),
    download: os.transfers.download.handler(async ({ input: { node, from, to } }) => ({
      task: await transfers.download(node, from.path, to),
    })),
  });
}
