import type { AnyRouter } from '@orpc/server';
import { RPCHandler as PortHandler } from '@orpc/server/message-port';
import { RPCHandler as SocketHandler } from '@orpc/server/ws';
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

export function createCalls(router: AnyRouter): Calls {
  const ports = new PortHandler(router);
  const sockets = new SocketHandler(router);
  return {
    overPort(port) {
      ports.upgrade({
        postMessage: (data: unknown) => {
          port.postMessage(data);
        },
        on: (event, listener) => {
          if (event !== 'message') {
            port.on('close', () => {
              listener();
            });
            return;
          }
          port.on('message', ({ data }) => {
            // calls are JSON texts; a window that sends anything else, or too much of it, is not ours
            if (typeof data !== 'string' || data.length > largestCall) {
              port.close();
              return;
            }
            const handled: unknown = listener({ data });
            if (handled instanceof Promise) handled.catch(() => port.close());
          });
        },
      });
      port.start();
    },
    overSocket(socket) {
      void sockets.upgrade(socket);
    },
  };
}
