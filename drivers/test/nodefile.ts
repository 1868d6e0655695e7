import type { Element } from '@xmldom/xmldom';
import { GuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import { parseDocument } from '../xml/document.ts';
import { isElement, serialize } from '../xml/serialize.ts';
import { childNamed, childrenNamed, textOf } from '../xml/tree.ts';
import { defaultNode } from './default.ts';
import { TestDocument } from './document.ts';
import type { Seed, World } from './hypervisor.ts';
import { hashText, randomFrom, randomUuid } from './random.ts';
import { addMedia, Storage, type PoolSeed } from './storage.ts';

const namespace = 'http://libvirt.org/schemas/domain/test/1.0';
const gib = 1024 ** 3;
const maximumSize = 4 * 1024 * 1024;

/**
 * A host from a file of libvirt's test driver: `<node>` with `<cpu>`, `<memory>`, `<domain>` and `<pool>`, each domain
 * inline or `file='relative.xml'`. Of the test namespace a domain's `runstate`, `transient` and `hasmanagedsave` count.
 * Elements of other kinds (networks, interfaces, devices …) are allowed and not used.
 */
export async function worldFromFile(path: string, host: Host): Promise<World> {
  const root = parseDocument(await host.files.readText(path, maximumSize), 'node').root;
  const folder = host.files.dirname(path);

  /** The element itself, or what its file attribute names. */
  const follow = async (element: Element): Promise<Element> => {
    const file = element.getAttribute('file');
    if (file === null) return element;
    const full = host.files.isAbsolute(file) ? file : host.files.join(folder, file);
    return parseDocument(await host.files.readText(full, maximumSize), element.tagName).root;
  };

  const pools: PoolSeed[] = [];
  for (const element of childrenNamed(root, 'pool')) pools.push(poolOf(await follow(element)));
  const storage = new Storage('/home/guest', pools);
  addMedia(storage, '/home/guest/Downloads');
  const machines: Seed[] = [];
  for (const element of childrenNamed(root, 'domain')) {
    const seed = seedOf(await follow(element), path);
    for (const disk of seed.document.facts.disks)
      if (disk.path?.startsWith('/') && !storage.find(disk.path))
        storage.addImage(disk.path, 'raw', 8 * gib, gib);
    machines.push(seed);
  }
  return { node: nodeOf(root, host), storage, machines };
}

const childText = (element: Element | undefined, name: string): string | undefined => {
  const child = element && childNamed(element, name);
  const text = child && textOf(child).trim();
  return text === '' ? undefined : text;
};

function numberOf(element: Element | undefined, name: string): number | undefined {
  const text = childText(element, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new GuestroomError('xml_invalid', `<${name}> is not a number: ${text}`);
  return Number(text);
}

function nodeOf(root: Element, host: Host): World['node'] {
  const cpu = childNamed(root, 'cpu');
  const memory = numberOf(root, 'memory');
  const fallback = defaultNode(host);
  const set = <K extends keyof World['node']>(key: K, value: World['node'][K] | undefined) =>
    value === undefined ? {} : { [key]: value };
  return {
    ...fallback,
    ...set('arch', childText(cpu, 'model')),
    ...set('cpus', numberOf(cpu, 'active')),
    ...set('cpuMhz', numberOf(cpu, 'mhz')),
    ...set('sockets', numberOf(cpu, 'sockets')),
    ...set('coresPerSocket', numberOf(cpu, 'cores')),
    ...set('threadsPerCore', numberOf(cpu, 'threads')),
    ...set('memory', memory === undefined ? undefined : memory * 1024),
  };
}

function poolOf(element: Element): PoolSeed {
  const name = childText(element, 'name');
  if (name === undefined) throw new GuestroomError('xml_invalid', 'A <pool> has no <name>');
  const target = childNamed(element, 'target');
  return {
    name,
    type: element.getAttribute('type') ?? 'dir',
    path: childText(target, 'path') ?? `/${name}`,
    capacity: 100 * gib,
  };
}

/** The text of an element that keeps the prefixes which the elements around it declare. */
function standalone(element: Element): string {
  for (let outer = element.parentNode; isElement(outer); outer = outer.parentNode)
    for (const attribute of outer.attributes)
      if (attribute.name.startsWith('xmlns') && !element.hasAttribute(attribute.name))
        element.setAttributeNS('http://www.w3.org/2000/xmlns/', attribute.name, attribute.value);
  return serialize(element);
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

function seedOf(element: Element, path: string): Seed {
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
  const known = uuid ?? randomUuid(randomFrom(hashText(`${path}\n${name}`)));
  return {
    uuid: known,
    document: uuid === undefined ? document.edited((edited) => edited.setUuid(known)) : document,
    state,
    transient,
    managedSave: managedSave && (state === 'shutoff' || state === 'crashed'),
  };
}
