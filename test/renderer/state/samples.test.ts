import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { SamplePoint } from '../../../preload/rows.ts';
import { append, noHistory } from '../../../renderer/pages/domain/Curves.ts';
import { Curve } from '../../../renderer/state/samples.svelte.ts';

const point = (time: number, cpu = 0.5): SamplePoint => ({
  ...{ time, cpu, memory: 1, memoryMax: 2, read: 0, write: 0, receive: 0, transmit: 0 },
});
const times = (curve: Curve) => curve.points.map(({ time }) => time);

describe('a curve', () => {
  it('takes what is new of a subscription that repeats the last points', () => {
    const curve = new Curve();
    curve.add([point(1000), point(2000)]);
    curve.add([point(1000), point(2000), point(3000)]);
    expect(times(curve)).toEqual([1000, 2000, 3000]);
    expect(curve.begun).toBe(0);
  });

  it('begins anew when the clock was set back, rather than stand still until the time comes again', () => {
    const curve = new Curve();
    curve.add([point(3_600_000), point(3_603_000)]);
    curve.add([point(6000, 0.1)]);
    flushSync();
    expect(times(curve)).toEqual([6000]);
    expect(curve.latest?.cpu).toBe(0.1);
    expect(curve.begun).toBe(1);
    curve.add([point(9000)]);
    expect(times(curve)).toEqual([6000, 9000]);
  });

  it('is not begun anew by a history that is ahead of it', () => {
    const past = append(noHistory, [point(1000), point(2000), point(3000)], 3_600_000);
    expect(append(past, [point(1000), point(2000)], 3_600_000)).toBe(past);
  });
});
