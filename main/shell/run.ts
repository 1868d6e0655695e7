import { type ErrorData, type GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import { type Options, UsageError } from './command.ts';
import { findCommand } from './find-command.ts';
import { helpOn } from './help.ts';
import { parseOptions } from './line.ts';
import { Attempt, type Session } from './session.ts';
import { printable } from './table.ts';

/** Runs one command of already split words; answers its exit status. Errors are told on standard error, never thrown. */
export async function runCommand(
  session: Session,
  words: readonly string[],
  timing = false,
): Promise<number> {
  const [name = '', ...rest] = words;
  const command = await findCommand(name);
  if (!command) {
    session.terminal.stderr.write(`error: unknown command: '${name}'\n`);
    return 1;
  }
  if (rest.includes('--help')) {
    session.print(helpOn(command));
    return 0;
  }
  let options: Options;
  try {
    options = parseOptions(command, rest);
  } catch (thrown) {
    tell(session, thrown);
    return 1;
  }
  const began = process.hrtime.bigint();
  let status: number;
  try {
    status = (await command.run(session, options)) ?? 0;
  } catch (thrown) {
    tell(session, thrown);
    status = 1;
  }
  endOfCommand(session, timing, began);
  return status;
}

function endOfCommand(session: Session, timing: boolean, began: bigint): void {
  if (timing) session.say(`\n(Time: ${(Number(process.hrtime.bigint() - began) / 1e6).toFixed(3)} ms)\n`);
  session.say('\n');
}

function tell(session: Session, thrown: unknown): void {
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
