import { GuestroomError } from '../../api/errors.ts';
import type { Spec } from '../codec/spec.ts';
import { parseDocument } from '../document.ts';
import { documentKind } from '../kind.ts';
import { deviceTables, type DeviceKind, type DeviceOf, type SingleKind } from './tables/devices.ts';
import type { Domain } from './types.ts';

export type { DeviceKind, DeviceOf, SingleKind } from './tables/devices.ts';

export type AnyKind = DeviceKind | SingleKind;

/** One device by itself, as it is attached and detached. */
export type AnyDevice = { [K in AnyKind]: { kind: K; device: DeviceOf<K> } }[AnyKind];

/** One device of a domain: the list and the position in it; position 0 of a kind of which there is one at most. */
export interface DeviceAt {
  kind: AnyKind;
  index: number;
}

export const anyKinds = Object.keys(deviceTables) as readonly AnyKind[];

const kindsByName: ReadonlyMap<string, AnyKind> = new Map(
  anyKinds.map((kind) => [deviceTables[kind][0], kind]),
);

/** undefined for elements that are no device, or one that we do not read: shmem, hub, lease, … */
export const deviceKindOf = (elementName: string): AnyKind | undefined => kindsByName.get(elementName);

/**
 * A device from its element alone: `<disk …>…</disk>`. Throws `xml_invalid`, and `unsupported` for elements that we
 * know no device by.
 */
export function readDevice(xml: string): AnyDevice {
  const { root } = parseDocument(xml);
  const kind = root.namespaceURI === null ? deviceKindOf(root.tagName) : undefined;
  if (kind === undefined) {
    throw new GuestroomError('unsupported', `<${root.tagName}> is no device that can be read`);
  }
  return { kind, device: deviceTables[kind][1].read(root) } as AnyDevice;
}

/** The element of a device. Throws `invalid_argument` for values that it cannot hold. */
export function buildDevice<K extends AnyKind>(kind: K, device: Spec<DeviceOf<K>>): string {
  const [name, model] = deviceTables[kind];
  return documentKind<DeviceOf<K>>(name, model).build(device);
}

/** The devices of a kind, whether there may be several or one. */
export function devicesOf<K extends AnyKind>(domain: Domain, kind: K): readonly DeviceOf<K>[] {
  const found: unknown = domain.devices[kind];
  return (Array.isArray(found) ? found : found === undefined ? [] : [found]) as DeviceOf<K>[];
}
