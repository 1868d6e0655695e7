import type { Duplex } from 'node:stream';
import type { Apply, Logger, StartOptions, WorkContext } from '../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import { domainOperations, reasonText, type DomainOperation } from '../api/operations.ts';
import { DomainDocument } from '../xml/domain/edit.ts';
import type { Activity } from './activity.ts';
import type { RunningGuest } from './guest.ts';
import type { Entry, Inventory } from './inventory.ts';
import { incomingName } from './saved-state.ts';
import { linkTo } from './saving.ts';
import { startGuest } from './start.ts';
import { noSuchDomain, type Toolbox } from './survey.ts';

/** What the operations on domains have in common: who may do what when, starting, and editing a document. */
export class DomainWork {
  protected readonly tools: Toolbox;
  protected readonly inventory: Inventory;
  protected readonly log: Logger;
  protected readonly readOnly: boolean;
  protected readonly activity: Activity;
  /** Told of every stream that is handed out. */
  protected readonly hold: (stream: Duplex) => void;

  constructor(
    tools: Toolbox,
    inventory: Inventory,
    activity: Activity,
    log: Logger,
    readOnly: boolean,
    hold: (stream: Duplex) => void,
  ) {
    this.hold = hold;
    this.activity = activity;
    this.tools = tools;
    this.inventory = inventory;
    this.log = log;
    this.readOnly = readOnly;
  }

  protected async run(
    uuid: string,
    document: string,
    options: StartOptions,
    file?: string,
    state?: { offset: number; paused: boolean; once?: boolean },
    context: WorkContext = {},
  ): Promise<Entry> {
    const places = this.tools.layout.of(uuid);
    const link = this.tools.host.files.join(places.own, incomingName);
    if (file !== undefined) {
      await this.tools.host.files.makeFolder(places.own);
      await linkTo(this.tools, file, link);
    }
    const adopting = this.inventory.expect(uuid);
    try {
      const started = await startGuest(this.tools, {
        document,
        uuid,
        id: this.inventory.nextId(),
        paused: options.paused === true || state?.paused === true,
        emulate: options.emulate === true,
        ...(file === undefined || !state
          ? {}
          : { state: { file, offset: state.offset, once: state.once === true } }),
        ...(context.signal ? { signal: context.signal } : {}),
        ...(context.onProgress ? { onProgress: (done) => context.onProgress?.(done) } : {}),
      });
      const adopted = await this.inventory.adopt(started.facts, started.document, started.domain, (guest) =>
        guest.begin(started.qmp, started.exit, state ? 'restoring' : 'starting up'),
      );
      if ('uuid' in adopted) return adopted;
      const { problem } = adopted;
      throw new GuestroomError('guest_died', problem?.message ?? 'The virtual machine ended at once', {
        detail: problem?.detail,
        hint: problem?.hint,
        domain: started.facts.name,
      });
    } catch (error) {
      adopting();
      // another instance may have started it meanwhile
      await this.inventory.rescan();
      throw error;
    } finally {
      adopting();
      if (file !== undefined) await this.tools.host.files.remove(link);
    }
  }

  protected async discard(entry: Entry): Promise<void> {
    await this.tools.host.files.remove(this.tools.layout.of(entry.uuid).savedState);
    entry.saved = false;
  }

  /** Until the event that tells of the new state is in. */
  protected async settle(uuid: string): Promise<void> {
    await this.inventory.get(uuid).guest?.refresh();
  }

  /** Changes the stored document and, where it shows there too, the live one. */
  protected async edit(
    entry: Entry,
    change: (document: DomainDocument) => unknown,
    where: 'both' | 'config' = 'both',
  ): Promise<void> {
    if (entry.text !== undefined) {
      await this.exclusive(entry.uuid, 'edit', async () => {
        const document = DomainDocument.parse(await this.latest(entry.uuid));
        change(document);
        await this.inventory.store.write(entry.uuid, document.toString());
        await this.inventory.load(entry.uuid);
      });
    }
    if (entry.guest && where === 'both') {
      const live = DomainDocument.parse(entry.guest.document);
      change(live);
      entry.guest.replaceDocument(live.toString(), live.read());
      await this.tools.host.files.write(this.tools.layout.of(entry.uuid).liveDocument, entry.guest.document);
      this.inventory.announce(entry);
      if (entry.text === undefined) this.inventory.changes.send({ kind: 'document', uuid: entry.uuid });
    }
  }

  /** The document as it is stored now: another instance may have written it since we were told. */
  protected async latest(uuid: string): Promise<string> {
    const { text } = (await this.inventory.load(uuid)) ?? {};
    if (text === undefined) throw noSuchDomain(uuid);
    return text;
  }

  protected targets(entry: Entry, apply: Apply): { live: RunningGuest | undefined; config: boolean } {
    if (apply !== 'config' && !entry.guest)
      throw wrongState('not_active', this.inventory.domainOf(entry).name);
    if (apply !== 'live' && entry.text === undefined) throw wrongState('transient', entry.uuid);
    return { live: apply === 'config' ? undefined : entry.guest, config: apply !== 'live' };
  }

  protected refuseReadOnly(): void {
    if (this.readOnly) throw new GuestroomError('read_only', reasonText.read_only);
  }

  protected require(uuid: string, operation: DomainOperation): Entry {
    const entry = this.inventory.get(uuid);
    if (!readable.has(operation)) this.refuseReadOnly();
    const reason = domainOperations[operation](this.inventory.summary(entry));
    if (reason) throw wrongState(reason, this.inventory.domainOf(entry).name);
    return entry;
  }

  protected running(uuid: string, operation: DomainOperation): RunningGuest {
    const { guest, ...entry } = this.require(uuid, operation);
    if (!guest) throw wrongState('not_active', entry.uuid);
    return guest;
  }

  protected refuseByDomain(uuid: string, operation: DomainOperation): void {
    const reason = this.inventory.summary(this.inventory.get(uuid)).refused?.[operation];
    if (reason) throw new GuestroomError('unsupported', reasonText[reason]);
  }

  protected async exclusive<T>(uuid: string, operation: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.activity.exclusive(uuid, operation, work);
    } catch (error) {
      const failure = toGuestroomError(error);
      this.log.debug(`${operation} failed`, { uuid, code: failure.code, message: failure.message });
      throw failure;
    }
  }
}

/** Looking does no harm. */
const readable: ReadonlySet<DomainOperation> = new Set(['screenshot']);

export const wrongState = (reason: keyof typeof reasonText, domain: string): GuestroomError =>
  new GuestroomError('wrong_state', reasonText[reason], { domain });
