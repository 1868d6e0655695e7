import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import {
  FrameReader,
  FrameStatus,
  FrameType,
  headerOf,
  type Frame,
} from '../../../../drivers/libvirt/rpc/frames.ts';
import { procedureOf, type Procedure } from '../../../../drivers/libvirt/rpc/calls.ts';
import { connectSocket } from '../../../../main/nodes/local/sockets.ts';
import { encoded } from './peer.ts';

/** The daemon's end of one connection over a real socket, which it reads and writes at the pace of a test. */
export class DaemonEnd {
  readonly socket: Socket;
  readonly #frames: Frame[] = [];
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    const reader = new FrameReader((frame) => {
      // parts of a packet are lent
      this.#frames.push({ ...frame, bytes: Buffer.from(frame.bytes.subarray(frame.start, frame.end)) });
      this.#wake?.();
    });
    socket.on('data', (chunk: Buffer) => reader.feed(chunk));
    socket.on('close', () => this.#wake?.());
  }

  /** Its `bytes` are the payload; undefined once the client is gone. Stream data comes part by part. */
  async next(): Promise<Frame | undefined> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame) return frame;
      if (this.socket.destroyed) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Packets that were not looked at yet. */
  get unread(): number {
    return this.#frames.length;
  }

  /** Waits while the client does not read. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => void this.socket.write(bytes, () => resolve()));
  }
}

/** Where such a daemon listens, and a line to it as the app opens it. */
export async function listen(
  folder: string,
): Promise<{ open(): Promise<{ near: Duplex; far: DaemonEnd }>; end(): void }> {
  const path = join(folder, 'daemon');
  const ends: DaemonEnd[] = [];
  const server: Server = createServer();
  await once(server.listen(path), 'listening');
  return {
    async open() {
      const came = once(server, 'connection') as Promise<[Socket]>;
      const near = await connectSocket({ unix: path });
      const far = new DaemonEnd((await came)[0]);
      ends.push(far);
      return { near, far };
    },
    end() {
      for (const { socket } of ends) socket.destroy();
      server.close();
    },
  };
}

export const streamBytes = (name: Procedure, serial: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([streamHead(name, serial, FrameStatus.CONTINUE, bytes.length), bytes]);

export function streamHead(name: Procedure, serial: number, status: number, length = 0): Buffer {
  const { program, number: procedure } = procedureOf(name);
  return headerOf({ program, version: 1, procedure, type: FrameType.STREAM, serial, status }, length);
}

export function streamHole(name: Procedure, serial: number, length: number): Buffer {
  const { program, number: procedure } = procedureOf(name);
  const payload = encoded('length:hyper flags:uint', { length: BigInt(length), flags: 0 });
  const header = { program, version: 1, procedure, type: FrameType.STREAM_HOLE, serial };
  return Buffer.concat([headerOf({ ...header, status: FrameStatus.CONTINUE }, payload.length), payload]);
}
