import type { Duplex, Readable, Writable } from 'node:stream';

/**
 * A machine that a driver works on, local or remote; a driver never knows which.
 * Programs are a file and an argument list, never a shell string. All errors are GuestroomErrors.
 */
export interface Host {
  readonly os: 'linux' | 'darwin' | 'win32' | 'freebsd' | 'other';
  /** libvirt's name: x86_64, aarch64, riscv64, … */
  readonly arch: string;
  readonly local: boolean;
  readonly hostname: string;
  readonly paths: HostPaths;

  /** Runs a program to its end. A program that is not there rejects with `program_missing`; an exit status is a result, not an error. */
  exec(file: string, args: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Runs a program with live streams; it ends with us. */
  spawn(file: string, args: readonly string[], options?: SpawnOptions): Promise<Process>;
  /** Starts a program that outlives this app (its own session, streams into `log`, appended); resolves with its process id once it runs. */
  launch(file: string, args: readonly string[], options: LaunchOptions): Promise<ProcessId>;
  /** True while this very process lives: a number that now belongs to another program is dead. */
  alive(process: ProcessId): Promise<boolean>;
  /** CPU seconds and resident bytes of processes in one pass; the dead are left out. */
  usage(pids: readonly number[]): Promise<Map<number, ProcessUsage>>;
  /** Sends a signal to this very process; false when it is gone. */
  signal(process: ProcessId, signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT' | 'SIGHUP'): Promise<boolean>;

  /** Opens a unix or TCP stream. */
  connect(address: SocketAddress): Promise<Duplex>;
  /** Opens a character device (a pty that a hypervisor made) for reading and writing, without making it our terminal. */
  openDevice(path: string): Promise<Duplex>;
  /** The account's login shell with a terminal of its own; only on machines that are reached so. */
  openTerminal?(size: TerminalSize): Promise<HostTerminal>;
  /** A free TCP port on this address. */
  freePort(address: string, from: number, to: number): Promise<number>;

  readonly files: HostFiles;
  /** CPU and memory of the machine itself. */
  load(): Promise<HostLoad>;
  facts(): Promise<HostFacts>;
}

export type SocketAddress = { unix: string } | { host: string; port: number };

/** In characters. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

export interface HostTerminal {
  /** Ends with the shell; ending it ends the shell. */
  stream: Duplex;
  resize(size: TerminalSize): void;
}

/** XDG folders of the account on that machine (their counterparts on macOS and Windows), each ending in our name, not yet made. */
export interface HostPaths {
  home: string;
  data: string;
  config: string;
  state: string;
  cache: string;
  /** 0700, for sockets and pid files; emptied by a reboot. */
  runtime: string;
}

export interface ExecOptions {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** Bytes for the program's standard input. */
  input?: string | Uint8Array;
  /** Milliseconds; after them the program is ended and the call rejects with `timeout`. Default 30,000; 0 is none. */
  timeout?: number;
  signal?: AbortSignal;
  /** Bytes of output kept of each stream; more rejects with `too_large`. Default 16 MiB. */
  maxOutput?: number;
  /** Each line of standard output as it comes, split at \n or \r (progress meters). */
  onLine?: (line: string) => void;
}

/** How a program ended: with a status or by a signal. Both are null where nobody can tell. */
export interface ExitStatus {
  status: number | null;
  signal: string | null;
}

export interface ExecResult extends ExitStatus {
  stdout: string;
  stderr: string;
}

export interface SpawnOptions {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
}

export interface Process {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once it has ended and its streams are closed. */
  readonly ended: Promise<ExitStatus>;
  kill(signal?: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): void;
}

export interface LaunchOptions {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** File that standard output and error are appended to, made with mode 0600. */
  log: string;
  /** Called when it ends while we still run: nobody else learns the exit status. */
  ended?: (end: ExitStatus) => void;
}

/** A process that can be told from a later one with the same number. */
export interface ProcessId {
  pid: number;
  /** Opaque: the time the process began, as that system tells it. */
  started: string;
}

export interface ProcessUsage {
  cpuSeconds: number;
  residentBytes: number;
}

export interface HostLoad {
  cpuBusySeconds?: number;
  cpuTotalSeconds?: number;
  memoryTotal: number;
  memoryAvailable: number;
}

export interface HostFacts {
  cpus: number;
  cpuModel?: string;
  cpuMhz?: number;
  sockets?: number;
  coresPerSocket?: number;
  threadsPerCore?: number;
  memory: number;
}

export interface FileStat {
  kind: 'folder' | 'file' | 'device' | 'socket' | 'other';
  size: number;
  /** Bytes really taken. */
  allocated: number;
  /** ms since 1970. */
  modified: number;
  mode: number;
}

export interface WriteStreamOptions {
  /** Of a file that is made. Default 0600. */
  mode?: number;
  start?: number;
  flush?: boolean;
}

/** Paths are absolute, in that machine's own form. */
export interface HostFiles {
  /** Rejects with `too_large` over `max` bytes (default 16 MiB). */
  read(path: string, max?: number): Promise<Uint8Array>;
  readText(path: string, max?: number): Promise<string>;
  /** At most `length` bytes from `offset`; fewer at the end of the file. */
  readAt(path: string, offset: number, length: number): Promise<Uint8Array>;
  /** Whole or not at all: written beside, flushed, renamed. Mode defaults to 0600. */
  write(
    path: string,
    content: string | Uint8Array,
    options?: { mode?: number; exclusive?: boolean },
  ): Promise<void>;
  stat(path: string): Promise<FileStat | undefined>;
  list(path: string): Promise<{ name: string; kind: FileStat['kind'] }[]>;
  /** Makes parents too; mode defaults to 0700. Making what is there is no error. */
  makeFolder(path: string, mode?: number): Promise<void>;
  /** Removing what is not there is no error. */
  remove(path: string): Promise<void>;
  removeTree(path: string): Promise<void>;
  /** Over what is there; `exclusive` rejects with `exists` instead. */
  rename(from: string, to: string, options?: { exclusive?: boolean }): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  realpath(path: string): Promise<string>;
  /** From byte `start` to the end. */
  createReadStream(path: string, options?: { start?: number }): Promise<Readable>;
  /**
   * Fails with `exists` when the file is there. With `start` it is one that is there (else `not_found`), written from that
   * byte on. With `flush` it is closed only once all of it is on the disk.
   */
  createWriteStream(path: string, options?: WriteStreamOptions): Promise<Writable>;
  space(path: string): Promise<{ capacity: number; available: number }>;
  /** Calls back when entries of the folder come, go or change (coalesced); the returned function ends it. */
  watch(folder: string, changed: () => void): Promise<() => void>;
  /** May the account read (or also write) it? */
  access(path: string, mode: 'read' | 'write' | 'execute'): Promise<boolean>;
  join(...parts: string[]): string;
  dirname(path: string): string;
  basename(path: string, extension?: string): string;
  isAbsolute(path: string): boolean;
}
