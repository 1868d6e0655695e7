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

/** As in the file: entries and keys that this version does not understand stay in it. */
const Entries = v.record(v.string(), v.unknown());
type Entries = v.InferOutput<typeof Entries>;
type Nodes = Readonly<Record<string, SavedNode>>;

/** The list of nodes in `nodes.json`, keyed by id, shared by all instances. */
export class SavedNodes {
  readonly #file: JsonFile<{ nodes: Entries }>;
  /** Those of `#read` that are understood. */
  #nodes: Nodes = {};
  #read: Entries | undefined;

  readonly #log: Log;

  private constructor(file: JsonFile<{ nodes: Entries }>, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  static async open(host: LocalHost, log: Log): Promise<SavedNodes> {
    const file = await JsonFile.open<{ nodes: Entries }>({
      host,
      path: host.files.join(host.paths.config, 'nodes.json'),
      title: 'list of hosts',
      entries: { nodes: Entries },
      defaults: { nodes: {} },
      warn: (message) => log.warn(message),
    });
    return new SavedNodes(file, log);
  }

  get all(): Nodes {
    const { nodes } = this.#file.value;
    if (nodes !== this.#read) {
      this.#read = nodes;
      this.#nodes = understood(nodes);
      for (const id of Object.keys(nodes)) {
        if (!this.#nodes[id])
          this.#log.warn('A saved host is not understood and stays as it is', { node: id });
      }
    }
    return this.#nodes;
  }

  subscribe(listener: (nodes: Nodes) => void): () => void {
    return this.#file.subscribe(() => listener(this.all));
  }

  /** Answers its id: the URI in letters and digits. Rejects with `exists` when the URI is saved already. */
  async add(node: SavedNode): Promise<string> {
    const uri = formatUri(parseUri(node.uri));
    let id = '';
    await this.#file.update(({ nodes }) => {
      const same = Object.values(understood(nodes)).find((other) => canonical(other.uri) === uri);
      if (same) {
        throw new GuestroomError('exists', `The host is already in the list as “${same.name}”`);
      }
      id = freeId(node.uri, nodes);
      return { nodes: { ...nodes, [id]: node } };
    });
    return id;
  }

  /** Changes what is given. Rejects with `not_found`. */
  async update(id: string, change: { [K in keyof SavedNode]?: SavedNode[K] | undefined }): Promise<void> {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    await this.#file.update(({ nodes }) => {
      const node = nodes[id];
      if (!v.is(SavedNode, node)) throw noSuchNode(id);
      return { nodes: { ...nodes, [id]: { ...node, ...given } } };
    });
  }

  async remove(id: string): Promise<void> {
    await this.#file.update(({ nodes }) => {
      if (!Object.hasOwn(nodes, id)) throw noSuchNode(id);
      const { [id]: _gone, ...rest } = nodes;
      return { nodes: rest };
    });
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

export const noSuchNode = (id: string): GuestroomError =>
  new GuestroomError('not_found', 'This host is not in the list', { node: id });

function understood(entries: Entries): Nodes {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([id, entry]) => {
      const node = v.safeParse(SavedNode, entry);
      return v.is(NodeId, id) && node.success ? [[id, node.output]] : [];
    }),
  );
}

/** undefined for what is no URI: a file may be edited by hand. */
function canonical(uri: string): string | undefined {
  try {
    return formatUri(parseUri(uri));
  } catch (thrown) {
    if (thrown instanceof GuestroomError) return undefined;
    throw thrown;
  }
}

function freeId(uri: string, taken: Entries): string {
  const base =
    uri
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 50) || 'node';
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${String(number)}`;
    if (!Object.hasOwn(taken, id)) return id;
  }
}
