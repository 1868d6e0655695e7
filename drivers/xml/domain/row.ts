import { parseDocument } from '../document.ts';
import { summarize } from '../summary.ts';
import { scanRow } from './row-scan.ts';
import { rowTable } from './row-table.ts';
import type { DeviceFacts, DomainRow, RowDevices, RowSource } from './row-types.ts';

export type * from './row-types.ts';

/** The name that every guest agent's channel has. */
const agentName = 'org.qemu.guest_agent.0';

/**
 * The row of a domain document, some fifty times sooner than by `readDomain`. What a row does not need is not looked
 * at: a document with an impossible value elsewhere has a row although it cannot be read as a whole.
 * Throws `xml_invalid` for what is no domain document and for impossible values in what a row needs.
 */
export function readRow(xml: string): DomainRow {
  return rowOf(scanRow(xml) ?? readRowSource(xml));
}

/** By way of the tree: the same, slowly, for every document, and with the place of what is wrong. */
export const readRowSource = (xml: string): RowSource => rowTable.read(parseDocument(xml, 'domain').root);

export function rowOf(source: RowSource): DomainRow {
  return { ...summarize(source), devices: factsOf(source.devices) };
}

function factsOf(devices: RowDevices): DeviceFacts {
  const { serials, consoles, parallels, memballoon } = devices;
  // the first console of a fully virtualised guest is the first serial port under another name
  const own = consoles.filter(
    ({ target }, index) => index > 0 || serials.length === 0 || (target?.type ?? 'serial') !== 'serial',
  );
  return {
    screens: devices.graphics.map(({ type }) => type),
    terminals: [...serials, ...own, ...parallels].map(({ type }) => type),
    video: devices.videos.some(({ model }) => model?.type !== 'none'),
    removable: devices.disks.some(({ device }) => device === 'cdrom' || device === 'floppy'),
    ...(memballoon ? { balloon: memballoon.model } : {}),
    agent: devices.channels.some(({ target }) => target?.name === agentName),
  };
}
