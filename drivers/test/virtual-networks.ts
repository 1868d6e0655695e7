import type { Change } from '../api/driver.ts';
import type { Network } from '../api/model.ts';
import type { Network as NetworkDocument, NetworkSpec } from '../xml/network/types.ts';
import { networkRow } from '../xml/rows.ts';
import { Told } from './changes.ts';
import { NamedObjects, type NamedObject, type ObjectSeed } from './named-objects.ts';
import { networkKind } from './network-kind.ts';
import { hashText, randomFrom, randomUuid } from './random.ts';

/** A network's document, with a UUID that its name makes. */
export const networkXml = (spec: NetworkSpec): string =>
  networkKind.document.build({ uuid: randomUuid(randomFrom(hashText(`network ${spec.name}`))), ...spec });

/** The virtual networks of a made-up host. */
export class VirtualNetworks {
  readonly objects: NamedObjects<NetworkDocument>;
  readonly #told = new Told();

  constructor(seeds: readonly ObjectSeed[], tell: (change: Change) => void) {
    this.objects = new NamedObjects(networkKind, seeds);
    for (const object of this.objects.list()) this.#told.differs(object.uuid, this.row(object));
    this.objects.changed = (object) => {
      const network = this.row(object);
      if (this.#told.differs(object.uuid, network)) tell({ kind: 'network', network });
    };
    this.objects.removed = ({ uuid }) => {
      this.#told.forget(uuid);
      tell({ kind: 'network-removed', uuid });
    };
  }

  rows(): Network[] {
    return this.objects.list().map((object) => this.row(object));
  }

  row({ name, uuid, live, config, autostart }: NamedObject<NetworkDocument>): Network {
    return {
      ...networkRow(this.objects.document(name).model),
      uuid,
      active: live !== undefined,
      persistent: config !== undefined,
      autostart,
    };
  }

  /** What is said of the network now; undefined for one that is not there. */
  model(name: string): NetworkDocument | undefined {
    return this.objects.find(name) && this.objects.document(name).model;
  }
}
