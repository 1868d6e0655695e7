import { vi } from 'vitest';

/**
 * A page as far as the bridge needs one: `window.postMessage` to itself, ports and all. Stands in for the globals of
 * a browser, where page and preload hear the same messages.
 */
export class Page extends EventTarget {
  readonly origin: string;

  constructor(origin = 'app://guestroom') {
    super();
    this.origin = origin;
  }

  /** As another site's frame would send it. */
  postFrom(origin: string, data: unknown, ports: readonly MessagePort[] = []): void {
    this.dispatchEvent(new PageMessage(data, origin, ports));
  }

  install(): void {
    vi.stubGlobal('window', {
      addEventListener: this.addEventListener.bind(this),
      removeEventListener: this.removeEventListener.bind(this),
      postMessage: (data: unknown, target: string) => {
        this.#post(data, target, []);
      },
    });
    vi.stubGlobal('location', { origin: this.origin, protocol: 'app:' });
    vi.stubGlobal('addEventListener', this.addEventListener.bind(this));
    vi.stubGlobal('postMessage', (data: unknown, target: string, ports: MessagePort[] = []) => {
      this.#post(data, target, ports);
    });
  }

  #post(data: unknown, target: string, ports: readonly MessagePort[]): void {
    if (target !== this.origin) throw new Error(`posted to ${target}`);
    queueMicrotask(() => {
      this.postFrom(this.origin, data, ports);
    });
  }
}

class PageMessage extends Event {
  readonly data: unknown;
  readonly origin: string;
  readonly ports: readonly MessagePort[];

  constructor(data: unknown, origin: string, ports: readonly MessagePort[]) {
    super('message');
    this.data = data;
    this.origin = origin;
    this.ports = ports;
  }
}
