import type { BrowserWindow, IpcMainEvent } from 'electron';
import type { Calls, MainPort } from '../calls.ts';
import type { Consoles } from '../consoles/index.ts';
import { servePort } from './ports.ts';
import { isOwnPage } from './scheme.ts';
import { openWindow, placeOf } from './window.ts';
import type { WindowPlace } from './window-place.ts';

export interface WindowsOptions {
  preload: string;
  calls: Calls;
  consoles: Consoles;
  place: () => WindowPlace | undefined;
  savePlace: (place: WindowPlace) => void;
  failed: (error: unknown) => void;
}

/** The windows that are open, and the one port that each of them gets. */
export class DesktopWindows {
  readonly #options: WindowsOptions;
  /** Detached windows by their route; the main one has none. */
  readonly #open = new Map<string, BrowserWindow>();
  readonly #ports = new Map<BrowserWindow, MainPort>();

  constructor(options: WindowsOptions) {
    this.#options = options;
  }

  /** Opens the main window, or brings it to the front. */
  showMain(): void {
    this.show('');
  }

  /** A route in a window of its own; one that is open already comes to the front. */
  show(route: string): void {
    const there = this.#open.get(route);
    if (there !== undefined) {
      if (there.isMinimized()) there.restore();
      there.focus();
      return;
    }
    const { preload, failed } = this.#options;
    const window = openWindow(
      route === '' ? { preload, failed, place: this.#options.place() } : { preload, failed, route },
    );
    this.#open.set(route, window);
    if (route === '') {
      window.on('close', () => {
        this.#options.savePlace(placeOf(window));
      });
    }
    window.on('closed', () => {
      this.#open.delete(route);
      this.#ports.get(window)?.close();
      this.#ports.delete(window);
    });
  }

  /** A page asks for its port. Only the main frame of one of our windows, showing our own page, gets one. */
  connect(event: Pick<IpcMainEvent, 'ports' | 'sender' | 'senderFrame'>): void {
    const [port] = event.ports;
    const window = [...this.#open.values()].find((candidate) => candidate.webContents === event.sender);
    const frame = event.senderFrame;
    if (
      port === undefined ||
      event.ports.length !== 1 ||
      window === undefined ||
      frame === null ||
      frame.parent !== null ||
      !isOwnPage(frame.url)
    ) {
      for (const refused of event.ports) refused.close();
      return;
    }
    // a page that was loaded anew has forgotten its old port
    this.#ports.get(window)?.close();
    this.#ports.set(window, port);
    servePort(port, this.#options.calls, this.#options.consoles);
  }
}
