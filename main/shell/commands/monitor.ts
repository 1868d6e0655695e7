import { GuestroomError } from '../../../drivers/api/errors.ts';
import { type Command, UsageError, domainOption, flag } from '../command.ts';
import { attempt } from '../session.ts';
import { printable } from '../table.ts';
import { keyCode } from './keycodes.ts';

export const qemuMonitorCommand: Command = {
  name: 'qemu-monitor-command',
  group: 'domain',
  summary: 'QEMU Monitor Command',
  options: [
    domainOption,
    flag('hmp', 'command is in human monitor protocol'),
    flag('pretty', 'pretty-print any qemu monitor protocol output'),
    flag('return-value', "extract the value of the 'return' key from the returned string"),
    { name: 'cmd', kind: 'words', positional: true, required: true, help: 'command' },
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const hmp = options.flag('hmp');
    if (hmp && (options.flag('pretty') || options.flag('return-value'))) {
      throw new UsageError('Options --hmp and --pretty or --return-value are mutually exclusive');
    }
    await session.allow('qemuMonitorCommand', domain);
    const command = options.words('cmd').join(' ');
    const reply = await (
      await session.connection()
    ).domains.qemuMonitorCommand(domain.uuid, command, hmp ? 'hmp' : 'qmp');
    if (hmp) {
      session.print(reply.split(/\r?\n/).map(printable).join('\n'));
      session.print('\n');
      return undefined;
    }
    const pretty = options.flag('pretty');
    const answer: unknown = JSON.parse(reply);
    const shown = options.flag('return-value') && isRecord(answer) ? answer['return'] : answer;
    session.print(`${JSON.stringify(shown, undefined, pretty ? 2 : undefined)}\n`);
    return undefined;
  },
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

export const sendKey: Command = {
  name: 'send-key',
  group: 'domain',
  summary: 'Send keycodes to the guest',
  description: 'Integers, or names as in linux/input-event-codes.h: KEY_LEFTCTRL KEY_LEFTALT KEY_DELETE',
  options: [
    domainOption,
    { name: 'codeset', kind: 'text', help: 'the codeset of keycodes; only linux' },
    { name: 'holdtime', kind: 'text', help: 'the time (in milliseconds) how long the keys will be held' },
    { name: 'keycode', kind: 'words', positional: true, required: true, help: 'the key code' },
  ],
  async run(session, options) {
    const codeset = options.text('codeset') ?? 'linux';
    if (codeset !== 'linux')
      throw new GuestroomError('unsupported', `unknown codeset: '${codeset}'`, {
        hint: 'Use names or numbers of linux/input-event-codes.h',
      });
    const codes = options.words('keycode').map((word) => {
      const code = keyCode(word);
      if (code === undefined) throw new UsageError(`invalid keycode: '${word}'`);
      return code;
    });
    const holdtime = options.text('holdtime');
    const hold = holdtime === undefined ? undefined : Number(holdtime);
    if (hold !== undefined && !(Number.isInteger(hold) && hold > 0 && hold <= 10_000))
      throw new UsageError(`invalid value of --holdtime: ${String(holdtime)}`);
    const domain = await session.domain(options.required('domain'));
    await attempt(`Failed to send keys to domain '${printable(domain.name)}'`, async () => {
      await session.allow('sendKey', domain);
      await (await session.connection()).domains.sendKey(domain.uuid, codes, hold);
    });
    return undefined;
  },
};
