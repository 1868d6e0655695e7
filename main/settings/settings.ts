import * as v from 'valibot';
import { defaultSettings } from '../../preload/default-settings.ts';
import { Settings } from '../../preload/rows.ts';
import { Feed } from '../feed.ts';
import type { Log } from '../log.ts';
import type { LocalHost } from '../nodes/local-host.ts';
import { JsonFile } from './json-file.ts';

export type SettingsChange = { [K in keyof Settings]?: Settings[K] | undefined };

export interface SettingsStore {
  readonly value: Settings;
  /** A key set to undefined goes back to its default. */
  set(change: SettingsChange): Promise<void>;
  /** The settings now and after each change; `warning` says once what was wrong with the file. */
  watch(signal?: AbortSignal): Feed<{ settings: Settings; warning?: string }>;
  close(): Promise<void>;
}

export async function openSettings(host: LocalHost, log: Log): Promise<SettingsStore> {
  const warnings: string[] = [];
  const file = await JsonFile.open<Settings>({
    host,
    path: host.files.join(host.paths.config, 'settings.json'),
    title: 'settings',
    entries: { ...Settings.entries, tab: v.pipe(v.string(), v.maxLength(300)) },
    defaults: defaultSettings,
    warn: (message) => {
      warnings.push(message);
      log.warn(message);
    },
  });
  const feeds = new Set<Feed<unknown>>();
  return {
    get value() {
      return file.value;
    },
    set: (change) => file.update(() => change),
    watch(signal) {
      const feed = new Feed<{ settings: Settings; warning?: string }>({
        drain: () => {
          const warning = warnings.splice(0).join('\n');
          return { settings: file.value, ...(warning === '' ? {} : { warning }) };
        },
        ended: () => {
          unsubscribe();
          feeds.delete(feed);
        },
        signal,
      });
      const unsubscribe = file.subscribe(feed.wake);
      feeds.add(feed);
      return feed;
    },
    async close() {
      for (const feed of [...feeds]) feed.end();
      await file.close();
    },
  };
}
