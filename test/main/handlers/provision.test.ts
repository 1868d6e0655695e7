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

  it('twice at once makes two machines', async () => {
    const { app, node } = await host(() => undefined);
    const make = (name: string) => app.client.provision.create({ node, choices: { ...choices, name } });
    const made = await Promise.all([make('left'), make('right')]);
    expect(made[0]?.uuid).not.toBe(made[1]?.uuid);
    for (const { task } of made) expect(await ended(app, task)).toMatchObject({ state: 'done' });
    const macs = await Promise.all(
      made.map(async ({ uuid }) => {
        const { interfaces } = await app.client.domains.detail({ node, uuid });
        return interfaces[0]?.mac;
      }),
    );
    expect(macs[0]).not.toBe(macs[1]);
  });

  it('that was refused keeps what its preview has shown', async () => {
    const { app, node } = await host(() => undefined);
    const { document } = await app.client.provision.plan({ node, choices });
    const taken = app.app.inventory.domains(node)[0]?.name ?? '';
    await expect(
      app.client.provision.create({ node, choices: { ...choices, name: taken } }),
    ).rejects.toBeInstanceOf(Error);
    expect((await app.client.provision.plan({ node, choices })).document).toBe(document);
  });
});
