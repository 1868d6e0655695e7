import type { TestDocument } from './document.ts';
import { SnapshotTree, type TakenSnapshot } from './snapshot-tree.ts';

interface Point {
  name: string;
  description?: string;
  parent?: string;
  /** Of its making: 2025-01-01 and so many hours. */
  hours: number;
  state?: 'running' | 'paused' | 'shutoff';
}

const newYear = Date.UTC(2025, 0, 1);

/** Of some machines of the showcase; the last of each is the one that it goes on from. */
const points: Readonly<Record<string, readonly Point[]>> = {
  'web-01': [
    { name: 'installed', description: 'As it came from the image', hours: 10 },
    {
      name: 'before-upgrade',
      description: 'Debian 12.7, nginx 1.22',
      parent: 'installed',
      hours: 130,
      state: 'running',
    },
    {
      name: 'after-upgrade',
      description: 'Debian 12.8, nginx 1.24',
      parent: 'before-upgrade',
      hours: 133,
      state: 'running',
    },
  ],
  'windows-11': [
    { name: 'clean', description: 'Activated, all updates, nothing else', hours: 40 },
    { name: 'tax-2023', description: 'Never delete: the tax office may ask', parent: 'clean', hours: 60 },
    { name: 'with-office', parent: 'clean', hours: 75, state: 'paused' },
  ],
  'db-primary': [{ name: 'nightly-2025-01-14', hours: 13 * 24 + 3, state: 'running' }],
  '<img src=x onerror=alert(1)>': [
    { name: '<b>bold</b>', description: '<script>alert(1)</script>', hours: 1 },
  ],
};

export function showcaseSnapshots(name: string, document: TestDocument): SnapshotTree | undefined {
  const own = points[name];
  if (!own) return undefined;
  const taken = own.map(({ description, parent, hours, state = 'shutoff', ...point }): TakenSnapshot => {
    const memory = state === 'running' || state === 'paused';
    return {
      name: point.name,
      ...(description === undefined ? {} : { description }),
      state,
      created: newYear + hours * 3_600_000,
      parent,
      kind: 'internal',
      memory,
      disks: document.facts.disks.map(({ target, device }) => ({
        name: target,
        snapshot: device === 'disk' ? 'internal' : 'no',
      })),
      document,
      files: [],
    };
  });
  return new SnapshotTree(taken, own.at(-1)?.name);
}
