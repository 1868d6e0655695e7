import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { History, SamplePoint } from '../../preload/rows.ts';
import { append, firstFrom, measures, noHistory, windowOf } from '../../renderer/pages/domain/Curves.ts';
import { extentOf, rangeText, roundUp, scaleFor } from '../../renderer/parts/ChartScale.ts';

const rate = fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }));
const points = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 60_000 }),
      cpu: rate,
      memory: rate,
      memoryMax: rate,
      read: rate,
      write: rate,
      receive: rate,
      transmit: rate,
    }),
    { maxLength: 60 },
  )
  .map((rows) => {
    let time = 1_700_000_000_000;
    return rows.map(({ gap, ...rest }): SamplePoint => ({ time: (time += gap), ...rest }));
  });
const equalLengths = (history: History) => {
  for (const name of measures) expect(history[name]).toHaveLength(history.time.length);
};
const at = (time: number, cpu: number | null = 0.5): SamplePoint => ({
  time,
  cpu,
  memory: null,
  memoryMax: null,
  read: null,
  write: null,
  receive: null,
  transmit: null,
});

describe('the curves of a virtual machine', () => {
  it('hold each measured point once, in order, however the feed repeats them', () => {
    fc.assert(
      fc.property(points, fc.nat(60), fc.nat(20), (all, cut, again) => {
        const first = append(noHistory, all.slice(0, cut), Infinity);
        const whole = append(first, all.slice(Math.max(0, cut - again)), Infinity);
        equalLengths(whole);
        expect(whole.time).toEqual(all.map((point) => point.time));
        expect(whole.write).toEqual(all.map((point) => point.write));
      }),
    );
  });

  it('keep what is asked for and let older points go', () => {
    const history = append(
      noHistory,
      Array.from({ length: 100 }, (_, n) => at(n * 2000)),
      Infinity,
    );
    const kept = append(history, [at(200_000)], 60_000);
    expect(kept.time[0]).toBe(140_000);
    expect(kept.time.at(-1)).toBe(200_000);
    equalLengths(kept);
  });

  it('stop where nothing was measured instead of running across', () => {
    const on = [0, 2000, 4000, 6000].map((time) => at(time));
    const later = [60_000, 62_000, 64_000].map((time) => at(time));
    const view = windowOf(append(noHistory, [...on, ...later], Infinity), 0);
    expect(view.cpu).toEqual([0.5, 0.5, 0.5, 0.5, null, 0.5, 0.5, 0.5]);
    expect(view.time[4]).toBe(33_000);
    equalLengths(view);
  });

  it('show only the chosen range, and never lose a point in it', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 0, max: 600_000 }), (all, seconds) => {
        const from = 1_700_000_000_000 + seconds;
        const view = windowOf(append(noHistory, all, Infinity), from);
        equalLengths(view);
        const times = new Set(view.time);
        for (const point of all) expect(times.has(point.time)).toBe(point.time >= from);
        expect(view.time).toEqual([...view.time].sort((a, b) => a - b));
      }),
    );
  });

  it('find the beginning of a range like a plain search', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.nat(1000), (unsorted, from) => {
        const times = unsorted.sort((a, b) => a - b);
        const plain = times.findIndex((time) => time >= from);
        expect(firstFrom(times, from)).toBe(plain === -1 ? times.length : plain);
      }),
    );
  });
});

describe('the scale of a chart', () => {
  it('ends at a round number that no value passes, and not far above', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e15, noNaN: true }), (value) => {
        const top = roundUp(value);
        expect(top).toBeGreaterThanOrEqual(value * (1 - 1e-9));
        expect(top).toBeLessThanOrEqual(value * 1.6);
      }),
    );
  });

  it('has the unit once, at the top', () => {
    expect(scaleFor('byteRate', 4.6e6).labels).toEqual(['0', '', '2.5', '', '5 MB/s']);
    expect(scaleFor('bitRate', 1.2e9 / 8).labels).toEqual(['0', '', '0.75', '', '1.5 Gb/s']);
    expect(scaleFor('share', 0.2).labels).toEqual(['0', '25', '50', '75', '100 %']);
    expect(scaleFor('bytes', 3e9, 8 * 1024 ** 3).labels).toEqual(['0', '2', '4', '6', '8 GiB']);
    expect(scaleFor('bytes', 1e6, 128 * 1024 ** 2).labels).toEqual(['0', '32', '64', '96', '128 MiB']);
  });

  it('does not make a quiet line tremble', () => {
    expect(scaleFor('byteRate', 0).max).toBe(1000);
    expect(scaleFor('byteRate', 12).labels.at(-1)).toBe('1 kB/s');
  });

  it('tells lowest, highest and mean of what was measured, and nothing of a gap', () => {
    expect(extentOf([null, 2, 4, null, 6])).toEqual({ min: 2, max: 6, mean: 4 });
    expect(extentOf([null, null])).toBeUndefined();
  });

  it('says a shared unit once', () => {
    expect(rangeText('2.9 GiB', '3.2 GiB')).toBe('2.9–3.2 GiB');
    expect(rangeText('96 Mb/s', '1.2 Gb/s')).toBe('96 Mb/s–1.2 Gb/s');
    expect(rangeText('3 %', '3 %')).toBe('3 %');
  });
});
