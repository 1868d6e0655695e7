import type { Element } from '@xmldom/xmldom';
import type { Host } from '../api/host.ts';
import { storagePool } from '../xml/storage/pool.ts';
import { childNamed } from '../xml/tree.ts';
import { defaultNode } from './default.ts';
import { addMedia, Files, parentOf } from './files.ts';
import type { World } from './hypervisor.ts';
import { domainsOf } from './nodefile-domains.ts';
import { childText, numberOf, openNodeFile } from './nodefile-elements.ts';
import { documentsOf, networksOf } from './nodefile-objects.ts';
import { poolsOf } from './nodefile-storage.ts';

const gib = 1024 ** 3;

/**
 * A host from a file of libvirt's test driver: `<node>` with `<cpu>` and `<memory>`, and any number of `<domain>`,
 * `<network>`, `<interface>`, `<pool>` (with its `<volume>`s inside) and `<device>`, each inline or `file='relative.xml'`.
 * Of the test namespace a domain's `runstate`, `transient` and `hasmanagedsave` count. Other elements are not used.
 */
export async function worldFromFile(path: string, host: Host): Promise<World> {
  const file = await openNodeFile(path, host);
  const files = new Files('/home/guest');
  addMedia(files, '/home/guest/Downloads');
  const pools = await poolsOf(file, files);
  const places = new Set(pools.map(({ xml }) => storagePool.read(xml).target?.path));
  const node = nodeOf(file.root, host);
  const machines = await domainsOf(file, node.arch);
  for (const { document } of machines)
    for (const { path: image } of document.facts.disks)
      // what is in a pool is what the file says
      if (image?.startsWith('/') && !files.find(image) && !places.has(parentOf(image)))
        files.addImage(image, 'raw', 8 * gib, gib);
  return {
    node,
    files,
    pools,
    networks: await networksOf(file),
    interfaces: await documentsOf(file, 'interface'),
    devices: await documentsOf(file, 'device'),
    machines,
  };
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
    // libvirt counts the sockets of one NUMA node, of which it makes two where nothing is said
    sockets: (numberOf(cpu, 'sockets') ?? 2) * (numberOf(cpu, 'nodes') ?? 2),
    ...set('coresPerSocket', numberOf(cpu, 'cores')),
    ...set('threadsPerCore', numberOf(cpu, 'threads')),
    ...set('memory', memory === undefined ? undefined : memory * 1024),
  };
}
