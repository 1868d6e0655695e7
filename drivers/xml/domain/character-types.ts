import type { Address } from './address-types.ts';
import type { Word } from '../codec/spec.ts';

/** The node's side of serial, parallel, console, channel, redirdev, smartcard and egd: where the bytes go. */
export interface CharacterBackend {
  type: Word<
    | 'pty'
    | 'unix'
    | 'tcp'
    | 'udp'
    | 'file'
    | 'null'
    | 'vc'
    | 'stdio'
    | 'dev'
    | 'pipe'
    | 'spicevmc'
    | 'spiceport'
    | 'nmdm'
    | 'qemu-vdagent'
    | 'dbus'
  >;
  source?: CharacterSource;
  /** The second `<source>` of type udp: one has mode bind, the other connect. */
  secondSource?: CharacterSource;
  protocol?: Word<'raw' | 'telnet' | 'telnets' | 'tls'>;
  /** Everything that the guest writes is kept in this file, too. */
  log?: { file: string; append?: boolean };
}

export interface CharacterSource {
  /** unix, file, dev, pipe, pty (live documents). */
  path?: string;
  mode?: Word<'bind' | 'connect'>;
  /** tcp, udp */
  host?: string;
  /** Port number, or name of a service. */
  service?: string;
  tls?: boolean;
  append?: boolean;
  /** spiceport, dbus */
  channel?: string;
  /** nmdm */
  master?: string;
  slave?: string;
  reconnect?: { enabled: boolean; timeout?: number };
}

/** `<serial>`, `<parallel>`, `<console>` and `<channel>`. */
export interface CharacterDevice extends CharacterBackend {
  target?: CharacterTarget;
  /** An old form of `source.path` that only live documents of consoles have. */
  tty?: string;
  alias?: string;
  address?: Address;
}

export interface CharacterTarget {
  /** serial: isa-serial, usb-serial, pci-serial. console: serial, virtio, xen. channel: virtio, guestfwd. */
  type?: string;
  /** Number of the port; channel guestfwd: the port in the guest. */
  port?: number;
  /** channel: org.qemu.guest_agent.0 */
  name?: string;
  /** channel: whether the guest has it open; only in live documents. */
  state?: Word<'connected' | 'disconnected'>;
  /** channel guestfwd: the address in the guest. */
  address?: string;
  /** serial: isa-serial, pl011, sclpconsole, … */
  model?: string;
}

export interface Smartcard {
  mode: Word<'host' | 'host-certificates' | 'passthrough'>;
  certificates: string[];
  database?: string;
  /** mode passthrough */
  type?: string;
  source?: CharacterSource;
  protocol?: string;
  alias?: string;
  address?: Address;
}

export interface Redirdev {
  bus?: Word<'usb'>;
  type: CharacterBackend['type'];
  source?: CharacterSource;
  protocol?: string;
  bootOrder?: number;
  alias?: string;
  address?: Address;
}
