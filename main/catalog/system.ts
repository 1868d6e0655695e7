import type { Firmware } from '../../preload/create.ts';

/** Which devices a system finds drivers for without help, and what it expects of the machine. */
export interface DeviceProfile {
  readonly disk: 'virtio' | 'sata' | 'ide';
  readonly nic: 'virtio' | 'e1000e' | 'e1000' | 'rtl8139';
  readonly video: 'virtio' | 'vga';
  /** Machine family on x86. */
  readonly machine: 'q35' | 'pc';
  readonly sound: 'ich9' | 'ich6' | 'ac97';
  readonly usb: 'xhci' | 'ehci' | 'uhci';
  readonly agent: boolean;
  readonly rng: boolean;
  readonly balloon: boolean;
  /** The hardware clock keeps the guest's local time. */
  readonly localtime: boolean;
  /** Enlightenments that Windows looks for. */
  readonly hyperv: boolean;
}

export interface Resources {
  /** Bytes. */
  readonly memory: number;
  readonly vcpus: number;
  /** Bytes. */
  readonly disk: number;
}

/** What we know of one guest system. */
export interface System {
  /** libosinfo's form: http://debian.org/debian/13 */
  readonly id: string;
  readonly name: string;
  /** linux, winnt, bsd, … as libosinfo says. */
  readonly family: string;
  readonly vendor?: string;
  /** YYYY-MM-DD; rolling releases have none. */
  readonly released?: string;
  /** Last day of support. */
  readonly ended?: string;
  readonly devices: DeviceProfile;
  readonly recommended: Resources;
  /** Below these its installer stops or the system is unusable. */
  readonly minimum?: Partial<Resources>;
  /** Default on x86; aarch64 and riscv64 always start with EFI. */
  readonly firmware: Firmware;
  /** Firmware that it starts with on x86. */
  readonly starts: readonly ('bios' | 'efi')[];
  /** Its installer refuses without one. */
  readonly tpm: boolean;
  readonly media: readonly MediaPattern[];
}

/** Regular expressions on the primary volume descriptor; all that are given must match. */
export interface MediaPattern {
  readonly arch?: string;
  readonly label?: RegExp;
  readonly systemId?: RegExp;
  readonly publisherId?: RegExp;
  readonly applicationId?: RegExp;
}

export const GiB = 1024 ** 3;
export const MiB = 1024 ** 2;
