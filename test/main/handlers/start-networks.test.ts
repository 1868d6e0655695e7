import { afterEach, expect, it } from 'vitest';
import type { Connection, OpenContext } from '../../../drivers/api/driver.ts';
import { parseUri } from '../../../drivers/api/uri.ts';
import { testDriver } from '../../../drivers/test/index.ts';
import { startNetworks } from '../../../main/handlers/start-networks.ts';

const open: Connection[] = [];
async function connect(params = ''): Promise<Connection> {
  const uri = parseUri(`test:///default?instance=start${String(open.length)}&pace=0${params}`);
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  // the made-up hypervisor asks its host for a name only
  const host = { hostname: 'test' } as OpenContext['host'];
  const connection = await testDriver.open(uri, { host, readOnly: false, log });
  open.push(connection);
  await connection.networks?.define("<network><name>other</name><bridge name='virbr9'/></network>");
  return connection;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()));
});
const define = (connection: Connection, ...names: string[]) =>
  connection.domains.define(
    `<domain type='test'><name>m</name><memory>1024</memory><vcpu>1</vcpu><os><type>hvm</type></os><devices>${names
      .map((name) => `<interface type='network'><source network='${name}'/></interface>`)
      .join('')}</devices></domain>`,
  );
const running = async (connection: Connection) =>
  (await connection.networks?.list())?.filter(({ active }) => active).map(({ name }) => name);

it('starts what the machine is plugged into and is off, and nothing else', async () => {
  const connection = await connect();
  await connection.networks?.destroy('default');
  const { uuid } = await define(connection, 'default', 'default');
  await startNetworks(connection, uuid);
  expect(await running(connection)).toEqual(['default']);
  // and again, where nothing is to be done
  await startNetworks(connection, uuid);
  expect(await running(connection)).toEqual(['default']);
});

it('says which network does not start', async () => {
  const connection = await connect('&fail=networkStart:other');
  const { uuid } = await define(connection, 'other');
  await expect(startNetworks(connection, uuid)).rejects.toMatchObject({ name: 'GuestroomError' });
  expect(await running(connection)).toEqual(['default']);
});
