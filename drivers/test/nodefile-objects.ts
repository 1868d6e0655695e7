import { EditedDocument } from '../xml/kind.ts';
import { network } from '../xml/network/tables.ts';
import { childrenNamed } from '../xml/tree.ts';
import type { ObjectSeed } from './named-objects.ts';
import { standalone, type NodeFile } from './nodefile-elements.ts';
import { hashText, randomFrom, randomUuid } from './random.ts';

/** Documents of one kind: interface, device. */
export async function documentsOf(file: NodeFile, name: string): Promise<string[]> {
  const documents: string[] = [];
  for (const element of childrenNamed(file.root, name))
    documents.push(standalone(await file.follow(element)));
  return documents;
}

/** The virtual networks of the file, all of them active. One without a UUID gets the same each time. */
export async function networksOf(file: NodeFile): Promise<ObjectSeed[]> {
  const documents = await documentsOf(file, 'network');
  return documents.map((xml) => {
    const document = new EditedDocument(network, xml);
    const { name, uuid } = document.read();
    if (uuid === undefined)
      document.update({ uuid: randomUuid(randomFrom(hashText(`${file.path}\nnetwork\n${name}`))) });
    return { xml: document.toString() };
  });
}
