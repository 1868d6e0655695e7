import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { BlockJob } from '../../../drivers/api/model.ts';
import { buildDevice } from '../../../drivers/xml/domain/device.ts';
import { type Command, UsageError, domainOption, flag, needed, text } from '../command.ts';
import { progressText } from '../progress.ts';
import {
  bandwidthOf,
  bandwidthOption,
  bytesOption,
  chainOf,
  currentJob,
  endOf,
  follow,
  timeoutOption,
  verboseOption,
  waits,
  workedDisk,
} from './block-jobs.ts';

const pathOption = needed('path', 'fully-qualified path of disk');
const placed = { positional: true } as const;

const blockcopy: Command = {
  name: 'blockcopy',
  group: 'domain',
  summary: 'Start a block copy operation.',
  description: 'Copy a disk backing image chain to dest.',
  options: [
    domainOption,
    needed('path', 'fully-qualified path of source disk'),
    text('dest', 'path of the copy to create', { ...placed, complete: 'file' }),
    bandwidthOption,
    flag('shallow', 'make the copy share a backing chain'),
    flag('reuse-external', 'reuse existing destination'),
    flag('blockdev', 'copy destination is block device instead of regular file'),
    flag('wait', 'wait for job to reach mirroring phase'),
    verboseOption,
    timeoutOption,
    flag('pivot', 'implies --wait, pivot when mirroring starts'),
    flag('finish', 'implies --wait, quit when mirroring starts'),
    text('format', 'format of the destination file', placed),
    bytesOption,
    flag('transient-job', 'the copy job is not persisted if VM is turned off: always so'),
    flag('print-xml', 'print the XML used to start the copy job instead of starting the job'),
  ],
  async run(session, options) {
    options.exclusive('pivot', 'finish');
    const waiting = waits(options, 'pivot', 'finish');
    const path = options.text('dest');
    if (path === undefined) throw new UsageError('option --dest is required');
    const format = options.text('format');
    if (options.flag('print-xml')) {
      const block = options.flag('blockdev');
      session.print(copyTarget(path, block, format));
      return undefined;
    }
    const worked = await workedDisk(session, options, 'blockCopy');
    const { domain, jobs, target, disk } = worked;
    if (options.flag('blockdev') !== path.startsWith('/dev/'))
      throw new GuestroomError(
        'unsupported',
        'A copy goes to a block device exactly where its path begins with /dev/',
      );
    const pivot = options.flag('pivot');
    const copy = {
      path,
      format: format ?? disk.driver?.type ?? 'raw',
      pivot,
      shallow: options.flag('shallow'),
      reuse: options.flag('reuse-external'),
    };
    if (!waiting) {
      endOf(worked);
      await jobs.copy(domain.uuid, target, { ...copy, ...bandwidthOf(options), detached: true });
      session.say('Block Copy started');
      return undefined;
    }
    const through = pivot || options.flag('finish');
    const status = await follow(
      worked,
      options,
      {
        label: 'Block Copy',
        work: (how, context) => jobs.copy(domain.uuid, target, { ...copy, ...how }, context),
        aborted: 'Copy aborted',
      },
      through ? 'end' : 'ready',
    );
    if (status !== undefined) return status;
    session.say(
      pivot ? '\nSuccessfully pivoted' : through ? '\nSuccessfully copied' : '\nNow in mirroring phase',
    );
    return undefined;
  },
};

/** The disk that a copy becomes, without the name that the guest knows it by. */
function copyTarget(path: string, block: boolean, format: string | undefined): string {
  const xml = buildDevice('disks', {
    type: block ? 'block' : 'file',
    device: 'disk',
    source: block ? { dev: path } : { file: path },
    ...(format === undefined ? {} : { driver: { type: format } }),
    target: { dev: 'copy' },
  });
  return xml.replace(/ device='disk'/, '').replace(/\n *<target [^>]*>/, '');
}

const blockpull: Command = {
  name: 'blockpull',
  group: 'domain',
  summary: 'Populate a disk from its backing image.',
  description: 'Populate a disk from its backing image.',
  options: [
    domainOption,
    pathOption,
    bandwidthOption,
    text('base', 'path of backing file in chain for a partial pull', placed),
    flag('wait', 'wait for job to finish'),
    verboseOption,
    { ...timeoutOption, help: 'with --wait, abort if pull exceeds timeout (in seconds)' },
    bytesOption,
  ],
  async run(session, options) {
    options.needs('verbose', 'wait');
    const worked = await workedDisk(session, options, 'blockPull');
    const { domain, jobs, target } = worked;
    const base = options.text('base');
    const pull = base === undefined ? {} : { base };
    if (!options.flag('wait')) {
      endOf(worked);
      await jobs.pull(domain.uuid, target, { ...pull, ...bandwidthOf(options), detached: true });
      session.say('Block Pull started');
      return undefined;
    }
    const status = await follow(
      worked,
      options,
      {
        label: 'Block Pull',
        work: (how, context) => jobs.pull(domain.uuid, target, { ...pull, ...how }, context),
        aborted: 'Pull aborted',
      },
      'end',
    );
    if (status === undefined) session.say('\nPull complete');
    return status;
  },
};

const blockcommit: Command = {
  name: 'blockcommit',
  group: 'domain',
  summary: 'Start a block commit operation.',
  description: 'Commit changes from a snapshot down to its backing image.',
  options: [
    domainOption,
    pathOption,
    bandwidthOption,
    text('base', 'path of base file to commit into (default bottom of chain)', placed),
    flag('shallow', 'use backing file of top as base'),
    text('top', 'path of top file to commit from (default top of chain)', placed),
    flag('active', 'trigger two-stage active commit of top file'),
    flag('wait', 'wait for job to complete (with --active, wait for job to sync)'),
    verboseOption,
    timeoutOption,
    flag('pivot', 'implies --active --wait, pivot when commit is synced'),
    flag('keep-overlay', 'implies --active --wait, quit when commit is synced'),
    bytesOption,
  ],
  async run(session, options) {
    options.exclusive('pivot', 'keep-overlay');
    options.exclusive('base', 'shallow');
    const waiting = waits(options, 'pivot', 'keep-overlay');
    const [pivot, keep] = [options.flag('pivot'), options.flag('keep-overlay')];
    const worked = await workedDisk(session, options, 'blockCommit');
    const { domain, jobs, target, disk } = worked;
    const chain = chainOf(disk);
    const wanted = options.text('top');
    const active = options.flag('active') || pivot || keep;
    // naming the top image is as good as naming none
    const top = wanted === undefined || wanted === chain[0] || wanted === target ? undefined : wanted;
    if (top === undefined && !active && options.text('base') === undefined && chain.length === 1)
      throw new GuestroomError(
        'invalid_argument',
        `invalid argument: could not find base image in chain for '${target}'`,
        { hint: 'The disk has no image below it that could take the changes' },
      );
    if (top === undefined && !active)
      throw new GuestroomError(
        'invalid_argument',
        `invalid argument: commit of '${target}' active layer requires active flag`,
        {
          hint: 'Add --active, with --pivot to go on from its backing image',
        },
      );
    const base = options.flag('shallow')
      ? chain[chain.indexOf(top ?? chain[0] ?? '') + 1]
      : (options.text('base') ?? chain.at(-1));
    const commit = { ...(top === undefined ? {} : { top }), ...(base === undefined ? {} : { base }) };
    if (!waiting) {
      endOf(worked);
      await jobs.commit(domain.uuid, target, { ...commit, ...bandwidthOf(options), detached: true });
      session.say(active ? 'Active Block Commit started' : 'Block commit started');
      return undefined;
    }
    const through = pivot || !active;
    const status = await follow(
      worked,
      options,
      {
        label: 'Block commit',
        work: (how, context) => jobs.commit(domain.uuid, target, { ...commit, ...how }, context),
        aborted: 'Commit aborted',
      },
      through ? 'end' : 'ready',
    );
    if (status !== undefined) return status;
    if (keep) await endOf(worked)(domain.uuid, target);
    session.say(
      pivot
        ? '\nSuccessfully pivoted'
        : keep
          ? '\nCommit complete, overlay image kept'
          : active
            ? '\nNow in synchronized phase'
            : '\nCommit complete',
    );
    return undefined;
  },
};

const titles: Readonly<Record<BlockJob['kind'], string>> = {
  pull: 'Block Pull',
  copy: 'Block Copy',
  commit: 'Block Commit',
  'active-commit': 'Active Block Commit',
  backup: 'Backup',
  unknown: 'Unknown job',
};

function jobText({ kind, current, end, limit = 0 }: BlockJob): string {
  const power = limit < 1024 ? 0 : Math.min(6, Math.floor(Math.log2(limit) / 10));
  const unit = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'][power] ?? '';
  const scaled = `${(limit / 1024 ** power).toFixed(3)} ${unit}/s`;
  return [
    progressText(titles[kind], end === 0 ? 0 : current / end),
    limit > 0 ? `    Bandwidth limit: ${String(limit)} bytes/s (${scaled})` : '',
    '\n',
  ].join('');
}

const blockjob: Command = {
  name: 'blockjob',
  group: 'domain',
  summary: 'Manage active block operations',
  description: 'Query, adjust speed, or cancel active block operations.',
  options: [
    domainOption,
    pathOption,
    flag('abort', 'abort the active job on the specified disk'),
    flag('pivot', 'implies --abort; conclude and pivot a copy or commit job'),
    flag('info', 'get active job information for the specified disk'),
    { ...bytesOption, help: 'get/set bandwidth in bytes rather than MiB/s' },
    flag('raw', 'implies --info; output details rather than human summary'),
    { ...bandwidthOption, help: 'set the bandwidth limit in MiB/s' },
  ],
  async run(session, options) {
    for (const query of ['info', 'raw'])
      for (const change of ['abort', 'pivot', 'bandwidth']) options.exclusive(query, change);
    for (const abort of ['abort', 'pivot']) options.exclusive(abort, 'bandwidth');
    const ends = options.flag('abort') || options.flag('pivot');
    const worked = await workedDisk(session, options, 'blockPull');
    const { domain, jobs, target } = worked;
    const { bandwidth } = bandwidthOf(options);
    if (ends) {
      await endOf(worked)(domain.uuid, target, { pivot: options.flag('pivot') });
      return undefined;
    }
    if (bandwidth !== undefined) {
      await jobs.setSpeed(domain.uuid, target, bandwidth);
      return undefined;
    }
    const job = await currentJob(worked);
    if (!job) {
      if (!options.flag('raw')) session.say(`No current block job for ${options.required('path')}`);
    } else if (options.flag('raw')) {
      const { kind, current, end, limit = 0 } = job;
      const shown = options.flag('bytes') ? limit : Math.floor(limit / (1024 * 1024));
      session.print(
        ` type=${titles[kind]}\n bandwidth=${String(shown)}\n cur=${String(current)}\n end=${String(end)}\n`,
      );
    } else session.print(jobText(job));
    return undefined;
  },
};

export const blockCommands: readonly Command[] = [blockcommit, blockcopy, blockjob, blockpull];
