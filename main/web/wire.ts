import type { WebSocket } from 'ws';
import type { Wire } from '../../preload/bytes.ts';

/** A WebSocket as the wire of a byte channel. */
export function wireOfWebSocket(socket: WebSocket): Wire {
  return {
    post(message) {
      if (socket.readyState === socket.OPEN) socket.send(message);
    },
    postLent(bytes, done) {
      // it comes to the system as it lies here: frames of a server are not masked
      if (socket.readyState === socket.OPEN) socket.send(bytes, done);
    },
    onMessage(listener) {
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        listener(isBinary ? data : data.toString('utf8'));
      });
    },
    onClose(listener) {
      socket.once('close', listener);
    },
    finish(text) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(text);
      socket.close(1000);
    },
    close() {
      socket.close(1000);
    },
  };
}
