import { portLabels, type PortLabel } from '../../preload/bridge.ts';
import type { Wire } from '../../preload/bytes.ts';
import type { Calls, MainPort } from '../calls.ts';
import type { Consoles } from '../consoles/index.ts';

/** The bytes of a Buffer by themselves: a message would carry the whole memory block that a part stands in. */
function alone(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

/** The main side of a MessagePort as the wire of a byte channel. */
export function wireOfMainPort(port: MainPort): Wire {
  let open = true;
  port.on('close', () => {
    open = false;
  });
  port.start();
  return {
    post(message) {
      if (open) port.postMessage(typeof message === 'string' ? message : alone(message));
    },
    onMessage(listener) {
      port.on('message', ({ data }) => {
        if (typeof data === 'string' || data instanceof ArrayBuffer || data instanceof Uint8Array)
          listener(data);
        else port.close();
      });
    },
    onClose(listener) {
      port.on('close', listener);
    },
    finish(text) {
      // the window closes its end when it reads this; closing ours could overtake it
      if (open) port.postMessage(text);
    },
    close() {
      open = false;
      port.close();
    },
  };
}

/** Serves a window's port: each further port that comes over it is for calls or for one byte channel. */
export function servePort(root: MainPort, calls: Calls, consoles: Consoles): void {
  const children = new Set<MainPort>();
  const use: Readonly<Record<PortLabel, (port: MainPort) => void>> = {
    rpc: (port) => {
      calls.overPort(port);
    },
    bytes: (port) => {
      consoles.accept(wireOfMainPort(port));
    },
  };
  root.on('message', ({ data, ports }) => {
    const [port] = ports;
    const label = portLabels.find((known) => known === data);
    if (label === undefined || port === undefined || ports.length !== 1) {
      for (const other of ports) other.close();
      return;
    }
    children.add(port);
    port.on('close', () => children.delete(port));
    use[label](port);
  });
  root.on('close', () => {
    for (const port of [...children]) port.close();
  });
  root.start();
}
