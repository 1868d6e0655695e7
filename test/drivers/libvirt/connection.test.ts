import { describe, expect, test } from 'vitest';
import type { Change } from '../../../drivers/api/driver.ts';
import { NetworkEventLifecycleType as Event } from '../../../drivers/libvirt/rpc/enums.gen.ts';
import { FakeDaemon } from './fake-daemon.ts';
import { settle } from './rpc/peer.ts';

const net = { name: 'lan', uuid: new Uint8Array(16).fill(9) };

/** What a connection of this daemon tells, from now on. */
async function watched(daemon: FakeDaemon): Promise<Change[]> {
  const connection = await daemon.open();
  const seen: Change[] = [];
  void (async () => {
    for await (const change of connection.changes(new AbortController().signal)) seen.push(change);
  })();
  return seen;
}

describe('a host with libvirt', () => {
  test('of two events in quick succession the later state is told last, however slow the first answer was', async () => {
    const daemon = new FakeDaemon();
    let active = 1;
    const answers: ((xml: { xml: string }) => void)[] = [];
    Object.assign(daemon.answers, {
      NETWORK_LOOKUP_BY_NAME: () => ({ net }),
      NETWORK_IS_ACTIVE: () => ({ active }),
      NETWORK_IS_PERSISTENT: () => ({ persistent: 1 }),
      NETWORK_GET_AUTOSTART: () => ({ autostart: 0 }),
      NETWORK_GET_XML_DESC: () => new Promise((resolve) => answers.push(resolve)),
    } satisfies FakeDaemon['answers']);
    const seen = await watched(daemon);
    const document = { xml: '<network><name>lan</name></network>' };
    const tell = (event: number): void =>
      daemon.main.event('NETWORK_EVENT_LIFECYCLE', { callbackID: 0, net, event, detail: 0 });
    tell(Event.STARTED);
    await settle();
    active = 0;
    tell(Event.STOPPED);
    await settle();
    // the answers to all that was asked, the newest first
    for (let round = 0; round < 3; round += 1) {
      for (const answer of answers.splice(0).reverse()) answer(document);
      await settle();
    }
    const told = seen.flatMap((change) => (change.kind === 'network' ? [change.network.active] : []));
    expect(told.at(-1)).toBe(false);
  });

  test('whose daemon loses its hypervisor, as one that passes calls on does, is lost', async () => {
    const daemon = new FakeDaemon();
    const seen = await watched(daemon);
    daemon.main.event('CONNECT_EVENT_CONNECTION_CLOSED', { reason: 1 });
    await settle();
    expect(seen).toMatchObject([{ kind: 'closed', error: { code: 'lost' } }]);
    expect(daemon.main.near.destroyed).toBe(true);
  });
});
