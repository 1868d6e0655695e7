import { Broadcast } from '../api/broadcast.ts';
import type { Change, Connection, OpenContext, StatsFields, StatsFieldsOptions } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import type { NodeInfo, StatsSnapshot } from '../api/model.ts';
import type { Verdicts } from '../api/operations.ts';
import { LibvirtBlockJobs } from './block-jobs.ts';
import { Consoles } from './consoles.ts';
import { Daemon } from './daemon.ts';
import { DomainAccess } from './domain-access.ts';
import { LibvirtDomainDevices } from './domain-devices.ts';
import { DomainEvents } from './domain-events.ts';
import { DomainRows } from './domain-rows.ts';
import { LibvirtDomains } from './domains.ts';
import { LibvirtGuestAgent } from './guest-agent.ts';
import { HostAccess } from './host-access.ts';
import { HostEvents } from './host-events.ts';
import { LibvirtInterfaces } from './interfaces.ts';
import type { Links } from './links.ts';
import { noCallback } from './rpc/event-hub.ts';
import { LibvirtMigration } from './migration.ts';
import { LibvirtNetworks } from './networks.ts';
import { nodeFacts } from './node-facts.ts';
import { LibvirtNodeDevices } from './node-devices.ts';
import { LibvirtPools } from './pools.ts';
import { Saving } from './saving.ts';
import { LibvirtSecrets } from './secrets.ts';
import { Sizing } from './sizing.ts';
import { LibvirtSnapshots } from './snapshots.ts';
import { Statistics } from './statistics.ts';
import { Undefining } from './undefining.ts';
import { verdictsOf, type Part } from './verdicts.ts';
import { VolumeBytes } from './volume-bytes.ts';
import { VolumeFinder } from './volume-finder.ts';
import { LibvirtVolumes } from './volumes.ts';

export interface Place {
  /** The URI as the person gave it. */
  uri: string;
  /** Name or address of the node where it is another machine, reached by TLS or TCP. */
  remote: string | undefined;
  /** The path of the URI: /system, /session, … */
  path: string;
}

/** The domain type of documents, by virConnectGetType, for a document that cannot be read. */
const types: Readonly<Record<string, string>> = {
  QEMU: 'qemu',
  TEST: 'test',
  LXC: 'lxc',
  Xen: 'xen',
  VBOX: 'vbox',
};

/** One open connection to a libvirt daemon: several sockets, one set of events. */
export class LibvirtConnection implements Connection {
  readonly uri: string;
  readonly readOnly: boolean;
  readonly verdicts: Verdicts;
  readonly domains: LibvirtDomains;
  readonly volumes: LibvirtVolumes;
  readonly machine?: Host;
  readonly domainDevices?: LibvirtDomainDevices;
  readonly snapshots?: LibvirtSnapshots;
  readonly blockJobs?: LibvirtBlockJobs;
  readonly migration?: LibvirtMigration;
  readonly agent?: LibvirtGuestAgent;
  readonly pools?: LibvirtPools;
  readonly networks?: LibvirtNetworks;
  readonly interfaces?: LibvirtInterfaces;
  readonly nodeDevices?: LibvirtNodeDevices;
  readonly secrets?: LibvirtSecrets;
  readonly #daemon: Daemon;
  readonly #type: string;
  readonly #changes = new Broadcast<Change>();
  readonly #statistics: Statistics;
  readonly #consoles: Consoles;
  readonly #domainEvents: DomainEvents;
  readonly #hostEvents: HostEvents;
  #closed = false;

  private constructor(
    daemon: Daemon,
    place: Place,
    type: string,
    lacking: ReadonlySet<Part>,
    { host, readOnly }: OpenContext,
  ) {
    const { uri, remote } = place;
    const files = remote === undefined && type !== 'TEST';
    const reach: Host | undefined = files ? host : undefined;
    if (reach) this.machine = reach;
    this.uri = uri;
    this.readOnly = readOnly;
    this.#daemon = daemon;
    this.#type = type;
    this.verdicts = verdictsOf({ type, readOnly, lacking, files });
    const rows = new DomainRows(daemon, types[type] ?? type.toLowerCase());
    const events = new DomainEvents(daemon, rows, this.#changes);
    const access = new DomainAccess(this.verdicts, rows, events);
    const tell = (change: Change): void => this.#changes.send(change);
    const hostAccess = new HostAccess(this.verdicts, tell);
    const finder = new VolumeFinder(daemon, readOnly);
    const bytes = new VolumeBytes(daemon);
    const pools = new LibvirtPools({ daemon, access: hostAccess, finder, bytes });
    const networks = new LibvirtNetworks(daemon, hostAccess);
    this.#statistics = new Statistics(daemon, rows);
    this.#consoles = new Consoles({ daemon, host, remote, readOnly });
    this.#domainEvents = events;
    this.#hostEvents = new HostEvents(daemon, networks, pools, this.#changes);
    this.volumes = new LibvirtVolumes({
      daemon,
      access: hostAccess,
      pools,
      finder,
      bytes,
      host: reach,
      home: host.paths.home,
    });
    this.domains = new LibvirtDomains({
      daemon,
      rows,
      events,
      access,
      consoles: this.#consoles,
      saving: new Saving(daemon),
      sizing: new Sizing(daemon),
      undefining: new Undefining(daemon, this.volumes),
      logs: logsOf(type, place, reach),
    });
    const can = (...operations: (keyof Verdicts)[]): boolean =>
      operations.some((operation) => {
        const verdict = this.verdicts[operation];
        return verdict.can !== 'no' || verdict.reason === 'read_only';
      });
    if (can('attachDevice')) this.domainDevices = new LibvirtDomainDevices(daemon, access, events);
    if (can('snapshotCreate'))
      this.snapshots = new LibvirtSnapshots(daemon, access, (uuid) => tell({ kind: 'snapshots', uuid }));
    if (can('blockCopy')) this.blockJobs = new LibvirtBlockJobs(daemon, access, events);
    if (can('migrate')) this.migration = new LibvirtMigration(daemon, access);
    if (can('guestInfo', 'interfaceAddresses')) this.agent = new LibvirtGuestAgent(daemon, access);
    if (!lacking.has('pools')) this.pools = pools;
    if (!lacking.has('networks')) this.networks = networks;
    if (!lacking.has('interfaces')) this.interfaces = new LibvirtInterfaces(daemon, hostAccess);
    if (!lacking.has('nodeDevices')) this.nodeDevices = new LibvirtNodeDevices(daemon, hostAccess);
    if (!lacking.has('secrets')) this.secrets = new LibvirtSecrets(daemon, hostAccess);
  }

  /** Events are asked for before anything is listed: what happens in between is not missed. */
  static async open(links: Links, place: Place, context: OpenContext): Promise<LibvirtConnection> {
    const daemon = new Daemon(links, context.log);
    const [{ type }, lacking] = await Promise.all([
      daemon.call('CONNECT_GET_TYPE', {}),
      partsLacking(daemon),
    ]);
    const connection = new LibvirtConnection(daemon, place, type, lacking, context);
    await Promise.all([
      connection.#domainEvents.register(),
      connection.#hostEvents.register(),
      connection.#watchHypervisor(),
    ]);
    void links.closed.then((error) => connection.#ended(error));
    return connection;
  }

  node(): Promise<NodeInfo> {
    return nodeFacts(this.#daemon, this.#type);
  }

  async capabilities(): Promise<string> {
    return (await this.#daemon.call('CONNECT_GET_CAPABILITIES', {})).capabilities;
  }

  async stats(): Promise<StatsSnapshot> {
    const [snapshot] = await Promise.all([this.#statistics.take(), this.#domainEvents.catchUp()]);
    return snapshot;
  }

  /** libvirt's own fields of each domain, for those who know libvirt's names; `types` are virDomainStatsTypes. */
  statsFields(
    types: number,
    uuids?: readonly string[],
    options?: StatsFieldsOptions,
  ): Promise<StatsFields[]> {
    return this.#statistics.fields(types, uuids, options);
  }

  changes(signal: AbortSignal): AsyncIterable<Change> {
    return this.#changes.listen(signal);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#consoles.close();
    const { links } = this.#daemon;
    try {
      // an answer may get lost behind a helper program: the end of the connection is as good
      await Promise.race([links.main.rpc.call('CONNECT_CLOSE', {}, { timeout: 2000 }), links.closed]);
    } catch (error) {
      this.#daemon.log.debug('libvirt did not answer to the close', { error: String(error) });
    } finally {
      links.end();
      this.#changes.end();
      this.#domainEvents.signals.end();
    }
  }

  /** A daemon that only passes calls on (virtproxyd) stays when the hypervisor's own one ends, and tells so. */
  #watchHypervisor(): Promise<void> {
    const { links } = this.#daemon;
    const register = async (): Promise<number> => {
      await links.main.rpc.call('CONNECT_REGISTER_CLOSE_CALLBACK', {});
      return noCallback;
    };
    return this.#daemon.listen('CONNECT_EVENT_CONNECTION_CLOSED', register, () => {
      this.#ended(new GuestroomError('lost', 'The daemon of the host lost the connection to its hypervisor'));
      links.end();
    });
  }

  #ended(error: GuestroomError): void {
    this.#consoles.close();
    this.#domainEvents.signals.end();
    if (this.#closed) return;
    this.#closed = true;
    this.#changes.send({ kind: 'closed', error });
    this.#changes.end();
  }
}

/** Which parts this daemon answers for at all. */
async function partsLacking(daemon: Daemon): Promise<ReadonlySet<Part>> {
  const count = { need_results: 0, flags: 0 };
  const asked: Record<Part, Promise<unknown>> = {
    pools: daemon.call('CONNECT_LIST_ALL_STORAGE_POOLS', count),
    networks: daemon.call('CONNECT_LIST_ALL_NETWORKS', count),
    interfaces: daemon.call('CONNECT_LIST_ALL_INTERFACES', count),
    nodeDevices: daemon.call('CONNECT_LIST_ALL_NODE_DEVICES', count),
    secrets: daemon.call('CONNECT_LIST_ALL_SECRETS', count),
  };
  const lacking = new Set<Part>();
  await Promise.all(
    (Object.entries(asked) as [Part, Promise<unknown>][]).map(async ([part, answer]) => {
      try {
        await answer;
      } catch (error) {
        if (error instanceof GuestroomError && error.code === 'lost') throw error;
        daemon.log.debug('A part of libvirt is not here', { part, error: String(error) });
        lacking.add(part);
      }
    }),
  );
  return lacking;
}

/** Where QEMU's messages of each machine are kept, where we may read them. */
function logsOf(type: string, { path }: Place, host: Host | undefined): string | undefined {
  if (!host || type !== 'QEMU') return undefined;
  return path === '/session' ? `${host.paths.home}/.cache/libvirt/qemu/log` : '/var/log/libvirt/qemu';
}
