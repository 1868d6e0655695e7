import type { Wire } from '../../preload/bytes.ts';

/** A MessagePort as the wire of a byte channel. */
export function wireOfPort(port: MessagePort): Wire {
  return {
    post(message) {
      port.postMessage(message);
    },
    onMessage(listener) {
      port.addEventListener('message', (event: MessageEvent<string | ArrayBuffer | Uint8Array>) => {
        listener(event.data);
      });
      port.start();
    },
    onClose(listener) {
      port.addEventListener('close', listener, { once: true });
    },
    finish(text) {
      // main closes its end on this message; closing ours first could overtake it
      port.postMessage(text);
    },
    close() {
      port.close();
    },
  };
}

/** A WebSocket as the wire of a byte channel. What is posted before it is open waits. */
export function wireOfSocket(socket: WebSocket): Wire {
  socket.binaryType = 'arraybuffer';
  const early: (string | Uint8Array<ArrayBuffer>)[] = [];
  socket.addEventListener(
    'open',
    () => {
      for (const message of early.splice(0)) socket.send(message);
    },
    { once: true },
  );
  const post = (message: string | Uint8Array) => {
    const sendable = typeof message === 'string' ? message : (message as Uint8Array<ArrayBuffer>);
    if (socket.readyState === 0) early.push(sendable);
    else if (socket.readyState === 1) socket.send(sendable);
  };
  return {
    post,
    onMessage(listener) {
      socket.addEventListener('message', (event: MessageEvent<string | ArrayBuffer>) => {
        listener(event.data);
      });
    },
    onClose(listener) {
      socket.addEventListener('close', listener, { once: true });
    },
    finish(text) {
      post(text);
      socket.close(1000);
    },
    close() {
      socket.close(1000);
    },
  };
}
