import { GuestroomError } from '../../drivers/api/errors.ts';
import type { Connection } from '../../drivers/api/driver.ts';
import type { Host } from '../../drivers/api/host.ts';
import type { Pool } from '../../drivers/api/model.ts';
import type { UploadPlaces, UploadTarget } from '../../preload/transfer.ts';
import { refusedFor } from '../../drivers/api/refusals.ts';
import type { Nodes } from '../nodes/nodes.ts';
import type { Platform } from '../platform.ts';
import type { TaskContext, Tasks } from '../tasks/tasks.ts';
import { copyFile, type Place } from './file-copy.ts';
import type { OwnPaths } from './own-paths.ts';
import { downloadVolume, ofFiles, uploadVolume } from './volume-copy.ts';

export interface TransfersParts {
  platform: Platform;
  nodes: Nodes;
  tasks: Tasks;
  ownPaths: OwnPaths;
}

type Work = (context: TaskContext) => Promise<void>;

/** Files on their way between this computer and a node, as tasks. */
export class Transfers {
  readonly #parts: TransfersParts;
  /** What is being written, so that no two write the same. */
  readonly #targets = new Set<string>();

  constructor(parts: TransfersParts) {
    this.#parts = parts;
  }

  /** Where files can be sent to, the usual place first. */
  async places(node: string): Promise<UploadPlaces> {
    const { connection } = this.#parts.nodes.connection(node);
    const { machine, readOnly, verdicts, volumes } = connection;
    const pools = verdicts.volumeUpload.can === 'no' ? [] : await volumes.pools();
    const rank = ({ name, type }: Pool): number => (name === 'default' ? 0 : ofFiles.has(type) ? 1 : 2);
    return {
      pools: pools
        .filter(({ active }) => active)
        .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
        .map(({ name, path, available }) => ({ name, ...(path === undefined ? {} : { path }), available })),
      ...(machine && !readOnly ? { folder: machine.paths.home } : {}),
    };
  }

  /** A file of this computer into a pool or a folder of the node. Answers the task; `exists` before anything is sent. */
  async upload(node: string, from: string, to: UploadTarget): Promise<string> {
    const { nodes, ownPaths } = this.#parts;
    ownPaths.check(from, 'read');
    const { connection } = nodes.connection(node);
    const size = await this.#sizeOf(from);
    const folder = 'folder' in to ? to.folder : await folderOf(connection, to.pool, node);
    const refusing = 'pool' in to ? connection.verdicts.volumeUpload : undefined;
    if (refusing?.can === 'no') throw refusedFor(refusing.reason, { node });
    const { name } = to;
    if (folder === undefined) {
      if (!('pool' in to)) throw new GuestroomError('internal', 'An upload without a place');
      const { pool } = to;
      const own = this.#own;
      return this.#start('upload', { node, name, target: `${node}\0${pool}\0${name}` }, (context) =>
        uploadVolume({ connection, own, from, size, pool, name }, context),
      );
    }
    const host = machineOf(connection, node);
    const place = { host, path: host.files.join(folder, name) };
    await requireFree(place, folder);
    return this.#start('upload', { node, name, target: `${node}\0${place.path}` }, (context) =>
      copyFile({ from: { host: this.#own, path: from }, to: place, size, own: 'from' }, context),
    );
  }

  /** A file or volume of the node into a file of this computer. Answers the task. */
  async download(node: string, from: string, to: string): Promise<string> {
    const { nodes, ownPaths, platform } = this.#parts;
    ownPaths.check(to, 'write');
    const { connection } = nodes.connection(node);
    const own = this.#own;
    // the system's dialog has asked the person about what is there
    const replace = platform.dialogs !== undefined;
    const target = { host: own, path: to };
    if (!replace) await requireFree(target, own.files.dirname(to));
    const name = own.files.basename(to);
    const { machine, pools, verdicts } = connection;
    const file = machine && (await machine.files.stat(from));
    if (machine && file?.kind === 'file' && (await machine.files.access(from, 'read'))) {
      const source = { host: machine, path: from };
      return this.#start('download', { node, name, target: to }, (context) =>
        copyFile({ from: source, to: target, size: file.size, own: 'to', replace }, context),
      );
    }
    if (file?.kind === 'folder') throw new GuestroomError('invalid_argument', `This is a folder: ${from}`);
    const verdict = verdicts.volumeDownload;
    if (verdict.can === 'no') {
      if (machine && !file) throw new GuestroomError('not_found', `There is no file ${from}`, { node });
      throw machine
        ? new GuestroomError('denied', `The account on the host may not read ${from}`, { node })
        : refusedFor(verdict.reason, { node });
    }
    if (!pools) throw refusedFor('driver_lacks', { node });
    await connection.volumes.lookup(from);
    return this.#start('download', { node, name, target: to }, (context) =>
      downloadVolume(pools, { path: from, to, replace }, { own, context }),
    );
  }

  get #own() {
    return this.#parts.platform.host;
  }

  async #sizeOf(path: string): Promise<number> {
    const { files } = this.#own;
    const found = await files.stat(path);
    if (!found) throw new GuestroomError('not_found', `There is no file ${path} on this computer`);
    if (found.kind !== 'file')
      throw new GuestroomError('invalid_argument', `Not a file that could be sent: ${path}`);
    if (found.size === 0) throw new GuestroomError('invalid_argument', `The file is empty: ${path}`);
    if (await files.access(path, 'read')) return found.size;
    throw new GuestroomError('denied', `Your account may not read ${path}`, {
      hint: 'Change the rights of the file',
    });
  }

  #start(
    kind: 'upload' | 'download',
    { node, name, target }: { node: string; name: string; target: string },
    work: Work,
  ): string {
    if (this.#targets.has(target))
      throw new GuestroomError('busy', `${name} is already on its way there`, {
        hint: 'Wait until that task has ended, or cancel it',
        node,
      });
    this.#targets.add(target);
    try {
      const { id, ended } = this.#parts.tasks.start(
        { kind, subject: name, node, heavy: kind === 'upload' },
        work,
      );
      void ended.finally(() => this.#targets.delete(target));
      return id;
    } catch (thrown) {
      this.#targets.delete(target);
      throw thrown;
    }
  }
}

/** Where the pool is nothing but a folder that files can be written into. */
async function folderOf(connection: Connection, pool: string, node: string): Promise<string | undefined> {
  if (connection.readOnly) throw refusedFor('read_only', { node });
  return connection.machine && (await connection.volumes.folder?.(pool));
}

function machineOf({ machine, readOnly }: Connection, node: string): Host {
  if (readOnly) throw refusedFor('read_only', { node });
  if (machine) return machine;
  throw new GuestroomError('unsupported', 'The folders of this host are out of reach', {
    hint: 'Choose one of its storage pools, or connect to it by SSH',
    node,
  });
}

async function requireFree({ host, path }: Place, folder: string): Promise<void> {
  const { files } = host;
  if (!files.isAbsolute(folder))
    throw new GuestroomError('invalid_argument', `The path must begin at the root: ${folder}`);
  const place = await files.stat(folder);
  if (!place) throw new GuestroomError('not_found', `There is no folder ${folder}`);
  if (place.kind !== 'folder')
    throw new GuestroomError('invalid_argument', `This is not a folder: ${folder}`);
  if (await files.stat(path)) throw taken(folder, files.basename(path));
  if (await files.access(folder, 'write')) return;
  throw new GuestroomError('denied', `The account may not write into ${folder}`, {
    hint: 'Choose another folder',
  });
}

const taken = (where: string, name: string): GuestroomError =>
  new GuestroomError('exists', `${where} already has a file called ${name}`, { hint: 'Choose another name' });
