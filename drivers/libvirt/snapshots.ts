import type { NewSnapshot, RevertOptions, Snapshots, WorkContext } from '../api/driver.ts';
import type { Snapshot } from '../api/model.ts';
import { isActive } from '../api/operations.ts';
import { snapshotRow } from '../xml/rows.ts';
import { domainSnapshot } from '../xml/snapshot/snapshot.ts';
import type { Daemon } from './daemon.ts';
import type { DomainAccess } from './domain-access.ts';
import { domainOf } from './identity.ts';
import { withJob } from './jobs.ts';
import {
  DomainSnapshotCreateFlags as Create,
  DomainSnapshotDeleteFlags as Delete,
  DomainSnapshotRevertFlags as Revert,
} from './rpc/enums.gen.ts';
import { inOrderOfTaking } from './snapshot-order.ts';

/** Snapshots of a daemon's domains. libvirt tells nobody that they change, so each change of ours is told by us. */
export class LibvirtSnapshots implements Snapshots {
  readonly #daemon: Daemon;
  readonly #access: DomainAccess;
  readonly #changed: (uuid: string) => void;

  constructor(daemon: Daemon, access: DomainAccess, changed: (uuid: string) => void) {
    this.#daemon = daemon;
    this.#access = access;
    this.#changed = changed;
  }

  async list(uuid: string): Promise<Snapshot[]> {
    const dom = domainOf(uuid);
    const about = { domain: uuid };
    const [{ snapshots }, current] = await Promise.all([
      this.#daemon.call('DOMAIN_LIST_ALL_SNAPSHOTS', { dom, need_results: 1, flags: 0 }, about),
      this.#current(uuid),
    ]);
    const rows = await this.#daemon.each(snapshots, ({ name }) => this.#row(uuid, name, current));
    return inOrderOfTaking(rows);
  }

  async xml(uuid: string, name: string): Promise<string> {
    const args = { snap: { name, dom: domainOf(uuid) }, flags: 0 };
    return (await this.#daemon.call('DOMAIN_SNAPSHOT_GET_XML_DESC', args, { domain: uuid })).xml;
  }

  async create(uuid: string, wanted: NewSnapshot, context: WorkContext = {}): Promise<Snapshot> {
    const { name, description, diskOnly, quiesce } = wanted;
    const xml =
      wanted.xml ??
      domainSnapshot.build({
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
      });
    const made = await this.#access.act(
      'snapshotCreate',
      uuid,
      ({ state }) => {
        const flags =
          (diskOnly && isActive(state) ? Create.DISK_ONLY | Create.ATOMIC : 0) |
          (quiesce ? Create.QUIESCE : 0);
        const args = { dom: domainOf(uuid), xml_desc: xml, flags };
        return withJob(this.#daemon, uuid, context, () =>
          this.#daemon.slowly('DOMAIN_SNAPSHOT_CREATE_XML', args, { domain: uuid, turn: context.signal }),
        );
      },
      true,
    );
    this.#changed(uuid);
    const { name: given } = made.snap;
    return this.#row(uuid, given, await this.#current(uuid));
  }

  async revert(
    uuid: string,
    name: string,
    options: RevertOptions = {},
    context: WorkContext = {},
  ): Promise<void> {
    const flags =
      (options.state === 'running' ? Revert.RUNNING : options.state === 'paused' ? Revert.PAUSED : 0) |
      (options.force ? Revert.FORCE : 0);
    const snap = { name, dom: domainOf(uuid) };
    await this.#access.act(
      'snapshotRevert',
      uuid,
      () =>
        withJob(this.#daemon, uuid, context, () =>
          this.#daemon.slowly(
            'DOMAIN_REVERT_TO_SNAPSHOT',
            { snap, flags },
            { domain: uuid, turn: context.signal },
          ),
        ),
      true,
    );
    this.#changed(uuid);
  }

  async delete(
    uuid: string,
    name: string,
    options: { children?: boolean } = {},
    context: WorkContext = {},
  ): Promise<void> {
    const snap = { name, dom: domainOf(uuid) };
    const flags = options.children ? Delete.CHILDREN : 0;
    await this.#access.act('snapshotDelete', uuid, () =>
      withJob(this.#daemon, uuid, context, () =>
        this.#daemon.slowly(
          'DOMAIN_SNAPSHOT_DELETE',
          { snap, flags },
          { domain: uuid, turn: context.signal },
        ),
      ),
    );
    this.#changed(uuid);
  }

  async #row(uuid: string, name: string, current: string | undefined): Promise<Snapshot> {
    return { ...snapshotRow(domainSnapshot.read(await this.xml(uuid, name))), current: name === current };
  }

  async #current(uuid: string): Promise<string | undefined> {
    const args = { dom: domainOf(uuid), flags: 0 };
    const answer = await this.#daemon.ifThere(
      this.#daemon.call('DOMAIN_SNAPSHOT_CURRENT', args, { domain: uuid }),
    );
    return answer?.snap.name;
  }
}
