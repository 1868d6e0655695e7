import type { Element } from '@xmldom/xmldom';
import { GuestroomError } from '../api/errors.ts';
import { childElements, childrenNamed, removeElement, textOf } from '../xml/tree.ts';
import { complete } from './domain-defaults.ts';
import { TestDocument } from './document.ts';
import type { Seed } from './hypervisor.ts';
import { standalone, type NodeFile } from './nodefile-elements.ts';
import { hashText, macFrom, randomFrom, randomUuid } from './random.ts';
import { readSnapshot } from './snapshot-document.ts';
import { SnapshotTree, type TakenSnapshot } from './snapshot-tree.ts';

const namespace = 'http://libvirt.org/schemas/domain/test/1.0';

/** The domains of the file, in the states that it says. */
export async function domainsOf(file: NodeFile, arch: string): Promise<Seed[]> {
  const seeds: Seed[] = [];
  for (const element of childrenNamed(file.root, 'domain'))
    seeds.push(await seedOf(await file.follow(element), file, arch));
  return seeds;
}

/** `<test:domainsnapshot>` elements, inline or in files, and out of the domain's own document. */
async function snapshotsOf(element: Element, file: NodeFile): Promise<SnapshotTree> {
  const taken: TakenSnapshot[] = [];
  let current: string | undefined;
  for (const found of Array.from(element.getElementsByTagNameNS(namespace, 'domainsnapshot'))) {
    const snapshot = readSnapshot(asSnapshot(await file.follow(found)));
    if (snapshot.active && current !== undefined)
      throw new GuestroomError(
        'xml_invalid',
        `Two snapshots are active: ${current} and ${snapshot.taken.name}`,
      );
    if (snapshot.active) current = snapshot.taken.name;
    taken.push(snapshot.taken);
    removeElement(found);
  }
  const names = new Set(taken.map(({ name }) => name));
  const orphan = taken.find(({ parent }) => parent !== undefined && !names.has(parent));
  if (orphan)
    throw new GuestroomError('xml_invalid', `The snapshot ${orphan.name} has a parent that is not there`);
  return new SnapshotTree(taken, current);
}

/** In the domain's document the element has a prefix, in a file of its own none. */
const asSnapshot = (element: Element): string =>
  standalone(element)
    .replace(/^<[^\s/>]+/, '<domainsnapshot')
    .replace(/<\/[^\s>]+\s*>$/, '</domainsnapshot>');

/** virDomainState's numbers. */
const runstates: Readonly<Record<number, NonNullable<Seed['state']>>> = {
  1: 'running',
  2: 'blocked',
  3: 'paused',
  5: 'shutoff',
  6: 'crashed',
  7: 'pmsuspended',
};

async function seedOf(element: Element, file: NodeFile, arch: string): Promise<Seed> {
  const ours = (name: string): number | undefined => {
    // its snapshots have domains inside
    const own = childElements(element).find(
      (one) => one.namespaceURI === namespace && one.localName === name,
    );
    const text = own && textOf(own).trim();
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
  const snapshots = await snapshotsOf(element, file);
  const document = TestDocument.parse(standalone(element));
  const { uuid, name } = document.facts;
  const random = randomFrom(hashText(`${file.path}\n${name}`));
  const known = uuid ?? randomUuid(random);
  return {
    uuid: known,
    document: document.edited((edited) => {
      edited.setUuid(known);
      complete(edited, arch, () => macFrom(random));
    }),
    snapshots,
    state,
    reason: 'unknown',
    transient,
    managedSave: managedSave && (state === 'shutoff' || state === 'crashed'),
  };
}
