import type { Connection } from '../../../drivers/api/driver.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { DomainSummary } from '../../../drivers/api/model.ts';
import { type DomainOperation, isActive } from '../../../drivers/api/operations.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { type Command, type OptionSpec, UsageError, domainOption, flag } from '../command.ts';
import { attempt } from '../session.ts';
import { printable } from '../table.ts';
import { attachConsole } from './consoles.ts';
import { sizeOption } from '../sizes.ts';
import { applyOf, changeOptions } from './words.ts';

/** A command that does one thing to one domain and says so. */
function simple(
  name: string,
  operation: DomainOperation,
  summary: string,
  words: { done: string; failed: string; before?: string },
  act: (connection: Connection, domain: DomainSummary) => Promise<void>,
  more: readonly OptionSpec[] = [],
): Command {
  return {
    name,
    group: 'domain',
    summary,
    options: [domainOption, ...more],
    async run(session, options) {
      const domain = await session.domain(options.required('domain'));
      const connection = await session.connection();
      await attempt(`${words.failed} '${printable(domain.name)}'`, async () => {
        await session.allow(operation, domain);
        await act(connection, domain);
      });
      session.say(`${words.before ?? ''}Domain '${printable(domain.name)}' ${words.done}\n`);
      return undefined;
    },
  };
}

export const shutdown: Command = simple(
  'shutdown',
  'shutdown',
  'gracefully shutdown a domain',
  { done: 'is being shutdown', failed: 'Failed to shutdown domain' },
  (c, d) => c.domains.shutdown(d.uuid),
);
export const reboot: Command = simple(
  'reboot',
  'reboot',
  'reboot a domain',
  { done: 'is being rebooted', failed: 'Failed to reboot domain' },
  (c, d) => c.domains.reboot(d.uuid),
);
export const reset: Command = simple(
  'reset',
  'reset',
  'reset a domain',
  { done: 'was reset', failed: 'Failed to reset domain' },
  (c, d) => c.domains.reset(d.uuid),
);
export const destroy: Command = simple(
  'destroy',
  'destroy',
  'destroy (stop) a domain',
  { done: 'destroyed', failed: 'Failed to destroy domain' },
  (c, d) => c.domains.destroy(d.uuid),
);
export const suspend: Command = simple(
  'suspend',
  'suspend',
  'suspend a domain',
  { done: 'suspended', failed: 'Failed to suspend domain' },
  (c, d) => c.domains.suspend(d.uuid),
);
export const resume: Command = simple(
  'resume',
  'resume',
  'resume a domain',
  { done: 'resumed', failed: 'Failed to resume domain' },
  (c, d) => c.domains.resume(d.uuid),
);
export const managedsave: Command = simple(
  'managedsave',
  'managedSave',
  'managed save of a domain state',
  { before: '\n', done: 'state saved', failed: 'Failed to save domain' },
  (c, d) => c.domains.managedSave(d.uuid),
);

export const managedsaveRemove: Command = {
  name: 'managedsave-remove',
  group: 'domain',
  summary: 'Remove managed save of a domain',
  options: [domainOption],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    if (!domain.hasManagedSave) {
      session.print(`Domain '${printable(domain.name)}' has no manage save image; removal skipped\n`);
      return undefined;
    }
    await attempt(`Failed to remove managed save image for domain '${printable(domain.name)}'`, async () => {
      await session.allow('managedSaveRemove', domain);
      await (await session.connection()).domains.managedSaveRemove(domain.uuid);
    });
    session.say(`Removed managedsave image for domain '${printable(domain.name)}'\n`);
    return undefined;
  },
};

export const start: Command = {
  name: 'start',
  group: 'domain',
  summary: 'start a (previously defined) inactive domain',
  description:
    'Start a domain, either from the last managedsave state, or via a fresh boot if no managedsave state is present.',
  options: [
    domainOption,
    flag('console', 'attach to console after creation'),
    flag('paused', 'leave the guest paused after creation'),
    flag('force-boot', 'force fresh boot by discarding any managed save'),
    flag('emulate', 'run with emulation, this once, although the document asks for acceleration'),
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    if (isActive(domain.state)) throw new GuestroomError('wrong_state', 'Domain is already active');
    const connection = await session.connection();
    const paused = options.flag('paused');
    await attempt(`Failed to start domain '${printable(domain.name)}'`, async () => {
      await session.allow(paused ? 'startPaused' : 'start', domain);
      await connection.domains.start(domain.uuid, {
        paused,
        emulate: options.flag('emulate'),
        forceBoot: options.flag('force-boot'),
      });
    });
    session.say(`Domain '${printable(domain.name)}' started\n`);
    return options.flag('console') ? attachConsole(session, domain) : undefined;
  },
};

const fileOption: OptionSpec = {
  name: 'file',
  kind: 'text',
  positional: true,
  required: true,
  help: 'where to save the data',
  complete: 'file',
};

export const save: Command = {
  name: 'save',
  group: 'domain',
  summary: 'save a domain state to a file',
  description: 'Save the RAM state of a running domain.',
  options: [domainOption, fileOption],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const { connection, host } = await session.opened();
    const file = options.required('file');
    await attempt(`Failed to save domain '${printable(domain.name)}' to ${file}`, async () => {
      await session.allow('save', domain);
      await connection.domains.save(domain.uuid, session.path(file, host));
    });
    session.say(`\nDomain '${printable(domain.name)}' saved to ${file}\n`);
    return undefined;
  },
};

export const restore: Command = {
  name: 'restore',
  group: 'domain',
  summary: 'restore a domain from a saved state in a file',
  options: [{ ...fileOption, help: 'the state to restore' }],
  async run(session, options) {
    const { connection, host } = await session.opened();
    const file = options.required('file');
    await attempt(`Failed to restore domain from ${file}`, () =>
      connection.domains.restore(session.path(file, host)),
    );
    session.say(`Domain restored from ${file}\n`);
    return undefined;
  },
};

export const undefine: Command = {
  name: 'undefine',
  group: 'domain',
  summary: 'undefine a domain',
  description: 'Undefine an inactive domain, or convert persistent to transient.',
  options: [
    domainOption,
    flag('managed-save', 'remove domain managed state file'),
    {
      name: 'storage',
      kind: 'text',
      help: 'remove associated storage volumes (comma separated list of targets or source paths)',
    },
    flag('remove-all-storage', 'remove all associated storage volumes (use with caution)'),
    flag('nvram', 'remove nvram file'),
    flag('keep-nvram', 'keep nvram file'),
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const connection = await session.connection();
    if (options.flag('nvram') && options.flag('keep-nvram'))
      throw new UsageError('Options --nvram and --keep-nvram are mutually exclusive');
    const chosen = options.text('storage')?.split(',') ?? [];
    const all = options.flag('remove-all-storage');
    if (all && chosen.length > 0)
      throw new UsageError('Options --storage and --remove-all-storage are mutually exclusive');
    const { devices } = readDomain(
      await connection.domains.xml(domain.uuid, { inactive: domain.persistent }),
    );
    const disks = devices.disks.flatMap((disk) => {
      const path = disk.source?.file ?? disk.source?.dev;
      return path === undefined
        ? []
        : [
            {
              path,
              target: disk.target?.dev,
              own: disk.device !== 'cdrom' && disk.device !== 'floppy' && !disk.readonly && !disk.shareable,
            },
          ];
    });
    for (const word of chosen) {
      if (!disks.some(({ path, target }) => word === path || word === target)) {
        throw new GuestroomError('not_found', `Volume '${word}' was not found in domain's definition.`);
      }
    }
    const volumes = disks.filter(({ path, target, own }) =>
      all ? own : chosen.some((word) => word === path || word === target),
    );
    await attempt(`Failed to undefine domain '${printable(domain.name)}'`, async () => {
      await session.allow('undefine', domain);
      if (domain.hasManagedSave && !options.flag('managed-save')) {
        throw new GuestroomError(
          'wrong_state',
          'Refusing to undefine while domain managed save image exists',
          { hint: 'Add --managed-save to discard it' },
        );
      }
      await connection.domains.undefine(domain.uuid, {
        volumes: volumes.map(({ path }) => path),
        keepNvram: options.flag('keep-nvram'),
      });
    });
    session.say(`Domain '${printable(domain.name)}' has been undefined\n`);
    for (const { path, target } of volumes)
      session.print(`Volume '${target ?? '-'}'(${printable(path)}) removed.\n`);
    return undefined;
  },
};

export const autostart: Command = {
  name: 'autostart',
  group: 'domain',
  summary: 'autostart a domain',
  description: 'Configure a domain to be automatically started at boot.',
  options: [domainOption, flag('disable', 'disable autostarting')],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const on = !options.flag('disable');
    await attempt(
      `Failed to ${on ? 'mark' : 'unmark'} domain '${printable(domain.name)}' as autostarted`,
      async () => {
        await session.allow('setAutostart', domain);
        await (await session.connection()).domains.setAutostart(domain.uuid, on);
      },
    );
    session.say(`Domain '${printable(domain.name)}' ${on ? 'marked' : 'unmarked'} as autostarted\n`);
    return undefined;
  },
};

export const domrename: Command = {
  name: 'domrename',
  group: 'domain',
  summary: 'rename a domain',
  options: [
    domainOption,
    { name: 'new-name', kind: 'text', positional: true, required: true, help: 'new domain name' },
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const name = options.required('new-name');
    await session.allow('rename', domain);
    await (await session.connection()).domains.rename(domain.uuid, name);
    session.say('Domain successfully renamed\n');
    return undefined;
  },
};

export const setmem: Command = {
  name: 'setmem',
  group: 'domain',
  summary: 'change memory allocation',
  description: 'Change the current memory allocation in the guest domain.',
  options: [
    domainOption,
    {
      name: 'size',
      kind: 'number',
      positional: true,
      required: true,
      help: 'new memory size, as scaled integer (default KiB)',
    },
    ...changeOptions,
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const bytes = sizeOption(options.required('size'), 'size', 1024);
    const apply = applyOf(options, domain, 'current');
    await session.allow('setMemory', domain);
    await (await session.connection()).domains.setMemory(domain.uuid, bytes, apply);
    return undefined;
  },
};
