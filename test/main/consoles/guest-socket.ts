import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';

/** Bytes that do not repeat at any length that a buffer has: a part that lies in the wrong place is seen. */
const pattern = randomBytes(1_048_573);
const twice = Buffer.concat([pattern, pattern]);

/** Checks a stream of the pattern chunk by chunk. */
export class Check {
  received = 0;
  /** Where the first wrong chunk began; undefined while all is right. */
  wrong: number | undefined;

  take(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && this.wrong === undefined;) {
      const from = (this.received + at) % pattern.length;
      const length = Math.min(chunk.length - at, pattern.length);
      if (!twice.subarray(from, from + length).equals(chunk.subarray(at, at + length)))
        this.wrong = this.received + at;
      at += length;
    }
    this.received += chunk.length;
  }
}

export interface GuestSocket {
  port: number;
  /** Connections as the guest sees them, in order. */
  sockets: Socket[];
  close(): void;
}

/** A guest's screen on a TCP port: writes so many bytes of the pattern, in writes of all lengths, then ends. */
export async function pouringGuest(bytes: number): Promise<GuestSocket> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    let sent = 0;
    let step = 0;
    const lengths = [100_000, 7, 65_536, 400_000, 1, 33_000];
    const pour = (): void => {
      for (let more = true; more && sent < bytes && !socket.destroyed;) {
        const length = Math.min(lengths[step++ % lengths.length] ?? 1, bytes - sent);
        const from = sent % pattern.length;
        more = socket.write(twice.subarray(from, from + length));
        sent += length;
      }
      if (sent === bytes) socket.end();
    };
    socket.on('drain', pour);
    socket.on('error', () => socket.destroy());
    socket.resume();
    pour();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
