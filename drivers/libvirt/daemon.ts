import { bounded } from '../api/bounded.ts';
import type { Logger } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { explain } from './failures.ts';
import type { Links } from './links.ts';
import type { Args, Procedure, Result } from './rpc/calls.ts';
import type { Message, Payload } from './rpc/event-hub.ts';
import { LibvirtError } from './rpc/libvirt-error.ts';
import type { RpcStream, StreamProcedure } from './rpc/stream.ts';

export interface CallContext {
  signal?: AbortSignal | undefined;
  /** ms */
  timeout?: number;
  /** UUID of the domain that it is about, for the error. */
  domain?: string;
  /** Gives up a slow call that still waits for its turn; once it is under way the daemon has to be told otherwise. */
  turn?: AbortSignal | undefined;
}

/** ms after which a call that should answer at once is given up. */
const patience = 60_000;
/** Slow calls of which nobody knows how long they take: by the size of a guest or a volume, by a guest or a server that answers. */
const long: ReadonlySet<Procedure> = new Set<Procedure>([
  'DOMAIN_MANAGED_SAVE',
  'DOMAIN_SAVE_FLAGS',
  'DOMAIN_RESTORE_FLAGS',
  'DOMAIN_CORE_DUMP_WITH_FORMAT',
  'DOMAIN_MIGRATE_PERFORM3_PARAMS',
  'DOMAIN_SNAPSHOT_CREATE_XML',
  'DOMAIN_REVERT_TO_SNAPSHOT',
  'DOMAIN_SNAPSHOT_DELETE',
  'DOMAIN_FSFREEZE',
  'DOMAIN_FSTHAW',
  'DOMAIN_FSTRIM',
  'DOMAIN_GET_GUEST_INFO',
  'DOMAIN_INTERFACE_ADDRESSES',
  'DOMAIN_SET_USER_PASSWORD',
  'QEMU_DOMAIN_AGENT_COMMAND',
  'STORAGE_POOL_BUILD',
  'STORAGE_POOL_CREATE',
  'STORAGE_POOL_CREATE_XML',
  'STORAGE_POOL_REFRESH',
  'STORAGE_VOL_CREATE_XML',
  'STORAGE_VOL_CREATE_XML_FROM',
  'STORAGE_VOL_DELETE',
  'STORAGE_VOL_RESIZE',
  'STORAGE_VOL_WIPE_PATTERN',
]);
/** Objects of a list that are read at once. */
const atOnce = 32;

/** The daemon of a node: its calls, with libvirt's errors as ours. */
export class Daemon {
  readonly links: Links;
  readonly log: Logger;

  constructor(links: Links, log: Logger) {
    this.links = links;
    this.log = log;
  }

  /** A call that answers at once. */
  async call<P extends Procedure>(name: P, args: Args<P>, context: CallContext = {}): Promise<Result<P>> {
    const { signal, timeout = patience } = context;
    try {
      return await this.links.main.rpc.call(name, args, { timeout, ...(signal ? { signal } : {}) });
    } catch (error) {
      throw failure(error, context);
    }
  }

  /** A call that may take long; without a timeout it waits as long as it takes. */
  async slowly<P extends Procedure>(name: P, args: Args<P>, context: CallContext = {}): Promise<Result<P>> {
    const { signal, timeout, turn = signal } = context;
    const options = { ...(signal ? { signal } : {}), ...(timeout === undefined ? {} : { timeout }) };
    try {
      const slowness = { long: long.has(name), turn };
      return await this.links.slowly((rpc) => rpc.call(name, args, options), slowness);
    } catch (error) {
      throw failure(error, context);
    }
  }

  /** A stream on a connection of its own, which ends with the stream. */
  async stream<P extends StreamProcedure>(
    name: P,
    args: Args<P>,
    context: CallContext = {},
  ): Promise<{ result: Result<P>; stream: RpcStream }> {
    const { signal } = context;
    try {
      const { rpc, release } = await this.links.apart(signal);
      try {
        const opened = await rpc.openStream(name, args, signal ? { signal } : {});
        opened.stream.explain = (error) => failure(error, context);
        opened.stream.once('close', release);
        return opened;
      } catch (error) {
        release();
        throw error;
      }
    } catch (error) {
      throw failure(error, context);
    }
  }

  /** Listens to an event, where this daemon and hypervisor have it; `register` answers the id of the callback. */
  async listen<M extends Message>(
    message: M,
    register: () => Promise<number>,
    listener: (payload: Payload<M>) => void,
  ): Promise<void> {
    try {
      await this.links.main.rpc.listen(message, register, listener);
    } catch (error) {
      if (!(error instanceof LibvirtError)) throw failure(error);
      this.log.debug('An event that libvirt does not have here', { message, error: error.message });
    }
  }

  /** The answer, or undefined where this daemon or hypervisor does not have the call. */
  async ifSupported<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof GuestroomError && error.code === 'unsupported') return undefined;
      throw error;
    }
  }

  /**
   * What is read of each object of a list, in its order; those that have gone meanwhile are left out, and those that the
   * daemon does not tell of: one broken volume must not hide all others. Rejects where it tells of none.
   */
  async each<T, R>(list: readonly T[], read: (item: T) => Promise<R | undefined>): Promise<R[]> {
    let refused: unknown;
    const rows = await bounded(list, atOnce, async (item) => {
      try {
        return await this.ifThere(read(item));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.log.warn('An object of the host cannot be read', { error: failure(error).message });
        refused ??= error;
        return undefined;
      }
    });
    const told = rows.filter((row) => row !== undefined);
    if (refused !== undefined && told.length === 0) throw failure(refused);
    return told;
  }

  /** The answer, or undefined where the object is not there any more. */
  async ifThere<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof GuestroomError && error.code === 'not_found') return undefined;
      throw error;
    }
  }
}

/** Whether the daemon itself said no, to this very call: the connection goes on. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof GuestroomError && error.cause instanceof LibvirtError;

/** What a stream or call failed with, as ours. */
export const failure = (error: unknown, about: { domain?: string } = {}): GuestroomError =>
  explain(error, about.domain === undefined ? {} : { domain: about.domain });
