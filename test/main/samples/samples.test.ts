import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { createLog, type Log } from '../../../main/log.ts';
import { Curve, domainReading, nodeReading } from '../../../main/samples/curve.ts';
import { Ring } from '../../../main/samples/ring.ts';
import { Sampler } from '../../../main/samples/sampler.ts';
import type { SampleBatch, SamplePoint } from '../../../preload/rows.ts';
import { until } from '../app-in-folder.ts';

const uuid = '00000000-0000-4000-8000-000000000001';
const point = (time: number, cpu: number | null = 0.5): SamplePoint => ({
  time,
  cpu,
  memory: 2 ** 30,
  memoryMax: 2 ** 31,
  read: null,
  write: 0,
  receive: 1.5,
  transmit: 1e9,
});
const sample = (cpuSeconds: number, readBytes = 0) => ({
  uuid,
  cpuSeconds,
  vcpus: 2,
  memoryMax: 2048,
  memoryCurrent: 1024,
  readBytes,
});

describe('a ring of points', () => {
  it('keeps the newest ones and what each says', () => {
    const ring = new Ring(100);
    for (let index = 0; index < 250; index += 1) ring.push(point(index));
    expect([ring.length, ring.oldest, ring.newest]).toEqual([100, 150, 249]);
    const last = ring.at(99);
    expect(last).toMatchObject({ ...point(249), cpu: expect.closeTo(0.5, 4) as number });
    expect(ring.after(247).map(({ time }) => time)).toEqual([248, 249]);
    ring.push(point(250, null));
    expect(ring.at(99)?.cpu).toBeNull();
    expect(ring.at(100)).toBeUndefined();
  });

  it('takes little memory while it has few points', () => {
    const before = process.memoryUsage().arrayBuffers;
    const rings = Array.from({ length: 1000 }, () => new Ring(240));
    for (const ring of rings) for (let index = 0; index < 10; index += 1) ring.push(point(index));
    expect((process.memoryUsage().arrayBuffers - before) / rings.length).toBeLessThan(1200);
  });
});

describe('a curve', () => {
  it('begins anew when the clock is set back, and does not wait for the hour to come again', () => {
    const curve = new Curve();
    const hour = 3_600_000;
    for (let index = 1; index < 20; index += 1) curve.add(domainReading(hour + index * 3000, sample(index)));
    expect(curve.add(domainReading(3000, sample(20)))).toBeUndefined();
    expect(curve.add(domainReading(6000, sample(23)))).toMatchObject({ time: 6000, cpu: 0.5 });
    expect(curve.history(0, 100).time).toEqual([6000]);
  });

  it('makes rates from counters', () => {
    const curve = new Curve();
    expect(curve.add(domainReading(1000, sample(10, 0)))).toBeUndefined();
    expect(curve.add(domainReading(3000, sample(12, 4096)))).toMatchObject({
      cpu: 0.5,
      memory: 1024,
      memoryMax: 2048,
      read: 2048,
      write: null,
    });
    const node = new Curve();
    const load = { memoryTotal: 100, memoryAvailable: 40 };
    node.add(nodeReading(0, { ...load, cpuBusySeconds: 10, cpuTotalSeconds: 100 }));
    expect(node.add(nodeReading(1000, { ...load, cpuBusySeconds: 11, cpuTotalSeconds: 104 }))).toMatchObject({
      cpu: 0.25,
      memory: 60,
      memoryMax: 100,
    });
  });

  it('has no peak where a machine was started anew', () => {
    const curve = new Curve();
    curve.add(domainReading(0, sample(1000, 5e9)));
    expect(curve.add(domainReading(1000, sample(0.5, 100)))).toMatchObject({ cpu: null, read: null });
    expect(curve.add(domainReading(1000, sample(0.6)))).toBeUndefined();
  });

  it('keeps an hour, fine at its end, with means that are exact', () => {
    const curve = new Curve();
    const step = 3;
    for (let second = 0; second <= 2 * 3600; second += step) {
      // full load in every second step: half on average
      curve.add(domainReading(second * 1000, sample(Math.floor(second / step / 2) * step * 2)));
    }
    const end = 2 * 3600 * 1000;
    const history = curve.history(end - 3600_000, 2000);
    expect(history.time[0]).toBeLessThan(end - 3580_000);
    expect(history.time.at(-1)).toBe(end);
    expect(history.time).toEqual([...history.time].sort((a, b) => a - b));
    const fine = history.time.filter((time) => time > end - 300_000);
    expect(fine).toHaveLength(100);
    const thin = curve.history(end - 3600_000, 50);
    expect(thin.time).toHaveLength(50);
    expect(thin.cpu).toHaveLength(50);
    const mean = thin.cpu.reduce<number>((sum, value) => sum + (value ?? 0), 0) / 50;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(thin.read.every((value) => value === 0)).toBe(true);
    expect(thin.write.every((value) => value === null)).toBe(true);
  });
});

describe('statistics', () => {
  let folder: string;
  let log: Log;
  let sampler: Sampler;
  let attended = true;
  let calls = 0;
  const stats = () => {
    calls += 1;
    return Promise.resolve({
      time: calls * 1000,
      node: { memoryTotal: 10, memoryAvailable: 5 },
      domains: [sample(calls)],
    });
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guestroom-samples-'));
    log = createLog({ folder });
    attended = true;
    calls = 0;
    sampler = new Sampler({ log, attended: () => attended });
  });
  afterEach(() => {
    vi.useRealTimers();
    sampler.close();
    log.close();
    rmSync(folder, { recursive: true });
  });

  it('are asked for seldom, and often while somebody looks', async () => {
    vi.useFakeTimers();
    sampler.add('n', stats);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(calls).toBe(3);
    const feed = sampler.watch([
      { node: 'n', uuid },
      { node: 'n', uuid: null },
    ]);
    const batch = (await feed.next()).value as SampleBatch;
    expect(batch.map((row) => row.uuid)).toEqual([uuid, null]);
    // a new reader sees where the curve comes from
    expect(batch[0]?.points).toHaveLength(2);
    expect(batch[0]?.points[0]).toMatchObject({ cpu: expect.closeTo(0.5, 4) as number });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(calls).toBe(13);
    const next = (await feed.next()).value as SampleBatch;
    expect(next[0]?.points).toHaveLength(10);
    await feed.return();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(calls).toBe(15);
    const stranger = { node: 'n', uuid: '00000000-0000-4000-8000-000000000009' };
    expect(sampler.history(stranger, 60, 10).time).toEqual([]);
  });

  it('are not asked for while no window is open', async () => {
    vi.useFakeTimers();
    attended = false;
    sampler.add('n', stats);
    sampler.attendance();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(calls).toBe(0);
    attended = true;
    sampler.attendance();
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toBe(1);
  });

  it('of a slow node never pile up, and a failure is a gap', async () => {
    let running = 0;
    let most = 0;
    let passes = 0;
    const slow = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 15));
      running -= 1;
      passes += 1;
      if (passes % 2 === 0) throw new GuestroomError('timeout', 'slow');
      return { time: passes * 1000, domains: [sample(passes)] };
    };
    sampler.close();
    sampler = new Sampler({ log, attended: () => true, watched: 5 });
    sampler.add('slow', slow);
    const feed = sampler.watch([{ node: 'slow', uuid }]);
    await feed.next();
    await until(() => passes > 5);
    expect(most).toBe(1);
    await feed.return();
  });
});
