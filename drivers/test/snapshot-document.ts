import { XmlDocument } from '../xml/document.ts';
import { snapshotRow } from '../xml/rows.ts';
import { serialize } from '../xml/serialize.ts';
import { domainSnapshot } from '../xml/snapshot/snapshot.ts';
import { childNamed, insertOrdered } from '../xml/tree.ts';
import { TestDocument } from './document.ts';
import type { TakenSnapshot } from './snapshot-tree.ts';

/** The snapshot's document as libvirt writes it, without passwords. */
export function snapshotXml(taken: TakenSnapshot, uuid: string): string {
  const { name, description, state, parent, created, memory, kind, disks, document } = taken;
  const xml = domainSnapshot.build({
    name,
    ...(description === undefined ? {} : { description }),
    state,
    ...(parent === undefined ? {} : { parent }),
    creationTime: Math.floor(created / 1000) * 1000,
    memory: { snapshot: !memory ? 'no' : kind === 'external' ? 'external' : 'internal' },
    disks: disks.map(({ source, ...disk }) => ({
      ...disk,
      ...(source === undefined ? {} : { type: 'file', format: 'qcow2', source: { file: source } }),
    })),
    ...(document ? {} : { domainUuid: uuid }),
  });
  if (!document) return xml;
  const whole = XmlDocument.parse(xml);
  insertOrdered(whole.root, whole.parseFragment(document.withoutSecrets().trim()));
  return whole.toString();
}

/** A snapshot from a document that libvirt's test driver reads: `active` tells the one that the domain goes on from. */
export function readSnapshot(xml: string): { taken: TakenSnapshot; active: boolean } {
  const document = XmlDocument.parse(xml);
  const model = domainSnapshot.read(document);
  const { parent, ...row } = snapshotRow(model);
  const inner = childNamed(document.root, 'domain');
  return {
    taken: {
      ...row,
      // old documents say nothing of the memory
      memory: model.memory ? row.memory : row.state === 'running' || row.state === 'paused',
      parent,
      disks: model.disks.map(({ name, snapshot = 'internal', source }) => ({
        name,
        snapshot,
        ...(source?.file === undefined ? {} : { source: source.file }),
      })),
      document: model.domain && inner ? TestDocument.parse(serialize(inner)) : undefined,
      files: [],
    },
    active: model.active ?? false,
  };
}
