import type { ClientLink } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { Wire } from '../../preload/bytes.ts';
import { ask, channel, type PortLabel } from '../../preload/bridge.ts';
import { wireOfPort, wireOfSocket } from './wires.ts';

/**
 * open: calls go through. lost: it is tried again and again. refused: Guestroom answers but no longer knows this page
 * (it was started anew): its new address is needed.
 */
export type LinkState = 'connecting' | 'open' | 'lost' | 'refused';
export type Link = ClientLink<Record<never, never>>;

/** How calls and bytes reach main. */
export interface Transport {
  readonly state: LinkState;
  readonly link: Link | undefined;
  onState(listener: (state: LinkState) => void): () => void;
  openWire(): Wire;
  /** Tries at once instead of when the pause is over. */
  retry(): void;
  close(): void;
}

class State {
  current: LinkState = 'connecting';
  readonly #listeners = new Set<(state: LinkState) => void>();

  set(state: LinkState): void {
    if (state === this.current) return;
    this.current = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  on(listener: (state: LinkState) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

/** The port that the preload hands to this page. */
export function requestPort(): Promise<MessagePort> {
  return new Promise((resolve) => {
    const take = (event: MessageEvent) => {
      const port = event.ports[0];
      if (event.origin !== location.origin || event.data !== channel || port === undefined) return;
      window.removeEventListener('message', take);
      resolve(port);
    };
    window.addEventListener('message', take);
    window.postMessage(ask, location.origin);
  });
}

/** Over the one port of a window, which carries further ports. It lives as long as the window does. */
export function portTransport(root: MessagePort): Transport {
  const state = new State();
  const open = (label: PortLabel): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    root.postMessage(label, [port2]);
    return port1;
  };
  const calls = open('rpc');
  // our listener comes before the link's: who hears of a failed call finds the state already changed
  calls.addEventListener('close', () => {
    state.set('lost');
  });
  const link: Link = new PortLink({ port: calls });
  calls.start();
  state.set('open');
  return {
    get state() {
      return state.current;
    },
    link,
    onState: (listener) => state.on(listener),
    openWire: () => wireOfPort(open('bytes')),
    retry: () => undefined,
    close: () => {
      calls.close();
      root.close();
      state.set('lost');
    },
  };
}

export interface SocketTransportOptions {
  /** Opens `/rpc` or `/bytes` of the browser host. */
  open: (path: '/rpc' | '/bytes') => WebSocket;
  /** True when the host answers but does not accept this page's session. */
  refused: () => Promise<boolean>;
  /** ms before the attempts, the last one from then on. */
  pauses?: readonly number[];
}

/** Over WebSockets to the browser host; a lost connection is made again. */
export function socketTransport(options: SocketTransportOptions): Transport {
  const pauses = options.pauses ?? [200, 500, 1000, 2000, 4000];
  const state = new State();
  let link: Link | undefined;
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let closed = false;

  const attempt = () => {
    timer = undefined;
    const mine = options.open('/rpc');
    socket = mine;
    let wasOpen = false;
    mine.addEventListener('open', () => {
      wasOpen = true;
      failures = 0;
      link = new SocketLink({ websocket: mine });
      state.set('open');
    });
    // a WebSocket says nothing about why in its error event; close follows it
    mine.addEventListener('close', () => {
      link = undefined;
      if (closed) return;
      if (wasOpen) {
        state.set('lost');
        later();
      } else {
        void afterFailure();
      }
    });
    mine.addEventListener('error', () => undefined);
  };
  const afterFailure = async () => {
    const refused = await options.refused();
    if (closed) return;
    state.set(refused ? 'refused' : 'lost');
    later();
  };
  const later = () => {
    const pause = pauses[Math.min(failures, pauses.length - 1)] ?? 1000;
    failures += 1;
    timer = setTimeout(attempt, pause);
  };

  attempt();
  return {
    get state() {
      return state.current;
    },
    get link() {
      return link;
    },
    onState: (listener) => state.on(listener),
    openWire: () => {
      if (state.current !== 'open') throw new GuestroomError('lost', 'There is no connection to Guestroom');
      return wireOfSocket(options.open('/bytes'));
    },
    retry: () => {
      if (timer === undefined) return;
      clearTimeout(timer);
      attempt();
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
      socket?.close(1000);
      link = undefined;
      state.set('lost');
    },
  };
}
