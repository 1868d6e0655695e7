import type { BlockCopy, BlockJobs, BlockWork, WorkContext } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { blockJobKinds, type BlockJob } from '../api/model.ts';
import type { DomainOperation } from '../api/operations.ts';
import { readDomain } from '../xml/domain/read.ts';
import { XmlDocument } from '../xml/document.ts';
import { appendNew } from '../xml/tree.ts';
import { serialize } from '../xml/serialize.ts';
import { failure, type Daemon } from './daemon.ts';
import type { DomainAccess } from './domain-access.ts';
import { domainXml } from './domain-document.ts';
import type { DomainEvents, Signal } from './domain-events.ts';
import { domainOf } from './identity.ts';
import {
  ConnectDomainEventBlockJobStatus as Status,
  DomainBlockCommitFlags as Commit,
  DomainBlockCopyFlags as Copy,
  DomainBlockJobAbortFlags as Abort,
  DomainBlockJobInfoFlags,
  DomainBlockJobSetSpeedFlags,
  DomainBlockPullFlags,
} from './rpc/enums.gen.ts';
import { typedParam } from './rpc/typed-params.ts';

/** ms between two looks at how far a job is. */
const glance = 500;

interface Job {
  uuid: string;
  target: string;
  operation: DomainOperation;
  /** Begins it. */
  begin: () => Promise<unknown>;
  /** Nobody waits for its end. */
  detached: boolean | undefined;
  /** What follows once both sides are equal: 0 ends with a copy, PIVOT switches over; undefined where it ends by itself. */
  ready?: number;
}

/** libvirt's block jobs, each followed to its end by events. */
export class LibvirtBlockJobs implements BlockJobs {
  readonly #daemon: Daemon;
  readonly #access: DomainAccess;
  readonly #events: DomainEvents;

  constructor(daemon: Daemon, access: DomainAccess, events: DomainEvents) {
    this.#daemon = daemon;
    this.#access = access;
    this.#events = events;
  }

  async list(uuid: string): Promise<BlockJob[]> {
    const { devices } = readDomain(await domainXml(this.#daemon, uuid));
    const targets = devices.disks.map(({ target }) => target.dev);
    const jobs = await Promise.all(targets.map((target) => this.#look(uuid, target)));
    return jobs.filter((job) => job !== undefined);
  }

  copy(uuid: string, target: string, options: BlockCopy, context: WorkContext = {}): Promise<void> {
    const flags =
      (options.shallow ? Copy.SHALLOW : 0) | (options.reuse ? Copy.REUSE_EXT : 0) | Copy.TRANSIENT_JOB;
    const { bandwidth, detached } = options;
    const params = bandwidth === undefined ? [] : [typedParam.ullong('bandwidth', whole(bandwidth))];
    const args = { dom: domainOf(uuid), path: target, destxml: destination(options), params, flags };
    return this.#run(
      {
        uuid,
        target,
        detached,
        operation: 'blockCopy',
        begin: () => this.#daemon.slowly('DOMAIN_BLOCK_COPY', args, { domain: uuid }),
        ready: options.pivot ? Abort.PIVOT : 0,
      },
      context,
    );
  }

  pull(
    uuid: string,
    target: string,
    options: BlockWork & { base?: string } = {},
    context: WorkContext = {},
  ): Promise<void> {
    const about = { domain: uuid };
    const { base, detached } = options;
    const args = {
      dom: domainOf(uuid),
      path: target,
      bandwidth: whole(options.bandwidth),
      flags: DomainBlockPullFlags.BANDWIDTH_BYTES,
    };
    return this.#run(
      {
        uuid,
        target,
        detached,
        operation: 'blockPull',
        begin: () =>
          base === undefined
            ? this.#daemon.slowly('DOMAIN_BLOCK_PULL', args, about)
            : this.#daemon.slowly('DOMAIN_BLOCK_REBASE', { ...args, base }, about),
      },
      context,
    );
  }

  commit(
    uuid: string,
    target: string,
    options: BlockWork & { top?: string; base?: string } = {},
    context: WorkContext = {},
  ): Promise<void> {
    const { top, base, detached } = options;
    const active = top === undefined;
    const args = {
      dom: domainOf(uuid),
      disk: target,
      base: base ?? null,
      top: top ?? null,
      bandwidth: whole(options.bandwidth),
      flags:
        Commit.BANDWIDTH_BYTES |
        (active ? Commit.ACTIVE : 0) |
        (active && base === undefined ? Commit.SHALLOW : 0),
    };
    return this.#run(
      {
        uuid,
        target,
        detached,
        operation: 'blockCommit',
        begin: () => this.#daemon.slowly('DOMAIN_BLOCK_COMMIT', args, { domain: uuid }),
        ...(active ? { ready: Abort.PIVOT } : {}),
      },
      context,
    );
  }

  async setSpeed(uuid: string, target: string, bytesPerSecond: number): Promise<void> {
    await this.#daemon.slowly(
      'DOMAIN_BLOCK_JOB_SET_SPEED',
      {
        dom: domainOf(uuid),
        path: target,
        bandwidth: whole(bytesPerSecond),
        flags: DomainBlockJobSetSpeedFlags.SPEED_BANDWIDTH_BYTES,
      },
      { domain: uuid },
    );
  }

  end(uuid: string, target: string, options: { pivot?: boolean } = {}): Promise<void> {
    return this.#access.act(
      'blockPull',
      uuid,
      () => this.#end(uuid, target, options.pivot ? Abort.PIVOT : 0),
      true,
    );
  }

  async #look(uuid: string, target: string): Promise<BlockJob | undefined> {
    const args = { dom: domainOf(uuid), path: target, flags: DomainBlockJobInfoFlags.BANDWIDTH_BYTES };
    const info = await this.#daemon.call('DOMAIN_GET_BLOCK_JOB_INFO', args, { domain: uuid });
    if (info.found !== 1) return undefined;
    return {
      target,
      kind: blockJobKinds[info.type - 1] ?? 'unknown',
      current: Number(info.cur),
      end: Number(info.end),
      ...(info.bandwidth > 0n ? { limit: Number(info.bandwidth) } : {}),
    };
  }

  async #run(job: Job, context: WorkContext): Promise<void> {
    const { uuid, target } = job;
    await this.#access.allow(job.operation, uuid);
    if (job.detached) {
      await job.begin();
      return;
    }
    const stop = new AbortController();
    // listened to before it begins: a small one is over before we hear that it began
    const signals = this.#events.signals.listen(stop.signal);
    const abort = (): void => {
      this.#end(uuid, target, 0).catch((error: unknown) =>
        this.#daemon.log.debug('A block job could not be aborted', { target, error: failure(error).message }),
      );
    };
    let looking: NodeJS.Timeout | undefined;
    try {
      if (context.signal?.aborted) throw new GuestroomError('cancelled', 'Cancelled');
      await job.begin();
      context.signal?.addEventListener('abort', abort, { once: true });
      if (context.signal?.aborted) abort();
      const { onProgress } = context;
      if (onProgress) looking = setInterval(() => this.#tell(uuid, target, onProgress), glance);
      await this.#follow(job, signals, context.signal);
      await this.#events.refresh(uuid, true);
    } finally {
      clearInterval(looking);
      context.signal?.removeEventListener('abort', abort);
      stop.abort();
    }
  }

  #tell(uuid: string, target: string, onProgress: (done: number) => void): void {
    this.#look(uuid, target).then(
      (job) => {
        if (job && job.end > 0) onProgress(job.current / job.end);
      },
      (error: unknown) =>
        this.#daemon.log.debug('How far a block job is could not be asked', {
          target,
          error: failure(error).message,
        }),
    );
  }

  async #follow(job: Job, signals: AsyncIterable<Signal>, signal?: AbortSignal): Promise<void> {
    const { uuid, target } = job;
    for await (const event of signals) {
      if (event.uuid !== uuid) continue;
      // of its jobs libvirt tells nothing then
      if (event.kind === 'stopped') throw stopped(target, uuid);
      if (event.kind !== 'block-job' || event.target !== target) continue;
      switch (event.status) {
        case Status.READY:
          if (job.ready !== undefined) await this.#end(uuid, target, job.ready);
          break;
        case Status.COMPLETED:
          return;
        case Status.CANCELED:
          // ending a copy that is complete without switching over is told as cancelled, too
          if (job.ready === 0 && !signal?.aborted) return;
          throw new GuestroomError('cancelled', 'Cancelled', { domain: uuid });
        default:
          throw new GuestroomError('program_failed', `The work on ${target} failed`, {
            hint: 'The host’s log of this machine tells more',
            domain: uuid,
          });
      }
    }
    throw new GuestroomError('lost', 'The connection ended while the disk was worked on', {
      hint: 'libvirt goes on with it; look at the machine again once the host is connected',
    });
  }

  async #end(uuid: string, target: string, flags: number): Promise<void> {
    const args = { dom: domainOf(uuid), path: target, flags };
    await this.#daemon.slowly('DOMAIN_BLOCK_JOB_ABORT', args, { domain: uuid });
  }
}

const stopped = (target: string, domain: string): GuestroomError =>
  new GuestroomError('wrong_state', `The virtual machine was turned off while ${target} was worked on`, {
    hint: 'Start it and begin the work anew',
    domain,
  });

/** Bytes a second; 0 is no limit. */
const whole = (bandwidth = 0): bigint => BigInt(Math.round(bandwidth));

/** The `<disk>` that a copy goes to. */
function destination({ path, format }: BlockCopy): string {
  const block = path.startsWith('/dev/');
  const document = XmlDocument.create('disk');
  document.root.setAttribute('type', block ? 'block' : 'file');
  appendNew(document.root, 'driver').setAttribute('type', format);
  appendNew(document.root, 'source').setAttribute(block ? 'dev' : 'file', path);
  return serialize(document.root);
}
