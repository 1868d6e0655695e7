import { Broadcast } from '../api/broadcast.ts';
import type { Change } from '../api/driver.ts';
import type { DomainSummary } from '../api/model.ts';
import { failure, type Daemon } from './daemon.ts';
import type { DomainRows } from './domain-rows.ts';
import { uuidText } from './identity.ts';
import { Readings } from './readings.ts';
import { DomainEventID, DomainEventType } from './rpc/enums.gen.ts';
import type { Message, Payload } from './rpc/event-hub.ts';
import type { Domain } from './rpc/procedures.gen.ts';

/** What those who wait for the end of some work listen to. */
export type Signal = { uuid: string } & (
  | { kind: 'device-removed' | 'device-removal-failed'; alias: string }
  | { kind: 'block-job'; target: string; type: number; status: number }
  | { kind: 'stopped' }
);

/**
 * libvirt's events on domains as changes. An event is a hint only: the domain is read anew, and many events on one
 * domain are one reading. What no event tells (autostart, a saved state that is removed) is read after our own calls,
 * and looked for whenever statistics are taken.
 */
export class DomainEvents {
  readonly signals = new Broadcast<Signal>();
  readonly #daemon: Daemon;
  readonly #rows: DomainRows;
  readonly #changes: Broadcast<Change>;
  readonly #readings = new Readings();
  /** UUIDs of domains whose document has changed, until that is told with the row. */
  readonly #documents = new Set<string>();
  /** Rows as the listeners have them. */
  readonly #told = new Map<string, string>();

  constructor(daemon: Daemon, rows: DomainRows, changes: Broadcast<Change>) {
    this.#daemon = daemon;
    this.#rows = rows;
    this.#changes = changes;
  }

  /** Asks for every event that this daemon has. */
  async register(): Promise<void> {
    const row = ({ dom }: { dom: Domain }) => this.#hint(dom, false);
    const document = ({ dom }: { dom: Domain }) => this.#hint(dom, true);
    const nested =
      (then: (payload: { dom: Domain }) => void) =>
      ({ msg }: { msg: { dom: Domain } }) =>
        then(msg);
    await Promise.all([
      this.#on(DomainEventID.LIFECYCLE, 'DOMAIN_EVENT_CALLBACK_LIFECYCLE', ({ msg }) => {
        if (msg.event === DomainEventType.STOPPED)
          this.signals.send({ kind: 'stopped', uuid: uuidText(msg.dom.uuid) });
        document(msg);
      }),
      this.#on(DomainEventID.REBOOT, 'DOMAIN_EVENT_CALLBACK_REBOOT', nested(row)),
      this.#on(DomainEventID.WATCHDOG, 'DOMAIN_EVENT_CALLBACK_WATCHDOG', nested(row)),
      this.#on(DomainEventID.IO_ERROR_REASON, 'DOMAIN_EVENT_CALLBACK_IO_ERROR_REASON', ({ msg }) => {
        this.#diskFailed(msg.dom, msg.srcPath, msg.reason);
      }),
      this.#on(DomainEventID.CONTROL_ERROR, 'DOMAIN_EVENT_CALLBACK_CONTROL_ERROR', nested(row)),
      this.#on(DomainEventID.DISK_CHANGE, 'DOMAIN_EVENT_CALLBACK_DISK_CHANGE', nested(document)),
      this.#on(DomainEventID.TRAY_CHANGE, 'DOMAIN_EVENT_CALLBACK_TRAY_CHANGE', nested(document)),
      this.#on(DomainEventID.PMWAKEUP, 'DOMAIN_EVENT_CALLBACK_PMWAKEUP', nested(row)),
      this.#on(DomainEventID.PMSUSPEND, 'DOMAIN_EVENT_CALLBACK_PMSUSPEND', nested(row)),
      this.#on(DomainEventID.PMSUSPEND_DISK, 'DOMAIN_EVENT_CALLBACK_PMSUSPEND_DISK', nested(row)),
      this.#on(DomainEventID.BALLOON_CHANGE, 'DOMAIN_EVENT_CALLBACK_BALLOON_CHANGE', nested(document)),
      this.#on(DomainEventID.DEVICE_REMOVED, 'DOMAIN_EVENT_CALLBACK_DEVICE_REMOVED', ({ msg }) => {
        this.signals.send({ kind: 'device-removed', uuid: uuidText(msg.dom.uuid), alias: msg.devAlias });
        document(msg);
      }),
      this.#on(
        DomainEventID.DEVICE_REMOVAL_FAILED,
        'DOMAIN_EVENT_CALLBACK_DEVICE_REMOVAL_FAILED',
        ({ dom, devAlias }) => {
          this.signals.send({ kind: 'device-removal-failed', uuid: uuidText(dom.uuid), alias: devAlias });
        },
      ),
      this.#on(DomainEventID.DEVICE_ADDED, 'DOMAIN_EVENT_CALLBACK_DEVICE_ADDED', document),
      this.#on(DomainEventID.BLOCK_JOB_2, 'DOMAIN_EVENT_BLOCK_JOB_2', ({ dom, dst, type, status }) => {
        this.signals.send({ kind: 'block-job', uuid: uuidText(dom.uuid), target: dst, type, status });
        document({ dom });
      }),
      this.#on(DomainEventID.TUNABLE, 'DOMAIN_EVENT_CALLBACK_TUNABLE', document),
      this.#on(DomainEventID.AGENT_LIFECYCLE, 'DOMAIN_EVENT_CALLBACK_AGENT_LIFECYCLE', row),
      this.#on(DomainEventID.METADATA_CHANGE, 'DOMAIN_EVENT_CALLBACK_METADATA_CHANGE', document),
    ]);
  }

  /** Reads the domain anew and tells what is different. Resolves once it is told. */
  refresh(uuid: string, document = false): Promise<void> {
    if (document) this.#documents.add(uuid);
    const read = (): Promise<DomainSummary | undefined> => this.#daemon.ifThere(this.#rows.one(uuid));
    return this.#readings.run(uuid, read, (domain) => this.#tell(uuid, domain));
  }

  /** Tells what changed without an event. */
  async catchUp(): Promise<void> {
    await Promise.all((await this.#rows.unannounced()).map((uuid) => this.refresh(uuid)));
  }

  #tell(uuid: string, domain: DomainSummary | undefined): void {
    const document = this.#documents.delete(uuid);
    if (!domain) {
      this.#rows.forget(uuid);
      this.#told.delete(uuid);
      this.#changes.send({ kind: 'domain-removed', uuid });
      return;
    }
    // half-way to running: the event of the start itself follows
    if (domain.state === 'paused' && domain.stateReason === 'starting up') return;
    const text = JSON.stringify(domain);
    if (this.#told.get(uuid) !== text) {
      this.#told.set(uuid, text);
      this.#changes.send({ kind: 'domain', domain });
    }
    if (document) this.#changes.send({ kind: 'document', uuid });
  }

  #hint(dom: Domain, document: boolean): void {
    const uuid = uuidText(dom.uuid);
    this.refresh(uuid, document).catch((error: unknown) => {
      // with the connection everything else ends, too
      const { code, message } = failure(error);
      if (code !== 'lost')
        this.#daemon.log.warn('A domain could not be read after an event', { domain: uuid, code, message });
    });
  }

  #diskFailed(dom: Domain, path: string, reason: string): void {
    const full = reason === 'enospc';
    this.#rows.setProblem(uuidText(dom.uuid), {
      message: full ? `No space left for ${path}` : `A read or write of ${path} failed`,
      hint: full ? 'Make room on the host, then resume' : 'Repair the disk on the host, then resume',
      code: full ? 'no_space' : 'program_failed',
      ...(reason === '' ? {} : { detail: reason }),
    });
    this.#hint(dom, false);
  }

  #on<M extends Message>(
    eventID: number,
    message: M,
    listener: (payload: Payload<M>) => void,
  ): Promise<void> {
    const { rpc } = this.#daemon.links.main;
    const args = { eventID, dom: null };
    const register = async () =>
      (await rpc.call('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', args)).callbackID;
    return this.#daemon.listen(message, register, listener);
  }
}
