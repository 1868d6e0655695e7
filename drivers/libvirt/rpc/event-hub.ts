import { fieldsCodec } from './codec.ts';
import type { Frame } from './frames.ts';
import { messages, type Messages } from './procedures.gen.ts';
import { Malformed, XdrReader } from './xdr-reader.ts';

export type Message = keyof Messages;
export type Payload<M extends Message> = Messages[M];

/** Key of messages that carry no callback id: the daemon sends them once something is registered. */
export const noCallback = -1;
/** Events that came before the answer to their registration. A daemon that sends more is out of its mind. */
const mostHeld = 10_000;

type Listener = (payload: never) => void;
interface Held {
  message: Message;
  callback: number;
  payload: unknown;
}

const byNumber = new Map(
  Object.entries(messages).map(([name, [program, number, fields]]) => [
    `${String(program)}/${String(number)}`,
    { name: name as Message, fields },
  ]),
);

/**
 * Brings events to those who listen. Callback ids are counted by each class of objects apart, so the id alone names
 * nobody: the key is (message, id). Events may come before the answer that tells their id; they wait for it.
 */
export class EventHub {
  private readonly listeners = new Map<Message, Map<number, Listener>>();
  private readonly registering = new Map<Message, number>();
  private held: Held[] = [];
  private readonly failed: (error: unknown, message: Message) => void;

  /** `failed` is told what a listener throws. */
  constructor(failed: (error: unknown, message: Message) => void) {
    this.failed = failed;
  }

  async listen<M extends Message>(
    message: M,
    register: () => Promise<number>,
    listener: (payload: Payload<M>) => void,
  ): Promise<number> {
    this.registering.set(message, (this.registering.get(message) ?? 0) + 1);
    try {
      const callback = await register();
      const listeners = this.listeners.get(message) ?? new Map<number, Listener>();
      this.listeners.set(message, listeners.set(callback, listener));
      const early = this.held.filter((one) => one.message === message && one.callback === callback);
      this.held = this.held.filter((one) => !early.includes(one));
      for (const { payload } of early) this.tell(message, callback, payload);
      return callback;
    } finally {
      this.registered(message);
    }
  }

  unlisten(message: Message, callback: number): void {
    this.listeners.get(message)?.delete(callback);
  }

  /** False for a message of a newer libvirt. Throws Malformed. */
  deliver(frame: Frame): boolean {
    const known = byNumber.get(`${String(frame.program)}/${String(frame.procedure)}`);
    if (!known) return false;
    const payload = fieldsCodec(known.fields).read(new XdrReader(frame.bytes, frame.start, frame.end));
    const callback = callbackOf(payload);
    if (this.listeners.get(known.name)?.has(callback)) this.tell(known.name, callback, payload);
    else if (this.registering.has(known.name)) {
      if (this.held.length >= mostHeld) throw new Malformed('Events without end before their registration');
      this.held.push({ message: known.name, callback, payload });
    }
    return true;
  }

  clear(): void {
    this.listeners.clear();
    this.held = [];
  }

  private registered(message: Message): void {
    const others = (this.registering.get(message) ?? 1) - 1;
    if (others > 0) this.registering.set(message, others);
    else {
      this.registering.delete(message);
      this.held = this.held.filter((one) => one.message !== message);
    }
  }

  private tell(message: Message, callback: number, payload: unknown): void {
    try {
      this.listeners.get(message)?.get(callback)?.(payload as never);
    } catch (error) {
      this.failed(error, message);
    }
  }
}

function callbackOf(payload: unknown): number {
  const { callbackID } = payload as { callbackID?: number };
  return callbackID ?? noCallback;
}
