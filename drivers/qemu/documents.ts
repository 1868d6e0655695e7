import type { Host } from '../api/host.ts';
import { readProblem, type Problem } from './ending.ts';
import { asFlag, asText, parseObject } from './json.ts';
import type { Layout } from './places.ts';

/** What is kept of a persistent domain beside its document. */
export interface Notes {
  autostart: boolean;
  /** How its last run ended: libvirt's word. */
  reason?: string;
  problem?: Problem;
}

export interface StoredDocument {
  uuid: string;
  text: string;
  notes: Notes;
  /** Changes when document or notes change. */
  stamp: string;
}

const uuidFile = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.xml$/;

/** The documents of persistent domains: one file each, named by UUID, and notes beside it. */
export class DocumentStore {
  private readonly host: Host;
  private readonly layout: Layout;

  constructor(host: Host, layout: Layout) {
    this.host = host;
    this.layout = layout;
  }

  async uuids(): Promise<string[]> {
    if (!(await this.host.files.stat(this.layout.documents))) return [];
    const entries = await this.host.files.list(this.layout.documents);
    return entries.flatMap(({ name }) => uuidFile.exec(name)?.[1] ?? []);
  }

  /** undefined where it is gone. */
  async stamp(uuid: string): Promise<string | undefined> {
    const document = await this.host.files.stat(this.layout.document(uuid));
    if (!document) return undefined;
    const notes = await this.host.files.stat(this.layout.notes(uuid));
    return `${String(document.modified)}/${String(document.size)}/${String(notes?.modified)}/${String(notes?.size)}`;
  }

  async read(uuid: string): Promise<StoredDocument | undefined> {
    const stamp = await this.stamp(uuid);
    if (stamp === undefined) return undefined;
    const text = await this.host.files.readText(this.layout.document(uuid));
    return { uuid, text, notes: await this.notes(uuid), stamp };
  }

  async write(uuid: string, text: string): Promise<void> {
    await this.host.files.makeFolder(this.layout.documents);
    await this.host.files.write(this.layout.document(uuid), text);
  }

  async writeNotes(uuid: string, notes: Notes): Promise<void> {
    await this.host.files.makeFolder(this.layout.documents);
    await this.host.files.write(this.layout.notes(uuid), JSON.stringify(notes));
  }

  async remove(uuid: string): Promise<void> {
    await this.host.files.remove(this.layout.document(uuid));
    await this.host.files.remove(this.layout.notes(uuid));
  }

  private async notes(uuid: string): Promise<Notes> {
    const file = this.layout.notes(uuid);
    const json = (await this.host.files.stat(file))
      ? parseObject(await this.host.files.readText(file))
      : undefined;
    const reason = asText(json?.['reason']);
    const problem = readProblem(json?.['problem']);
    return {
      autostart: asFlag(json?.['autostart']),
      ...(reason === undefined ? {} : { reason }),
      ...(problem === undefined ? {} : { problem }),
    };
  }
}
