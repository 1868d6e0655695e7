import { value } from '../codec/fields.ts';
import { integer, octal, text } from '../codec/scalars.ts';
import { struct } from '../codec/structs.ts';

/** Of a file or folder on the node. */
export interface Permissions {
  /** Permission bits: 0o644 */
  mode?: number;
  /** Numbers of user and group; -1 leaves them as they are. */
  owner?: number;
  group?: number;
  /** Of SELinux or the like. */
  label?: string;
}

const account = integer(-1, 0xffff_ffff);

export const permissions = struct<Permissions>({
  mode: value('mode', octal),
  owner: value('owner', account),
  group: value('group', account),
  label: value('label', text),
});

/** From one byte of a device to another. */
export interface Extent {
  start: number;
  end: number;
}
