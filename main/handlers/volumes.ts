import { recogniseMedia } from '../catalog/media.ts';
import type { Core } from '../core.ts';
import type { Implementer } from './implementer.ts';

export function volumesHandlers(os: Implementer, { nodes, catalog }: Core) {
  return os.volumes.router({
    pools: os.volumes.pools.handler(({ input: { node } }) =>
      nodes.connection(node).connection.volumes.pools(),
    ),
    list: os.volumes.list.handler(({ input: { node, pool } }) =>
      nodes.connection(node).connection.volumes.list(pool),
    ),
    lookup: os.volumes.lookup.handler(({ input: { node, path } }) =>
      nodes.connection(node).connection.volumes.lookup(path),
    ),
    browse: os.volumes.browse.handler(({ input: { node, path } }) =>
      nodes.connection(node, 'browse').connection.volumes.browse(path),
    ),
    recognise: os.volumes.recognise.handler(async ({ input: { node, path } }) => {
      const { volumes } = nodes.connection(node, 'volumeRead').connection;
      const volume = await volumes.lookup(path);
      const plain = volume.format === 'raw' || volume.format === 'iso';
      return recogniseMedia(
        (offset, length) => volumes.read(path, offset, length),
        plain ? volume.capacity : volume.allocation,
        await catalog(),
      );
    }),
  });
}
