import { once } from 'node:events';
import { expect, test } from 'vitest';
import { procedureOf } from '../../../drivers/libvirt/rpc/calls.ts';
import { ErrorNumber } from '../../../drivers/libvirt/rpc/enums.gen.ts';
import { FrameStatus, FrameType } from '../../../drivers/libvirt/rpc/frames.ts';
import { FakeDaemon, uuid } from './fake-daemon.ts';
import { errorPayload, packet } from './rpc/peer.ts';

const serial = `<serial type='pty'><target port='0'/></serial>`;

test('a console that the host breaks off says so in words, as every other call does', async () => {
  const daemon = new FakeDaemon();
  const { domains } = await daemon.open();
  const { xml } = await (daemon.answers.DOMAIN_GET_XML_DESC?.({} as never) ?? { xml: '' });
  daemon.answers.DOMAIN_GET_XML_DESC = () => ({ xml: xml.replace('</devices>', `${serial}</devices>`) });
  daemon.answers.DOMAIN_OPEN_CONSOLE = () => undefined;
  const line = await domains.openConsole(uuid);
  const failed = once(line, 'error');
  const { program, number: procedure } = procedureOf('DOMAIN_OPEN_CONSOLE');
  const { STREAM: type } = FrameType;
  daemon.more[0]?.stream.write(
    packet(
      { program, version: 1, procedure, type, serial: 1, status: FrameStatus.ERROR },
      errorPayload(ErrorNumber.ERR_RPC, 'stream had I/O failure'),
    ),
  );
  expect((await failed)[0]).toMatchObject({ code: 'lost', domain: uuid });
});
