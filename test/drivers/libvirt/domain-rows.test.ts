import { expect, test } from 'vitest';
import { ErrorNumber } from '../../../drivers/libvirt/rpc/enums.gen.ts';
import { FakeDaemon, refusal } from './fake-daemon.ts';
import { guest } from './rpc/peer.ts';

const other = { name: 'other', uuid: new Uint8Array(16).fill(8), id: -1 };

test('a machine whose document the host does not give out is listed by its name, beside all others', async () => {
  const daemon = new FakeDaemon();
  const { domains } = await daemon.open();
  const read = daemon.answers.DOMAIN_GET_XML_DESC;
  daemon.answers.CONNECT_LIST_ALL_DOMAINS = ({ flags }) => ({
    domains: flags === 0 ? [guest, other] : [],
    ret: 2,
  });
  daemon.answers.DOMAIN_GET_XML_DESC = (args) => {
    if (args.dom.name === 'other') throw refusal(ErrorNumber.ERR_ACCESS_DENIED, 'access denied');
    return read?.(args) ?? { xml: '' };
  };
  expect((await domains.list()).map(({ name, type, memory }) => [name, type, memory])).toEqual([
    ['guest', 'qemu', 1024 * 1024],
    ['other', 'qemu', 0],
  ]);
});
