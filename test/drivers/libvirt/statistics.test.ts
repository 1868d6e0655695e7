import { expect, test } from 'vitest';
import { ErrorNumber } from '../../../drivers/libvirt/rpc/enums.gen.ts';
import { typedParam } from '../../../drivers/libvirt/rpc/typed-params.ts';
import { FakeDaemon, refusal, uuid } from './fake-daemon.ts';
import { guest } from './rpc/peer.ts';

test('a host that cannot count its own load tells that of its machines all the same', async () => {
  const daemon = new FakeDaemon();
  const connection = await daemon.open();
  const refuse = (): never => {
    throw refusal(ErrorNumber.ERR_INTERNAL_ERROR, 'cannot open /proc/stat');
  };
  daemon.answers.NODE_GET_CPU_STATS = refuse;
  daemon.answers.NODE_GET_MEMORY_STATS = refuse;
  const params = [typedParam.ullong('cpu.time', 2_000_000_000n)];
  daemon.answers.CONNECT_GET_ALL_DOMAIN_STATS = () => ({ retStats: [{ dom: guest, params }] });
  daemon.answers.CONNECT_LIST_ALL_DOMAINS = () => ({ domains: [guest], ret: 1 });
  const { node, domains } = await connection.stats();
  expect(node).toBeUndefined();
  expect(domains).toMatchObject([{ uuid, cpuSeconds: 2 }]);
});
