import type { DeviceProfile } from './system.ts';

/** Linux of the last ten years: drivers for everything virtual are part of the kernel. */
export const modernLinux: DeviceProfile = {
  disk: 'virtio',
  nic: 'virtio',
  video: 'virtio',
  machine: 'q35',
  sound: 'ich9',
  usb: 'xhci',
  agent: true,
  rng: true,
  balloon: true,
  localtime: false,
  hyperv: false,
};

/** FreeBSD, OpenBSD, NetBSD: virtio disks and networks, no virtio screen. */
export const bsd: DeviceProfile = {
  ...modernLinux,
  video: 'vga',
  agent: false,
  rng: true,
  balloon: false,
};

/** Windows of the last ten years: virtio only after its drivers were installed. */
export const modernWindows: DeviceProfile = {
  disk: 'sata',
  nic: 'e1000e',
  video: 'vga',
  machine: 'q35',
  sound: 'ich9',
  usb: 'xhci',
  agent: false,
  rng: false,
  balloon: false,
  localtime: true,
  hyperv: true,
};

/** Windows 7 and 8: no driver for USB 3. */
export const olderWindows: DeviceProfile = { ...modernWindows, nic: 'e1000', usb: 'ehci' };

/** Windows XP and 2003. */
export const oldWindows: DeviceProfile = {
  ...modernWindows,
  disk: 'ide',
  nic: 'rtl8139',
  machine: 'pc',
  sound: 'ac97',
  usb: 'uhci',
};

/** ReactOS has drivers of the time of Windows XP, and no use for what Hyper-V offers. */
export const reactos: DeviceProfile = { ...oldWindows, hyperv: false };

/** Nothing is known: what every system of the last 25 years has a driver for. */
export const anything: DeviceProfile = {
  disk: 'ide',
  nic: 'e1000',
  video: 'vga',
  machine: 'pc',
  sound: 'ich6',
  usb: 'ehci',
  agent: false,
  rng: false,
  balloon: false,
  localtime: false,
  hyperv: false,
};
