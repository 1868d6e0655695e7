import type { NodeDevices } from '../api/devices.ts';
import { GuestroomError } from '../api/errors.ts';
import type { NodeDevice } from '../api/model.ts';
import type { HostDevices } from './host-devices.ts';
import type { HostWork } from './host-work.ts';

/** libvirt's calls on the devices of the made-up host. */
export class TestNodeDevices implements NodeDevices {
  readonly #devices: HostDevices;
  readonly #work: HostWork;

  constructor(devices: HostDevices, work: HostWork) {
    this.#devices = devices;
    this.#work = work;
  }

  list(capability?: string): Promise<NodeDevice[]> {
    return this.#work.act('nodeDeviceList', capability ?? '', () => this.#devices.rows(capability));
  }

  xml(name: string): Promise<string> {
    return this.#work.look(() => this.#devices.get(name).xml);
  }

  create(xml: string): Promise<string> {
    return this.#work.act('nodeDeviceCreate', 'new device', () => this.#devices.create(xml));
  }

  destroy(name: string): Promise<void> {
    return this.#work.act('nodeDeviceDestroy', name, () => this.#devices.destroy(name));
  }

  detach(name: string): Promise<void> {
    return this.#refuse('nodeDeviceDetach', name);
  }

  reattach(name: string): Promise<void> {
    return this.#refuse('nodeDeviceReattach', name);
  }

  reset(name: string): Promise<void> {
    return this.#refuse('nodeDeviceReset', name);
  }

  #refuse(
    operation: 'nodeDeviceDetach' | 'nodeDeviceReattach' | 'nodeDeviceReset',
    name: string,
  ): Promise<void> {
    return this.#work.act(operation, name, () => {
      throw new GuestroomError('unsupported', 'The made-up devices have no drivers');
    });
  }
}
