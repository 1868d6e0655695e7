import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Outbox } from '../../../../drivers/libvirt/rpc/outbox.ts';
import { settle } from './peer.ts';

/** A line that takes one write at a time and only when it is told to. */
class Line extends Writable {
  readonly writes: string[] = [];
  private taken: (() => void) | undefined;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.writes.push(chunk.toString());
    this.taken = done;
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'utf8', done);
  }

  async take(): Promise<void> {
    const taken = this.taken;
    this.taken = undefined;
    taken?.();
    await settle();
  }
}

const packets = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, at) => Buffer.from(String(at)));

describe('what is sent', () => {
  test('in one turn goes in one write', async () => {
    const line = new Line();
    const outbox = new Outbox(line, false);
    for (const packet of packets(5)) outbox.send(packet);
    await settle();
    expect(line.writes).toEqual(['01234']);
  });

  test('while the line is busy waits here and goes together', async () => {
    const line = new Line();
    const outbox = new Outbox(line, false);
    outbox.send(Buffer.from('first'));
    await settle();
    for (const packet of packets(3)) outbox.send(packet);
    await settle();
    expect(line.writes).toEqual(['first']);
    expect(line.writableLength).toBe(5);
    await line.take();
    expect(line.writes).toEqual(['first', '012']);
  });

  test('over TLS goes packet by packet, the next when the last has gone', async () => {
    const line = new Line();
    const outbox = new Outbox(line, true);
    outbox.send(Buffer.from('head'), Buffer.from('body'));
    for (const packet of packets(3)) outbox.send(packet);
    await settle();
    expect(line.writes).toEqual(['headbody']);
    for (let at = 0; at < 3; at += 1) await line.take();
    expect(line.writes).toEqual(['headbody', '0', '1', '2']);
  });

  test('of great length goes apart, in its place', async () => {
    const line = new Line();
    const outbox = new Outbox(line, false);
    const long = Buffer.alloc(100_000, 'x');
    outbox.send(Buffer.from('a'));
    outbox.send(Buffer.from('head'), long);
    outbox.send(Buffer.from('b'));
    for (let at = 0; at < 5; at += 1) {
      await settle();
      await line.take();
    }
    expect(line.writes.join('')).toBe(`ahead${long.toString()}b`);
  });

  test('is told when the line has taken it, in order, and not after the end', async () => {
    const line = new Line();
    const outbox = new Outbox(line, false);
    const told: number[] = [];
    for (const [at, packet] of packets(3).entries()) outbox.send(packet, undefined, () => told.push(at));
    await settle();
    expect(told).toEqual([]);
    await line.take();
    expect(told).toEqual([0, 1, 2]);
    outbox.send(Buffer.from('x'), undefined, () => told.push(9));
    await settle();
    outbox.close();
    await line.take();
    outbox.send(Buffer.from('y'), undefined, () => told.push(10));
    await settle();
    expect(told).toEqual([0, 1, 2]);
  });
});
