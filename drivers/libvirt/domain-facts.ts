import { GuestroomError } from '../api/errors.ts';
import type { Reason } from '../api/operations.ts';
import { readRow, type DeviceFacts } from '../xml/domain/row.ts';
import type { DocumentSummary } from '../xml/summary.ts';

/** What of a row its document tells. */
export interface DocumentFacts {
  summary: DocumentSummary;
  refused: Readonly<Record<string, Reason>>;
}

/** undefined where the document is more than we can read. */
export function factsIfReadable(xml: string): DocumentFacts | undefined {
  try {
    const { devices, ...summary } = readRow(xml);
    return { summary, refused: refusedBy(devices) };
  } catch (error) {
    if (error instanceof GuestroomError && (error.code === 'xml_invalid' || error.code === 'too_large'))
      return undefined;
    throw error;
  }
}

const ofAgent = ['agentCommand', 'guestInfo', 'setUserPassword', 'fsFreeze', 'fsTrim'] as const;

/** Operations that this very domain lacks the devices for. */
function refusedBy({ screens, terminals, video, removable, agent }: DeviceFacts): Record<string, Reason> {
  const refused: Record<string, Reason> = {};
  if (!screens.includes('vnc'))
    refused['openGraphics'] = screens.includes('spice') ? 'no_vnc' : 'no_graphics';
  if (screens.length === 0 && !video) refused['screenshot'] = 'no_graphics';
  // libvirt opens terminals only that it holds itself
  if (!terminals.includes('pty')) refused['openConsole'] = 'no_serial';
  if (!removable) refused['changeMedia'] = 'no_removable';
  if (!agent) for (const operation of ofAgent) refused[operation] = 'no_agent_channel';
  return refused;
}
