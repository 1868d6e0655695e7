import type { Connection } from '../../../drivers/api/driver.ts';
import { LibvirtConnection } from '../../../drivers/libvirt/connection.ts';
import { Links } from '../../../drivers/libvirt/links.ts';
import type { Procedure } from '../../../drivers/libvirt/rpc/calls.ts';
import { LibvirtError } from '../../../drivers/libvirt/rpc/libvirt-error.ts';
import { procedures, type Procedures } from '../../../drivers/libvirt/rpc/procedures.gen.ts';
import type { Session } from '../../../drivers/libvirt/session.ts';
import { procedureOf } from '../../../drivers/libvirt/rpc/calls.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';
import { guest, payloadOf, Peer } from './rpc/peer.ts';

/** What it answers to a call; a promise is answered when it resolves. `refusal` makes an error. */
export type Answers = {
  [P in Procedure]?: (
    args: Procedures[P]['args'],
  ) => Procedures[P]['result'] | Promise<Procedures[P]['result']>;
};

const byNumber = new Map(
  Object.entries(procedures).map(([name, [program, number]]) => [
    `${String(program)}/${String(number)}`,
    name as Procedure,
  ]),
);

export const refusal = (code: number, message: string): LibvirtError =>
  new LibvirtError({ code, domain: 10, message, level: 2, str1: null, str2: null, str3: null });

const noSupport = 3;
export const uuid = '07070707-0707-0707-0707-070707070707';

/** A daemon with one running guest, in this process: for what a real one does only at moments that nobody can choose. */
export class FakeDaemon {
  readonly main: Peer;
  /** The connections after the first, as they were opened. */
  readonly more: Peer[] = [];
  readonly calls: Procedure[] = [];
  readonly links: Links;
  readonly answers: Answers = {
    CONNECT_GET_TYPE: () => ({ type: 'QEMU' }),
    CONNECT_CLOSE: () => undefined,
    CONNECT_REGISTER_CLOSE_CALLBACK: () => undefined,
    CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY: ({ eventID }) => ({ callbackID: eventID }),
    CONNECT_NETWORK_EVENT_REGISTER_ANY: () => ({ callbackID: 0 }),
    CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY: ({ eventID }) => ({ callbackID: eventID }),
    CONNECT_LIST_ALL_STORAGE_POOLS: () => ({ pools: [], ret: 0 }),
    CONNECT_LIST_ALL_NETWORKS: () => ({ nets: [], ret: 0 }),
    DOMAIN_LOOKUP_BY_UUID: () => ({ dom: { ...guest, id: 1 } }),
    DOMAIN_GET_STATE: () => ({ state: 1, reason: 1 }),
    DOMAIN_IS_PERSISTENT: () => ({ persistent: 1 }),
    DOMAIN_GET_AUTOSTART: () => ({ autostart: 0 }),
    DOMAIN_HAS_MANAGED_SAVE_IMAGE: () => ({ result: 0 }),
    DOMAIN_GET_XML_DESC: () => ({
      xml: `<domain type='qemu'><name>guest</name><uuid>${uuid}</uuid><memory>1024</memory><vcpu>1</vcpu><os><type>hvm</type></os><devices><disk type='file' device='disk'><source file='/images/a.raw'/><target dev='vda'/></disk></devices></domain>`,
    }),
  };
  readonly #log;

  /** `open` stands in for the way to further connections. */
  constructor({ open }: { open?: (signal?: AbortSignal) => Promise<Session> } = {}) {
    this.main = this.#peer();
    this.#log = this.main.log;
    const another = (): Promise<Session> => {
      const peer = this.#peer();
      this.more.push(peer);
      return Promise.resolve(this.#session(peer));
    };
    this.links = new Links(this.#session(this.main), open ?? another);
  }

  open({ readOnly = false } = {}): Promise<Connection> {
    const place = { uri: 'qemu:///system', remote: 'far.example', path: '/system' };
    return LibvirtConnection.open(this.links, place, { host: createLocalHost({}), readOnly, log: this.#log });
  }

  #session(peer: Peer): Session {
    return {
      rpc: peer.client,
      uri: 'qemu:///system',
      libVersion: 9_000_000n,
      version: 7_002_022n,
      features: new Set(),
      close: () => Promise.resolve(peer.client.close()),
    };
  }

  #peer(): Peer {
    const peer = new Peer();
    void this.#serve(peer);
    return peer;
  }

  async #serve(peer: Peer): Promise<void> {
    for (;;) {
      const frame = await peer.next();
      const name = byNumber.get(`${String(frame.program)}/${String(frame.procedure)}`);
      if (name === undefined) throw new Error(`no procedure ${String(frame.procedure)}`);
      this.calls.push(name);
      void this.#answer(peer, name, frame.serial, procedureOf(name).args.read(payloadOf(frame)));
    }
  }

  async #answer(peer: Peer, name: Procedure, serial: number, args: unknown): Promise<void> {
    const answer = this.answers[name] as ((args: unknown) => unknown) | undefined;
    try {
      if (!answer) throw refusal(noSupport, `not here: ${name}`);
      peer.answer(name, serial, (await answer(args)) as never);
    } catch (error) {
      if (!(error instanceof LibvirtError)) throw error;
      peer.refuse(name, serial, error.code, error.message);
    }
  }
}
