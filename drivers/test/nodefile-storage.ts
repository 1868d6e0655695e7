import type { Element } from '@xmldom/xmldom';
import { EditedDocument } from '../xml/kind.ts';
import { storagePool } from '../xml/storage/pool.ts';
import { storageVolume } from '../xml/storage/volume.ts';
import { childrenNamed, removeElement } from '../xml/tree.ts';
import type { Files } from './files.ts';
import { standalone, type NodeFile } from './nodefile-elements.ts';
import { hashText, randomFrom, randomUuid } from './random.ts';
import type { PoolSeed, Stranger } from './storage.ts';

/** The pools of the file; their `<volume>`s become files. */
export async function poolsOf(file: NodeFile, files: Files): Promise<PoolSeed[]> {
  const seeds: PoolSeed[] = [];
  for (const element of childrenNamed(file.root, 'pool'))
    seeds.push(await poolOf(await file.follow(element), file, files));
  return seeds;
}

async function poolOf(element: Element, file: NodeFile, files: Files): Promise<PoolSeed> {
  const volumes: string[] = [];
  for (const volume of childrenNamed(element, 'volume')) {
    volumes.push(standalone(await file.follow(volume)));
    removeElement(volume);
  }
  const document = new EditedDocument(storagePool, standalone(element));
  const { name, uuid, target } = document.read();
  if (uuid === undefined)
    document.update({ uuid: randomUuid(randomFrom(hashText(`${file.path}\npool\n${name}`))) });
  const strangers = new Map<string, Stranger>();
  for (const volume of volumes)
    addVolume(volume, (target?.path ?? `/${name}`).replace(/\/+$/, ''), files, strangers);
  return { xml: document.toString(), strangers };
}

function addVolume(xml: string, folder: string, files: Files, strangers: Map<string, Stranger>): void {
  const { name, key, capacity = 0, allocation = capacity, target, backingStore } = storageVolume.read(xml);
  const plain = `${folder}/${name}`;
  const path = target.path ?? plain;
  files.addImage(path, target.format ?? 'raw', capacity, allocation, backingStore?.path);
  if (path !== plain || (key !== undefined && key !== path)) strangers.set(path, { name, key: key ?? path });
}
