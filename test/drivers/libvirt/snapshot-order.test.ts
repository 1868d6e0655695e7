import { expect, it } from 'vitest';
import { inOrderOfTaking } from '../../../drivers/libvirt/snapshot-order.ts';

const names = (snapshots: Parameters<typeof inOrderOfTaking>[0]): string[] =>
  inOrderOfTaking(snapshots).map(({ name }) => name);

it('snapshots stand oldest first, whatever they are called', () => {
  expect(
    names([
      { name: 'a', created: 3000 },
      { name: 'c', created: 1000 },
      { name: 'b', created: 2000 },
    ]),
  ).toEqual(['c', 'b', 'a']);
});

it('of those taken in one second each stands behind the one that it was taken from', () => {
  expect(
    names([
      { name: 'a-third', parent: 'm-second', created: 1000 },
      { name: 'm-second', parent: 'z-first', created: 1000 },
      { name: 'branch', parent: 'z-first', created: 1000 },
      { name: 'z-first', created: 1000 },
    ]),
  ).toEqual(['z-first', 'branch', 'm-second', 'a-third']);
});

it('a circle of parents is listed all the same', () => {
  expect(
    names([
      { name: 'b', parent: 'a', created: 1000 },
      { name: 'a', parent: 'b', created: 1000 },
    ]),
  ).toEqual(['a', 'b']);
});
