import type { WorkContext } from '../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import { DomainDocument } from '../xml/domain/edit.ts';
import type { Host } from '../api/host.ts';
import { explainFailure } from './failures.ts';
import type { RunningGuest } from './guest.ts';
import { runLogTail } from './log.ts';
import {
  needsProgram,
  outgoingName,
  outgoingStatusName,
  outgoingUri,
  stateHeader,
  storeState,
} from './saved-state.ts';
import type { Toolbox } from './survey.ts';

/** How long the last bytes may take from QEMU to the disk, in ms. */
const programDeadline = 60_000;

/**
 * Writes the state of a running guest into `target` and ends the guest. When it fails or is cancelled the guest goes
 * on and nothing is left of the file.
 */
export async function saveGuest(
  tools: Toolbox,
  guest: RunningGuest,
  target: string,
  context: WorkContext = {},
): Promise<void> {
  const { files } = tools.host;
  const places = tools.layout.of(guest.facts.uuid);
  const paused = guest.state !== 'running';
  const part = `${target}.part`;
  const link = files.join(places.own, outgoingName);
  const usage = (await tools.host.usage([guest.facts.process.pid])).get(guest.facts.process.pid);
  const { available } = await files.space(files.dirname(target));
  if (usage && available < usage.residentBytes) {
    throw new GuestroomError(
      'no_space',
      `There is not enough room to save the virtual machine in ${files.dirname(target)}`,
      {
        detail: `It uses ${mib(usage.residentBytes)}, ${mib(available)} are free`,
        hint: 'Make room on the disk, or save it elsewhere',
      },
    );
  }
  if (context.signal?.aborted === true) throw new GuestroomError('cancelled', 'Cancelled');
  if (!paused) await guest.execute('stop');
  try {
    await files.remove(part);
    await files.write(
      part,
      stateHeader(stateDocument(tools, guest), { paused, emulate: guest.facts.accelerator === 'tcg' }),
    );
    await linkTo(tools, part, link);
    await writeState(tools, guest, await headerSize(tools, part), context);
    await unlinkFrom(tools, part, link);
    await files.rename(part, target);
    await files.remove(link);
  } catch (error) {
    try {
      throw await goesOn(tools, guest, paused, toGuestroomError(error));
    } finally {
      await files.remove(link);
      await files.remove(part);
    }
  }
  await guest.destroy('saved');
  context.onProgress?.(1);
}

/** Resolves when all of the state is in the file. */
async function writeState(
  { host, layout }: Toolbox,
  guest: RunningGuest,
  offset: number,
  context: WorkContext,
): Promise<void> {
  const { files } = host;
  const places = layout.of(guest.facts.uuid);
  const { version } = guest.monitor;
  const status = files.join(places.own, outgoingStatusName);
  const logStart = (await files.stat(places.log))?.size ?? 0;
  await files.remove(status);
  try {
    await storeState(guest.monitor, outgoingUri(version, offset), {
      ...(context.signal ? { signal: context.signal } : {}),
      ...(context.onProgress ? { onProgress: (done) => context.onProgress?.(done) } : {}),
    });
    if (needsProgram(version) && !(await endedWell(host, status))) {
      throw new GuestroomError('program_failed', 'The virtual machine could not be saved');
    }
  } catch (error) {
    const failure = toGuestroomError(error);
    const said = await runLogTail(host, places.log, logStart);
    throw failure.code === 'program_failed' && said !== '' ? explainFailure(said, failure.message) : failure;
  } finally {
    await files.remove(status);
  }
}

/** Once the program has ended that QEMU wrote to: whether all of it was taken. */
async function endedWell({ files }: Host, status: string): Promise<boolean> {
  const deadline = Date.now() + programDeadline;
  for (;;) {
    const told = (await files.stat(status)) ? await files.readText(status) : '';
    if (told.endsWith('\n')) return told === '0\n';
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Lets a guest that was not saved go on; answers why it was not, which may be that it is gone. */
async function goesOn(
  { host }: Toolbox,
  guest: RunningGuest,
  paused: boolean,
  why: GuestroomError,
): Promise<GuestroomError> {
  if (!(await host.alive(guest.facts.process))) {
    return new GuestroomError('guest_died', 'The virtual machine ended while it was saved', { cause: why });
  }
  if (!paused) await guest.execute('cont');
  await guest.refresh();
  return why;
}

const mib = (bytes: number): string => `${String(Math.round(bytes / 1048576))} MiB`;

const headerSize = async (tools: Toolbox, part: string): Promise<number> =>
  (await tools.host.files.stat(part))?.size ?? 0;

/** The live document as the next start needs it: what only this run had goes, CPUs and devices stay. */
function stateDocument(tools: Toolbox, guest: RunningGuest): string {
  const document = DomainDocument.parse(guest.document);
  document.update({ id: null });
  const { graphics } = document.read().devices;
  graphics.forEach((one, at) => {
    if (one.autoport === true) document.change('graphics', at, { port: -1 });
    // the next run makes its own
    if (one.listens[0]?.socket === tools.layout.of(guest.facts.uuid).vnc(at))
      document.change('graphics', at, { listens: [{ type: 'socket' }] });
  });
  return document.toString();
}

/**
 * QEMU knows the file by a fixed name in its working folder. Where there are links it is one; elsewhere the file itself
 * stands there meanwhile.
 */
export async function linkTo(tools: Toolbox, file: string, link: string): Promise<void> {
  const { host } = tools;
  await host.files.remove(link);
  if (host.os === 'win32') {
    await host.files.copy(file, link);
    return;
  }
  const { status, stderr } = await host.exec('ln', ['-s', '--', file, link]);
  if (status !== 0) {
    throw new GuestroomError('program_failed', 'The saved state could not be linked', { detail: stderr });
  }
}

async function unlinkFrom(tools: Toolbox, file: string, link: string): Promise<void> {
  if (tools.host.os !== 'win32') return;
  await tools.host.files.remove(file);
  await tools.host.files.copy(link, file);
}
