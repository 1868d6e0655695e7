import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import type { WebSocket } from 'ws';

/** Longest message of a call, in bytes: a document of 1 MiB in the longest form that JSON has for it fits. */
export const largestCall = 8 * 1024 * 1024;

/** The main side of a MessagePort, as Electron has it. */
export interface MainPort {
  on(event: 'message', listener: (event: { data: unknown; ports: readonly MainPort[] }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

/** Answers the calls of windows, whatever they come over. */
export interface Calls {
  overPort(port: MainPort): void;
  overSocket(socket: WebSocket): void;
}

type Socket = Parameters<RPCHandler<Record<never, never>>['upgrade']>[0];

/**
 * A port in the form of a socket. oRPC's own handler for ports leaves the promise of a message that is not JSON to
 * nobody, which ends the process; the one for sockets catches it.
 */
function asSocket(port: MainPort): Socket {
  const socket = {
    send: (message: unknown) => {
      port.postMessage(message);
    },
    addEventListener: (event: 'message' | 'close', listener: (event: { data: unknown }) => void) => {
      if (event === 'close') {
        port.on('close', () => {
          listener({ data: undefined });
        });
        return;
      }
      port.on('message', ({ data }) => {
        // calls are JSON texts; a window that sends anything else, or too much of it, is not ours
        if (typeof data === 'string' && data.length <= largestCall) listener({ data });
        else port.close();
      });
    },
  };
  // the part of a WebSocket that the handler uses, whose overloads a port cannot spell out
  return socket as unknown as Socket;
}

/** Bytes of calls and feeds that may wait for one slow window. */
const mostWaiting = 1024 * 1024;

/**
 * oRPC reads the next value of a feed when the last one was sent. `send` of a WebSocket takes everything at once, so
 * here it answers only when a window that lags behind has taken it: feeds then fold their news until it reads on.
 */
function paced(socket: WebSocket): Socket {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const pacing = {
    send: (message: string | Uint8Array) => {
      // its close event ends the feeds; until it comes nobody is in a hurry
      if (socket.readyState !== socket.OPEN) return closed;
      if (socket.bufferedAmount < mostWaiting) return socket.send(message);
      return new Promise<void>((taken) => {
        socket.send(message, (error) => taken(error ? closed : undefined));
      });
    },
    addEventListener: socket.addEventListener.bind(socket),
  };
  return pacing as unknown as Socket;
}

export function createCalls(router: AnyRouter): Calls {
  const handler = new RPCHandler(router);
  return {
    overPort(port) {
      void handler.upgrade(asSocket(port));
      port.start();
    },
    overSocket(socket) {
      void handler.upgrade(paced(socket));
    },
  };
}
