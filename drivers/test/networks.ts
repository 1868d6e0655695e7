import { GuestroomError } from '../api/errors.ts';
import type { DhcpLease, Network } from '../api/model.ts';
import type { NetworkChange, Networks } from '../api/networks.ts';
import { NetworkDocument } from '../xml/network/edit.ts';
import { leasesOf } from './guest-addresses.ts';
import type { HostWork } from './host-work.ts';
import type { TestHypervisor } from './hypervisor.ts';
import type { VirtualNetworks } from './virtual-networks.ts';

/** libvirt's network calls on the made-up host. */
export class TestNetworks implements Networks {
  readonly #hypervisor: TestHypervisor;
  readonly #work: HostWork;

  constructor(hypervisor: TestHypervisor, work: HostWork) {
    this.#hypervisor = hypervisor;
    this.#work = work;
  }

  get #networks(): VirtualNetworks {
    return this.#hypervisor.networks;
  }

  list(): Promise<Network[]> {
    return this.#work.look(() => this.#networks.rows());
  }

  xml(name: string, { inactive = false }: { inactive?: boolean } = {}): Promise<string> {
    return this.#work.look(() => this.#networks.objects.document(name, inactive).xml);
  }

  async define(xml: string): Promise<Network> {
    const { name } = await this.#work.look(() => this.#networks.objects.keep(xml).model);
    return this.#work.act('networkDefine', name, () =>
      this.#networks.row(this.#networks.objects.define(xml)),
    );
  }

  async create(xml: string): Promise<Network> {
    const { name } = await this.#work.look(() => this.#networks.objects.keep(xml).model);
    return this.#work.act('networkCreate', name, () =>
      this.#networks.row(this.#networks.objects.create(xml)),
    );
  }

  start(name: string): Promise<void> {
    return this.#work.act('networkStart', name, () => this.#networks.objects.start(name));
  }

  destroy(name: string): Promise<void> {
    return this.#work.act('networkDestroy', name, () => this.#networks.objects.stop(name));
  }

  undefine(name: string): Promise<void> {
    return this.#work.act('networkUndefine', name, () => this.#networks.objects.undefine(name));
  }

  setAutostart(name: string, autostart: boolean): Promise<void> {
    return this.#work.act('networkSetAutostart', name, () =>
      this.#networks.objects.setAutostart(name, autostart),
    );
  }

  update(name: string, change: NetworkChange): Promise<void> {
    return this.#work.act('networkUpdate', name, () =>
      this.#networks.objects.edit(name, change.apply, (xml) =>
        NetworkDocument.parse(xml).apply(change).toString(),
      ),
    );
  }

  leases(name: string, mac?: string): Promise<DhcpLease[]> {
    return this.#work.act('networkLeases', name, () => {
      const { live } = this.#networks.objects.get(name);
      if (mac !== undefined && !/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac))
        throw new GuestroomError('invalid_argument', `Not a MAC address: ${mac}`);
      if (!live) return [];
      const leases = leasesOf(name, live.model, this.#hypervisor.machines(), this.#hypervisor.now());
      return leases.filter((lease) => mac === undefined || lease.mac === mac.toLowerCase());
    });
  }
}
