import { once } from 'node:events';
import { Duplex, PassThrough, Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { createConsoles, type Consoles } from '../../../main/consoles/index.ts';
import { creditWindow, maxMessage } from '../../../preload/bytes.ts';
import { Viewer, wirePair } from './wires.ts';

let consoles: Consoles = createConsoles();
afterEach(() => {
  consoles.close();
  consoles = createConsoles();
});

function view(ticket: string): Viewer {
  const [ours, theirs] = wirePair();
  consoles.accept(ours);
  const viewer = new Viewer(theirs);
  viewer.say({ kind: 'ticket', ticket });
  return viewer;
}

/** Two ends of one stream. */
function streamPair(): [Duplex, Duplex] {
  const end = (other: () => Duplex): Duplex =>
    new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        other().push(chunk);
        done();
      },
      final: (done) => {
        other().push(null);
        done();
      },
      destroy: (error, done) => {
        if (!other().destroyed) other().push(null);
        done(error);
      },
    });
  const first: Duplex = end(() => second);
  const second: Duplex = end(() => first);
  return [first, second];
}

describe('byte channels', () => {
  it('carries bytes both ways between a console and its window', async () => {
    const [guest, stream] = streamPair();
    const viewer = view(consoles.offer(stream));
    guest.write('login: ');
    await viewer.until(() => viewer.text() === 'login: ');
    expect(viewer.controls[0]).toEqual({ kind: 'open' });
    viewer.wire.post(Buffer.from('root\r'));
    const [typed] = (await once(guest, 'data')) as [Buffer];
    expect(typed.toString()).toBe('root\r');
    expect(consoles.count()).toEqual({ waiting: 0, open: 1 });
  });

  it('keeps what a guest wrote before the window came', async () => {
    const [guest, stream] = streamPair();
    const ticket = consoles.offer(stream);
    guest.write('early');
    const viewer = view(ticket);
    await viewer.until(() => viewer.text() === 'early');
  });

  it('lets a ticket be used once only', async () => {
    const [, stream] = streamPair();
    const ticket = consoles.offer(stream);
    const first = view(ticket);
    await first.until(() => first.controls.length > 0);
    const second = view(ticket);
    await second.until(() => second.closed);
    expect(second.ending()?.error?.code).toBe('not_found');
  });

  it('gives out tickets of 128 bits that do not repeat', () => {
    const tickets = Array.from({ length: 100 }, () => consoles.offer(new PassThrough()));
    expect(new Set(tickets).size).toBe(100);
    for (const ticket of tickets) expect(Buffer.from(ticket, 'base64url')).toHaveLength(16);
  });

  it('closes a stream that nobody came for', async () => {
    consoles.close();
    consoles = createConsoles({ ticketLife: 20 });
    const stream = new PassThrough();
    const ticket = consoles.offer(stream);
    await once(stream, 'close');
    expect(consoles.count()).toEqual({ waiting: 0, open: 0 });
    const late = view(ticket);
    await late.until(() => late.closed);
    expect(late.ending()?.error?.code).toBe('not_found');
  });

  it('stops the guest while the window takes nothing, and goes on with new credit', async () => {
    let produced = 0;
    const flood = new Readable({
      read() {
        produced += 65_536;
        this.push(Buffer.alloc(65_536));
      },
    });
    const viewer = view(consoles.offer(flood));
    await viewer.until(() => viewer.received === creditWindow);
    // a second channel goes through main after the flood has stopped: by then nothing more may have come
    const [guest, stream] = streamPair();
    const other = view(consoles.offer(stream));
    guest.write('quiet');
    await other.until(() => other.text() === 'quiet');
    expect(viewer.received).toBe(creditWindow);
    expect(produced).toBeLessThanOrEqual(creditWindow + 4 * 65_536);
    viewer.say({ kind: 'credit', bytes: 100_000 });
    await viewer.until(() => viewer.received === creditWindow + 100_000);
    for (const part of viewer.bytes) expect(part.length).toBeLessThanOrEqual(maxMessage);
  });

  it('takes no more from the window than the guest reads', async () => {
    const slow = new Duplex({ highWaterMark: 1024, read() {}, write: () => undefined });
    const viewer = view(consoles.offer(slow));
    await viewer.until(() => viewer.controls.length > 0);
    for (let sent = 0; sent < creditWindow; sent += maxMessage) viewer.wire.post(Buffer.alloc(maxMessage));
    viewer.wire.post(Buffer.alloc(1));
    await viewer.until(() => viewer.closed);
    expect(viewer.controls.filter((control) => control.kind === 'credit')).toEqual([]);
    expect(viewer.ending()?.error?.code).toBe('protocol');
    expect(slow.destroyed).toBe(true);
  });

  it('gives the window new credit when the guest has read', async () => {
    const [guest, stream] = streamPair();
    guest.resume();
    const viewer = view(consoles.offer(stream));
    for (let sent = 0; sent < creditWindow; sent += maxMessage) viewer.wire.post(Buffer.alloc(maxMessage));
    const granted = () =>
      viewer.controls.reduce((sum, control) => sum + (control.kind === 'credit' ? control.bytes : 0), 0);
    await viewer.until(() => granted() === creditWindow);
  });

  it('refuses a window that grants more than there is', async () => {
    const viewer = view(consoles.offer(new PassThrough()));
    await viewer.until(() => viewer.controls.length > 0);
    viewer.say({ kind: 'credit', bytes: 1 });
    await viewer.until(() => viewer.closed);
    expect(viewer.ending()?.error?.code).toBe('protocol');
  });

  it('delivers everything before it says that the stream ended', async () => {
    const picture = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
    const viewer = view(consoles.offer(Readable.from([picture])));
    await viewer.until(() => viewer.closed);
    expect(Buffer.concat(viewer.bytes).equals(picture)).toBe(true);
    expect(viewer.ending()).toEqual({ kind: 'close' });
  });

  it('tells the window why a stream broke', async () => {
    const stream = new PassThrough();
    const viewer = view(consoles.offer(stream));
    await viewer.until(() => viewer.controls.length > 0);
    stream.destroy(new GuestroomError('guest_died', 'The virtual machine ended'));
    await viewer.until(() => viewer.closed);
    expect(viewer.ending()?.error).toMatchObject({
      code: 'guest_died',
      message: 'The virtual machine ended',
    });
  });

  it('tells a window that comes after its stream broke', async () => {
    const stream = new PassThrough();
    const ticket = consoles.offer(stream);
    stream.destroy(new GuestroomError('lost', 'The host went away'));
    await new Promise((resolve) => stream.once('close', resolve));
    const viewer = view(ticket);
    await viewer.until(() => viewer.closed);
    expect(viewer.ending()?.error?.message).toBe('The host went away');
  });

  it('lets go of the guest when the window goes', async () => {
    const [guest, stream] = streamPair();
    const viewer = view(consoles.offer(stream));
    await viewer.until(() => viewer.controls.length > 0);
    viewer.wire.close();
    await once(stream, 'close');
    expect(guest.destroyed || stream.destroyed).toBe(true);
    expect(consoles.count()).toEqual({ waiting: 0, open: 0 });
  });

  it('passes on that the window has no more to send', async () => {
    const [guest, stream] = streamPair();
    const viewer = view(consoles.offer(stream));
    guest.resume();
    viewer.wire.post(Buffer.from('all of it'));
    viewer.say({ kind: 'end' });
    await once(guest, 'end');
    expect(viewer.ending()).toBeUndefined();
  });

  it.each([
    ['bytes', Buffer.from('RFB')],
    ['another text', 'hello'],
    ['another control message', '{"kind":"open"}'],
  ])('refuses a wire that begins with %s', async (_what, message) => {
    const [ours, theirs] = wirePair();
    consoles.accept(ours);
    const viewer = new Viewer(theirs);
    theirs.post(message);
    await viewer.until(() => viewer.closed);
    expect(viewer.ending()?.error?.code).toBe('protocol');
  });

  it('ends every console when Guestroom closes', async () => {
    const waiting = new PassThrough();
    consoles.offer(waiting);
    const stream = new PassThrough();
    const viewer = view(consoles.offer(stream));
    await viewer.until(() => viewer.controls.length > 0);
    consoles.close();
    await viewer.until(() => viewer.closed);
    expect(viewer.ending()?.error?.code).toBe('cancelled');
    expect(stream.destroyed && waiting.destroyed).toBe(true);
    expect(() => consoles.offer(new PassThrough())).toThrow('Guestroom is closing');
  });
});
