import { toGuestroomError } from '../api/errors.ts';
import type { Host, ProcessId } from '../api/host.ts';
import { asFlag, asList, asNumber, asObject, asText, parseObject } from './json.ts';

/** Where a person's console or screen is reached. */
export type Endpoint = { unix: string } | { host: string; port: number } | { device: string };

/** crashed: QEMU had stopped it because of a fault of its own. */
export type Ending = 'destroyed' | 'saved' | 'crashed';

export interface LiveConsole {
  alias: string;
  kind: string;
  endpoint: Endpoint;
  /** File with what the guest wrote so far. */
  log?: string;
}

export interface LiveScreen {
  index: number;
  endpoint: Endpoint;
}

/** What a start leaves beside the running guest, for every instance of the app that finds it. */
export interface LiveFacts {
  uuid: string;
  name: string;
  id: number;
  process: ProcessId;
  /** ms since 1970 */
  since: number;
  binary: string;
  accelerator: string;
  /** Where this run begins in the guest's log. */
  logStart: number;
  tpm?: ProcessId;
  consoles: LiveConsole[];
  screens: LiveScreen[];
  /** Why it is about to end, written before we end it. */
  ending?: Ending;
  /** The next shutdown of the guest is a reboot that was asked for. */
  rebooting?: boolean;
  /** Its document is gone; its variables and its TPM's state are to stay. */
  keepNvram?: boolean;
}

/** undefined when it is not there: another instance may take it away at any moment. */
export async function readIfThere(host: Host, file: string): Promise<string | undefined> {
  try {
    return await host.files.readText(file);
  } catch (error) {
    if (toGuestroomError(error).code === 'not_found') return undefined;
    throw error;
  }
}

export async function readLive(host: Host, file: string): Promise<LiveFacts | undefined> {
  const text = await readIfThere(host, file);
  const json = text === undefined ? undefined : parseObject(text);
  if (!json) return undefined;
  const process = asProcess(json['process']);
  const uuid = asText(json['uuid']);
  if (process === undefined || uuid === undefined) return undefined;
  const tpm = asProcess(json['tpm']);
  const ending = asText(json['ending']);
  return {
    uuid,
    name: asText(json['name']) ?? uuid,
    id: asNumber(json['id']) ?? process.pid,
    process,
    since: asNumber(json['since']) ?? 0,
    binary: asText(json['binary']) ?? '',
    accelerator: asText(json['accelerator']) ?? 'tcg',
    logStart: asNumber(json['logStart']) ?? 0,
    ...(tpm === undefined ? {} : { tpm }),
    consoles: asList(json['consoles']).flatMap((item) => {
      const one = asObject(item);
      const endpoint = asEndpoint(one['endpoint']);
      const log = asText(one['log']);
      const alias = asText(one['alias']);
      if (!endpoint || alias === undefined) return [];
      return [
        { alias, kind: asText(one['kind']) ?? 'serial', endpoint, ...(log === undefined ? {} : { log }) },
      ];
    }),
    screens: asList(json['screens']).flatMap((item) => {
      const one = asObject(item);
      const endpoint = asEndpoint(one['endpoint']);
      return endpoint ? [{ index: asNumber(one['index']) ?? 0, endpoint }] : [];
    }),
    ...(ending === 'destroyed' || ending === 'saved' || ending === 'crashed' ? { ending } : {}),
    ...(asFlag(json['rebooting']) ? { rebooting: true } : {}),
    ...(asFlag(json['keepNvram']) ? { keepNvram: true } : {}),
  };
}

export const writeLive = (host: Host, file: string, facts: LiveFacts): Promise<void> =>
  host.files.write(file, JSON.stringify(facts, undefined, 1));

function asProcess(value: unknown): ProcessId | undefined {
  const json = asObject(value);
  const pid = asNumber(json['pid']);
  const started = asText(json['started']);
  return pid === undefined || started === undefined ? undefined : { pid, started };
}

function asEndpoint(value: unknown): Endpoint | undefined {
  const json = asObject(value);
  const unix = asText(json['unix']);
  if (unix !== undefined) return { unix };
  const device = asText(json['device']);
  if (device !== undefined) return { device };
  const host = asText(json['host']);
  const port = asNumber(json['port']);
  return host === undefined || port === undefined ? undefined : { host, port };
}
