import { randomUUID } from 'node:crypto';
import type { Secrets } from '../api/devices.ts';
import { GuestroomError } from '../api/errors.ts';
import type { Secret } from '../api/model.ts';
import { EditedDocument } from '../xml/kind.ts';
import { secretRow } from '../xml/rows.ts';
import { secret } from '../xml/secret.ts';
import type { HostWork } from './host-work.ts';

const largest = 64 * 1024;

/** Secrets of the made-up host: their documents; of a value only that there is one. */
export class SecretStore {
  readonly #documents = new Map<string, string>();
  readonly #withValue = new Set<string>();

  rows(): Secret[] {
    return [...this.#documents].map(([uuid, xml]) => ({ ...secretRow(secret.read(xml)), uuid }));
  }

  xml(uuid: string): string {
    const xml = this.#documents.get(uuid.toLowerCase());
    if (xml !== undefined) return xml;
    throw new GuestroomError('not_found', `No secret has the UUID ${uuid}`);
  }

  define(xml: string): Secret {
    const document = new EditedDocument(secret, xml);
    const { uuid = randomUUID(), usage, usageId } = secretRow(document.read());
    const rows = this.rows();
    const namesake = rows.find((row) => row.usage === usage && row.usageId === usageId && usage !== 'none');
    if (namesake && namesake.uuid !== uuid)
      throw new GuestroomError('exists', `Another secret is already for ${usageId ?? usage}`, {
        detail: `secret with uuid ${namesake.uuid}`,
      });
    const old = rows.find((row) => row.uuid === uuid);
    if (old && (old.usage !== usage || old.usageId !== usageId))
      throw new GuestroomError('exists', 'What a secret is for cannot be changed', {
        hint: 'Undefine it, or remove <uuid> for a new one',
      });
    this.#documents.set(uuid, document.update({ uuid }).toString());
    return { ...secretRow(document.read()), uuid };
  }

  setValue(uuid: string, value: Uint8Array): void {
    this.xml(uuid);
    if (value.length > largest)
      throw new GuestroomError('too_large', `A secret has at most ${String(largest)} bytes`);
    this.#withValue.add(uuid.toLowerCase());
  }

  undefine(uuid: string): void {
    this.xml(uuid);
    this.#documents.delete(uuid.toLowerCase());
    this.#withValue.delete(uuid.toLowerCase());
  }
}

/** libvirt's secret calls on the made-up host. */
export class TestSecrets implements Secrets {
  readonly #store: SecretStore;
  readonly #work: HostWork;

  constructor(store: SecretStore, work: HostWork) {
    this.#store = store;
    this.#work = work;
  }

  list(): Promise<Secret[]> {
    return this.#work.look(() => this.#store.rows());
  }

  xml(uuid: string): Promise<string> {
    return this.#work.look(() => this.#store.xml(uuid));
  }

  define(xml: string): Promise<Secret> {
    return this.#work.act('secretDefine', 'secret', () => this.#store.define(xml));
  }

  setValue(uuid: string, value: Uint8Array): Promise<void> {
    return this.#work.act('secretSetValue', uuid, () => this.#store.setValue(uuid, value));
  }

  undefine(uuid: string): Promise<void> {
    return this.#work.act('secretUndefine', uuid, () => this.#store.undefine(uuid));
  }
}
