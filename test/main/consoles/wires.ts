import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Control, Wire } from '../../../preload/bytes.ts';
import { encodeControl } from '../../../preload/bytes.ts';

/** Two ends of one wire. */
export function wirePair(): [Wire, Wire] {
  const { port1, port2 } = new MessageChannel();
  return [wireOfNodePort(port1), wireOfNodePort(port2)];
}

export function wireOfNodePort(port: MessagePort): Wire {
  return {
    post: (message) => {
      port.postMessage(typeof message === 'string' ? message : new Uint8Array(message));
    },
    onMessage: (listener) => {
      port.on('message', listener);
    },
    onClose: (listener) => {
      port.once('close', listener);
    },
    finish: (text) => {
      port.postMessage(text);
    },
    close: () => {
      port.close();
    },
  };
}

/** The window's side of a channel, by hand: what came, in order, and promises for what will. */
export class Viewer {
  readonly wire: Wire;
  readonly controls: Control[] = [];
  received = 0;
  bytes: Buffer[] = [];
  closed = false;
  #changed: (() => void)[] = [];

  constructor(wire: Wire) {
    this.wire = wire;
    wire.onMessage((message) => {
      if (typeof message === 'string') {
        const control = JSON.parse(message) as Control;
        this.controls.push(control);
        if (control.kind === 'close') wire.close();
      } else {
        const bytes = Buffer.from(message as Uint8Array);
        this.received += bytes.length;
        this.bytes.push(bytes);
      }
      this.#tell();
    });
    wire.onClose(() => {
      this.closed = true;
      this.#tell();
    });
  }

  say(control: Control): void {
    this.wire.post(encodeControl(control));
  }

  text(): string {
    return Buffer.concat(this.bytes).toString('utf8');
  }

  ending(): Extract<Control, { kind: 'close' }> | undefined {
    return this.controls.find((control) => control.kind === 'close');
  }

  /** Resolves as soon as the condition holds; it is looked at after every message. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#changed.push(resolve);
      });
    }
  }

  #tell(): void {
    const waiting = this.#changed;
    this.#changed = [];
    for (const resolve of waiting) resolve();
  }
}
