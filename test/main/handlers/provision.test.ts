import { afterEach, describe, expect, it } from 'vitest';
import type { Connection, Driver } from '../../../drivers/api/driver.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { drivers } from '../../../drivers/index.ts';
import type { TaskRow } from '../../../preload/rows.ts';
import { appInFolder, type AppInFolder, until } from '../app-in-folder.ts';

let self: AppInFolder | undefined;
afterEach(async () => {
  await self?.end();
  self = undefined;
});

/** An app with one host, whose connection is changed as given. */
async function host(change: (connection: Connection) => void): Promise<{ app: AppInFolder; node: string }> {
  const [test] = drivers.filter(({ name }) => name === 'test');
  if (!test) throw new Error('the build has no test hypervisor');
  const changed: Driver = {
    ...test,
    open: async (uri, context) => {
      const connection = await test.open(uri, context);
      change(connection);
      return connection;
    },
  };
  const app = await appInFolder({ drivers: [changed] });
  self = app;
  const { node } = await app.client.nodes.add({ uri: 'test:///showcase' });
  await until(() => app.app.inventory.node(node)?.state === 'connected');
  return { app, node };
}

async function ended({ app }: AppInFolder, task: string): Promise<TaskRow> {
  await until(() => app.tasks.get(task)?.state !== 'running');
  const row = app.tasks.get(task);
  if (!row) throw new Error('the task is gone');
  return row;
}

const choices = { source: { kind: 'empty' as const }, name: 'half-made' };

describe('making a machine', () => {
  it('says what is left of it when it was cancelled', async () => {
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const { app, node } = await host((connection) => {
      const define = connection.domains.define.bind(connection.domains);
      connection.domains.define = (xml) => gate.then(() => define(xml));
      connection.volumes.delete = () => Promise.reject(new GuestroomError('denied', 'Permission denied'));
    });
    const { task } = await app.client.provision.create({ node, choices });
    await until(() => app.app.tasks.get(task)?.step === 'define');
    await app.client.tasks.cancel({ task });
    go();
    expect(await ended(app, task)).toMatchObject({
      state: 'failed',
      error: {
        message: 'Cancelled, but not all of it could be taken back',
        detail: expect.stringMatching(/half-made\.qcow2: Permission denied/) as string,
      },
    });
  });
});
