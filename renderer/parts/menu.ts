import type { IconName } from './icons.ts';
import type { MarkName } from './marks.ts';

export interface MenuItem {
  id: string;
  label: string;
  icon?: IconName | undefined;
  mark?: MarkName | undefined;
  /** Keys that do the same. */
  hint?: string | undefined;
  /** Why it cannot be chosen now: it stays, greyed, and says so. */
  reason?: string | undefined;
  danger?: boolean | undefined;
  /** A choice that is on or off; choosing it leaves the menu open. */
  checked?: boolean | undefined;
  run: () => void;
}

export type MenuEntry = MenuItem | 'separator';

/** Entries without separators at the ends or side by side. */
export function tidyMenu(entries: readonly MenuEntry[]): MenuEntry[] {
  const out: MenuEntry[] = [];
  for (const entry of entries)
    if (entry !== 'separator' || (out.length > 0 && out.at(-1) !== 'separator')) out.push(entry);
  if (out.at(-1) === 'separator') out.pop();
  return out;
}
