import { afterEach, describe, expect, it } from 'vitest';
import type { Driver } from '../../../drivers/api/driver.ts';
import { drivers } from '../../../drivers/index.ts';
import { appInFolder, type AppInFolder, until } from '../app-in-folder.ts';

let self: AppInFolder | undefined;
afterEach(async () => {
  await self?.end();
  self = undefined;
});

/** The test hypervisor at an address that lets nobody change anything. */
function lookingOnly(): Driver {
  const test = drivers.find(({ name }) => name === 'test');
  if (!test) throw new Error('the build has no test hypervisor');
  return { ...test, open: (uri, context) => test.open(uri, { ...context, readOnly: true }) };
}

describe('a host whose address is for looking only, added as any other', () => {
  it('is shown as read-only, and refuses changes as such', async () => {
    self = await appInFolder({ drivers: [lookingOnly()] });
    const { app, client } = self;
    const { node } = await client.nodes.add({ uri: 'test:///default', readOnly: false });
    await until(() => app.inventory.node(node)?.state === 'connected');
    expect(app.inventory.node(node)).toMatchObject({
      readOnly: true,
      verdicts: { shutdown: { can: 'no', reason: 'read_only' } },
    });
    const [machine] = app.inventory.domains(node);
    const target = { node, uuid: machine?.uuid ?? '' };
    expect(await client.domains.act({ operation: 'shutdown', targets: [target] })).toMatchObject([
      { ok: false, reason: 'read_only', error: { code: 'read_only' } },
    ]);
    await client.nodes.disconnect({ node });
    expect(app.inventory.node(node)).toMatchObject({ state: 'disconnected', readOnly: true });
  });
});
