import { untrack } from 'svelte';
import type { Attachment } from 'svelte/attachments';

/** The one tooltip of the window: what it says and what it is about. Drawn by TooltipLayer. */
class Tip {
  text = $state('');
  anchor: Element | undefined = $state.raw();
}
export const tip = new Tip();

/** Pointer rests this long before a tip comes; keyboard focus shows it at once. */
const delay = 500;

/**
 * Shows `text` while the pointer rests on the element or the keyboard is there. Empty text shows nothing; a function is
 * asked each time, about the element.
 */
export function tooltip(text: string | ((element: Element) => string) | undefined): Attachment {
  return (element) => {
    if (!text) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      const said = typeof text === 'string' ? text : text(element);
      if (said === '') return;
      tip.text = said;
      tip.anchor = element;
    };
    const hide = () => {
      clearTimeout(timer);
      timer = undefined;
      // an element that had the keyboard loses it while it is taken down, in the middle of somebody's drawing
      untrack(() => {
        if (tip.anchor === element) tip.anchor = undefined;
      });
    };
    const enter = () => {
      clearTimeout(timer);
      timer = setTimeout(show, delay);
    };
    const focus = () => {
      if (element.matches(':focus-visible')) show();
    };
    const key = (event: Event) => {
      if (event instanceof KeyboardEvent && event.key === 'Escape') hide();
    };
    const listeners: [string, (event: Event) => void][] = [
      ['pointerenter', enter],
      ['pointerleave', hide],
      ['pointerdown', hide],
      ['focusin', focus],
      ['focusout', hide],
      ['keydown', key],
    ];
    for (const [name, listener] of listeners) element.addEventListener(name, listener);
    return () => {
      hide();
      for (const [name, listener] of listeners) element.removeEventListener(name, listener);
    };
  };
}

/** The word on a button that has no room for it (`terse`), else nothing. */
export const hiddenWord = (button: Element): string =>
  getComputedStyle(button).fontSize === '0px' ? (button.textContent ?? '').trim() : '';

/** Says the text to a screen reader after the element's name (aria-description, which Svelte's types do not know yet). */
export function describe(text: string | undefined): Attachment {
  return (element) => {
    if (text) element.setAttribute('aria-description', text);
    return () => element.removeAttribute('aria-description');
  };
}
