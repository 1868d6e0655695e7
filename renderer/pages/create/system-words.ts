import { t } from '../../i18n/index.svelte.ts';

/** The catalog's id of a system that it does not know. */
export const unknownSystem = 'http://libosinfo.org/unknown';
const genericLinux = 'http://libosinfo.org/linux/2024';

/** What a system is called: those that are no product in the window's language, all others as their makers call them. */
export function systemTitle(id: string, name: string): string {
  if (id === unknownSystem) return t.create.unknownSystem;
  return id === genericLinux ? t.create.genericLinux : name;
}
