import { bounded } from '../../drivers/api/bounded.ts';
import type { Connection } from '../../drivers/api/driver.ts';
import { readDomain } from '../../drivers/xml/domain/read.ts';
import { networksOf } from '../provision/networks.ts';

/** Starts the virtual networks of a domain's next start that are off. Rejects with the first that does not start. */
export async function startNetworks({ domains, networks }: Connection, uuid: string): Promise<void> {
  if (!networks) return;
  const [xml, rows] = await Promise.all([domains.xml(uuid, { inactive: true }), networks.list()]);
  const wanted = networksOf(readDomain(xml));
  const off = rows.filter(({ name, active }) => !active && wanted.includes(name));
  await bounded(off, 1, ({ name }) => networks.start(name));
}
