import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Line {
  /** Bytes a second, each way. */
  rate: number;
  /** ms, one way. */
  delay: number;
  /** Of the segments, those that are lost and sent again a round trip later; what is behind them waits, as in TCP. */
  loss: number;
}

/** 2 Mbit/s, 100 ms there and back, 1 % lost: a telephone in the country. */
export const country: Line = { rate: 250_000, delay: 50, loss: 0.01 };

const segment = 1448;
/** Bytes that wait in front of the line before the sender is stopped. */
const buffer = 64 * 1024;

export interface SlowLine {
  port: number;
  /** Ends what goes over it now; the next one goes over it again. */
  cut(): void;
  end(): void;
}

/**
 * A port on loopback that leads to another one over a slow line. It stands for `tc netem`, which needs a part of the kernel
 * that is often not there: what TCP makes of delay, rate and loss is done here to the stream itself.
 */
export async function slowLine(to: { host: string; port: number }, line: Line): Promise<SlowLine> {
  const sockets = new Set<Socket>();
  // the same losses in every run
  let seed = 1;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const server = createServer((near) => {
    const far = connect(to);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    carry(near, far, line, random);
    carry(far, near, line, random);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    end: () => {
      server.close();
      cut();
    },
  };
}

function carry(from: Socket, to: Socket, line: Line, random: () => number): void {
  const queue: { part: Buffer; due: number }[] = [];
  let free = 0;
  let due = 0;
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const later = (): void => {
    const [next] = queue;
    if (next) timer ??= setTimeout(deliver, Math.max(0, next.due - performance.now()));
    else if (ended) to.end();
  };
  const deliver = (): void => {
    timer = undefined;
    while ((queue[0]?.due ?? Number.POSITIVE_INFINITY) <= performance.now()) {
      const part = queue.shift()?.part ?? Buffer.alloc(0);
      waiting -= part.length;
      to.write(part);
    }
    if (waiting < buffer) from.resume();
    later();
  };
  from.on('data', (bytes: Buffer) => {
    // as the line is now: a test may make it better or worse
    const { rate, delay, loss } = line;
    for (let at = 0; at < bytes.length; at += segment) {
      const part = bytes.subarray(at, at + segment);
      free = Math.max(free, performance.now()) + (part.length / rate) * 1000;
      due = Math.max(due, free + delay + (random() < loss ? 2 * delay : 0));
      queue.push({ part, due });
      waiting += part.length;
    }
    if (waiting >= buffer) from.pause();
    later();
  });
  from.on('end', () => {
    ended = true;
    later();
  });
  to.once('close', () => clearTimeout(timer));
}
