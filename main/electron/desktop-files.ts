import * as v from 'valibot';
import type { LocalHost } from '../nodes/local-host.ts';
import { JsonFile } from '../settings/json-file.ts';
import type { SecretStore } from './secrets.ts';
import { WindowPlace } from './window-place.ts';

interface Places {
  main?: WindowPlace | undefined;
}

/** Where the main window stood last time. */
export function openPlaces(host: LocalHost, warn: (message: string) => void): Promise<JsonFile<Places>> {
  return JsonFile.open<Places>({
    host,
    path: host.files.join(host.paths.state, 'window.json'),
    title: 'place of the window',
    entries: { main: v.optional(WindowPlace) },
    defaults: {},
    warn,
  });
}

interface Kept {
  secrets: Record<string, string>;
}

/** Encrypted secrets, in a file of mode 0600. */
export async function openSecretStore(
  host: LocalHost,
  warn: (message: string) => void,
): Promise<SecretStore & { close(): Promise<void> }> {
  const file = await JsonFile.open<Kept>({
    host,
    path: host.files.join(host.paths.config, 'secrets.json'),
    title: 'stored secrets',
    entries: { secrets: v.record(v.string(), v.string()) },
    defaults: { secrets: {} },
    warn,
  });
  return {
    read: () => Promise.resolve(file.value.secrets),
    write: (name, encrypted) =>
      file.update(({ secrets }) => ({
        secrets: Object.fromEntries([
          ...Object.entries(secrets).filter(([other]) => other !== name),
          ...(encrypted === undefined ? [] : [[name, encrypted]]),
        ]),
      })),
    close: () => file.close(),
  };
}
