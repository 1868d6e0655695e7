import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../drivers/api/driver.ts';
import type { DomainSummary } from '../../drivers/api/model.ts';
import {
  connectionOperations,
  domainOperations,
  refusal,
  type ConnectionOperation,
  type DomainOperation,
  type Group,
} from '../../drivers/api/operations.ts';
import { domainCalls as calls, hostCalls } from './calls.ts';
import { fixtures, guestXml, type Subject } from './fixtures.ts';

const operations = Object.keys(domainOperations) as DomainOperation[];
const optional: readonly Group[] = [
  'domainDevices',
  'snapshots',
  'blockJobs',
  'migration',
  'agent',
  'pools',
  'networks',
  'interfaces',
  'nodeDevices',
  'secrets',
];
describe.each(fixtures)(
  '$name',
  ({ type, open, lacks, groups, documents, beyond, devices, tellsEveryChange }) => {
    let subject: Subject;
    let connection: Connection;
    beforeAll(async () => {
      subject = await open();
      ({ connection } = subject);
    });
    afterAll(() => subject.end());

    type Form = 'off' | 'running' | 'paused' | 'saved' | 'asleep' | 'transient';
    const guest = async (form: Form): Promise<DomainSummary> => {
      const xml = guestXml(type, { devices: (await devices?.(subject)) ?? subject.devices });
      const { domains } = connection;
      if (form === 'transient') return domains.create(xml);
      const { uuid } = await domains.define(xml);
      if (form === 'paused') await domains.start(uuid, { paused: true });
      else if (form !== 'off') await domains.start(uuid);
      if (form === 'saved') await domains.managedSave(uuid);
      if (form === 'asleep') await domains.pmSuspend(uuid, 'mem');
      return domains.get(uuid);
    };
    const leave = async (uuid: string): Promise<void> => {
      const row = (await connection.domains.list()).find((domain) => domain.uuid === uuid);
      if (!row) return;
      if (refusal('destroy', connection.verdicts, row) === undefined) await connection.domains.destroy(uuid);
      if (row.persistent) await connection.domains.undefine(uuid);
    };
    // the table of tests is made before the connection is open: what it can is tested inside
    const runs = operations.filter((operation) => !lacks.includes(operation) && !beyond.includes(operation));

    test('every operation has a verdict', () => {
      const names = [...operations, ...connectionOperations].sort();
      expect(Object.keys(connection.verdicts).sort()).toEqual(names);
    });

    test('what it lacks is what the suite expects', () => {
      const no = operations.filter((operation) => connection.verdicts[operation].can === 'no');
      expect(no).toEqual(operations.filter((operation) => lacks.includes(operation)));
    });

    test('it has the groups that the suite expects', () => {
      const found = optional.filter((group) => connection[group] !== undefined);
      expect(found).toEqual(optional.filter((group) => groups.includes(group)));
    });

    test.each(runs)('%s does its work where the state allows it', async (operation) => {
      expect(connection.verdicts[operation].can).not.toBe('no');
      const forms: Form[] = ['running', 'off', 'paused', 'saved', 'asleep'];
      for (const form of forms) {
        const row = await guest(form);
        try {
          if (refusal(operation, connection.verdicts, row) !== undefined) continue;
          await calls(connection, row.uuid, subject.folder)[operation]();
          return;
        } finally {
          await leave(row.uuid);
        }
      }
      expect.fail(`no state allows ${operation}`);
    });

    test('what the driver cannot do is refused as unsupported', async () => {
      const row = await guest('running');
      const refused = operations.filter((operation) => connection.verdicts[operation].can === 'no');
      for (const operation of refused)
        await expect(
          calls(connection, row.uuid, subject.folder)[operation](),
          operation,
        ).rejects.toMatchObject({
          code: 'unsupported',
        });
      expect((await connection.domains.get(row.uuid)).state).toBe('running');
      await leave(row.uuid);
    });

    test.each<Form>(['off', 'running', 'paused', 'transient'])(
      'what a machine that is %s cannot do is refused, and nothing changes',
      async (form) => {
        const row = await guest(form);
        const wrong = operations.filter(
          (operation) =>
            connection.verdicts[operation].can !== 'no' &&
            refusal(operation, connection.verdicts, row) !== undefined,
        );
        expect(wrong.length).toBeGreaterThan(2);
        for (const operation of wrong)
          await expect(
            calls(connection, row.uuid, subject.folder)[operation](),
            operation,
          ).rejects.toMatchObject({
            name: 'GuestroomError',
            code: 'wrong_state',
          });
        // a start that has just ended may still be given another reason
        const reason = tellsEveryChange ? {} : { stateReason: expect.any(String) as string };
        expect(await connection.domains.get(row.uuid)).toEqual({ ...row, ...reason });
        await leave(row.uuid);
      },
    );

    test('a machine without console, screen and drives says so, and refuses them as unsupported', async () => {
      const xml = guestXml(type, { noConsole: true, noGraphics: true, noDrive: true });
      const { uuid } = await connection.domains.create(xml);
      const row = await connection.domains.get(uuid);
      const lacking = {
        openConsole: 'no_serial',
        openGraphics: 'no_graphics',
        changeMedia: 'no_removable',
      } as const;
      for (const [operation, reason] of Object.entries(lacking) as [keyof typeof lacking, string][]) {
        expect(refusal(operation, connection.verdicts, row), operation).toBe(reason);
        await expect(calls(connection, uuid, subject.folder)[operation](), operation).rejects.toMatchObject({
          code: 'unsupported',
        });
      }
      await leave(uuid);
    });

    test('operations on a machine that is not there say so', async () => {
      const missing = calls(connection, randomUUID(), subject.folder);
      for (const operation of operations.filter((one) => connection.verdicts[one].can !== 'no'))
        await expect(missing[operation](), operation).rejects.toMatchObject({ code: 'not_found' });
      await expect(connection.domains.get(randomUUID())).rejects.toMatchObject({ code: 'not_found' });
      await expect(connection.domains.xml(randomUUID())).rejects.toMatchObject({ code: 'not_found' });
    });

    test('a read-only connection shows everything and changes nothing', async () => {
      const row = await guest('running');
      const looking = await subject.again({ readOnly: true });
      expect(looking.readOnly).toBe(true);
      expect(await looking.domains.get(row.uuid)).toEqual(row);
      expect(await looking.domains.xml(row.uuid)).toContain(row.name);
      for (const operation of ['destroy', 'suspend', 'setMetadata', 'undefine'] as const)
        await expect(calls(looking, row.uuid, subject.folder)[operation](), operation).rejects.toMatchObject({
          code: 'read_only',
        });
      await expect(looking.domains.define(guestXml(type))).rejects.toMatchObject({ code: 'read_only' });
      await looking.close();
      await leave(row.uuid);
    });

    test('operations on the host do their work', async () => {
      const { verdicts } = connection;
      const done = hostCalls(connection, type, subject.folder, documents);
      for (const operation of Object.keys(done) as ConnectionOperation[]) {
        const result = done[operation]();
        if (verdicts[operation].can === 'no')
          await expect(result, operation).rejects.toMatchObject({ code: 'unsupported' });
        else if (verdicts[operation].can === 'yes') await result;
        // asked of the host itself: it does it, or says plainly that it cannot
        else
          await result.catch((error: unknown) => {
            expect(error, operation).toMatchObject({
              code: expect.stringMatching(
                /^(unsupported|not_found|xml_invalid|invalid_argument|program_failed)$/,
              ),
            });
          });
      }
    });
  },
);
