import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A program that takes remote-viewer's place in PATH and notes what it is given, as the real one would read it. */
export interface RecordingViewer {
  /** For PATH, before all others. */
  folder: string;
  /** What the last run was given; undefined before the first. */
  given(): { arguments: string[]; mode: string; file: string } | undefined;
}

/** `says`: it writes this to standard error and fails at once, else it runs for a few seconds. */
export async function recordingViewer(
  root: string,
  options: { says?: string } = {},
): Promise<RecordingViewer> {
  const folder = join(root, 'viewer');
  await mkdir(folder, { recursive: true });
  const note = join(folder, 'given');
  const ending =
    options.says === undefined ? 'rm -f "$1"; sleep 3' : `printf '%s\\n' '${options.says}' >&2; exit 3`;
  const script = `#!/bin/sh
{ stat -c %a "$1"; printf '%s\\n' "$#" "$@"; cat "$1"; } >'${note}.part'
mv '${note}.part' '${note}'
${ending}
`;
  await writeFile(join(folder, 'remote-viewer'), script, { mode: 0o755 });
  return {
    folder,
    given() {
      if (!existsSync(note)) return undefined;
      const [mode = '', count = '0', ...rest] = readFileSync(note, 'utf8').split('\n');
      return {
        mode,
        arguments: rest.slice(0, Number(count)),
        file: rest.slice(Number(count)).join('\n'),
      };
    },
  };
}
