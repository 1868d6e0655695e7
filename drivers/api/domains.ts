import type { Duplex } from 'node:stream';
import type { DocumentForm } from './document-form.ts';
import type { BlockJob, DomainSummary, GuestInfo, InterfaceAddress, Snapshot } from './model.ts';

export interface Domains {
  /** `documents: false` may leave out what only the documents tell (title, system, what lacks devices): much quicker where they are far away. */
  list(options?: { documents?: boolean }): Promise<DomainSummary[]>;
  /** Rejects with `not_found`. */
  get(uuid: string): Promise<DomainSummary>;
  /** The document. Forms that the driver lacks are `unsupported`. */
  xml(uuid: string, options?: DocumentForm): Promise<string>;
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
  /** `force` takes it away from whoever has it, where only one may. */
  openConsole(uuid: string, alias?: string, options?: { force?: boolean }): Promise<Duplex>;
  /** The RFB stream of a VNC screen. The password stays in main unless the person's own client needs it. */
  openGraphics(uuid: string, index?: number): Promise<{ stream: Duplex; password?: string }>;
  /** Where a viewer on the person's own computer finds the SPICE screen. Missing where the hypervisor has no SPICE. */
  spiceAddress?(uuid: string): Promise<SpiceAddress>;
  /** Interrupts the guest: many systems write a crash dump then. */
  injectNmi(uuid: string): Promise<void>;
  pmSuspend(uuid: string, target: 'mem' | 'disk' | 'hybrid'): Promise<void>;
  pmWakeup(uuid: string): Promise<void>;
  /** Writes the guest's memory into a file on the node; the guest goes on. */
  coreDump(uuid: string, path: string, context?: WorkContext, options?: DumpOptions): Promise<void>;
  /** What libvirt itself says of the domain. Only where a libvirt answers. */
  info?(uuid: string): Promise<DomainInfo>;
}

export interface DomainInfo {
  /** hvm, linux, exe, … */
  osType: string;
  /** Of a running domain, as it is now. */
  vcpus: number;
  cpuSeconds: number;
  /** Bytes. */
  memoryMax: number;
  memoryCurrent: number;
  /** How the hypervisor confines its guests; the label is a running guest's. */
  security?: { model: string; doi: string; label?: string; enforcing?: boolean };
  /** What libvirt finds questionable in it, one sentence each. */
  messages: string[];
}

/** libvirt's virDomainCoreDumpFlags and formats. */
export interface DumpOptions {
  /** The guest runs on meanwhile. */
  live?: boolean;
  crash?: boolean;
  bypassCache?: boolean;
  reset?: boolean;
  /** Memory without the state of devices, in a format that debuggers read. */
  memoryOnly?: boolean;
  format?: 'elf' | 'kdump-zlib' | 'kdump-lzo' | 'kdump-snappy' | 'win-dmp';
}

/** As the node's live document has it; a listen address like 127.0.0.1 is the node's own. The password never goes to a window. */
export interface SpiceAddress {
  unix?: string;
  host?: string;
  port?: number;
  tlsPort?: number;
  password?: string;
}

/** Devices as elements of the domain document. `live` reaches the running guest, `config` its next start. */
export interface DomainDevices {
  /** Whole or not at all where both are asked. Rejects with `exists` when the target or address is taken. */
  attach(uuid: string, xml: string, apply: Apply): Promise<void>;
  /** Resolves once a running guest has let go of it; rejects with `timeout` when it does not within 30 s. */
  detach(uuid: string, xml: string, apply: Apply, context?: WorkContext): Promise<void>;
  /** A medium, a link state, a password, a limit. */
  update(uuid: string, xml: string, apply: Apply): Promise<void>;
  /** Bytes; the guest sees the new size at once. */
  blockResize(uuid: string, target: string, bytes: number): Promise<void>;
}

export interface Snapshots {
  list(uuid: string): Promise<Snapshot[]>;
  xml(uuid: string, name: string): Promise<string>;
  /** Rejects with `exists` when the name is taken. */
  create(uuid: string, snapshot: NewSnapshot, context?: WorkContext): Promise<Snapshot>;
  /** The domain goes back to it: what came after is lost, except in other snapshots. */
  revert(uuid: string, name: string, options?: RevertOptions, context?: WorkContext): Promise<void>;
  delete(uuid: string, name: string, options?: { children?: boolean }, context?: WorkContext): Promise<void>;
}

export interface NewSnapshot {
  /** Given by the hypervisor where it is missing. */
  name?: string;
  description?: string;
  /** Without the guest's memory, although it runs. */
  diskOnly?: boolean;
  /** Ask the guest agent to bring file systems into a clean state first. */
  quiesce?: boolean;
  /** libvirt's domainsnapshot document in place of all of the above. */
  xml?: string;
}

export interface RevertOptions {
  /** State afterwards; as it was saved where missing. */
  state?: 'running' | 'paused';
  /** Also where the hypervisor must be restarted for it, or details may not fit. */
  force?: boolean;
}

/** Work on the disks of running domains; each call resolves once it is done, `signal` aborts it and leaves the disk as it was. */
export interface BlockJobs {
  list(uuid: string): Promise<BlockJob[]>;
  /** Copies a disk to another file while the guest writes, then switches over to it (`pivot`) or leaves a copy behind. */
  copy(uuid: string, target: string, options: BlockCopy, context?: WorkContext): Promise<void>;
  /** Brings the content of the backing images, down to `base`, into the disk. */
  pull(
    uuid: string,
    target: string,
    options?: BlockWork & { base?: string },
    context?: WorkContext,
  ): Promise<void>;
  /** Writes the disk's changes down into its backing image and goes on from there. */
  commit(
    uuid: string,
    target: string,
    options?: BlockWork & { top?: string; base?: string },
    context?: WorkContext,
  ): Promise<void>;
  /** Bytes per second; 0 is no limit. */
  setSpeed(uuid: string, target: string, bytesPerSecond: number): Promise<void>;
  /**
   * Ends work that goes on: gives it up, or switches a copy or a commit over that has reached its end (`pivot`).
   * Missing where work cannot be `detached`.
   */
  end?(uuid: string, target: string, options?: { pivot?: boolean }): Promise<void>;
}

export interface BlockWork {
  /** Resolves once it has begun; a copy, and a commit of the top image, then go on until `end`. */
  detached?: boolean;
  /** Bytes per second; no limit where missing. */
  bandwidth?: number;
}

export interface BlockCopy extends BlockWork {
  /** File or block device on the node; it must not be there unless `reuse`. */
  path: string;
  format: string;
  pivot: boolean;
  reuse?: boolean;
  /** Only the top image; its backing images stay where they are. */
  shallow?: boolean;
}

export interface Migration {
  /** To another node, as this node reaches it. Resolves once the guest runs there; `signal` calls it back. */
  migrate(uuid: string, options: MigrateOptions, context?: WorkContext): Promise<void>;
}

export interface MigrateOptions {
  /** The other node's URI as this node sees it. */
  destination: string;
  live: boolean;
  /** Define it there, and forget it here. */
  persist?: boolean;
  undefineSource?: boolean;
  name?: string;
  /** Disks that both nodes do not share are copied along. */
  copyStorage?: 'all' | 'changes';
  tunnelled?: boolean;
  compressed?: boolean;
  /** Although the disks' cache mode may lose data. */
  unsafe?: boolean;
  /** MiB/s */
  bandwidth?: number;
}

/** What a program inside the guest tells and does. Rejects with `timeout` when it does not answer. */
export interface GuestAgent {
  /** A JSON text; answers the reply's text. */
  command(uuid: string, command: string, timeoutSeconds?: number): Promise<string>;
  info(uuid: string): Promise<GuestInfo>;
  /** libvirt's own fields, by virDomainGuestInfoTypes (0 is all that there are). Only where a libvirt answers. */
  infoFields?(
    uuid: string,
    types: number,
  ): Promise<[name: string, value: string | number | bigint | boolean][]>;
  /** `encrypted`: it is a hash, as the guest keeps it. */
  setUserPassword(
    uuid: string,
    user: string,
    password: string,
    options?: { encrypted?: boolean },
  ): Promise<void>;
  /** Mount points; all where none are given. Answers how many. */
  freeze(uuid: string, mountpoints?: readonly string[]): Promise<number>;
  thaw(uuid: string, mountpoints?: readonly string[]): Promise<number>;
  /** `minimum`: bytes; shorter free stretches may stay. */
  trim(uuid: string, options?: { mountpoint?: string; minimum?: number }): Promise<void>;
  /** `lease`: the virtual network's DHCP server, `arp`: the node's neighbours, `agent`: the guest. */
  addresses(uuid: string, source: 'lease' | 'arp' | 'agent'): Promise<InterfaceAddress[]>;
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
