import { t } from '../i18n/index.svelte.ts';
import { fileTime, saveFile } from '../parts/saveFile.ts';
import type { App } from './app.svelte.ts';

/** Saves the list of hosts as a file; a failure is told. */
export function exportHosts(app: App): Promise<boolean> {
  return app.attempt(t.connect.import.exportTitle, async () => {
    const { text } = await app.rpc.nodes.exported();
    const name = `${t.connect.import.fileName} ${fileTime(new Date())}.json`;
    saveFile(name, new Blob([text], { type: 'application/json' }));
  });
}
