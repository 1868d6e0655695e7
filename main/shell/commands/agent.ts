import type { GuestInfo } from '../../../drivers/api/model.ts';
import { type Command, UsageError, domainOption, flag, needed, number, text } from '../command.ts';
import { groupOf } from '../groups.ts';
import { readHidden } from '../keys.ts';
import { attempt } from '../session.ts';
import { printable } from '../table.ts';
import { fieldText } from './words.ts';

/** Seconds: the guest may take as long as it likes. */
const forEver = 2 ** 31 - 1;

const qemuAgentCommand: Command = {
  name: 'qemu-agent-command',
  group: 'domain',
  summary: 'QEMU Guest Agent Command',
  description: 'Run an arbitrary qemu guest agent command; use at your own risk',
  options: [
    domainOption,
    number('timeout', 'timeout seconds. must be positive.'),
    flag('block', 'execute command without timeout'),
    flag('pretty', 'pretty-print the output'),
    { name: 'cmd', kind: 'words', positional: true, required: true, help: 'command' },
  ],
  async run(session, options) {
    const timeout = options.count('timeout');
    if (timeout === 0) throw new UsageError('timeout must be positive');
    if (timeout !== undefined && options.flag('block'))
      throw new UsageError('timeout, async and block options are exclusive');
    const domain = await session.domain(options.required('domain'));
    await session.allow('agentCommand', domain);
    const agent = await groupOf(session, 'agent');
    const reply = await agent.command(domain.uuid, options.words('cmd').join(' '), timeout ?? forEver);
    const shown = options.flag('pretty') ? JSON.stringify(JSON.parse(reply), undefined, 2) : reply;
    session.print(`${shown.split('\n').map(printable).join('\n')}\n`);
    return undefined;
  },
};

/** virDomainGuestInfoTypes */
const infoTypes = {
  user: 1,
  os: 2,
  timezone: 4,
  hostname: 8,
  filesystem: 16,
  disk: 32,
  interface: 64,
} as const;
type InfoType = keyof typeof infoTypes;

const guestinfo: Command = {
  name: 'guestinfo',
  group: 'domain',
  summary: 'query information about the guest (via agent)',
  description: "Use the guest agent to query various information from guest's point of view",
  options: [
    domainOption,
    flag('user', 'report active users'),
    flag('os', 'report operating system information'),
    flag('timezone', 'report timezone information'),
    flag('hostname', 'report hostname'),
    flag('filesystem', 'report filesystem information'),
    flag('disk', 'report disk information'),
    flag('interface', 'report interface information'),
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    await session.allow('guestInfo', domain);
    const agent = await groupOf(session, 'agent');
    const names = Object.keys(infoTypes) as InfoType[];
    const asked = names.filter((name) => options.flag(name));
    const types = asked.reduce((sum, name) => sum | infoTypes[name], 0);
    const fields = agent.infoFields
      ? await agent.infoFields(domain.uuid, types)
      : fieldsOf(await agent.info(domain.uuid), asked.length > 0 ? asked : names);
    session.print(
      fields.map(([name, value]) => `${name.padEnd(20)}: ${printable(fieldText(value))}\n`).join(''),
    );
    return undefined;
  },
};

type Field = [name: string, value: string | number];

/** libvirt's names for what a driver has taken apart. */
function fieldsOf(info: GuestInfo, types: readonly InfoType[]): Field[] {
  const { os, users, filesystems } = info;
  const parts: Partial<Record<InfoType, [string, string | number | undefined][]>> = {
    user: (users ?? []).flatMap(({ name, since }, index) => [
      ...(index === 0 ? ([['user.count', users?.length]] as [string, number | undefined][]) : []),
      [`user.${String(index)}.name`, name],
      [`user.${String(index)}.login-time`, since],
    ]),
    os: [
      ['os.id', os?.id],
      ['os.pretty-name', os?.name],
      ['os.version-id', os?.version],
      ['os.kernel-release', os?.kernel],
    ],
    timezone: [['timezone.name', info.timezone]],
    hostname: [['hostname', info.hostname]],
    filesystem: [
      ['fs.count', filesystems?.length],
      ...(filesystems ?? []).flatMap(
        ({ mountpoint, type, total, used, targets }, index): [string, string | number | undefined][] => [
          [`fs.${String(index)}.mountpoint`, mountpoint],
          [`fs.${String(index)}.fstype`, type],
          [`fs.${String(index)}.total-bytes`, total],
          [`fs.${String(index)}.used-bytes`, used],
          [`fs.${String(index)}.disk.count`, targets.length],
          ...targets.map((target, disk): [string, string] => [
            `fs.${String(index)}.disk.${String(disk)}.alias`,
            target,
          ]),
        ],
      ),
    ],
  };
  return types.flatMap((type) =>
    (parts[type] ?? []).filter((field): field is Field => field[1] !== undefined),
  );
}

const freezing = (
  verb: 'freeze' | 'thaw',
  texts: { summary: string; help: string; failed: string; done: string },
): Command => ({
  name: `domfs${verb}`,
  group: 'domain',
  summary: texts.summary,
  description: texts.summary,
  options: [domainOption, { name: 'mountpoint', kind: 'words', positional: true, help: texts.help }],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const count = await attempt(texts.failed, async () => {
      await session.allow('fsFreeze', domain);
      return (await groupOf(session, 'agent'))[verb](domain.uuid, options.words('mountpoint'));
    });
    session.say(`${texts.done} ${String(count)} filesystem(s)\n`);
    return undefined;
  },
});

const domfstrim: Command = {
  name: 'domfstrim',
  group: 'domain',
  summary: "Invoke fstrim on domain's mounted filesystems.",
  description: "Invoke fstrim on domain's mounted filesystems.",
  options: [
    domainOption,
    number('minimum', 'Just a hint to ignore contiguous free ranges smaller than this (Bytes)', {
      positional: true,
    }),
    text('mountpoint', 'which mount point to trim', { positional: true }),
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const [minimum, mountpoint] = [options.count('minimum'), options.text('mountpoint')];
    await attempt('Unable to invoke fstrim', async () => {
      await session.allow('fsTrim', domain);
      await (
        await groupOf(session, 'agent')
      ).trim(domain.uuid, {
        ...(minimum === undefined ? {} : { minimum }),
        ...(mountpoint === undefined ? {} : { mountpoint }),
      });
    });
    return undefined;
  },
};

const setUserPassword: Command = {
  name: 'set-user-password',
  group: 'domain',
  summary: 'set the user password inside the domain',
  description:
    'changes the password of the specified user inside the domain; without a password it is asked for, unseen',
  options: [
    domainOption,
    needed('user', 'the username'),
    text('password', 'the new password', { positional: true }),
    flag('encrypted', 'the password is already encrypted'),
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    await session.allow('setUserPassword', domain);
    const agent = await groupOf(session, 'agent');
    const user = options.required('user');
    let password = options.text('password');
    if (password === undefined) {
      session.print(`Enter new password for ${user}:`);
      password = await readHidden(session.terminal);
      if (password === undefined) throw new UsageError('Failed to read password');
    }
    await agent.setUserPassword(domain.uuid, user, password, { encrypted: options.flag('encrypted') });
    session.say(`Password set successfully for ${user} in ${printable(domain.name)}`);
    return undefined;
  },
};

export const agentCommands: readonly Command[] = [
  freezing('freeze', {
    summary: "Freeze domain's mounted filesystems.",
    help: 'mountpoint path to be frozen',
    failed: 'Unable to freeze filesystems',
    done: 'Froze',
  }),
  freezing('thaw', {
    summary: "Thaw domain's mounted filesystems.",
    help: 'mountpoint path to be thawed',
    failed: 'Unable to thaw filesystems',
    done: 'Thawed',
  }),
  domfstrim,
  guestinfo,
  qemuAgentCommand,
  setUserPassword,
];
