import { GuestroomError } from '../api/errors.ts';
import { domainStates, type DomainState, type DomainSummary } from '../api/model.ts';
import { isActive } from '../api/operations.ts';
import { reasonWords, stateNumbers } from '../api/states.ts';
import { failure, isRefusal, type Daemon } from './daemon.ts';
import { factsIfReadable, type DocumentFacts } from './domain-facts.ts';
import { domainOf, uuidText } from './identity.ts';
import type { Domain } from './rpc/procedures.gen.ts';
import { ConnectListAllDomainsFlags as List, DomainStatsTypes } from './rpc/enums.gen.ts';
import { ConnectGetAllDomainStatsFlags as StatsFlags } from './rpc/enums.gen.ts';
import { TypedValues } from './rpc/typed-params.ts';

interface Status {
  state: DomainState;
  reason: string;
}

/** Everything of a row but its document. */
interface Bones extends Status {
  domain: Domain;
  persistent: boolean;
  autostart: boolean;
  hasManagedSave: boolean;
}

const stateOf = new Map(domainStates.map((state) => [stateNumbers[state], state]));

/** virDomainState and its reason as words. A state that is none, or newer than this code, is taken for running. */
function statusOf(number: number | undefined, reason: number | undefined): Status {
  const state = stateOf.get(number ?? 0) ?? 'running';
  return { state, reason: reasonWords[state][reason ?? 0] ?? 'unknown' };
}

/** Rows of the list: read in bulk, and one by one as they change. */
export class DomainRows {
  readonly #daemon: Daemon;
  /** The domain type of this connection's documents where one cannot be read. */
  readonly #type: string;
  /** What was told last of each. */
  readonly #known = new Map<string, DomainSummary>();
  /** What went wrong, until the next start. */
  readonly #problems = new Map<string, NonNullable<DomainSummary['problem']>>();

  constructor(daemon: Daemon, type: string) {
    this.#daemon = daemon;
    this.#type = type;
  }

  known(uuid: string): DomainSummary | undefined {
    return this.#known.get(uuid);
  }

  setProblem(uuid: string, problem: NonNullable<DomainSummary['problem']>): void {
    this.#problems.set(uuid, problem);
  }

  /** `documents: false` leaves out what only the documents tell: one round trip instead of one for each domain. */
  async all(options: { documents?: boolean } = {}): Promise<DomainSummary[]> {
    const ofAll = Promise.all([
      this.#those(List.PERSISTENT),
      this.#those(List.AUTOSTART),
      this.#those(List.MANAGEDSAVE),
      this.#states(),
    ]);
    // it is told below, and the list's own failure first
    ofAll.catch(() => undefined);
    const there = await this.#daemon.each(await this.#list(0), async (domain) => {
      const uuid = uuidText(domain.uuid);
      const [[persistent, autostart, saved, states], facts] = await Promise.all([
        ofAll,
        options.documents === false ? undefined : this.#facts(domain),
      ]);
      const status = states?.get(uuid) ?? (await this.#state(domain));
      // it went away meanwhile; an event tells so
      if (!status || facts === null) return undefined;
      return this.#row(
        {
          domain,
          ...status,
          persistent: persistent.has(uuid),
          autostart: autostart.has(uuid),
          hasManagedSave: saved.has(uuid),
        },
        facts,
      );
    });
    await ofAll;
    if (options.documents !== false) {
      this.#known.clear();
      for (const row of there) this.#known.set(row.uuid, row);
    }
    return there;
  }

  /** UUIDs of domains that differ from what was told of them in what libvirt has no event for. */
  async unannounced(): Promise<string[]> {
    const [autostart, saved] = await Promise.all([
      this.#those(List.AUTOSTART),
      this.#those(List.MANAGEDSAVE),
    ]);
    return [...this.#known.values()]
      .filter(
        (row) => row.autostart !== autostart.has(row.uuid) || row.hasManagedSave !== saved.has(row.uuid),
      )
      .map(({ uuid }) => uuid);
  }

  async #list(flags: number): Promise<readonly Domain[]> {
    return (await this.#daemon.call('CONNECT_LIST_ALL_DOMAINS', { need_results: 1, flags })).domains;
  }

  async #those(flag: number): Promise<ReadonlySet<string>> {
    return new Set((await this.#list(flag)).map(({ uuid }) => uuidText(uuid)));
  }

  /** The row as it is now. Rejects with `not_found`. */
  async one(uuid: string): Promise<DomainSummary> {
    const domain = domainOf(uuid);
    const about = { domain: uuid };
    const daemon = this.#daemon;
    const [looked, status, persistent, autostart, saved, facts] = await Promise.all([
      daemon.call('DOMAIN_LOOKUP_BY_UUID', { uuid: domain.uuid }, about),
      this.#state(domain),
      daemon.call('DOMAIN_IS_PERSISTENT', { dom: domain }, about),
      daemon.ifSupported(daemon.call('DOMAIN_GET_AUTOSTART', { dom: domain }, about)),
      daemon.ifSupported(daemon.call('DOMAIN_HAS_MANAGED_SAVE_IMAGE', { dom: domain, flags: 0 }, about)),
      this.#facts(domain),
    ]);
    if (!status || facts === null) throw gone(uuid);
    const row = this.#row(
      {
        domain: looked.dom,
        ...status,
        persistent: persistent.persistent === 1,
        autostart: autostart?.autostart === 1,
        hasManagedSave: saved?.result === 1,
      },
      facts,
    );
    this.#known.set(row.uuid, row);
    return row;
  }

  forget(uuid: string): void {
    this.#known.delete(uuid);
    this.#problems.delete(uuid);
  }

  /** States of all in one call; undefined where the hypervisor has no such call. */
  async #states(): Promise<ReadonlyMap<string, Status> | undefined> {
    const answer = await this.#daemon.ifSupported(
      this.#daemon.call('CONNECT_GET_ALL_DOMAIN_STATS', {
        doms: [],
        stats: DomainStatsTypes.STATE,
        flags: StatsFlags.NOWAIT,
      }),
    );
    if (!answer) return undefined;
    return new Map(
      answer.retStats.map(({ dom, params }) => {
        const values = new TypedValues(params);
        return [uuidText(dom.uuid), statusOf(values.number('state.state'), values.number('state.reason'))];
      }),
    );
  }

  async #state(dom: Domain): Promise<Status | undefined> {
    const answer = await this.#daemon.ifThere(this.#daemon.call('DOMAIN_GET_STATE', { dom, flags: 0 }));
    return answer && statusOf(answer.state, answer.reason);
  }

  /** null where the domain is gone, undefined where its document cannot be read. */
  async #facts(dom: Domain): Promise<DocumentFacts | null | undefined> {
    try {
      const answer = await this.#daemon.ifThere(this.#daemon.call('DOMAIN_GET_XML_DESC', { dom, flags: 0 }));
      return answer ? factsIfReadable(answer.xml) : null;
    } catch (error) {
      // the host's rules may give it to others only
      if (!isRefusal(error)) throw error;
      const { message } = failure(error);
      this.#daemon.log.warn('The document of a machine cannot be read', {
        domain: uuidText(dom.uuid),
        message,
      });
      return undefined;
    }
  }

  #row(bones: Bones, facts: DocumentFacts | undefined): DomainSummary {
    const { domain, state, reason, persistent, autostart, hasManagedSave } = bones;
    const uuid = uuidText(domain.uuid);
    const problem = this.#problem(uuid, state, reason);
    return {
      type: this.#type,
      vcpus: 1,
      memory: 0,
      ...facts?.summary,
      uuid,
      name: domain.name,
      id: domain.id >= 0 ? domain.id : null,
      state,
      stateReason: reason,
      persistent,
      autostart,
      hasManagedSave,
      ...(problem ? { problem } : {}),
      ...(facts && Object.keys(facts.refused).length > 0 ? { refused: facts.refused } : {}),
    };
  }

  #problem(uuid: string, state: DomainState, reason: string): DomainSummary['problem'] {
    const lives = isActive(state) && !(state === 'paused' && reason === 'I/O error');
    if (lives) this.#problems.delete(uuid);
    const told = this.#problems.get(uuid);
    if (told) return told;
    if (state === 'crashed') return { message: 'The guest has crashed', code: 'guest_died' };
    if (state === 'paused' && reason === 'I/O error')
      return {
        message: 'Paused by a disk error',
        hint: 'Make room on the disk or repair it, then resume',
      };
    if (state === 'shutoff' && reason === 'crashed')
      return { message: 'The guest has crashed', code: 'guest_died' };
    return undefined;
  }
}

const gone = (uuid: string): GuestroomError =>
  new GuestroomError('not_found', 'There is no such virtual machine on this host', { domain: uuid });
