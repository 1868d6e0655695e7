import { afterEach, describe, expect, it } from 'vitest';
import type { Connection, OpenContext } from '../../../drivers/api/driver.ts';
import type { Pool } from '../../../drivers/api/model.ts';
import { no } from '../../../drivers/api/operations.ts';
import { parseUri } from '../../../drivers/api/uri.ts';
import { testDriver } from '../../../drivers/test/index.ts';
import type { NewPool } from '../../../main/provision/facts.ts';
import { plan, previewOf } from '../../../main/provision/plan.ts';
import { newPoolFor, preparePool } from '../../../main/provision/pools.ts';
import { facts } from './facts.ts';

const { verdicts } = facts();
const pool = (name: string, change: Partial<Pool> = {}): Pool => ({
  name,
  type: 'dir',
  path: `/srv/${name}`,
  capacity: 0,
  available: 0,
  active: false,
  ...change,
});

describe('a host of libvirt without a place for disks that is ready', () => {
  it('gets the usual one, in the folder that libvirt has for it', () => {
    const images = { kind: 'poolMake', name: 'default', folder: '/var/lib/libvirt/images' };
    expect(newPoolFor([], verdicts, 'system', '/root')).toEqual(images);
    const own = { ...images, folder: '/home/ada/.local/share/libvirt/images' };
    expect(newPoolFor([], verdicts, 'session', '/home/ada')).toEqual(own);
    expect(newPoolFor([], verdicts, 'session', undefined)).toBeUndefined();
  });

  it('has one started that is off, the usual one first', () => {
    const off = [pool('other'), pool('default')];
    const expected = { kind: 'poolStart', name: 'default', folder: '/srv/default' };
    expect(newPoolFor(off, verdicts, 'system', undefined)).toEqual(expected);
    expect(newPoolFor([pool('other')], verdicts, 'system', undefined)).toMatchObject({ name: 'other' });
    const scsi = pool('default', { type: 'scsi', path: '/dev' });
    expect(newPoolFor([scsi], verdicts, 'system', undefined)).toBeUndefined();
  });

  it('is left alone where one is ready, or where it may not be changed', () => {
    expect(newPoolFor([pool('a', { active: true })], verdicts, 'system', undefined)).toBeUndefined();
    expect(newPoolFor([], verdicts, 'embedded', '/root')).toBeUndefined();
    const barred = { ...verdicts, poolDefine: no('read_only') };
    expect(newPoolFor([], barred, 'system', undefined)).toBeUndefined();
    expect(newPoolFor([pool('a')], barred, 'system', undefined)).toMatchObject({ kind: 'poolStart' });
  });

  it('is told as the first step, and only where the machine has a disk there', () => {
    const newPool = newPoolFor([], verdicts, 'system', undefined);
    const there = facts({ reach: 'system', pools: [], volumes: new Map(), newPool });
    const made = plan({ source: { kind: 'empty' }, name: 'fresh' }, there);
    expect(made.problems.filter(({ level }) => level === 'error')).toEqual([]);
    expect(previewOf(made).steps.slice(0, 2)).toMatchObject([
      { kind: 'poolMake', target: 'default', source: '/var/lib/libvirt/images' },
      { kind: 'volumeCreate', target: '/var/lib/libvirt/images/fresh.qcow2' },
    ]);
    expect(made.resolved.offers.pools).toEqual([{ name: 'default' }]);
    const bare = plan({ source: { kind: 'empty' }, name: 'fresh', disk: { none: true } }, there);
    expect(bare.steps.map(({ kind }) => kind)).toEqual(['define', 'start']);
  });
});

describe('preparing it', () => {
  const open: Connection[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });
  async function connect(): Promise<Connection> {
    const uri = parseUri(`test:///default?instance=pools${String(open.length)}${step.name}&pace=0`);
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
    // the made-up hypervisor asks its host for a name only
    const host = { hostname: 'test' } as OpenContext['host'];
    const connection = await testDriver.open(uri, { host, readOnly: false, log });
    open.push(connection);
    return connection;
  }
  const step: NewPool = { kind: 'poolMake', name: 'fresh', folder: '/srv/fresh' };
  const found = async ({ pools }: Connection) => (await pools?.list())?.find(({ name }) => name === 'fresh');

  it('defines, starts and keeps it for the next start of the host, and can undo all that', async () => {
    const connection = await connect();
    const undo: (() => Promise<void>)[] = [];
    await preparePool(connection, step, (_what, remove) => undo.unshift(remove));
    expect(await found(connection)).toMatchObject({ active: true, autostart: true, path: '/srv/fresh' });
    for (const remove of undo) await remove();
    expect(await found(connection)).toBeUndefined();
  });

  it('takes it as it is where somebody else has made it meanwhile', async () => {
    const connection = await connect();
    const undo: string[] = [];
    await preparePool(connection, step, () => undefined);
    await preparePool(connection, step, (what) => undo.push(what));
    expect(undo).toEqual([]);
    await connection.pools?.destroy('fresh');
    await preparePool(connection, step, (what) => undo.push(what));
    expect(undo).toEqual(['the running storage pool fresh']);
  });
});
