import type { BlockJobs, BlockWork, WorkContext } from '../../../drivers/api/domains.ts';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { BlockJob, DomainSummary } from '../../../drivers/api/model.ts';
import type { DomainOperation } from '../../../drivers/api/operations.ts';
import type { BackingStore, Disk } from '../../../drivers/xml/domain/types.ts';
import { type Options, UsageError, flag, number } from '../command.ts';
import { groupOf } from '../groups.ts';
import { longWork } from '../progress.ts';
import type { Session } from '../session.ts';
import { findDisk } from './disks.ts';

const mib = 1024 * 1024;
/** ms between two looks at work that goes on. */
const glance = 500;

export const bandwidthOption = number('bandwidth', 'bandwidth limit in MiB/s', { positional: true });
export const bytesOption = flag('bytes', 'the bandwidth limit is in bytes/s rather than MiB/s');

export function bandwidthOf(options: Options): { bandwidth?: number } {
  const bandwidth = options.count('bandwidth');
  return bandwidth === undefined ? {} : { bandwidth: options.flag('bytes') ? bandwidth : bandwidth * mib };
}

/** A disk of a domain that work is done on. */
export interface Worked {
  session: Session;
  domain: DomainSummary;
  jobs: BlockJobs;
  disk: Disk;
  target: string;
}

/** The disk of this target, or whose image this is. */
export async function workedDisk(
  session: Session,
  options: Options,
  operation: DomainOperation,
): Promise<Worked> {
  const domain = await session.domain(options.required('domain'));
  await session.allow(operation, domain);
  const jobs = await groupOf(session, 'blockJobs');
  const { domains } = await session.connection();
  const path = options.required('path');
  const disk = findDisk(await domains.xml(domain.uuid), path)?.disk;
  if (!disk) throw new GuestroomError('not_found', `invalid argument: disk '${path}' not found in domain`);
  return { session, domain, jobs, disk, target: disk.target.dev };
}

/** Images of a disk from the one that is written to down to the one at the bottom. */
export function chainOf(disk: Disk): string[] {
  const paths: string[] = [];
  let at: Pick<BackingStore, 'source' | 'backingStore'> | undefined = disk;
  while (at) {
    const path = at.source?.file ?? at.source?.dev;
    if (path !== undefined) paths.push(path);
    at = at.backingStore;
  }
  return paths;
}

export const verboseOption = flag('verbose', 'with --wait, display the progress');
export const timeoutOption = number('timeout', 'implies --wait, abort if copy exceeds timeout (in seconds)', {
  positional: true,
});

export async function currentJob({ jobs, domain, target }: Worked): Promise<BlockJob | undefined> {
  return (await jobs.list(domain.uuid)).find((job) => job.target === target);
}

/** Work that goes on while virsh's user does something else. */
export function endOf({ jobs }: Worked): NonNullable<BlockJobs['end']> {
  if (!jobs.end)
    throw new GuestroomError('unsupported', 'This hypervisor sees its work on disks through by itself', {
      hint: 'Wait for it: --wait, with --pivot or --finish for a copy',
    });
  return jobs.end.bind(jobs);
}

export interface Course {
  /** What virsh calls it: Block Copy */
  label: string;
  /** Sees it through, or only begins it. */
  work: (how: BlockWork, context: WorkContext) => Promise<void>;
  /** What is said when it was given up: Copy aborted. */
  aborted: string;
}

/**
 * Follows work until `until`: its end, or the point from which both sides are equal (`ready`). Resolves with an exit
 * status where it did not come so far.
 */
export async function follow(
  worked: Worked,
  options: Options,
  course: Course,
  until: 'end' | 'ready',
): Promise<number | undefined> {
  const { session } = worked;
  const seconds = options.count('timeout');
  const how = bandwidthOf(options);
  const limit = seconds === undefined ? undefined : AbortSignal.timeout(seconds * 1000);
  try {
    await longWork(
      session,
      course.label,
      async (context) => {
        if (until === 'end') await course.work(how, context);
        else {
          const end = endOf(worked);
          await course.work({ ...how, detached: true }, context);
          await untilReady(worked, context, end);
        }
      },
      { always: options.flag('verbose'), ...(limit ? { signal: limit } : {}) },
    );
    return undefined;
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    if (error.code !== 'cancelled') throw error;
    session.print(`\n${course.aborted}`);
    return 1;
  }
}

async function untilReady(
  worked: Worked,
  { signal, onProgress }: WorkContext,
  end: NonNullable<BlockJobs['end']>,
): Promise<void> {
  const { domain, target } = worked;
  for (;;) {
    const job = await currentJob(worked);
    if (!job) throw new GuestroomError('internal', `The work on ${target} ended by itself`);
    onProgress?.(job.end === 0 ? 0 : job.current / job.end);
    if (job.end > 0 && job.current === job.end) return;
    if (signal?.aborted) {
      await end(domain.uuid, target);
      throw new GuestroomError('cancelled', 'Cancelled');
    }
    await new Promise((resolve) => setTimeout(resolve, glance));
  }
}

/** Whether a line waits for the work; refuses one that wants to see the progress without. */
export function waits(options: Options, ...implied: readonly string[]): boolean {
  const waiting = ['timeout', 'wait', ...implied].some((name) => options.given(name));
  if (options.flag('verbose') && !waiting) {
    const [last = '', ...rest] = ['timeout', 'wait', ...implied].map((name) => `--${name}`).reverse();
    throw new UsageError(`--verbose requires at least one of ${rest.reverse().join(', ')}, or ${last}`);
  }
  return waiting;
}
