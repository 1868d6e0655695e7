import type { Broadcast } from '../api/broadcast.ts';
import type { Change } from '../api/driver.ts';
import { failure, type Daemon } from './daemon.ts';
import type { LibvirtNetworks } from './networks.ts';
import type { LibvirtPools } from './pools.ts';
import { uuidText } from './identity.ts';
import { Readings } from './readings.ts';
import { NetworkEventID, NodeDeviceEventID, StoragePoolEventID } from './rpc/enums.gen.ts';
import type { Message, Payload } from './rpc/event-hub.ts';

/** libvirt's events on networks, pools and devices of the node as changes. */
export class HostEvents {
  readonly #daemon: Daemon;
  readonly #networks: LibvirtNetworks;
  readonly #pools: LibvirtPools;
  readonly #changes: Broadcast<Change>;
  readonly #readings = new Readings();

  constructor(daemon: Daemon, networks: LibvirtNetworks, pools: LibvirtPools, changes: Broadcast<Change>) {
    this.#daemon = daemon;
    this.#networks = networks;
    this.#pools = pools;
    this.#changes = changes;
  }

  async register(): Promise<void> {
    const { rpc } = this.#daemon.links.main;
    const network = (name: string, uuid: string): Promise<void> =>
      this.#readings.run(
        `network ${uuid}`,
        () => this.#daemon.ifThere(this.#networks.one(name)),
        (row) =>
          this.#changes.send(row ? { kind: 'network', network: row } : { kind: 'network-removed', uuid }),
      );
    const pool = (name: string): Promise<void> =>
      this.#readings.run(
        `pool ${name}`,
        () => this.#daemon.ifThere(this.#pools.one(name)),
        (row) => this.#changes.send(row ? { kind: 'pool', pool: row } : { kind: 'pool-removed', name }),
      );
    const ofPools = async (eventID: number): Promise<number> =>
      (await rpc.call('CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY', { eventID, pool: null })).callbackID;
    await Promise.all([
      this.#on(
        'NETWORK_EVENT_LIFECYCLE',
        async () => {
          const args = { eventID: NetworkEventID.LIFECYCLE, net: null };
          return (await rpc.call('CONNECT_NETWORK_EVENT_REGISTER_ANY', args)).callbackID;
        },
        ({ net }) => network(net.name, uuidText(net.uuid)),
      ),
      this.#on(
        'STORAGE_POOL_EVENT_LIFECYCLE',
        () => ofPools(StoragePoolEventID.LIFECYCLE),
        (payload) => pool(payload.pool.name),
      ),
      this.#on(
        'STORAGE_POOL_EVENT_REFRESH',
        () => ofPools(StoragePoolEventID.REFRESH),
        async (payload) => {
          await pool(payload.pool.name);
          this.#changes.send({ kind: 'volumes', pool: payload.pool.name });
        },
      ),
      this.#on(
        'NODE_DEVICE_EVENT_LIFECYCLE',
        async () => {
          const args = { eventID: NodeDeviceEventID.LIFECYCLE, dev: null };
          return (await rpc.call('CONNECT_NODE_DEVICE_EVENT_REGISTER_ANY', args)).callbackID;
        },
        () => {
          this.#changes.send({ kind: 'node-devices' });
          return Promise.resolve();
        },
      ),
    ]);
  }

  #on<M extends Message>(
    message: M,
    register: () => Promise<number>,
    listener: (payload: Payload<M>) => Promise<void>,
  ): Promise<void> {
    const { log } = this.#daemon;
    return this.#daemon.listen(message, register, (payload) => {
      listener(payload).catch((error: unknown) => {
        const { code, message: text } = failure(error);
        if (code !== 'lost') log.warn('What an event is about could not be read', { message, error: text });
      });
    });
  }
}
