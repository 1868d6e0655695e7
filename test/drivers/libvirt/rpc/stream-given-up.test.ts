import { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { RpcClient } from '../../../../drivers/libvirt/rpc/client.ts';
import type { RpcStream } from '../../../../drivers/libvirt/rpc/stream.ts';
import { FrameStatus } from '../../../../drivers/libvirt/rpc/frames.ts';
import { answerPacket, errorPayload, settle } from './peer.ts';
import { streamHead } from './socket-daemon.ts';

const args = {
  vol: { pool: 'default', name: 'disk.raw', key: '/disk.raw' },
  offset: 0n,
  length: 0n,
  flags: 1,
};
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** A line to a daemon that answers its first call and then reads nothing any more. */
class FullLine extends Duplex {
  #first = true;

  override _read(): void {
    // what comes is pushed
  }

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (!this.#first) return;
    this.#first = false;
    done();
    this.push(answerPacket('STORAGE_VOL_UPLOAD', 1, undefined));
  }
}

function refusal(): Buffer {
  const payload = errorPayload(38, 'No space left on device');
  return Buffer.concat([streamHead('STORAGE_VOL_UPLOAD', 1, FrameStatus.ERROR, payload.length), payload]);
}

async function upload(): Promise<{ line: FullLine; client: RpcClient; stream: RpcStream }> {
  const line = new FullLine();
  const client = new RpcClient(line, { framePerWrite: false, log });
  return { line, client, stream: (await client.openStream('STORAGE_VOL_UPLOAD', args)).stream };
}

describe('what a daemon that does not read has not taken', () => {
  const ways: [string, (parts: { line: FullLine; client: RpcClient; stream: RpcStream }) => void][] = [
    ['is cancelled', ({ stream }) => stream.destroy()],
    ['loses its line', ({ line }) => line.destroy(new Error('reset'))],
    ['loses its connection', ({ client }) => client.close()],
    ['is refused', ({ line }) => line.push(refusal())],
  ];
  test.each(ways)('is not waited for by an upload that %s', async (_how, end) => {
    const parts = await upload();
    const hole = parts.stream.writeHole(4096n);
    await settle();
    end(parts);
    await expect(hole).rejects.toThrow();
    const { stream } = await upload();
    let told: Error | null | undefined;
    stream.write(Buffer.alloc(4096), (error) => (told = error));
    await settle();
    stream.destroy();
    await settle();
    expect(told).toBeInstanceOf(Error);
  });
});
