/** What jsdom lacks of a laid-out page: every element is 1000 × 600 pixels and nothing ever changes its size. */

class FixedSize implements ResizeObserver {
  readonly #callback: ResizeObserverCallback;
  constructor(callback: ResizeObserverCallback) {
    this.#callback = callback;
  }
  observe(target: Element): void {
    const entry = { target, contentRect: { width: 1000, height: 600 } } as unknown as ResizeObserverEntry;
    queueMicrotask(() => this.#callback([entry], this));
  }
  unobserve(): void {
    // sizes never change: nothing to stop
  }
  disconnect(): void {
    // as above
  }
}

globalThis.ResizeObserver ??= FixedSize;
Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, get: () => 600 });
Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 1000 });
Element.prototype.scrollIntoView ??= () => undefined;
Element.prototype.hasPointerCapture ??= () => false;
Blob.prototype.text ??= function (this: Blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('it cannot be read'));
    reader.readAsText(this);
  });
};
window.matchMedia ??= (media) =>
  ({
    media,
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    // as xterm listens
    addListener: () => undefined,
    removeListener: () => undefined,
  }) as unknown as MediaQueryList;
