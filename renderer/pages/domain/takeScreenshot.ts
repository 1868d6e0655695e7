import { t } from '../../i18n/index.svelte.ts';
import { fileTime, saveFile } from '../../parts/saveFile.ts';
import type { DomainScene } from './DomainScene.ts';

/** Saves the picture that the hypervisor itself has of the first screen. It comes over the host's connection: the screen need not be reached. */
export async function takeScreenshot(scene: DomainScene): Promise<void> {
  const { app, target, domain } = scene;
  await app.attempt(t.domain.action.screenshot, async () => {
    const { ticket } = await app.rpc.domains.screenshot(target);
    const picture = await app.client.readBytes(ticket);
    savePicture(domain.name, new Blob([picture], { type: 'image/png' }));
  });
}

/** Saves a picture of this machine's screen, by its name and the time. */
export function savePicture(machine: string, picture: Blob): void {
  saveFile(`${t.domain.console.screenshotName(machine)} ${fileTime(new Date())}.png`, picture);
}
