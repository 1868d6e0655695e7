import { describe, expect, test } from 'vitest';
import { noCallback } from '../../../../drivers/libvirt/rpc/event-hub.ts';
import { FrameStatus, FrameType } from '../../../../drivers/libvirt/rpc/frames.ts';
import { answerPacket, eventPacket, guest, packet, Peer, settle } from './peer.ts';

const lifecycle = (callbackID: number, event: number) =>
  ({ callbackID, msg: { dom: guest, event, detail: 0 } }) as const;

async function listen(peer: Peer, callbackID: number, heard: number[]): Promise<number> {
  const listening = peer.client.listen(
    'DOMAIN_EVENT_CALLBACK_LIFECYCLE',
    async () => {
      const args = { eventID: 0, dom: null };
      return (await peer.client.call('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', args)).callbackID;
    },
    ({ msg }) => heard.push(msg.event),
  );
  await peer.serve('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', { callbackID });
  return listening;
}

describe('events', () => {
  test('reach those who registered, in order, until they stop listening', async () => {
    const peer = new Peer();
    const heard: number[] = [];
    expect(await listen(peer, 20, heard)).toBe(20);
    for (const event of [4, 2, 5]) peer.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(20, event));
    await settle();
    expect(heard).toEqual([4, 2, 5]);
    peer.client.unlisten('DOMAIN_EVENT_CALLBACK_LIFECYCLE', 20);
    peer.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(20, 1));
    await settle();
    expect(heard).toEqual([4, 2, 5]);
  });

  test('the same id in another class is another listener', async () => {
    const peer = new Peer();
    const domains: number[] = [];
    const pools: number[] = [];
    await listen(peer, 0, domains);
    await peer.client.listen(
      'STORAGE_POOL_EVENT_LIFECYCLE',
      () => Promise.resolve(0),
      ({ event }) => pools.push(event),
    );
    const pool = { name: 'p', uuid: guest.uuid };
    peer.event('STORAGE_POOL_EVENT_LIFECYCLE', { callbackID: 0, pool, event: 3, detail: 0 });
    peer.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(0, 2));
    peer.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(1, 6));
    await settle();
    expect({ domains, pools }).toEqual({ domains: [2], pools: [3] });
  });

  test('that come before, with and right after the answer to the registration are not lost', async () => {
    const peer = new Peer();
    const heard: number[] = [];
    const listening = peer.client.listen(
      'DOMAIN_EVENT_CALLBACK_LIFECYCLE',
      async () =>
        (await peer.client.call('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', { eventID: 0, dom: null }))
          .callbackID,
      ({ msg }) => heard.push(msg.event),
    );
    const { frame } = await peer.expectCall('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY');
    peer.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(7, 0));
    await settle();
    peer.stream.write(
      Buffer.concat([
        eventPacket('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(7, 1)),
        eventPacket('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(8, 99)),
        answerPacket('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', frame.serial, { callbackID: 7 }),
        eventPacket('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(7, 2)),
      ]),
    );
    await listening;
    peer.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(7, 3));
    await settle();
    expect(heard).toEqual([0, 1, 2, 3]);
  });

  test('a registration that is refused rejects and leaves nothing behind', async () => {
    const peer = new Peer();
    const heard: number[] = [];
    const listening = peer.client.listen(
      'DOMAIN_EVENT_NIC_MAC_CHANGE',
      async () =>
        (await peer.client.call('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', { eventID: 27, dom: null }))
          .callbackID,
      () => heard.push(1),
    );
    const { frame } = await peer.expectCall('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY');
    peer.refuse('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', frame.serial, 1, 'unsupported event ID 27');
    await expect(listening).rejects.toMatchObject({ code: 1 });
    const mac = { dom: guest, alias: 'net0', oldMAC: 'a', newMAC: 'b' };
    peer.event('DOMAIN_EVENT_NIC_MAC_CHANGE', { callbackID: 0, ...mac });
    await settle();
    expect(heard).toEqual([]);
  });

  test('messages that have no callback id are heard too', async () => {
    const peer = new Peer();
    const reasons: number[] = [];
    await peer.client.listen(
      'CONNECT_EVENT_CONNECTION_CLOSED',
      () => Promise.resolve(noCallback),
      ({ reason }) => reasons.push(reason),
    );
    peer.event('CONNECT_EVENT_CONNECTION_CLOSED', { reason: 1 });
    await settle();
    expect(reasons).toEqual([1]);
  });

  test('a listener that throws is logged and stops nothing', async () => {
    const peer = new Peer();
    const heard: number[] = [];
    const listeners = [
      () => {
        throw new Error('my fault');
      },
      (event: number) => heard.push(event),
    ];
    for (const [id, listener] of listeners.entries()) {
      await peer.client.listen(
        'DOMAIN_EVENT_CALLBACK_LIFECYCLE',
        () => Promise.resolve(id),
        ({ msg }) => listener(msg.event),
      );
      peer.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(id, 2));
    }
    await settle();
    expect(heard).toEqual([2]);
    expect(peer.logged).toMatchObject([{ facts: { error: 'Error: my fault' } }]);
  });

  test('a message of a newer libvirt is passed over', async () => {
    const peer = new Peer();
    const heard: number[] = [];
    await listen(peer, 1, heard);
    const header = { program: 0x20008086, version: 1, procedure: 9999, type: FrameType.MESSAGE, serial: 1 };
    peer.stream.write(packet({ ...header, status: FrameStatus.OK }, Buffer.from([1, 2, 3])));
    peer.event('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(1, 2));
    await settle();
    expect(heard).toEqual([2]);
  });

  test('a daemon that sends events without end before it answers is cut off', async () => {
    const peer = new Peer();
    const listening = peer.client.listen(
      'DOMAIN_EVENT_CALLBACK_LIFECYCLE',
      () => new Promise<number>(() => undefined),
      () => undefined,
    );
    void listening;
    const flood = Buffer.concat(
      Array.from({ length: 500 }, () => eventPacket('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle(3, 0))),
    );
    for (let round = 0; round < 30; round += 1) peer.stream.write(flood);
    expect(await peer.client.closed).toMatchObject({ code: 'protocol' });
  });
});
