import type { Connection } from '../../drivers/api/driver.ts';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { DomainSummary } from '../../drivers/api/model.ts';
import { hidePasswords, hidesPasswords, showPasswords } from '../../drivers/xml/domain/hidden-passwords.ts';
import { readDomain } from '../../drivers/xml/domain/read.ts';

/*
 * No password goes to a window. Where a document is to be edited there, its screens' passwords are hidden, not left out: a
 * document that comes back without one takes it away.
 */

/** The document of the next start, for a window that may save it again. */
export async function documentToEdit({ domains, verdicts }: Connection, uuid: string): Promise<string> {
  const inactive = true;
  if (verdicts.define.can === 'no') return domains.xml(uuid, { inactive });
  try {
    return hidePasswords(await domains.xml(uuid, { inactive, secure: true }));
  } catch (error) {
    // the host's rules may let an account read and define documents, and not read secrets
    if (!(error instanceof GuestroomError) || error.code !== 'denied') throw error;
    return domains.xml(uuid, { inactive });
  }
}

/** The document that a window saves, as it is to be defined. `machines` are those of the host. */
export async function editedDocument(
  { domains }: Connection,
  xml: string,
  machines: readonly DomainSummary[],
): Promise<string> {
  if (!hidesPasswords(xml)) return xml;
  const { uuid, name } = readDomain(xml);
  const before = machines.find((one) => (uuid === undefined ? one.name === name : one.uuid === uuid));
  return showPasswords(xml, before && (await domains.xml(before.uuid, { inactive: true, secure: true })));
}
