import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { HostFiles } from '../api/host.ts';
import { reasonText } from '../api/operations.ts';
import { connectMonitor, within } from './guest.ts';
import { readLive } from './live.ts';
import type { Places } from './places.ts';
import type { Toolbox } from './survey.ts';

/** A claim older than this was left by an instance that died while starting. */
const staleClaim = 120_000;
/** Who holds a claim says so again, in ms. */
const renewal = 30_000;
/** Another instance needs a moment to clean up after the last run. */
const claimPatience = 3000;
/** How long a QEMU that nobody started to the end may take to greet, and then to end. */
const orphanPatience = 5000;

export interface Claim {
  /** It is renewed no more; whoever removes the folder removes it, too. */
  stop(): void;
  release(): Promise<void>;
}

/**
 * Makes the runtime folder ours for the time of the start, so that two instances do not start one guest twice. Rejects
 * with `wrong_state` where it runs by then, `busy` where another instance starts it.
 */
export async function takeClaim(tools: Toolbox, uuid: string): Promise<Claim> {
  const { host, layout } = tools;
  const { files } = host;
  const places = layout.of(uuid);
  await files.makeFolder(layout.runtime);
  await requirePrivate(tools, files.dirname(layout.runtime));
  await requirePrivate(tools, layout.runtime);
  await enter(files, places);
  const timer = setInterval(() => {
    // one that is not renewed ages, and that only matters to who comes after us
    files.write(places.claim, '').catch(() => clearInterval(timer));
  }, renewal);
  timer.unref();
  const stop = (): void => clearInterval(timer);
  const release = async (): Promise<void> => {
    stop();
    await files.remove(places.claim);
  };
  try {
    const live = await readLive(host, places.liveFacts);
    if (live && (await host.alive(live.process))) {
      throw new GuestroomError('wrong_state', reasonText.already_active, { domain: live.name });
    }
    await clearFolder(tools, places);
    return { stop, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function enter(files: HostFiles, places: Places): Promise<void> {
  if (await claimIsStale(files, places)) await files.remove(places.claim);
  const deadline = Date.now() + claimPatience;
  for (;;) {
    try {
      await files.makeFolder(places.runtime);
      await files.write(places.claim, '', { exclusive: true });
      return;
    } catch (error) {
      const { code } = toGuestroomError(error);
      // an instance that cleans the last run up takes the folder away with its claim
      if (code !== 'exists' && code !== 'not_found') throw error;
      if (Date.now() > deadline) {
        throw new GuestroomError('busy', 'The virtual machine is being started already', { cause: error });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** By the clock of the files' own machine: ours may be another's. */
export async function claimIsStale(files: HostFiles, places: Places): Promise<boolean> {
  const old = await files.stat(places.claim);
  if (!old) return false;
  const watch = `${places.claim}-seen`;
  try {
    await files.write(watch, '');
    const now = await files.stat(watch);
    await files.remove(watch);
    return now !== undefined && now.modified - old.modified > staleClaim;
  } catch (error) {
    // its holder has just taken the folder away
    if (toGuestroomError(error).code === 'not_found') return false;
    throw error;
  }
}

/** Whoever gets at the sockets has the guests: a folder that somebody left open, or made for us, is not used. */
async function requirePrivate({ host }: Toolbox, folder: string): Promise<void> {
  if (host.os === 'win32') return;
  const mode = (await host.files.stat(folder))?.mode ?? 0;
  if ((mode & 0o077) === 0) return;
  throw new GuestroomError('denied', `Other accounts can get into the folder for sockets: ${folder}`, {
    hint: `If it is yours, close it: chmod 700 ${folder}`,
  });
}

/** Takes away what an earlier run left, so that nothing there answers in the name of the new one. */
async function clearFolder(tools: Toolbox, places: Places): Promise<void> {
  const { files } = tools.host;
  const left = (await files.list(places.runtime))
    .map(({ name }) => files.join(places.runtime, name))
    .filter((path) => path !== places.claim);
  if (left.some((path) => places.monitors.includes(path))) await endOrphan(tools, places);
  for (const path of left) await files.removeTree(path);
}

/** A QEMU whose start was broken off: its guest has never run, and nobody knows of it any more. */
async function endOrphan({ host }: Toolbox, places: Places): Promise<void> {
  let reached = false;
  try {
    const qmp = await connectMonitor(host, places, orphanPatience);
    reached = true;
    await qmp.execute('quit', undefined, { timeout: orphanPatience });
    if (
      await within(
        qmp.closed.then(() => true),
        orphanPatience,
      )
    )
      return;
    qmp.close();
  } catch (error) {
    const { code } = toGuestroomError(error);
    if (code === 'unreachable' || code === 'not_found') return;
    // it may end before it answers
    if (reached && code === 'lost') return;
    if (code !== 'busy' && code !== 'timeout' && code !== 'lost') throw error;
  }
  throw new GuestroomError('busy', 'A QEMU that an interrupted start left behind does not end', {
    hint: 'End the process by hand, then start the virtual machine again',
  });
}
