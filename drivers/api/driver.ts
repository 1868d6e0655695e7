import type { Duplex, Readable } from 'node:stream';
import type { Host } from './host.ts';
import type { DomainSummary, Folder, NodeInfo, Pool, StatsSnapshot, Volume, VolumeFormat } from './model.ts';
import type { Verdicts } from './operations.ts';
import type { ConnectionUri } from './uri.ts';

/** One way to run or reach virtual machines. */
export interface Driver {
  /** Stable name: qemu, libvirt, test, … */
  readonly name: string;
  /** What a person calls it: QEMU, libvirt, Test hypervisor. */
  readonly title: string;
  accepts(uri: ConnectionUri): boolean;
  /** What of it is on this machine, without changing anything. */
  probe(host: Host): Promise<ProbeResult>;
  open(uri: ConnectionUri, context: OpenContext): Promise<Connection>;
}

export interface ProbeResult {
  state: 'ready' | 'stopped' | 'missing';
  /** The URI that uses it. */
  uri: string;
  version?: string;
  /** One sentence about what was found or is missing. */
  summary: string;
  /** A command line for the person to run in a terminal, to install or start it. Shown, never run by us. */
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
}

/** What changed on the node. The full row, so that nobody has to ask again. */
export type Change =
  | { kind: 'domain'; domain: DomainSummary }
  | { kind: 'domain-removed'; uuid: string }
  /** The document changed (an open XML or hardware page reads it anew). */
  | { kind: 'document'; uuid: string }
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
  /** All running domains and the node in one pass. */
  stats(): Promise<StatsSnapshot>;
  /** Every change from now on, in order, until the signal aborts. May be called by several readers. */
  changes(signal: AbortSignal): AsyncIterable<Change>;
  /** Ends the connection; domains go on. */
  close(): Promise<void>;
}

export interface Domains {
  list(): Promise<DomainSummary[]>;
  /** Rejects with `not_found`. */
  get(uuid: string): Promise<DomainSummary>;
  /** The document. `inactive`: what the next start uses, else the live one of a running domain. `secure`: with passwords. */
  xml(uuid: string, options?: { inactive?: boolean; secure?: boolean }): Promise<string>;
  /**
   * What the driver would not honour, or would change, in this document: nothing is dropped silently.
   * `fatal` means define or start refuses it.
   */
  check(xml: string): Promise<DocumentRemark[]>;
  /** Makes or replaces the persistent domain. Rejects with `exists` when name and UUID belong to two domains. */
  define(xml: string): Promise<DomainSummary>;
  /** Starts a transient domain. */
  create(xml: string, options?: StartOptions): Promise<DomainSummary>;
  start(uuid: string, options?: StartOptions): Promise<void>;
  shutdown(uuid: string): Promise<void>;
  reboot(uuid: string): Promise<void>;
  reset(uuid: string): Promise<void>;
  destroy(uuid: string): Promise<void>;
  suspend(uuid: string): Promise<void>;
  resume(uuid: string): Promise<void>;
  managedSave(uuid: string, context?: WorkContext): Promise<void>;
  managedSaveRemove(uuid: string): Promise<void>;
  save(uuid: string, path: string, context?: WorkContext): Promise<void>;
  restore(path: string, context?: WorkContext): Promise<DomainSummary>;
  undefine(uuid: string, options?: UndefineOptions): Promise<void>;
  rename(uuid: string, name: string): Promise<void>;
  setAutostart(uuid: string, autostart: boolean): Promise<void>;
  setMetadata(uuid: string, change: { title?: string; description?: string }): Promise<void>;
  /** Bytes. `live` sets the balloon of a running domain, `config` the document; both may be asked. */
  setMemory(uuid: string, bytes: number, apply: Apply): Promise<void>;
  setMaxMemory(uuid: string, bytes: number): Promise<void>;
  setVcpus(uuid: string, count: number, apply: Apply): Promise<void>;
  /** Puts a medium into the drive `target` (sda, fda, …); null ejects. */
  changeMedia(
    uuid: string,
    target: string,
    path: string | null,
    options?: { force?: boolean },
  ): Promise<void>;
  /**
   * File on the node that the domain's process writes its messages to. It need not be there before the first start.
   * Missing, or undefined, where the hypervisor has no such file.
   */
  logPath?(uuid: string): Promise<string | undefined>;
  /** A PNG picture of the first screen. */
  screenshot(uuid: string): Promise<Uint8Array>;
  /** Linux input event codes, pressed together, released after `hold` ms (default 100). */
  sendKey(uuid: string, keycodes: readonly number[], hold?: number): Promise<void>;
  /** QMP (a JSON text) or HMP (a command line); answers the text of the reply. */
  qemuMonitorCommand(uuid: string, command: string, kind: 'qmp' | 'hmp'): Promise<string>;
  /** The byte stream of a serial, console or channel device; without an alias the first one. */
  openConsole(uuid: string, alias?: string): Promise<Duplex>;
  /** The RFB stream of a VNC screen. The password stays in main unless the person's own client needs it. */
  openGraphics(uuid: string, index?: number): Promise<{ stream: Duplex; password?: string }>;
}

export interface StartOptions {
  paused?: boolean;
  /** Run with emulation although the document asks for acceleration, this once. */
  emulate?: boolean;
  /** Throw a saved state away and boot. */
  forceBoot?: boolean;
}

export type Apply = 'live' | 'config' | 'both';

export interface UndefineOptions {
  /** Paths of volumes to delete with it; each must belong to the document. */
  volumes?: readonly string[];
  /** Firmware variables and TPM state are deleted unless this is true. */
  keepNvram?: boolean;
}

export interface WorkContext {
  signal?: AbortSignal;
  /** 0 to 1, as far as it is known. */
  onProgress?: (done: number, detail?: string) => void;
}

export interface DocumentRemark {
  /** Path of the element: devices/hostdev[1]. */
  path: string;
  message: string;
  level: 'fatal' | 'ignored' | 'changed';
  line?: number;
}

export interface Volumes {
  pools(): Promise<Pool[]>;
  list(pool: string): Promise<Volume[]>;
  /** Rejects with `not_found`; understands any image on the node that the hypervisor could open. */
  lookup(path: string): Promise<Volume>;
  create(pool: string, volume: NewVolume): Promise<Volume>;
  /** Copies, and converts where the formats differ. Removes what it made when it fails or is cancelled. */
  clone(source: string, pool: string, volume: CloneVolume, context?: WorkContext): Promise<Volume>;
  delete(path: string): Promise<void>;
  /** Fails with `exists`; removes what it made when it fails or is cancelled. */
  upload(pool: string, name: string, content: Readable, context?: WorkContext): Promise<Volume>;
  /** At most 1 MiB from `offset`. */
  read(path: string, offset: number, length: number): Promise<Uint8Array>;
  /** A folder on the node; null is the place to begin. */
  browse(path: string | null): Promise<Folder>;
}

export interface NewVolume {
  /** File name with its ending. */
  name: string;
  format: Exclude<VolumeFormat, 'iso'>;
  capacity: number;
  backing?: { path: string; format: string };
}

export interface CloneVolume {
  name: string;
  format: Exclude<VolumeFormat, 'iso'>;
  /** Grow to this size; never shrinks. */
  capacity?: number;
}
