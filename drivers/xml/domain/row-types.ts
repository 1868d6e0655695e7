import type { DocumentSummary, Summarized } from '../summary.ts';
import type { CharacterDevice, CharacterTarget, Disk, Graphics, Memballoon } from './types.ts';

/** What of a domain document its row in a list is made from; a whole `Domain` is one, too. */
export interface RowSource extends Summarized {
  devices: RowDevices;
}

export interface RowDevices {
  disks: Pick<Disk, 'device'>[];
  serials: RowCharacter[];
  parallels: RowCharacter[];
  consoles: RowCharacter[];
  channels: RowCharacter[];
  graphics: Pick<Graphics, 'type'>[];
  videos: { model?: { type: string } }[];
  memballoon?: Pick<Memballoon, 'model'>;
}

export interface RowCharacter extends Pick<CharacterDevice, 'type'> {
  target?: Pick<CharacterTarget, 'type' | 'name'>;
}

/** What verdicts ask of a domain's devices. */
export interface DeviceFacts {
  /** Types of its screens in the document's order: vnc, spice, … */
  screens: string[];
  /** Types of its terminals, each terminal once: serial ports, consoles, parallel ports: pty, unix, file, … */
  terminals: string[];
  /** There is a video card, so that a picture can be taken. */
  video: boolean;
  /** There is a CD or floppy drive. */
  removable: boolean;
  /** Model of the memory balloon; `none` where there is none, missing where the hypervisor decides. */
  balloon?: string;
  /** There is a channel for the guest agent. */
  agent: boolean;
}

/** A row of a list, as far as the document alone tells. */
export type DomainRow = DocumentSummary & { devices: DeviceFacts };
