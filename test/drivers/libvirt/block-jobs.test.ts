import { expect, test } from 'vitest';
import { DomainEventType } from '../../../drivers/libvirt/rpc/enums.gen.ts';
import { FakeDaemon, uuid } from './fake-daemon.ts';
import { guest, settle } from './rpc/peer.ts';

/** A copy of the guest's disk that the daemon has begun. */
async function copying(daemon: FakeDaemon): Promise<{ copy: Promise<void> }> {
  const connection = await daemon.open();
  const begun = new Promise<void>((resolve) => {
    daemon.answers.DOMAIN_BLOCK_COPY = () => resolve();
  });
  const copy = connection.blockJobs?.copy(uuid, 'vda', {
    path: '/images/b.raw',
    format: 'raw',
    pivot: false,
  });
  if (!copy) throw new Error('it has no block jobs');
  copy.catch(() => undefined);
  await begun;
  await settle();
  return { copy };
}

test('a copy whose host is lost meanwhile ends, and says that libvirt goes on with it', async () => {
  const daemon = new FakeDaemon();
  const { copy } = await copying(daemon);
  daemon.main.stream.destroy();
  await expect(copy).rejects.toMatchObject({
    code: 'lost',
    hint: expect.stringMatching('libvirt goes on') as string,
  });
});

test('a copy whose connection is closed meanwhile ends', async () => {
  const daemon = new FakeDaemon();
  const { copy } = await copying(daemon);
  daemon.links.end();
  await expect(copy).rejects.toMatchObject({ code: 'lost' });
});

test('a copy ends with its machine, of which libvirt tells nothing as of a copy', async () => {
  const daemon = new FakeDaemon();
  const { copy } = await copying(daemon);
  daemon.main.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', {
    callbackID: 0,
    msg: { dom: guest, event: DomainEventType.STOPPED, detail: 1 },
  });
  await expect(copy).rejects.toMatchObject({ code: 'wrong_state', domain: uuid });
});
