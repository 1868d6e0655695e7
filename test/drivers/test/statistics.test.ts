import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counter, sample, type Load } from '../../../drivers/test/statistics.ts';

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const seconds = fc.double({ min: 0, max: 10_000_000, noNaN: true });

describe('made-up statistics', () => {
  test('counters only grow, from zero, and stay near their mean', () => {
    fc.assert(
      fc.property(seed, fc.double({ min: 1, max: 1e9, noNaN: true }), seconds, seconds, (s, rate, a, b) => {
        const [earlier, later] = a < b ? [a, b] : [b, a];
        expect(counter(s, rate, a + 0.5)).toBeGreaterThan(counter(s, rate, a));
        expect(counter(s, rate, 0)).toBeCloseTo(0);
        expect(counter(s, rate, later)).toBeGreaterThanOrEqual(counter(s, rate, earlier));
        // the noise of all periods together is worth less than the longest of them
        expect(Math.abs(counter(s, rate, later) - rate * later)).toBeLessThan(rate * 640);
      }),
      { numRuns: 500 },
    );
  });

  test('no guest uses more than its CPUs or its memory', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 64 }), seconds, (s, vcpus, at) => {
        const load: Load = {
          uuid: 'x',
          seed: s,
          vcpus,
          memoryMax: 2 ** 32,
          memoryCurrent: 2 ** 31,
          seconds: at,
          disks: ['vda', 'vdb'],
          interfaces: ['vnet0'],
        };
        const [before, after] = [sample(load), sample({ ...load, seconds: at + 1 })];
        expect((after.cpuSeconds ?? 0) - (before.cpuSeconds ?? 0)).toBeLessThanOrEqual(vcpus * 1.000001);
        expect(after.memoryUsed).toBeLessThanOrEqual(load.memoryCurrent);
        expect(after.memoryResident).toBeLessThanOrEqual(load.memoryCurrent);
        expect(after.readBytes).toBe(after.disks?.reduce((sum, disk) => sum + disk.readBytes, 0));
        expect(sample(load)).toEqual(before);
      }),
    );
  });

  test('load varies: a chart of it is no straight line', () => {
    const rates = Array.from({ length: 120 }, (_, index) => counter(7, 1, index + 1) - counter(7, 1, index));
    expect(Math.max(...rates) - Math.min(...rates)).toBeGreaterThan(0.3);
  });
});
