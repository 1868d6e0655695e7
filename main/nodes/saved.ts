import * as v from 'valibot';
import { GuestroomError } from '../../drivers/api/errors.ts';
import { formatUri, parseUri } from '../../drivers/api/uri.ts';
import { NodeId } from '../../preload/rows.ts';
import type { Log } from '../log.ts';
import { JsonFile } from '../settings/json-file.ts';
import type { LocalHost } from './local-host.ts';

export const SavedNode = v.object({
  name: v.string(),
  uri: v.string(),
  autoconnect: v.boolean(),
  readOnly: v.boolean(),
});
export type SavedNode = v.InferOutput<typeof SavedNode>;

const Nodes = v.record(NodeId, SavedNode);
type Nodes = Readonly<Record<string, SavedNode>>;

/** The list of nodes in `nodes.json`, keyed by id, shared by all instances. */
export class SavedNodes {
  readonly #file: JsonFile<{ nodes: Nodes }>;

  private constructor(file: JsonFile<{ nodes: Nodes }>) {
    this.#file = file;
  }

  static async open(host: LocalHost, log: Log): Promise<SavedNodes> {
    const file = await JsonFile.open<{ nodes: Nodes }>({
      host,
      path: host.files.join(host.paths.config, 'nodes.json'),
      title: 'list of hosts',
      entries: { nodes: Nodes },
      defaults: { nodes: {} },
      warn: (message) => log.warn(message),
    });
    return new SavedNodes(file);
  }

  get all(): Nodes {
    return this.#file.value.nodes;
  }

  subscribe(listener: (nodes: Nodes) => void): () => void {
    return this.#file.subscribe(({ nodes }) => listener(nodes));
  }

  /** Answers its id: the URI in letters and digits. Rejects with `exists` when the URI is saved already. */
  async add(node: SavedNode): Promise<string> {
    const uri = formatUri(parseUri(node.uri));
    let id = '';
    await this.#file.update(({ nodes }) => {
      const same = Object.values(nodes).find((other) => formatUri(parseUri(other.uri)) === uri);
      if (same) {
        throw new GuestroomError('exists', `The host is already in the list as “${same.name}”`);
      }
      id = freeId(node.uri, nodes);
      return { nodes: { ...nodes, [id]: node } };
    });
    return id;
  }

  async update(id: string, change: Partial<SavedNode>): Promise<void> {
    await this.#file.update(({ nodes }) => {
      const node = nodes[id];
      if (!node) throw noSuchNode(id);
      return { nodes: { ...nodes, [id]: { ...node, ...change } } };
    });
  }

  async remove(id: string): Promise<void> {
    await this.#file.update(({ nodes }) => {
      const { [id]: gone, ...rest } = nodes;
      if (!gone) throw noSuchNode(id);
      return { nodes: rest };
    });
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

export const noSuchNode = (id: string): GuestroomError =>
  new GuestroomError('not_found', 'This host is not in the list', { node: id });

function freeId(uri: string, taken: Nodes): string {
  const base =
    uri
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 50) || 'node';
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${String(number)}`;
    if (!taken[id]) return id;
  }
}
