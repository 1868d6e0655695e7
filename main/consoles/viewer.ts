import { randomBytes } from 'node:crypto';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { LocalHost } from '../nodes/local-host.ts';
import { type ViewerTarget, viewerFile } from './viewer-file.ts';

/** remote-viewer on the person's own computer. */
export interface Viewer {
  /** The program; undefined where it is not installed. Looks anew each time: people install it while the window is open. */
  find(): Promise<string | undefined>;
  /**
   * Opens the screen in a program of its own, which outlives this app. Rejects with `program_missing`, or with
   * `program_failed` and what it complained about when it ends at once.
   */
  open(target: ViewerTarget): Promise<void>;
}

export interface ViewerOptions {
  env?: Readonly<Record<string, string | undefined>>;
  /** ms after which the program is taken to have opened its window. */
  settled?: number;
}

export function createViewer(host: LocalHost, options: ViewerOptions = {}): Viewer {
  const { env = process.env, settled = 1500 } = options;
  const { files } = host;

  const find = async (): Promise<string | undefined> => {
    for (const path of await candidates(host, env)) if (await files.access(path, 'execute')) return path;
    return undefined;
  };

  return {
    find,
    async open(target) {
      const program = await find();
      if (program === undefined)
        throw new GuestroomError('program_missing', 'remote-viewer is not installed on this computer', {
          hint: 'Install virt-viewer, or add a VNC screen to the machine',
        });
      const folder = files.join(host.paths.runtime, 'viewer');
      await files.makeFolder(folder, 0o700);
      const name = files.join(folder, randomBytes(8).toString('hex'));
      const [file, log] = [`${name}.vv`, `${name}.log`];
      await files.write(file, viewerFile(target), { mode: 0o600, exclusive: true });
      // it removes its file itself; one that ended before it read it leaves a password behind
      const clear = (): Promise<unknown> => Promise.all([files.remove(file), files.remove(log)]);
      try {
        const end = await ended(host, program, file, log, settled, clear);
        if (end === undefined) return;
        if (end !== 0) throw new GuestroomError('program_failed', `${program} ended with ${String(end)}`);
        // a wrapper may have handed the file on to a program that reads it now
        await files.remove(log);
      } catch (thrown) {
        const error = toGuestroomError(thrown);
        const shown = error.code === 'program_failed' ? await failure(host, log) : error;
        await clear();
        throw shown;
      }
    },
  };
}

/** Its exit status where it ended within the time, null for a signal; undefined where it goes on. */
async function ended(
  host: LocalHost,
  program: string,
  file: string,
  log: string,
  milliseconds: number,
  clear: () => Promise<unknown>,
): Promise<number | null | undefined> {
  let tell: (status: number | null) => void = () => undefined;
  const early = new Promise<number | null>((resolve) => {
    tell = resolve;
  });
  let open = false;
  await host.launch(program, [file], {
    log,
    ended: ({ status }) => {
      tell(status);
      // nobody waits for what is left of it then; the folder goes with the session anyway
      if (open) clear().catch(() => undefined);
    },
  });
  const status = await Promise.race([
    early,
    new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), milliseconds)),
  ]);
  open = status === undefined;
  return status;
}

async function failure(host: LocalHost, log: string): Promise<GuestroomError> {
  // without its last words the failure is told all the same
  const said = (await host.files.readText(log).catch(() => '')).trim();
  return new GuestroomError('program_failed', 'remote-viewer ended at once', {
    ...(said === '' ? {} : { detail: said.slice(-2000) }),
    hint: 'Try it by hand: it may lack SPICE or a desktop to show itself on',
  });
}

const isViewer = (folder: string): boolean => /^VirtViewer/i.test(folder);

/** Where installers and package managers put it, after the folders that the person has in PATH. */
async function candidates(
  { os, files }: LocalHost,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string[]> {
  const windows = os === 'win32';
  const name = windows ? 'remote-viewer.exe' : 'remote-viewer';
  const path = (env['PATH'] ?? env['Path'] ?? '').split(windows ? ';' : ':');
  const own = path.filter((folder) => files.isAbsolute(folder)).map((folder) => files.join(folder, name));
  if (os === 'darwin')
    return [
      ...own,
      '/opt/homebrew/bin/remote-viewer',
      '/usr/local/bin/remote-viewer',
      '/opt/local/bin/remote-viewer',
      '/Applications/RemoteViewer.app/Contents/MacOS/RemoteViewer',
    ];
  if (!windows) return own;
  const installed: string[] = [];
  for (const variable of ['ProgramFiles', 'ProgramW6432', 'ProgramFiles(x86)', 'LOCALAPPDATA']) {
    const folder = env[variable];
    if (folder === undefined || (await files.stat(folder)) === undefined) continue;
    // "VirtViewer v11.0-256": the newest first
    const versions = (await files.list(folder)).map((entry) => entry.name).filter(isViewer);
    for (const version of versions.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true })))
      installed.push(files.join(folder, version, 'bin', name));
  }
  return [...own, ...installed];
}
