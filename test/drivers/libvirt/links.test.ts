import { describe, expect, test } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { ErrorNumber } from '../../../drivers/libvirt/rpc/enums.gen.ts';
import { FakeDaemon, refusal, uuid } from './fake-daemon.ts';
import { settle } from './rpc/peer.ts';

const never = (): Promise<never> => new Promise(() => undefined);
const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof GuestroomError ? error.code : error),
  );

describe('while as much long work is under way as a daemon is asked for at once', () => {
  test('machines are started, changed and turned off all the same', async () => {
    const daemon = new FakeDaemon();
    const { domains } = await daemon.open();
    daemon.answers.DOMAIN_SAVE_FLAGS = never;
    for (const path of ['/a', '/b', '/c', '/d']) void code(domains.save(uuid, path));
    await settle();
    daemon.answers.DOMAIN_DEFINE_XML_FLAGS = () => ({
      dom: { name: 'guest', uuid: new Uint8Array(16).fill(7), id: 1 },
    });
    daemon.answers.DOMAIN_DESTROY_FLAGS = () => undefined;
    expect((await domains.define(await domains.xml(uuid))).name).toBe('guest');
    await domains.destroy(uuid);
    expect(daemon.calls.filter((name) => name === 'DOMAIN_SAVE_FLAGS')).toHaveLength(3);
  });

  test('machines whose hypervisor answers nothing can be turned off by force', async () => {
    const daemon = new FakeDaemon();
    const { domains } = await daemon.open();
    daemon.answers.DOMAIN_SHUTDOWN_FLAGS = never;
    for (let asked = 0; asked < 4; asked += 1) void code(domains.shutdown(uuid));
    await settle();
    daemon.answers.DOMAIN_DESTROY_FLAGS = () => undefined;
    await domains.destroy(uuid);
    expect(daemon.calls).toContain('DOMAIN_DESTROY_FLAGS');
  });

  test('what still waits for its turn is cancelled at once, and the daemon never hears of it', async () => {
    const daemon = new FakeDaemon();
    const { domains } = await daemon.open();
    daemon.answers.DOMAIN_SAVE_FLAGS = never;
    for (const path of ['/a', '/b', '/c']) void code(domains.save(uuid, path));
    await settle();
    const stop = new AbortController();
    const fourth = code(domains.save(uuid, '/d', { signal: stop.signal }));
    await settle();
    stop.abort();
    expect(await fourth).toBe('cancelled');
    expect(daemon.calls.filter((name) => name === 'DOMAIN_SAVE_FLAGS')).toHaveLength(3);
  });
});

test('work that is cancelled before the daemon has begun it is cancelled once it has', async () => {
  const daemon = new FakeDaemon();
  const { domains } = await daemon.open();
  let aborts = 0;
  let end: (error: Error) => void = () => undefined;
  daemon.answers.DOMAIN_ABORT_JOB = () => {
    aborts += 1;
    if (aborts === 1) throw refusal(ErrorNumber.ERR_OPERATION_INVALID, 'no job is active on the domain');
    end(refusal(ErrorNumber.ERR_OPERATION_ABORTED, 'canceled by client'));
  };
  daemon.answers.DOMAIN_SAVE_FLAGS = () => new Promise((_, reject) => (end = reject));
  const stop = new AbortController();
  const saving = code(domains.save(uuid, '/a', { signal: stop.signal }));
  await settle();
  stop.abort();
  expect(await saving).toBe('cancelled');
  expect(aborts).toBe(2);
});

describe('the end of a host', () => {
  test.each(['slowly', 'apart'] as const)(
    'ends what waits for one more connection to it (%s)',
    async (way) => {
      const signals: (AbortSignal | undefined)[] = [];
      const daemon = new FakeDaemon({
        open: (signal) => {
          signals.push(signal);
          return new Promise((_, reject) =>
            signal?.addEventListener('abort', () =>
              reject(new GuestroomError('cancelled', 'Connecting was stopped')),
            ),
          );
        },
      });
      const { links } = daemon;
      const waiting = code(
        way === 'apart' ? links.apart() : links.slowly(() => Promise.resolve('never reached')),
      );
      await settle();
      daemon.main.stream.destroy();
      expect(await waiting).toBe('lost');
      expect(signals[0]?.aborted).toBe(true);
    },
  );

  test('ends what waits for its turn', async () => {
    const daemon = new FakeDaemon();
    const { domains } = await daemon.open();
    daemon.answers.DOMAIN_SAVE_FLAGS = never;
    const all = ['/a', '/b', '/c', '/d'].map((path) => code(domains.save(uuid, path)));
    await settle();
    daemon.main.stream.destroy();
    expect(await Promise.all(all)).toEqual(['lost', 'lost', 'lost', 'lost']);
  });
});
