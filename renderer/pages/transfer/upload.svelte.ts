import type { ErrorData } from '../../../drivers/api/errors.ts';
import { toGuestroomError } from '../../../drivers/api/errors.ts';
import type { UploadPlaces, UploadTarget } from '../../../preload/transfer.ts';
import type { Calls } from '../../client/index.ts';

/** What is asked of main, so that the same can be asked again. */
export interface UploadRequest {
  node: string;
  from: string;
  to: UploadTarget;
}

export type TransferCalls = Pick<Calls['transfers'], 'places' | 'upload'>;

/** A storage pool by its name, or a folder that is written beside. */
export type PlaceChoice = `pool:${string}` | 'folder';

/** What is sent, and where to: the choices of one dialog. */
export class UploadState {
  readonly node: string;
  readonly #calls: TransferCalls;
  places: UploadPlaces | undefined = $state.raw();
  from = $state('');
  name = $state('');
  folder = $state('');
  place: PlaceChoice = $state('folder');
  failure: ErrorData | undefined = $state.raw();
  starting = $state(false);
  /** The person gave it a name of their own. */
  #named = false;

  constructor(node: string, calls: TransferCalls) {
    this.node = node;
    this.#calls = calls;
  }

  async load(): Promise<void> {
    try {
      const places = await this.#calls.places({ node: this.node });
      const [first] = places.pools;
      this.place = first ? `pool:${first.name}` : 'folder';
      this.folder = places.folder ?? '';
      this.places = places;
      this.failure = undefined;
    } catch (thrown) {
      this.failure = toGuestroomError(thrown).toData();
    }
  }

  /** Takes the file over, and its name unless the person wrote one. */
  choose(path: string): void {
    this.from = path;
    this.failure = undefined;
    if (this.#named) return;
    this.name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }

  rename(name: string): void {
    this.name = name;
    this.#named = name !== '';
    this.failure = undefined;
  }

  /** Nothing can be put anywhere on this host. */
  get nowhere(): boolean {
    return this.places !== undefined && this.places.pools.length === 0 && this.places.folder === undefined;
  }

  get ready(): boolean {
    const place = this.place !== 'folder' || this.folder.trim() !== '';
    return this.places !== undefined && this.from.trim() !== '' && this.name.trim() !== '' && place;
  }

  get request(): UploadRequest {
    const name = this.name.trim();
    const to =
      this.place === 'folder'
        ? { folder: this.folder.trim(), name }
        : { pool: this.place.slice('pool:'.length), name };
    return { node: this.node, from: this.from.trim(), to };
  }

  /** Answers the task; undefined where main refuses, and `failure` says why. */
  async start(): Promise<{ task: string; request: UploadRequest } | undefined> {
    if (!this.ready || this.starting) return undefined;
    this.starting = true;
    this.failure = undefined;
    const { request } = this;
    try {
      return { ...(await this.#calls.upload(request)), request };
    } catch (thrown) {
      this.failure = toGuestroomError(thrown).toData();
      return undefined;
    } finally {
      this.starting = false;
    }
  }
}
