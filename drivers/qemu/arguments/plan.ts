import type { Domain } from '../../xml/domain/types.ts';
import type { Accelerator } from '../accelerator.ts';
import type { Machine, QemuCapabilities } from '../capabilities.ts';
import type { Firmware } from '../firmware.ts';
import type { Places } from '../places.ts';

/** Everything that the command line of one guest follows from. Nothing in it asks the host. */
export interface GuestPlan {
  domain: Domain;
  uuid: string;
  capabilities: QemuCapabilities;
  machine: Machine;
  accelerator: Accelerator;
  places: Places;
  firmware: Firmware | undefined;
  /** Image format by disk target, where the document leaves it open. */
  formats: ReadonlyMap<string, string>;
  /** Full path by disk target, for disks of type volume. */
  volumes: ReadonlyMap<string, string>;
  /** TCP port by position among the graphics; without one the screen is a unix socket. */
  vncPorts: ReadonlyMap<number, number>;
  /** The guest waits for a saved state. */
  incoming: boolean;
  /** QEMU writes consoles into files beside their sockets. */
  consoleLogs: boolean;
  /** ms since 1970. */
  now: number;
}
