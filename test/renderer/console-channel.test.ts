import { describe, expect, it } from 'vitest';
import { GuestroomError } from '../../drivers/api/errors.ts';
import { HeldChannel, ScreenChannel } from '../../renderer/parts/ScreenChannel.ts';
import type { ConsoleChannel } from '../../renderer/parts/ScreenChannel.ts';

/** A byte channel whose other side is the test. */
class FakeChannel implements ConsoleChannel {
  binaryType: BinaryType = 'arraybuffer';
  readonly protocol = '';
  readyState: ConsoleChannel['readyState'] = 'open';
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent<ArrayBuffer>) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  error: GuestroomError | undefined;
  sent: number[][] = [];
  used = 0;

  send(data: ArrayBuffer | ArrayBufferView): void {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer);
    this.sent.push([...bytes]);
  }
  consumed(bytes: number): void {
    this.used += bytes;
  }
  close(): void {
    this.end();
  }
  say(...bytes: number[]): void {
    this.onmessage?.(new MessageEvent('message', { data: Uint8Array.from(bytes).buffer }));
  }
  end(error?: GuestroomError): void {
    this.readyState = 'closed';
    this.error = error;
    this.onclose?.(new CloseEvent('close'));
  }
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('the bytes of a console', () => {
  it('are kept in order until the viewer is loaded', async () => {
    const inner = new FakeChannel();
    const held = new HeldChannel(inner);
    const heard: number[] = [];
    inner.say(1, 2);
    inner.say(3);
    held.onmessage = (event) => heard.push(...new Uint8Array(event.data));
    inner.say(4);
    await turn();
    inner.say(5);
    expect(heard).toEqual([1, 2, 3, 4, 5]);
  });

  it('are acknowledged to the channel itself', () => {
    const inner = new FakeChannel();
    new HeldChannel(inner).consumed(10);
    expect(inner.used).toBe(10);
  });

  it('tell that keys were taken only when the screen has answered', async () => {
    const inner = new FakeChannel();
    const screen = new ScreenChannel(inner);
    let taken = false;
    const waiting = screen.keysTaken(0).then(() => (taken = true));
    expect(inner.sent).toEqual([[3, 0, 0, 0, 0, 0, 0, 1, 0, 1]]);
    await turn();
    expect(taken).toBe(false);
    inner.say(0);
    await waiting;
    expect(taken).toBe(true);
  });

  it('tell the reason to who waits when the screen hangs up, now and later', async () => {
    const inner = new FakeChannel();
    const screen = new ScreenChannel(inner);
    const waiting = screen.keysTaken(2);
    const heard = expect(waiting).rejects.toMatchObject({ code: 'guest_died' });
    inner.end(new GuestroomError('guest_died', 'QEMU ended'));
    await heard;
    await expect(screen.keysTaken(2)).rejects.toMatchObject({ code: 'guest_died' });
  });

  it('end later than the call that ends them, as noVNC expects', async () => {
    const inner = new FakeChannel();
    const screen = new ScreenChannel(inner);
    let ended = false;
    screen.onclose = () => (ended = true);
    screen.close();
    expect(ended).toBe(false);
    await turn();
    expect(ended).toBe(true);
  });

  it('have all that noVNC looks for on a channel', () => {
    const screen = new ScreenChannel(new FakeChannel());
    const names = [...Object.keys(screen), ...Object.getOwnPropertyNames(Object.getPrototypeOf(screen))];
    for (const name of [
      'send',
      'close',
      'binaryType',
      'onerror',
      'onmessage',
      'onopen',
      'protocol',
      'readyState',
    ])
      expect(names).toContain(name);
  });
});
