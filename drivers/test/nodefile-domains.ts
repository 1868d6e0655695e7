import type { Element } from '@xmldom/xmldom';
import { GuestroomError } from '../api/errors.ts';
import { childrenNamed } from '../xml/tree.ts';
import { complete } from './domain-defaults.ts';
import { TestDocument } from './document.ts';
import type { Seed } from './hypervisor.ts';
import { standalone, type NodeFile } from './nodefile-elements.ts';
import { hashText, macFrom, randomFrom, randomUuid } from './random.ts';

const namespace = 'http://libvirt.org/schemas/domain/test/1.0';

/** The domains of the file, in the states that it says. */
export async function domainsOf(file: NodeFile, arch: string): Promise<Seed[]> {
  const seeds: Seed[] = [];
  for (const element of childrenNamed(file.root, 'domain'))
    seeds.push(seedOf(await file.follow(element), file.path, arch));
  return seeds;
}

/** virDomainState's numbers. */
const runstates: Readonly<Record<number, NonNullable<Seed['state']>>> = {
  1: 'running',
  2: 'blocked',
  3: 'paused',
  5: 'shutoff',
  6: 'crashed',
  7: 'pmsuspended',
};

function seedOf(element: Element, path: string, arch: string): Seed {
  const ours = (name: string): number | undefined => {
    const text = element.getElementsByTagNameNS(namespace, name)[0]?.textContent?.trim();
    if (text === undefined || text === '') return undefined;
    if (!/^\d{1,3}$/.test(text))
      throw new GuestroomError('xml_invalid', `<test:${name}> is not a number: ${text}`);
    return Number(text);
  };
  const runstate = ours('runstate') ?? 1;
  const state = runstates[runstate];
  if (!state)
    throw new GuestroomError('xml_invalid', `No state of a domain has the number ${String(runstate)}`, {
      hint: '1 running, 2 blocked, 3 paused, 5 shut off, 6 crashed, 7 suspended',
    });
  const transient = (ours('transient') ?? 0) > 0;
  const managedSave = (ours('hasmanagedsave') ?? 0) > 0;
  if (transient && state === 'shutoff')
    throw new GuestroomError('xml_invalid', 'A transient domain cannot be shut off');
  const document = TestDocument.parse(standalone(element));
  const { uuid, name } = document.facts;
  const random = randomFrom(hashText(`${path}\n${name}`));
  const known = uuid ?? randomUuid(random);
  return {
    uuid: known,
    document: document.edited((edited) => {
      edited.setUuid(known);
      complete(edited, arch, () => macFrom(random));
    }),
    state,
    reason: 'unknown',
    transient,
    managedSave: managedSave && (state === 'shutoff' || state === 'crashed'),
  };
}
