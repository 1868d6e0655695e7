import { Broadcast } from '../api/broadcast.ts';
import type { Change } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import type { DomainState, NodeInfo, StatsSnapshot } from '../api/model.ts';
import type { Behaviour } from './behaviour.ts';
import type { TestDocument } from './document.ts';
import type { Files } from './files.ts';
import { HostDevices } from './host-devices.ts';
import { HostInterfaces } from './host-interfaces.ts';
import { Machine } from './machine.ts';
import type { ObjectSeed } from './named-objects.ts';
import { hashText } from './random.ts';
import { counter, sample } from './statistics.ts';
import { SecretStore } from './secrets.ts';
import type { SnapshotTree } from './snapshot-tree.ts';
import { Storage, type PoolSeed } from './storage.ts';
import { VirtualNetworks } from './virtual-networks.ts';

/** What a made-up host begins with. */
export interface World {
  node: NodeInfo;
  files: Files;
  pools: readonly PoolSeed[];
  networks: readonly ObjectSeed[];
  /** Documents of the host's own interfaces, which are up, and of its devices. */
  interfaces: readonly string[];
  devices: readonly string[];
  machines: readonly Seed[];
}

/** A domain that is there from the beginning. */
export interface Seed {
  uuid: string;
  document: TestDocument;
  state?: 'running' | 'paused' | 'shutoff' | 'crashed' | 'blocked' | 'pmsuspended';
  reason?: string;
  transient?: boolean;
  autostart?: boolean;
  managedSave?: boolean;
  /** How long it has run already, in seconds. */
  uptime?: number;
  problem?: NonNullable<Machine['problem']>;
  snapshots?: SnapshotTree;
}

/** The state of one made-up host, shared by all connections to the same URI. Its methods assume that the caller may. */
export class TestHypervisor {
  readonly node: NodeInfo;
  readonly storage: Storage;
  readonly networks: VirtualNetworks;
  readonly interfaces: HostInterfaces;
  readonly devices: HostDevices;
  readonly secrets = new SecretStore();
  readonly behaviour: Behaviour;
  readonly hub = new Broadcast<Change>();
  readonly #machines = new Map<string, Machine>();
  readonly #names = new Map<string, Machine>();
  readonly #clock: () => number;
  readonly #bornAt: number;
  #nextId = 1;
  /** CPU seconds of guests that no longer run. */
  #spentCpu = 0;

  constructor(world: World, behaviour: Behaviour, clock: () => number) {
    this.node = world.node;
    const tell = (change: Change) => this.#tell(change);
    this.storage = new Storage(world.files, world.pools, tell);
    this.networks = new VirtualNetworks(world.networks, tell);
    this.interfaces = new HostInterfaces(world.interfaces);
    this.devices = new HostDevices(world.devices, tell);
    this.behaviour = behaviour;
    this.#clock = clock;
    this.#bornAt = clock() - 40 * 86_400_000;
    for (const seed of world.machines) this.#plant(seed);
  }

  #plant(seed: Seed): void {
    const machine = new Machine(seed.uuid, seed.document);
    if (this.#machines.has(machine.uuid) || this.#names.has(machine.name))
      throw new GuestroomError('xml_invalid', `Two domains have the name ${machine.name} or its UUID`);
    if (!seed.transient) machine.config = seed.document;
    machine.autostart = seed.autostart ?? false;
    machine.problem = seed.problem;
    if (seed.snapshots) machine.snapshots = seed.snapshots;
    this.#machines.set(machine.uuid, machine);
    this.#names.set(machine.name, machine);
    const state = seed.state ?? 'shutoff';
    if (state === 'shutoff' || state === 'crashed') {
      // libvirt counts a run that crashed
      if (state === 'crashed') this.#takeId();
      machine.state = state;
      machine.reason =
        seed.reason ?? (seed.managedSave ? 'saved' : state === 'crashed' ? 'panicked' : 'unknown');
      if (seed.managedSave) machine.managedSave = { document: seed.document, paused: false };
      return;
    }
    machine.id = this.#takeId();
    machine.live = seed.document.withId(machine.id);
    machine.begin(this.now(), seed.uptime ?? 0);
    machine.state = state;
    machine.reason = seed.reason ?? (state === 'paused' ? 'user' : 'booted');
    if (state === 'paused' || state === 'pmsuspended') machine.freeze(this.now());
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId += 1;
    return id;
  }

  now(): number {
    return this.#clock();
  }

  machines(): IterableIterator<Machine> {
    return this.#machines.values();
  }

  find(uuid: string): Machine | undefined {
    return this.#machines.get(uuid.toLowerCase());
  }

  named(name: string): Machine | undefined {
    return this.#names.get(name);
  }

  machine(uuid: string): Machine {
    const machine = this.find(uuid);
    if (machine) return machine;
    throw new GuestroomError('not_found', `No virtual machine has the UUID ${uuid}`, {
      hint: 'It may have been removed by another program; the list shows what is there',
    });
  }

  /** Tells all readers the machine's row where it differs from what they know; `document` too when its document changed. */
  changed(machine: Machine, document = false): void {
    const domain = machine.summary();
    if (machine.remember(domain)) this.#tell({ kind: 'domain', domain });
    if (document) this.#tell({ kind: 'document', uuid: machine.uuid });
  }

  snapshotsChanged({ uuid }: Machine): void {
    this.#tell({ kind: 'snapshots', uuid });
  }

  #tell(change: Change): void {
    this.hub.send(change);
  }

  /** Makes the persistent domain, or gives it a new document. */
  define(uuid: string, document: TestDocument): Machine {
    const machine = this.#obtain(uuid, document);
    machine.config = document;
    this.changed(machine, true);
    return machine;
  }

  #obtain(uuid: string, document: TestDocument): Machine {
    const known = this.#machines.get(uuid);
    if (known) return known;
    const machine = new Machine(uuid, document);
    this.#machines.set(uuid, machine);
    this.#names.set(machine.name, machine);
    return machine;
  }

  /** Starts a domain that need not be defined. */
  launch(uuid: string, document: TestDocument, options: { paused: boolean; reason: string }): Machine {
    const machine = this.#obtain(uuid, document);
    this.begin(machine, document, options);
    return machine;
  }

  begin(machine: Machine, document: TestDocument, options: { paused: boolean; reason: string }): void {
    machine.id = this.#takeId();
    machine.live = document.withId(machine.id);
    machine.problem = undefined;
    machine.begin(this.now());
    machine.state = options.paused ? 'paused' : 'running';
    machine.reason = options.paused ? 'user' : options.reason;
    if (options.paused) machine.freeze(this.now());
    this.changed(machine);
  }

  /** The guest ends, for whatever reason. A transient domain is gone then. */
  stop(
    machine: Machine,
    reason: string,
    state: DomainState = 'shutoff',
    problem?: NonNullable<Machine['problem']>,
  ): void {
    this.#spentCpu += machine.cpuSeconds(this.now());
    machine.end();
    const { config } = machine;
    if (!config) {
      this.#remove(machine);
      return;
    }
    machine.live = undefined;
    machine.id = null;
    machine.state = state;
    machine.reason = reason;
    machine.problem = problem;
    this.changed(machine);
  }

  #remove(machine: Machine): void {
    this.#machines.delete(machine.uuid);
    this.#names.delete(machine.name);
    this.#tell({ kind: 'domain-removed', uuid: machine.uuid });
  }

  suspend(machine: Machine, state: 'paused' | 'pmsuspended' = 'paused'): void {
    machine.freeze(this.now());
    machine.state = state;
    machine.reason = 'user';
    this.changed(machine);
  }

  resume(machine: Machine): void {
    machine.thaw(this.now());
    machine.state = 'running';
    machine.reason = 'unpaused';
    this.changed(machine);
  }

  /** The guest starts anew inside the same run; its clock and counters go on. */
  reboot(machine: Machine): void {
    machine.screen = undefined;
    for (const attachment of [...machine.attachments]) attachment.end();
    machine.attachments.clear();
    machine.reason = 'booted';
    this.changed(machine);
  }

  undefine(machine: Machine): void {
    machine.managedSave = undefined;
    machine.autostart = false;
    if (machine.active) {
      machine.live ??= machine.config;
      machine.config = undefined;
      this.changed(machine);
    } else this.#remove(machine);
  }

  rename(machine: Machine, name: string): void {
    machine.config = machine.config?.edited((document) => document.setName(name));
    this.#names.delete(machine.name);
    machine.name = name;
    this.#names.set(name, machine);
    this.changed(machine, true);
  }

  stats(): StatsSnapshot {
    const now = this.now();
    const domains = [];
    let cpuOfGuests = this.#spentCpu;
    let memoryOfGuests = 0;
    for (const machine of this.#machines.values()) {
      if (!machine.active) continue;
      const row = sample(machine.load(now));
      cpuOfGuests += row.cpuSeconds ?? 0;
      memoryOfGuests += row.memoryResident ?? 0;
      domains.push(row);
    }
    const { memory, cpus, hostname } = this.node;
    const seconds = (now - this.#bornAt) / 1000;
    const own = counter(hashText(hostname), cpus * 0.03, seconds);
    const total = seconds * cpus;
    return {
      time: Math.round(now),
      node: {
        cpuBusySeconds: Math.min(own + cpuOfGuests, total * 0.97),
        cpuTotalSeconds: total,
        memoryTotal: memory,
        memoryAvailable: Math.max(Math.floor(memory * 0.04), Math.floor(memory * 0.9 - memoryOfGuests)),
      },
      domains,
    };
  }
}
