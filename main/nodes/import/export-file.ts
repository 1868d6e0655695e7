import * as v from 'valibot';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import { formatUri, parseUri } from '../../../drivers/api/uri.ts';
import { ExportedHost, maxExport, maxImport } from '../../../preload/importing.ts';
import type { SavedNode } from '../saved.ts';

const version = 1;
const ExportFile = v.object({
  guestroom: v.literal(version),
  hosts: v.pipe(v.array(ExportedHost), v.maxLength(maxImport)),
});

/** Hosts as text that a person can keep or hand on. What is no URI, or has a password in it, is left out; `left` is told. */
export function exportHosts(
  nodes: readonly SavedNode[],
  left: (node: SavedNode, why: string) => void,
): string {
  const hosts = nodes.flatMap((node): ExportedHost[] => {
    const { name, autoconnect, readOnly } = node;
    try {
      return [{ name, uri: formatUri(parseUri(node.uri)), autoconnect, readOnly }];
    } catch (thrown) {
      left(node, toGuestroomError(thrown).message);
      return [];
    }
  });
  return `${JSON.stringify({ guestroom: version, hosts }, undefined, 2)}\n`;
}

/** The hosts of an exported list. Throws `invalid_argument`, also for one of a later version. */
export function readExport(text: string): ExportedHost[] {
  if (text.length > maxExport)
    throw new GuestroomError('too_large', 'This is more than a list of hosts', { hint: exported });
  const content = v.safeParse(ExportFile, parse(text));
  if (content.success)
    return content.output.hosts.map((entry) => ({ ...entry, uri: formatUri(parseUri(entry.uri)) }));
  const [issue] = content.issues;
  const path = v.getDotPath(issue);
  if (path === 'guestroom' && typeof issue.input === 'number') {
    throw new GuestroomError(
      'invalid_argument',
      'This list of hosts was written by a later version of Guestroom',
      {
        hint: 'Use that version, or export the list there anew in the older form',
      },
    );
  }
  throw notAList(`${path ?? 'the whole'}: ${issue.message}`);
}

const exported = 'Choose a file that “Export hosts” of Guestroom has saved';

const notAList = (detail: string): GuestroomError =>
  new GuestroomError('invalid_argument', 'This is no list of hosts of Guestroom', { detail, hint: exported });

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw notAList(thrown.message);
    throw thrown;
  }
}
