import { GuestroomError } from '../api/errors.ts';
import type { HostInterface } from '../api/model.ts';
import type { Interfaces } from '../api/networks.ts';
import { hostInterface } from '../xml/host-interface.ts';
import { hostInterfaceRow } from '../xml/rows.ts';
import type { HostWork } from './host-work.ts';

interface Known {
  xml: string;
  active: boolean;
}

/** The made-up host's own network interfaces by name. */
export class HostInterfaces {
  readonly #known = new Map<string, Known>();

  constructor(seeds: readonly string[]) {
    for (const xml of seeds) this.#known.set(nameIn(xml), { xml, active: true });
  }

  rows(): HostInterface[] {
    return [...this.#known.values()].map(rowOf);
  }

  get(name: string): Known {
    const known = this.#known.get(name);
    if (known) return known;
    throw new GuestroomError('not_found', `The host has no network interface ${name}`);
  }

  /** Makes it, or gives it another document; libvirt starts neither. */
  define(xml: string): HostInterface {
    const name = nameIn(xml);
    const known = { xml, active: this.#known.get(name)?.active ?? false };
    this.#known.set(name, known);
    return rowOf(known);
  }

  setActive(name: string, active: boolean): void {
    const known = this.get(name);
    if (known.active === active)
      throw new GuestroomError(
        'wrong_state',
        `The network interface ${name} is ${active ? 'already' : 'not'} up`,
      );
    known.active = active;
  }

  remove(name: string): void {
    this.get(name);
    this.#known.delete(name);
  }
}

const rowOf = ({ xml, active }: Known): HostInterface => ({
  ...hostInterfaceRow(hostInterface.read(xml)),
  active,
});

const types: ReadonlySet<string> = new Set(['ethernet', 'bridge', 'bond', 'vlan']);

/** Throws `xml_invalid` for what is no interface of a kind that there is. */
function nameIn(xml: string): string {
  const model = hostInterface.read(xml);
  const { type } = model;
  if (!types.has(type)) throw new GuestroomError('xml_invalid', `No network interface has the type ${type}`);
  if (type !== 'ethernet' && model[type as 'bridge' | 'bond' | 'vlan'] === undefined)
    throw new GuestroomError('xml_invalid', `An interface of type ${type} needs a <${type}> element`);
  const { name } = hostInterfaceRow(model);
  if (name === '') throw new GuestroomError('xml_invalid', 'The network interface has no name');
  return name;
}

/** libvirt's interface calls on the made-up host. */
export class TestInterfaces implements Interfaces {
  readonly #interfaces: HostInterfaces;
  readonly #work: HostWork;

  constructor(interfaces: HostInterfaces, work: HostWork) {
    this.#interfaces = interfaces;
    this.#work = work;
  }

  list(): Promise<HostInterface[]> {
    return this.#work.look(() => this.#interfaces.rows());
  }

  xml(name: string): Promise<string> {
    return this.#work.look(() => this.#interfaces.get(name).xml);
  }

  async define(xml: string): Promise<HostInterface> {
    const name = await this.#work.look(() => nameIn(xml));
    return this.#work.act('interfaceDefine', name, () => this.#interfaces.define(xml));
  }

  start(name: string): Promise<void> {
    return this.#work.act('interfaceStart', name, () => this.#interfaces.setActive(name, true));
  }

  destroy(name: string): Promise<void> {
    return this.#work.act('interfaceDestroy', name, () => this.#interfaces.setActive(name, false));
  }

  undefine(name: string): Promise<void> {
    return this.#work.act('interfaceUndefine', name, () => this.#interfaces.remove(name));
  }
}
