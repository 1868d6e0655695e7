import type { Host } from './host.ts';
import type { BlockJobs, DomainDevices, Domains, GuestAgent, Migration, Snapshots } from './domains.ts';
import type { DomainSummary, Network, NodeInfo, Pool, StatsSnapshot } from './model.ts';
import type { Interfaces, Networks } from './networks.ts';
import type { NodeDevices, Secrets } from './devices.ts';
import type { OpenStep } from './opening.ts';
import type { Verdicts } from './operations.ts';
import type { Ask } from './questions.ts';
import type { Pools, Volumes } from './storage.ts';
import type { ConnectionUri } from './uri.ts';

export type * from './devices.ts';
export type * from './domains.ts';
export type * from './networks.ts';
export type { OpenStep } from './opening.ts';
export type * from './questions.ts';
export type * from './storage.ts';

/** One way to run or reach virtual machines. */
export interface Driver {
  /** Stable name: qemu, libvirt, test, … */
  readonly name: string;
  /** What a person calls it: QEMU, libvirt, Test hypervisor. */
  readonly title: string;
  accepts(uri: ConnectionUri): boolean;
  /** What of it is on this machine, without changing anything; a list where it can be used in several ways. */
  probe(host: Host): Promise<ProbeResult | readonly ProbeResult[]>;
  /** The steps that opening this address will have, as far as they are known before: shown as still to come. Default: open, list. */
  steps?(uri: ConnectionUri): readonly OpenStep[];
  open(uri: ConnectionUri, context: OpenContext): Promise<Connection>;
}

export interface ProbeResult {
  /** stopped: installed, but not running; denied: it runs, but not for this account. */
  state: 'ready' | 'stopped' | 'denied' | 'missing';
  /** What this way is called, where the driver finds several: libvirt, own machines. Default: the driver's title. */
  title?: string;
  /** The URI that uses it. */
  uri: string;
  version?: string;
  /** One sentence about what was found or is missing. */
  summary: string;
  /** A command line for the person to run in a terminal, to install it, start it or get permission. Shown, never run by us. */
  command?: string;
  /** Accelerators that run guests here, best first. */
  accelerators?: string[];
  /** Where was looked. */
  lookedFor: string[];
}

export interface Logger {
  debug(message: string, facts?: Readonly<Record<string, unknown>>): void;
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

export interface OpenContext {
  host: Host;
  readOnly: boolean;
  log: Logger;
  signal?: AbortSignal;
  /** For lines that ask whether the other side is there: after how many ms of silence (0: never), and how often in vain. */
  keepalive?: { interval?: number; count?: number };
  /** Asks the person; without it there is nobody to ask, and what needs an answer fails with `auth_failed`. */
  ask?: Ask;
  /** Called as each step of opening is done, with what was found: an address, a cipher, a version. */
  onStep?: (step: OpenStep, detail?: string) => void;
}

/** What changed on the node. The full row, so that nobody has to ask again. */
export type Change =
  | { kind: 'domain'; domain: DomainSummary }
  | { kind: 'domain-removed'; uuid: string }
  /** The document changed (an open XML or hardware page reads it anew). */
  | { kind: 'document'; uuid: string }
  /** The list of snapshots of this domain is another one. */
  | { kind: 'snapshots'; uuid: string }
  | { kind: 'network'; network: Network }
  | { kind: 'network-removed'; uuid: string }
  | { kind: 'pool'; pool: Pool }
  | { kind: 'pool-removed'; name: string }
  /** Volumes of the pool came, went or changed. */
  | { kind: 'volumes'; pool: string }
  /** Devices of the node came, went or changed. */
  | { kind: 'node-devices' }
  /** What the node says of itself changed, as accelerators that were still being tried. */
  | { kind: 'node'; info: NodeInfo }
  /** The connection ended by itself; the iterable ends after it. */
  | { kind: 'closed'; error: Error };

/** An open connection to the hypervisor of one node. Every method rejects with a GuestroomError; `unsupported` where the verdict is no. */
export interface Connection {
  readonly uri: string;
  readonly readOnly: boolean;
  readonly verdicts: Verdicts;
  node(): Promise<NodeInfo>;
  /** libvirt's capabilities document. */
  capabilities(): Promise<string>;
  readonly domains: Domains;
  /** Images and folders on the node. */
  readonly volumes: Volumes;
  /** The node itself, where its files and programs are in our reach: those that `volumes.browse` lists. */
  readonly machine?: Host;
  // Groups that not every hypervisor has. Where one is missing, the verdicts of its operations are no.
  readonly domainDevices?: DomainDevices;
  readonly snapshots?: Snapshots;
  readonly blockJobs?: BlockJobs;
  readonly migration?: Migration;
  readonly agent?: GuestAgent;
  readonly pools?: Pools;
  readonly networks?: Networks;
  readonly interfaces?: Interfaces;
  readonly nodeDevices?: NodeDevices;
  readonly secrets?: Secrets;
  /** All running domains and the node in one pass. */
  stats(): Promise<StatsSnapshot>;
  /**
   * libvirt's own fields of each domain in its order, by virDomainStatsTypes (0 is all that there are).
   * Only where a libvirt answers.
   */
  statsFields?(
    types: number,
    uuids?: readonly string[],
    options?: StatsFieldsOptions,
  ): Promise<StatsFields[]>;
  /** Every change from now on, in order, until the signal aborts. May be called by several readers. */
  changes(signal: AbortSignal): AsyncIterable<Change>;
  /** Ends the connection; domains go on. */
  close(): Promise<void>;
}

export interface StatsFieldsOptions {
  /** Also of the images under each disk's own. */
  backing?: boolean;
  /** Rejects where a type is asked for that the hypervisor does not know, in place of leaving it out. */
  enforce?: boolean;
  /** Only what needs no waiting for a domain that is busy. */
  noWait?: boolean;
}

export interface StatsFields {
  /** Of the domain. */
  name: string;
  fields: readonly StatsField[];
}

export interface StatsField {
  field: string;
  value: string | number | bigint | boolean;
}
