import { type ErrorData, type GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import { type Command, type Options, UsageError } from './command.ts';
import { findCommand, leaving } from './find-command.ts';
import { helpOn } from './help.ts';
import { parseOptions } from './line.ts';
import { Attempt, type Session } from './session.ts';
import { printable } from './table.ts';

/** A command of a line, with its options; those of a question for help are not read. */
interface Prepared {
  command: Command;
  options: Options | 'help';
}

/** What came of a line: the exit status of its last command, and whether it said to leave. */
export interface LineEnd {
  status: number;
  left: boolean;
}

/**
 * Runs the commands of a line, as virsh does: none where one of them is not understood; otherwise each in turn, also
 * after one that fails. Errors are told on standard error, never thrown.
 */
export async function runLine(
  session: Session,
  commands: () => string[][],
  timing = false,
): Promise<LineEnd> {
  let line: Prepared[];
  try {
    line = await Promise.all(commands().map(prepare));
  } catch (thrown) {
    tell(session, thrown);
    return { status: 1, left: false };
  }
  let status = 0;
  for (const each of line) {
    if (leaving.has(each.command.name) && each.options !== 'help') return { status, left: true };
    status = await runCommand(session, each, timing);
  }
  return { status, left: false };
}

async function prepare([name = '', ...words]: string[]): Promise<Prepared> {
  const command = await findCommand(name);
  if (!command) throw new UsageError(`unknown command: '${name}'`);
  const data = words.indexOf('--');
  const asksHelp = (data < 0 ? words : words.slice(0, data)).includes('--help');
  return { command, options: asksHelp ? 'help' : parseOptions(command, words) };
}

async function runCommand(session: Session, { command, options }: Prepared, timing: boolean) {
  const began = process.hrtime.bigint();
  let status = 0;
  try {
    if (options === 'help') session.print(helpOn(command));
    else status = (await command.run(session, options)) ?? 0;
  } catch (thrown) {
    tell(session, thrown);
    status = 1;
  }
  if (timing) session.print(`\n(Time: ${(Number(process.hrtime.bigint() - began) / 1e6).toFixed(3)} ms)\n\n`);
  else session.say('\n');
  return status;
}

export function tell(session: Session, thrown: unknown): void {
  const write = (text: string): boolean => session.terminal.stderr.write(text);
  if (thrown instanceof UsageError) {
    write(`error: ${thrown.message}\n`);
    return;
  }
  if (thrown instanceof Attempt) write(`error: ${thrown.message}\n`);
  const known = toGuestroomError(thrown instanceof Attempt ? thrown.cause : thrown);
  const error: ErrorData = known.toData();
  const libvirt = libvirtSentence(known);
  if (libvirt !== undefined) {
    for (const line of libvirt.trimEnd().split('\n')) write(`error: ${printable(line)}\n`);
    if (error.hint) write(`hint: ${printable(error.hint)}\n`);
    return;
  }
  write(`error: ${printable(error.message)}\n`);
  if (error.detail && error.detail !== error.message) {
    for (const line of error.detail.trimEnd().split('\n')) write(`error:   ${printable(line)}\n`);
  }
  if (error.hint) write(`hint: ${printable(error.hint)}\n`);
}

/** What a libvirt said, word for word: people and scripts know these sentences from virsh. */
const libvirtSentence = ({ cause }: GuestroomError): string | undefined =>
  cause instanceof Error && cause.name === 'LibvirtError' ? cause.message : undefined;
