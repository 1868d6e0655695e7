import type { Folder } from '../../../drivers/api/model.ts';
import { plan, previewOf } from '../../../main/provision/plan.ts';
import type { Choices, GuestSystem, PlanPreview } from '../../../preload/create.ts';
import type { NodeRow } from '../../../preload/rows.ts';
import { discFile, diskFile, facts, withFiles } from '../../main/provision/facts.ts';
import { fakeClient } from '../fake-client.ts';
import type { FakeClient } from '../fake-client.ts';

export const node: NodeRow = {
  id: 'lab-01',
  name: 'lab-01',
  uri: 'qemu:///embed',
  driver: 'QEMU',
  local: true,
  autoconnect: true,
  readOnly: false,
  state: 'connected',
};

const host = facts(withFiles(discFile(), diskFile()));

/** Main's own planning, over a made-up host. */
export const preview = (choices: Choices): PlanPreview => previewOf(plan(choices, host));

export const systems: GuestSystem[] = host.catalog.rows('2026-01-01');

export const folder: Folder = {
  path: '/srv',
  parent: '/',
  entries: [
    { name: 'notes.txt', path: '/srv/notes.txt', kind: 'file', size: 3 },
    { name: 'iso', path: '/srv/iso', kind: 'folder' },
    { name: 'debian-13.iso', path: '/srv/iso/debian-13.iso', kind: 'file', size: 784e6 },
  ],
};

/** Main's own provisioning; `create` answers a task. */
export const provisioning = {
  systems: () => Promise.resolve(systems),
  plan: ({ choices }: { choices: Choices }) => Promise.resolve(preview(choices)),
  create: () => Promise.resolve({ task: 't1', uuid: '0f5ff6a3-6b6f-4b3e-9d3a-0d2a3c1f7b11' }),
};

export function provisioningClient(): FakeClient {
  return fakeClient({
    nodes: [node],
    calls: {
      provision: provisioning,
      volumes: { browse: () => Promise.resolve(folder) },
    },
  });
}
