import { GuestroomError } from '../api/errors.ts';
import type { Reason } from '../api/operations.ts';
import { readDomain } from '../xml/domain/read.ts';
import type { Domain } from '../xml/domain/types.ts';
import { consolesOf, summarize, type DocumentSummary } from '../xml/summary.ts';

/** What of a row its document tells. */
export interface DocumentFacts {
  summary: DocumentSummary;
  refused: Readonly<Record<string, Reason>>;
}

const agentChannel = 'org.qemu.guest_agent.0';

/** Throws `xml_invalid` for a document that cannot be read. */
export function factsOf(xml: string): DocumentFacts {
  const domain = readDomain(xml);
  return { summary: summarize(domain), refused: refusedBy(domain) };
}

/** Like `factsOf`; undefined where the document is more than we can read. */
export function factsIfReadable(xml: string): DocumentFacts | undefined {
  try {
    return factsOf(xml);
  } catch (error) {
    if (error instanceof GuestroomError && (error.code === 'xml_invalid' || error.code === 'too_large'))
      return undefined;
    throw error;
  }
}

/** Operations that this very domain lacks the devices for. */
function refusedBy(domain: Domain): Record<string, Reason> {
  const refused: Record<string, Reason> = {};
  const { devices } = domain;
  const consoles = consolesOf(domain);
  const screens = consoles.filter((one) => one.kind === 'graphics');
  if (!screens.some(({ type }) => type === 'vnc'))
    refused['openGraphics'] = screens.some(({ type }) => type === 'spice') ? 'no_vnc' : 'no_graphics';
  const pictured = screens.length > 0 || devices.videos.some(({ model }) => model?.type !== 'none');
  if (!pictured) refused['screenshot'] = 'no_graphics';
  if (!consoles.some((one) => one.kind !== 'graphics' && one.kind !== 'parallel' && one.type === 'pty'))
    refused['openConsole'] = 'no_serial';
  if (!devices.disks.some(({ device }) => device === 'cdrom' || device === 'floppy'))
    refused['changeMedia'] = 'no_removable';
  if (!devices.channels.some(({ target }) => target?.name === agentChannel))
    for (const operation of ofAgent) refused[operation] = 'no_agent_channel';
  return refused;
}

const ofAgent = ['agentCommand', 'guestInfo', 'setUserPassword', 'fsFreeze', 'fsTrim'] as const;
