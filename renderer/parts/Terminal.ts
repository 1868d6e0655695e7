import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import type { ITheme } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';

/** Lines kept above the visible ones. */
const scrollback = 10_000;

/** A terminal on `place`. What a guest writes is never markup and its links open nothing. */
export function openTerminal(place: HTMLElement, theme: ITheme): { view: Terminal; fit: FitAddon } {
  const view = new Terminal({
    scrollback,
    theme,
    fontFamily: getComputedStyle(place).getPropertyValue('--font-mono') || 'monospace',
    fontSize: 13,
    lineHeight: 1.2,
    cursorBlink: false,
    // a guest could fill the clipboard or open pages by escape sequences: nothing of that is answered
    linkHandler: { activate: () => undefined, allowNonHttpProtocols: false },
    windowOptions: {},
    screenReaderMode: false,
    macOptionIsMeta: true,
  });
  const fit = new FitAddon();
  view.loadAddon(fit);
  view.open(place);
  fit.fit();
  return { view, fit };
}
