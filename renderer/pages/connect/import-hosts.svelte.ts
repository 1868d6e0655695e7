import type { ErrorData } from '../../../drivers/api/errors.ts';
import { toGuestroomError } from '../../../drivers/api/errors.ts';
import { formatUri, parseUri } from '../../../drivers/api/uri.ts';
import type { ExportedHost, Importable, ImportNote, ImportSource } from '../../../preload/importing.ts';
import { importSources, maxExport } from '../../../preload/importing.ts';
import type { App } from '../../state/app.svelte.ts';

export const hypervisors = ['system', 'embed'] as const;
export type Hypervisor = (typeof hypervisors)[number];

export interface ImportRow {
  key: string;
  name: string;
  uri: string;
  readOnly: boolean;
  /** It is in the list of hosts. */
  already: boolean;
  /** Why it was not added. */
  error: ErrorData | undefined;
}

export interface ImportSection {
  source: ImportSource | 'file';
  rows: readonly ImportRow[];
  notes: readonly ImportNote[];
}

/** What a person has found and chosen in the dialog that imports hosts. */
export class ImportHostsForm {
  /** undefined while it is looked for. */
  #found: Importable | undefined = $state.raw();
  /** Hosts of an exported list. */
  #file: readonly ExportedHost[] = $state.raw([]);
  #chosen: ReadonlySet<string> = $state.raw(new Set<string>());
  #errors: ReadonlyMap<string, ErrorData> = $state.raw(new Map<string, ErrorData>());
  /** Looking for hosts, or adding them, failed as a whole. */
  failed: ErrorData | undefined = $state.raw();
  /** The text of an exported list could not be read. */
  unread: ErrorData | undefined = $state.raw();
  /** Of the hosts of the SSH configuration, which does not say. */
  hypervisor: Hypervisor = $state('system');
  text = $state('');
  busy = $state(false);
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  get looking(): boolean {
    return this.#found === undefined && this.failed === undefined;
  }

  sections: readonly ImportSection[] = $derived.by(() => {
    const listed = new Set(this.#app.inventory.nodes.map(({ uri }) => uri));
    const row = (key: string, host: Omit<ImportRow, 'key' | 'error'>): ImportRow => ({
      ...host,
      key,
      already: host.already || listed.has(host.uri),
      error: this.#errors.get(key),
    });
    const found = this.#found;
    const of = (source: ImportSource): ImportSection => ({
      source,
      rows: (found?.hosts ?? [])
        .filter((host) => host.source === source)
        .map(({ name, uri, already }) => {
          const embedded = source === 'ssh-config' && this.hypervisor === 'embed';
          const meant = embedded ? { uri: embeddedUri(uri), already: false } : { uri, already };
          return row(`${source} ${uri}`, { name, readOnly: false, ...meant });
        }),
      notes: found?.notes.filter((note) => note.source === source) ?? [],
    });
    const file = this.#file.map(({ name, uri, readOnly }) =>
      row(`file ${uri}`, { name, uri, readOnly, already: false }),
    );
    const read: ImportSection[] = file.length > 0 ? [{ source: 'file', rows: file, notes: [] }] : [];
    return found ? [...importSources.map(of), ...read] : read;
  });

  isChosen = ({ key, already }: ImportRow): boolean => !already && this.#chosen.has(key);

  /** Those that are chosen and not there, each address once. */
  chosen: readonly ImportRow[] = $derived.by(() => {
    const byUri = new Map<string, ImportRow>();
    for (const row of this.sections.flatMap(({ rows }) => rows))
      if (this.isChosen(row) && !byUri.has(row.uri)) byUri.set(row.uri, row);
    return [...byUri.values()];
  });

  choose(rows: readonly ImportRow[], on: boolean): void {
    const next = new Set(this.#chosen);
    for (const { key } of rows) {
      if (on) next.add(key);
      else next.delete(key);
    }
    this.#chosen = next;
  }

  /** Hosts of virt-manager are chosen at once; of the many that SSH knows only some run virtual machines. */
  async look(): Promise<void> {
    this.failed = undefined;
    try {
      this.#found = await this.#app.rpc.nodes.importable();
      this.#chooseSection('virt-manager');
    } catch (thrown) {
      this.failed = toGuestroomError(thrown).toData();
    }
  }

  async readFile(file: File): Promise<void> {
    this.unread = undefined;
    try {
      // what is too long is cut: main says that it is none
      this.text = await file.slice(0, 4 * maxExport).text();
    } catch (thrown) {
      this.unread = toGuestroomError(thrown).toData();
      return;
    }
    await this.read();
  }

  /** Reads the text of an exported list; what was read before stays when it is none. */
  async read(): Promise<void> {
    this.unread = undefined;
    try {
      const { hosts } = await this.#app.rpc.nodes.readExport({ text: this.text });
      this.#file = [...new Map(hosts.map((host) => [host.uri, host])).values()];
      this.text = '';
      this.#chooseSection('file');
    } catch (thrown) {
      this.unread = toGuestroomError(thrown).toData();
    }
  }

  #chooseSection(source: ImportSection['source']): void {
    this.choose(this.sections.find((section) => section.source === source)?.rows ?? [], true);
  }

  /** Adds what is chosen. Answers the ids once all are in the list; what was refused says why, and stays chosen. */
  async add(): Promise<string[] | undefined> {
    const rows = this.chosen;
    if (rows.length === 0 || this.busy) return undefined;
    this.busy = true;
    this.failed = undefined;
    try {
      const entries = rows.map(({ name, uri, readOnly }) => ({ name, uri, readOnly }));
      const outcomes = await this.#app.rpc.nodes.import({ entries });
      const refused = rows.flatMap(({ key }, at) => {
        const error = outcomes[at]?.error;
        return error ? [[key, error] as const] : [];
      });
      this.#errors = new Map(refused);
      this.choose(
        rows.filter(({ key }) => !this.#errors.has(key)),
        false,
      );
      return refused.length > 0 ? undefined : outcomes.flatMap(({ node }) => node ?? []);
    } catch (thrown) {
      this.failed = toGuestroomError(thrown).toData();
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}

const embeddedUri = (uri: string): string => formatUri({ ...parseUri(uri), path: '/embed', embedded: true });
