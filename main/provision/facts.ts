import type { Network, NodeInfo, Pool, Volume } from '../../drivers/api/model.ts';
import type { Verdicts } from '../../drivers/api/operations.ts';
import type { Media } from '../../preload/create.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { GuestKind } from './capabilities.ts';

/** A file of the host that the choices name. */
export type FileFacts =
  | {
      readonly state: 'ok';
      readonly volume: Volume;
      readonly media?: Media;
      readonly backingMissing?: boolean;
    }
  | { readonly state: 'missing' }
  | { readonly state: 'folder' }
  | { readonly state: 'unreadable'; readonly reason: string };

/** Firmware and TPM that the host really has, for the architecture in question. */
export interface FirmwareFacts {
  readonly efi: boolean;
  readonly secure: boolean;
  readonly tpm: boolean;
}

/** A place for disks that a plan makes or starts, where the host has none that is ready. */
export interface NewPool {
  readonly kind: 'poolMake' | 'poolStart';
  readonly name: string;
  readonly folder: string;
}

/** Everything about a host that a plan depends on, so that the plan itself asks nobody. */
export interface Facts {
  /** Name of the host for the person. */
  readonly host: string;
  /** Scheme of the URI: qemu, test, … */
  readonly driver: string;
  /** Where the connection leads: the whole system's libvirt, the person's own, or an embedded driver. */
  readonly reach: 'system' | 'session' | 'embedded' | 'test';
  /** What listens on the host's loopback only is reached from here. */
  readonly reachesInside: boolean;
  readonly readOnly: boolean;
  readonly verdicts: Verdicts;
  readonly node: NodeInfo;
  readonly memoryAvailable: number | undefined;
  readonly guests: readonly GuestKind[];
  /** By architecture. */
  readonly firmware: ReadonlyMap<string, FirmwareFacts>;
  /** Names of all virtual machines. */
  readonly names: ReadonlySet<string>;
  readonly pools: readonly Pool[];
  /** What a plan makes or starts where no pool is ready. */
  readonly newPool?: NewPool | undefined;
  /** Virtual networks; undefined where the connection cannot list them. */
  readonly networks: readonly Network[] | undefined;
  /** File names in the pools, by pool. */
  readonly volumes: ReadonlyMap<string, ReadonlySet<string>>;
  /** By path. */
  readonly files: ReadonlyMap<string, FileFacts>;
  /** Name of the virtual machine that has this file as a disk, by path. */
  readonly owners: ReadonlyMap<string, string>;
  /** Ports to forward that another program listens on: `tcp 127.0.0.1 2222`. */
  readonly takenPorts: ReadonlySet<string>;
  readonly catalog: Catalog;
  /** Made anew for each machine. */
  readonly fresh: { readonly uuid: string; readonly mac: string };
}

/** The key of `takenPorts`. */
export function portKey(forward: {
  protocol: string;
  address?: string | undefined;
  hostPort: number;
}): string {
  return `${forward.protocol} ${forward.address ?? defaultAddress} ${String(forward.hostPort)}`;
}

/** Forwarded ports are for this computer's own use unless the person says otherwise. */
export const defaultAddress = '127.0.0.1';

/** Files that these choices read, with the field that names each. */
export interface NamedFile {
  readonly field: string;
  readonly path: string;
}
