import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { RoundTrip } from '../../../main/nodes/round-trip.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A host whose answers take as long as the test says; an error is no answer. */
function watched(...answers: (number | Error)[]) {
  const told: (number | undefined)[] = [];
  const failures: unknown[] = [];
  let asked = 0;
  let looking = true;
  const roundTrip: RoundTrip = new RoundTrip({
    ask: () => {
      const answer = answers[Math.min(asked, answers.length - 1)] ?? 0;
      asked += 1;
      return typeof answer === 'number' ? Promise.resolve(answer) : Promise.reject(answer);
    },
    attended: () => looking,
    changed: () => told.push(roundTrip.milliseconds),
    failed: (error) => failures.push(error),
  });
  return {
    roundTrip,
    told,
    failures,
    asked: () => asked,
    look: (looks: boolean) => {
      looking = looks;
      roundTrip.attendance();
    },
  };
}
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

describe('how long a host takes to answer', () => {
  it('is told soon after it is connected, in whole ms, and asked again every 15 seconds', async () => {
    const { told, asked } = watched(12.4);
    await pass(0);
    expect(told).toEqual([12]);
    await pass(14);
    expect(asked()).toBe(1);
    await pass(1);
    expect(asked()).toBe(2);
    await pass(45);
    expect(asked()).toBe(5);
  });

  it('is told anew only when a person would notice', async () => {
    // by 20 % but few ms, by many ms but not by 20 %, then by both, up and down
    const { told, asked } = watched(20, 29, 200, 230, 241, 120);
    await pass(0);
    await pass(5 * 15);
    expect(asked()).toBe(6);
    expect(told).toEqual([20, 200, 241, 120]);
  });

  it('is not asked while nobody looks, and at once when somebody comes after a while', async () => {
    const { asked, look } = watched(5);
    await pass(0);
    look(false);
    await pass(3600);
    expect(asked()).toBe(1);
    look(true);
    await pass(0);
    expect(asked()).toBe(2);
    // coming and going asks no more often than usual
    look(false);
    look(true);
    await pass(14);
    expect(asked()).toBe(2);
  });

  it('stays what it was while no answer comes, and is asked on', async () => {
    const { told, failures, asked } = watched(30, new GuestroomError('timeout', 'no answer'), 80);
    await pass(0);
    await pass(15);
    expect(failures).toHaveLength(1);
    expect(told).toEqual([30]);
    await pass(15);
    expect([asked(), told]).toEqual([3, [30, 80]]);
  });

  it('is asked no more once the connection is gone', async () => {
    const { roundTrip, asked, told } = watched(30, 300);
    await pass(0);
    roundTrip.end();
    roundTrip.attendance();
    await pass(3600);
    expect([asked(), told]).toEqual([1, [30]]);
  });

  it('can be asked at once, with a limit to the patience', async () => {
    const { roundTrip, told } = watched(30, 90);
    await pass(0);
    await roundTrip.check(5000);
    expect(told).toEqual([30, 90]);

    const silent = new RoundTrip({
      ask: () => new Promise(() => undefined),
      attended: () => false,
      changed: () => told.push(0),
      failed: () => undefined,
    });
    const checked = silent.check(5000).catch((error: unknown) => error);
    await pass(5);
    expect(await checked).toMatchObject({ code: 'timeout' });
    expect(vi.getTimerCount()).toBe(1);
  });
});
