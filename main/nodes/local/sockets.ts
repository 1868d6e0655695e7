import { closeSync, constants, openSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { SocketAddress } from '../../../drivers/api/host.ts';
import { connectLending } from '../lending-socket.ts';

export function connectSocket(address: SocketAddress): Promise<Duplex> {
  const name = 'unix' in address ? address.unix : `${address.host}:${String(address.port)}`;
  return new Promise((resolve, reject) => {
    const socket = connectLending('unix' in address ? { path: address.unix } : address);
    const fail = (error: NodeJS.ErrnoException): void => {
      socket.destroy();
      // a socket file that is not there, or that nobody holds open, are one case to the caller
      const silent = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      reject(
        silent
          ? new GuestroomError('unreachable', `Nothing listens at ${name}`, {
              detail: error.message,
              cause: error,
            })
          : toGuestroomError(error),
      );
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.removeListener('error', fail);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

/**
 * Opens a terminal device. It goes through the event loop, not the thread pool: four idle serial consoles would
 * otherwise hold all of its threads. The line's modes stay as the hypervisor set them.
 */
export async function openTerminal(path: string): Promise<Duplex> {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  } catch (thrown) {
    throw toGuestroomError(thrown);
  }
  if (!isatty(fd)) {
    closeSync(fd);
    throw new GuestroomError('invalid_argument', `${path} is not a terminal device`);
  }
  return new ReadStream(fd);
}

/** The first port of the range that can be bound. `from` 0 lets the system choose. */
export async function findFreePort(address: string, from: number, to: number): Promise<number> {
  for (let port = from; port <= to; port += 1) {
    const bound = await tryPort(address, port);
    if (bound !== undefined) return bound;
  }
  throw new GuestroomError(
    'port_in_use',
    `All ports from ${String(from)} to ${String(to)} are in use on ${address}`,
    { hint: 'End a program that listens there, or choose another port' },
  );
}

function tryPort(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      // a privileged port is not free for this account either
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
        reject(new GuestroomError('invalid_argument', `${host} is not an address of this computer`));
      else reject(toGuestroomError(error));
    });
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
