import { once } from 'node:events';
import { resolve } from 'node:path';
import WebSocket from 'ws';
import { decodeControl, encodeControl, Incoming, type Wire } from '../../preload/bytes.ts';

export interface Channel {
  socket: WebSocket;
  received(): number;
  /** Resolves once so many more bytes have come. */
  bytes(count: number): Promise<void>;
}

/** A client of one of the relays; `granted` speaks our credit protocol. */
export async function openChannel(url: string, granted: boolean): Promise<Channel> {
  const socket = new WebSocket(url, granted ? [] : ['binary'], { perMessageDeflate: false });
  await once(socket, 'open');
  let received = 0;
  let waiting: { at: number; done: () => void } | undefined;
  const count = (length: number): void => {
    received += length;
    if (waiting && received >= waiting.at) {
      const { done } = waiting;
      waiting = undefined;
      done();
    }
  };
  if (granted) {
    socket.send('ticket?');
    const [ticket] = (await once(socket, 'message')) as [Buffer];
    const wire: Pick<Wire, 'post'> = { post: (message) => socket.send(message) };
    const incoming = new Incoming(wire as Wire);
    const opened = once(socket, 'message');
    socket.send(encodeControl({ kind: 'ticket', ticket: ticket.toString() }));
    const [answer] = (await opened) as [Buffer];
    if (decodeControl(answer.toString())?.kind !== 'open')
      throw new Error(`relay answered ${answer.toString()}`);
    socket.on('message', (data: Buffer, binary: boolean) => {
      if (!binary) return;
      incoming.received(data.length);
      incoming.used(data.length);
      count(data.length);
    });
  } else {
    socket.on('message', (data: Buffer) => count(data.length));
  }
  return {
    socket,
    received: () => received,
    bytes: (length) =>
      new Promise((done) => {
        waiting = { at: received + length, done };
      }),
  };
}

/** Another program of the bench, as build/bench.mjs lays it. */
export const beside = (name: string): string => resolve('.cache/bench', `${name}.js`);
