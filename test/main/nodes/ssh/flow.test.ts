import { describe, expect, it } from 'vitest';
import { Flow } from '../../../../main/nodes/ssh/flow.ts';

const mebibyte = 1024 * 1024;

/** A line of this many bytes a second and ms there and back: sends all that may be on its way, for some seconds. */
function use(line: { rate: number; roundTrip: number }, seconds: number): { window: number; queued: number } {
  let now = 0;
  const flow = new Flow(() => now);
  const flying: { sent: number; bytes: number; due: number }[] = [];
  let free = 0;
  let queued = 0;
  while (now < seconds * 1000) {
    let total = flying.reduce((sum, { bytes }) => sum + bytes, 0);
    while (total < flow.window) {
      const bytes = flow.piece;
      // the line takes one after another
      free = Math.max(free, now) + (bytes / line.rate) * 1000;
      flying.push({ sent: flow.sent(), bytes, due: free + line.roundTrip });
      total += bytes;
    }
    const next = flying.shift();
    if (!next) throw new Error('nothing is on its way');
    now = Math.max(now, next.due);
    flow.answered(next.sent, next.bytes);
    if (now > (seconds * 1000) / 2) queued = Math.max(queued, free - now);
  }
  return { window: flow.window, queued };
}

describe('a transfer that shares its line', () => {
  it('fills a fast line, near and far', () => {
    expect(use({ rate: 300 * mebibyte, roundTrip: 0.2 }, 2).window).toBe(4 * mebibyte);
    // 100 Mbit/s over 80 ms hold a mebibyte on the way
    expect(use({ rate: 12.5 * mebibyte, roundTrip: 80 }, 20).window).toBeGreaterThan(mebibyte);
  });

  it('keeps little queued on a slow one, and still never lets it idle', () => {
    // 2 Mbit/s over 100 ms
    const { window, queued } = use({ rate: 250_000, roundTrip: 100 }, 30);
    expect(window).toBeGreaterThanOrEqual(32 * 1024);
    expect(queued).toBeGreaterThan(0);
    // ms that a key that is typed waits for what was queued before it
    expect(queued).toBeLessThan(500);
  });

  it('asks for small pieces where the line is slow, and for large ones where it is not', () => {
    const flow = new Flow(() => 0);
    expect(flow.piece).toBe(32 * 1024);
    for (let answer = 0; answer < 40; answer += 1) flow.answered(flow.sent(), 32 * 1024);
    expect(flow.piece).toBe(128 * 1024);
  });
});
