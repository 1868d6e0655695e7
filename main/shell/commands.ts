import { type Command, UsageError } from './command.ts';
import { consoleCommand, screenshot, ttyconsole, vncdisplay } from './commands/consoles.ts';
import { create, define, dumpxml } from './commands/documents.ts';
import { domstats } from './commands/domstats.ts';
import { desc, domid, dominfo, domname, domstate, domuuid } from './commands/facts.ts';
import { capabilities, hostname, nodeinfo, uri, version } from './commands/host.ts';
import { install } from './commands/install.ts';
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
import { list } from './commands/list.ts';
import { qemuMonitorCommand, sendKey } from './commands/monitor.ts';
import { helpOn, helpOnAll } from './help.ts';

const help: Command = {
  name: 'help',
  group: 'virsh',
  summary: 'print help',
  options: [
    { name: 'command', kind: 'text', positional: true, help: 'Prints global help or command specific help.' },
  ],
  run(session, options) {
    const name = options.text('command');
    const command = name === undefined ? undefined : findCommand(name);
    if (name !== undefined && !command) throw new UsageError(`command '${name}' doesn't exist`);
    session.print(command ? helpOn(command) : helpOnAll(commands));
    return Promise.resolve(undefined);
  },
};

const connect: Command = {
  name: 'connect',
  group: 'host',
  summary: '(re)connect to hypervisor',
  options: [{ name: 'name', kind: 'text', positional: true, help: 'hypervisor connection URI' }],
  async run(session, options) {
    await session.connect(options.text('name') ?? session.uri);
    return undefined;
  },
};

const echo: Command = {
  name: 'echo',
  group: 'virsh',
  summary: 'echo arguments',
  options: [{ name: 'string', kind: 'words', positional: true, help: 'arguments to echo' }],
  run(session, options) {
    session.print(`${options.words('string').join(' ')}\n`);
    return Promise.resolve(undefined);
  },
};

/** The prompt ends at these; given on a command line they do nothing. */
export const leaving = new Set(['quit', 'exit']);
const leave = (name: string): Command => ({
  name,
  group: 'virsh',
  summary: 'quit this interactive terminal',
  options: [],
  run: () => Promise.resolve(undefined),
});

export const commands: readonly Command[] = [
  ...[
    autostart,
    consoleCommand,
    create,
    define,
    desc,
    destroy,
    domid,
    domname,
    domrename,
    domuuid,
    dumpxml,
    install,
  ],
  ...[
    managedsave,
    managedsaveRemove,
    qemuMonitorCommand,
    reboot,
    reset,
    restore,
    resume,
    save,
    screenshot,
    sendKey,
  ],
  ...[setmem, shutdown, start, suspend, ttyconsole, undefine, vncdisplay],
  ...[dominfo, domstate, domstats, list],
  ...[capabilities, connect, hostname, nodeinfo, uri, version],
  ...[echo, leave('exit'), help, leave('quit')],
];

export function findCommand(name: string): Command | undefined {
  return commands.find((command) => command.name === name);
}
