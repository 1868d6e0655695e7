import { type Command, UsageError, flag } from './command.ts';
import { agentCommands } from './commands/agent.ts';
import { blockCommands } from './commands/block-work.ts';
import { consoleCommand, screenshot, ttyconsole, vncdisplay } from './commands/consoles.ts';
import { deviceCommands } from './commands/devices.ts';
import { diskCommands } from './commands/disks.ts';
import { create, define, dumpxml } from './commands/documents.ts';
import { domainInterfaceCommands } from './commands/domain-interfaces.ts';
import { domainListCommands } from './commands/domain-lists.ts';
import { domstats } from './commands/domstats.ts';
import { desc, domid, dominfo, domname, domstate, domuuid } from './commands/facts.ts';
import { capabilities, hostname, nodeinfo, uri, version } from './commands/host.ts';
import { install } from './commands/install.ts';
import { interfaceCommands } from './commands/interfaces.ts';
import {
  autostart,
  destroy,
  domrename,
  managedsave,
  managedsaveRemove,
  reboot,
  reset,
  restore,
  resume,
  save,
  setmem,
  shutdown,
  start,
  suspend,
  undefine,
} from './commands/lifecycle.ts';
import { shellCommands } from './commands/itself.ts';
import { list } from './commands/list.ts';
import { qemuMonitorCommand, sendKey } from './commands/monitor.ts';
import { netUpdate } from './commands/network-update.ts';
import { networkCommands } from './commands/networks.ts';
import { nodeDeviceCommands } from './commands/node-devices.ts';
import { poolDocumentCommands } from './commands/pool-documents.ts';
import { poolCommands } from './commands/pools.ts';
import { powerCommands } from './commands/power.ts';
import { secretCommands } from './commands/secrets.ts';
import { snapshotCreateAs } from './commands/snapshot-create.ts';
import { snapshotList } from './commands/snapshot-list.ts';
import { snapshotCommands } from './commands/snapshots.ts';
import { volumeChangeCommands } from './commands/volume-changes.ts';
import { volumeFileCommands } from './commands/volume-files.ts';
import { volumeCommands } from './commands/volumes.ts';
import { helpOn, helpOnAll, helpOnGroup, isGroup } from './help.ts';

const help: Command = {
  name: 'help',
  group: 'virsh',
  summary: 'print help',
  description: 'Prints global help, command specific help, or help for a\n    group of related commands',
  options: [
    {
      name: 'command',
      kind: 'text',
      positional: true,
      help: 'Prints global help, command specific help, or help for a group of related commands',
    },
  ],
  run(session, options) {
    const name = options.text('command');
    const command = name === undefined ? undefined : findCommand(name);
    if (command) session.print(helpOn(command));
    else if (name === undefined) session.print(helpOnAll(commands));
    else if (isGroup(name)) session.print(helpOnGroup(name, commands));
    else throw new UsageError(`command or command group '${name}' doesn't exist`);
    return Promise.resolve(undefined);
  },
};

const connect: Command = {
  name: 'connect',
  group: 'host',
  summary: '(re)connect to hypervisor',
  description: 'Connect to local hypervisor. This is built-in command after shell start up.',
  options: [
    { name: 'name', kind: 'text', positional: true, help: 'hypervisor connection URI' },
    flag('readonly', 'read-only connection'),
  ],
  async run(session, options) {
    await session.connect(options.text('name') ?? session.uri, options.flag('readonly'));
    return undefined;
  },
};

const byName = (a: Command, b: Command): number => (a.name < b.name ? -1 : 1);

const domainCommands: readonly Command[] = [
  ...[autostart, consoleCommand, create, define, desc, destroy, domid, domname, domrename, domuuid],
  ...[dumpxml, install, managedsave, managedsaveRemove, qemuMonitorCommand, reboot, reset, restore, resume],
  ...[save, screenshot, sendKey, setmem, shutdown, start, suspend, ttyconsole, undefine, vncdisplay],
  ...agentCommands,
  ...blockCommands,
  ...deviceCommands,
  ...diskCommands,
  ...domainInterfaceCommands,
  ...powerCommands,
].toSorted(byName);

/** By area; within one in the order that its help has. */
export const commands: readonly Command[] = [
  ...domainCommands,
  ...[...domainListCommands, dominfo, domstate, domstats, list],
  ...[capabilities, connect, hostname, nodeinfo, uri, version],
  ...interfaceCommands,
  ...[...networkCommands, netUpdate],
  ...nodeDeviceCommands,
  ...secretCommands,
  ...[snapshotCreateAs, snapshotList, ...snapshotCommands],
  ...[...poolCommands, ...poolDocumentCommands],
  ...[...volumeCommands, ...volumeChangeCommands, ...volumeFileCommands],
  ...[...shellCommands, help].toSorted(byName),
];

export function findCommand(name: string): Command | undefined {
  return commands.find((command) => command.name === name);
}
