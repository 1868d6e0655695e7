import type { Secrets } from '../api/driver.ts';
import type { Secret } from '../api/model.ts';
import { secret as secretDocument } from '../xml/secret.ts';
import { secretRow } from '../xml/rows.ts';
import type { Daemon } from './daemon.ts';
import type { HostAccess } from './host-access.ts';
import { uuidBytes, uuidText } from './identity.ts';
import type { Secret as SecretRef } from './rpc/procedures.gen.ts';

/** The daemon's secrets. Their values are written and never asked for. */
export class LibvirtSecrets implements Secrets {
  readonly #daemon: Daemon;
  readonly #access: HostAccess;

  constructor(daemon: Daemon, access: HostAccess) {
    this.#daemon = daemon;
    this.#access = access;
  }

  async list(): Promise<Secret[]> {
    const { secrets } = await this.#daemon.call('CONNECT_LIST_ALL_SECRETS', { need_results: 1, flags: 0 });
    return this.#daemon.each(secrets, (secret) => this.#row(secret));
  }

  async xml(uuid: string): Promise<string> {
    return this.#xml(await this.#look(uuid));
  }

  async define(xml: string): Promise<Secret> {
    this.#access.allow('secretDefine');
    return this.#row((await this.#daemon.call('SECRET_DEFINE_XML', { xml, flags: 0 })).secret);
  }

  async setValue(uuid: string, value: Uint8Array): Promise<void> {
    this.#access.allow('secretSetValue');
    await this.#daemon.call('SECRET_SET_VALUE', { secret: await this.#look(uuid), value, flags: 0 });
  }

  async undefine(uuid: string): Promise<void> {
    this.#access.allow('secretUndefine');
    await this.#daemon.call('SECRET_UNDEFINE', { secret: await this.#look(uuid) });
  }

  async #look(uuid: string): Promise<SecretRef> {
    return (await this.#daemon.call('SECRET_LOOKUP_BY_UUID', { uuid: uuidBytes(uuid) })).secret;
  }

  async #xml(secret: SecretRef): Promise<string> {
    return (await this.#daemon.call('SECRET_GET_XML_DESC', { secret, flags: 0 })).xml;
  }

  async #row(secret: SecretRef): Promise<Secret> {
    return { ...secretRow(secretDocument.read(await this.#xml(secret))), uuid: uuidText(secret.uuid) };
  }
}
