import { value } from '../../codec/fields.ts';
import { filled } from '../../codec/scalars.ts';
import { child, list, struct, type Struct } from '../../codec/structs.ts';
import type { Devices } from '../types.ts';
import { characterDevice, redirdev, smartcard } from './character.ts';
import { disk } from './disk.ts';
import { audio, graphics, input, sound, video } from './display.ts';
import { networkInterface } from './interface.ts';
import { filesystem, hostdev } from './passthrough.ts';
import { controller, iommu, memballoon, panic, rng, tpm, vsock, watchdog } from './platform.ts';

/** The lists of devices of a domain: `disks`, `interfaces`, … */
export type DeviceKind = {
  [K in keyof Devices]-?: Devices[K] extends unknown[] ? K : never;
}[keyof Devices];
/** Devices of which there is one at most. */
export type SingleKind = Exclude<keyof Devices, DeviceKind | 'emulator'>;
export type DeviceOf<K extends DeviceKind | SingleKind> = K extends DeviceKind
  ? Devices[K][number]
  : Exclude<Devices[K], undefined>;

/** Element name and model of each kind of device. */
export const deviceTables: {
  readonly [K in DeviceKind | SingleKind]: readonly [name: string, model: Struct<DeviceOf<K>>];
} = {
  disks: ['disk', disk],
  controllers: ['controller', controller],
  filesystems: ['filesystem', filesystem],
  interfaces: ['interface', networkInterface],
  smartcards: ['smartcard', smartcard],
  serials: ['serial', characterDevice],
  parallels: ['parallel', characterDevice],
  consoles: ['console', characterDevice],
  channels: ['channel', characterDevice],
  inputs: ['input', input],
  tpms: ['tpm', tpm],
  graphics: ['graphics', graphics],
  sounds: ['sound', sound],
  audios: ['audio', audio],
  videos: ['video', video],
  hostdevs: ['hostdev', hostdev],
  redirdevs: ['redirdev', redirdev],
  watchdogs: ['watchdog', watchdog],
  memballoon: ['memballoon', memballoon],
  rngs: ['rng', rng],
  panics: ['panic', panic],
  vsock: ['vsock', vsock],
  iommu: ['iommu', iommu],
};

export const devices = struct<Devices>({
  emulator: value('emulator', filled),
  disks: list(...deviceTables.disks),
  controllers: list(...deviceTables.controllers),
  filesystems: list(...deviceTables.filesystems),
  interfaces: list(...deviceTables.interfaces),
  smartcards: list(...deviceTables.smartcards),
  serials: list(...deviceTables.serials),
  parallels: list(...deviceTables.parallels),
  consoles: list(...deviceTables.consoles),
  channels: list(...deviceTables.channels),
  inputs: list(...deviceTables.inputs),
  tpms: list(...deviceTables.tpms),
  graphics: list(...deviceTables.graphics),
  sounds: list(...deviceTables.sounds),
  audios: list(...deviceTables.audios),
  videos: list(...deviceTables.videos),
  hostdevs: list(...deviceTables.hostdevs),
  redirdevs: list(...deviceTables.redirdevs),
  watchdogs: list(...deviceTables.watchdogs),
  memballoon: child(...deviceTables.memballoon),
  rngs: list(...deviceTables.rngs),
  panics: list(...deviceTables.panics),
  vsock: child(...deviceTables.vsock),
  iommu: child(...deviceTables.iommu),
});
