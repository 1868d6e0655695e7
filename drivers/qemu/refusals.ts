import type { Reason } from '../api/operations.ts';
import type { Domain } from '../xml/domain/types.ts';
import { consoleUses } from './arguments/characters.ts';
import { vncScreens } from './arguments/display.ts';

const reachable: ReadonlySet<string> = new Set(['pty', 'unix', 'tcp']);

/** Operations that this very domain cannot do, whatever its state. */
export function refusalsOf(domain: Domain): Record<string, Reason> {
  const refused: Record<string, Reason> = {};
  const { devices } = domain;
  if (vncScreens(devices.graphics).length === 0) refused['openGraphics'] = 'no_graphics';
  const pictured = devices.graphics.length > 0 || devices.videos.some(({ model }) => model?.type !== 'none');
  if (!pictured) refused['screenshot'] = 'no_graphics';
  if (!consoleUses({ domain }).some(({ device }) => reachable.has(device.type)))
    refused['openConsole'] = 'no_serial';
  if (!devices.disks.some(({ device }) => device === 'cdrom' || device === 'floppy')) {
    refused['changeMedia'] = 'no_removable';
  }
  return refused;
}
