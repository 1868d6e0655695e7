import { expect, test } from 'vitest';
import { verdictsOf } from '../../../drivers/libvirt/verdicts.ts';
import { FakeDaemon } from './fake-daemon.ts';

test('behind a read-only connection libvirt gives out no volume, so none is promised', async () => {
  const connection = await new FakeDaemon().open({ readOnly: true });
  expect(connection.verdicts.volumeRead).toEqual({ can: 'no', reason: 'read_only' });
  await expect(connection.volumes.read('/images/a.raw', 0, 512)).rejects.toMatchObject({ code: 'read_only' });
});

test('a hypervisor that nobody here knows has everything, and the daemon’s own answer counts', () => {
  const abilities = { type: 'FUTURE', readOnly: false, lacking: new Set<never>(), files: true };
  expect(Object.values(verdictsOf(abilities)).filter(({ can }) => can === 'no')).toEqual([]);
});
