import type { Change, Connection } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import type { NodeInfo, StatsSnapshot } from '../api/model.ts';
import type { Verdicts } from '../api/operations.ts';
import { TestAgent } from './agent.ts';
import { capabilitiesOf } from './capabilities.ts';
import { TestDomainDevices } from './domain-devices.ts';
import { DomainWork } from './domain-work.ts';
import { TestDomains } from './domains.ts';
import { TestInterfaces } from './host-interfaces.ts';
import { HostWork } from './host-work.ts';
import type { TestHypervisor } from './hypervisor.ts';
import { TestNetworks } from './networks.ts';
import { TestNodeDevices } from './node-devices.ts';
import { verdictsFor } from './verdicts.ts';
import { TestPools } from './pools.ts';
import { TestSecrets } from './secrets.ts';
import { TestSnapshots } from './snapshots.ts';
import { TestVolumes } from './volumes.ts';

/** One of perhaps several connections to a made-up host. */
export class TestConnection implements Connection {
  readonly uri: string;
  readonly readOnly: boolean;
  readonly verdicts: Verdicts;
  readonly domains: TestDomains;
  readonly domainDevices: TestDomainDevices;
  readonly snapshots: TestSnapshots;
  readonly agent: TestAgent;
  readonly volumes: TestVolumes;
  readonly pools: TestPools;
  readonly networks: TestNetworks;
  readonly interfaces: TestInterfaces;
  readonly nodeDevices: TestNodeDevices;
  readonly secrets: TestSecrets;
  readonly #hypervisor: TestHypervisor;
  readonly #closing = new AbortController();
  readonly #released: () => void;

  /** `released` is called once, when it is closed. */
  constructor(uri: string, hypervisor: TestHypervisor, readOnly: boolean, released: () => void) {
    this.uri = uri;
    this.readOnly = readOnly;
    this.verdicts = verdictsFor(readOnly);
    this.#hypervisor = hypervisor;
    this.#released = released;
    const checkOpen = () => this.#checkOpen();
    const domainWork = new DomainWork(hypervisor, this.verdicts, checkOpen);
    this.domains = new TestDomains(domainWork);
    this.domainDevices = new TestDomainDevices(domainWork);
    this.snapshots = new TestSnapshots(domainWork);
    this.agent = new TestAgent(domainWork);
    const hostWork = new HostWork(hypervisor.behaviour, this.verdicts, checkOpen);
    this.volumes = new TestVolumes(hypervisor.storage, hostWork);
    this.pools = new TestPools(hypervisor.storage, hostWork);
    this.networks = new TestNetworks(hypervisor, hostWork);
    this.interfaces = new TestInterfaces(hypervisor.interfaces, hostWork);
    this.nodeDevices = new TestNodeDevices(hypervisor.devices, hostWork);
    this.secrets = new TestSecrets(hypervisor.secrets, hostWork);
  }

  async node(): Promise<NodeInfo> {
    this.#checkOpen();
    return this.#hypervisor.node;
  }

  async capabilities(): Promise<string> {
    this.#checkOpen();
    return capabilitiesOf(this.#hypervisor.node);
  }

  async stats(): Promise<StatsSnapshot> {
    this.#checkOpen();
    return this.#hypervisor.stats();
  }

  changes(signal: AbortSignal): AsyncIterable<Change> {
    return this.#hypervisor.hub.listen(AbortSignal.any([signal, this.#closing.signal]));
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#released();
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted)
      throw new GuestroomError('lost', 'The connection is closed', { hint: 'Connect to the host again' });
  }
}
