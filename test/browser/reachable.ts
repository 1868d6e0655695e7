import { type Page } from 'playwright-core';

/**
 * Controls that are drawn but cannot be hit: something lies over their middle, or what they stand in cuts them off
 * without a way to scroll to them. Where a dialog or menu is open, only what is in it counts.
 */
export function unreachable(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const layers = [
      ...document.querySelectorAll('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]'),
    ].filter((layer) => layer.closest('body > *:not(#app)') !== null);
    const layer = layers.at(-1) ?? document.body;
    const controls = layer.querySelectorAll<HTMLElement>(
      'button, a[href], input, select, textarea, [role=tab], [role=option], [role=menuitem], [role=treeitem]',
    );
    const scrolledOut = (control: Element, x: number, y: number): boolean => {
      for (let around = control.parentElement; around; around = around.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(around);
        const box = around.getBoundingClientRect();
        if (/auto|scroll/.test(overflowY) && (y < box.top || y > box.bottom)) return true;
        if (/auto|scroll/.test(overflowX) && (x < box.left || x > box.right)) return true;
      }
      return false;
    };
    const found: string[] = [];
    for (const control of controls) {
      if (!control.checkVisibility({ visibilityProperty: true })) continue;
      if (control.closest('[inert], [aria-hidden=true], .sr, .xterm-helpers')) continue;
      const box = control.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      const x = box.left + box.width / 2;
      const y = box.top + box.height / 2;
      if (scrolledOut(control, x, y)) continue;
      const hit = document.elementFromPoint(x, y);
      const label = control.closest('label');
      if (hit && (control.contains(hit) || label?.contains(hit))) continue;
      const words = control.getAttribute('aria-label') ?? control.textContent.trim();
      found.push(
        `${control.tagName} "${words.slice(0, 60)}" under ${hit ? `${hit.tagName} .${hit.classList.value} "${hit.textContent.slice(0, 40)}"` : 'nothing'}`,
      );
    }
    return found;
  });
}
