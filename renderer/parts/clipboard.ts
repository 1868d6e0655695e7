import { t } from '../i18n/index.svelte.ts';
import { toasts } from './toasts.svelte.ts';

/** Puts text into the clipboard; says so when the system refuses. Answers whether it worked. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    toasts.add({
      mark: 'error',
      title: t.parts.copyFailed,
      text: error instanceof Error ? error.message : String(error),
    });
    return false;
  }
}
