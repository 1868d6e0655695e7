import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import type { Extent, VolumeSink, VolumeSource, WorkContext } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { failure, type Daemon } from './daemon.ts';
import { StorageVolDownloadFlags, StorageVolInfoFlags, StorageVolUploadFlags } from './rpc/enums.gen.ts';
import type { StorageVol } from './rpc/procedures.gen.ts';

/** Zeros are written in pieces of this size. */
const zeros = Buffer.alloc(256 * 1024);

/** The content of volumes, over a connection of its own for each transfer; holes never go over the line. */
export class VolumeBytes {
  readonly #daemon: Daemon;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  async download(
    vol: StorageVol,
    to: VolumeSink,
    { offset = 0, length = 0 }: Extent,
    context: WorkContext,
  ): Promise<void> {
    const args = {
      vol,
      offset: BigInt(offset),
      length: BigInt(length),
      flags: StorageVolDownloadFlags.SPARSE_STREAM,
    };
    const size = await this.#size(vol);
    if (offset > size || offset + length > size)
      throw new GuestroomError('invalid_argument', `The volume has only ${String(size)} bytes`);
    const total = length > 0 ? length : size - offset;
    const { stream } = await this.#daemon.stream('STORAGE_VOL_DOWNLOAD', args, { signal: context.signal });
    const abort = (): void => void stream.destroy();
    context.signal?.addEventListener('abort', abort, { once: true });
    let done = 0;
    try {
      await stream.drain((piece) => {
        const bytes = 'data' in piece ? piece.data.length : Number(piece.hole);
        done += bytes;
        if (total > 0) context.onProgress?.(Math.min(1, done / total));
        if ('data' in piece) return to.write(piece.data);
        return to.hole ? to.hole(bytes) : writeZeros(to, bytes);
      });
      if (context.signal?.aborted) throw cancelled();
      // the daemon takes that for its end
      if (done < total) throw shorter(total, done);
      await to.end();
    } catch (error) {
      throw context.signal?.aborted ? cancelled() : failure(error);
    } finally {
      context.signal?.removeEventListener('abort', abort);
      stream.destroy();
    }
  }

  async upload(
    vol: StorageVol,
    from: VolumeSource,
    { offset = 0, length = 0 }: Extent,
    context: WorkContext,
  ): Promise<void> {
    const args = {
      vol,
      offset: BigInt(offset),
      length: BigInt(length),
      flags: StorageVolUploadFlags.SPARSE_STREAM,
    };
    const { stream } = await this.#daemon.stream('STORAGE_VOL_UPLOAD', args, { signal: context.signal });
    const abort = (): void => void stream.destroy();
    context.signal?.addEventListener('abort', abort, { once: true });
    let done = 0;
    try {
      for await (const piece of from) {
        if (context.signal?.aborted) throw cancelled();
        if ('data' in piece) {
          await write(stream, piece.data);
          done += piece.data.length;
        } else {
          await stream.writeHole(BigInt(piece.hole));
          done += piece.hole;
        }
        if (length > 0) context.onProgress?.(Math.min(1, done / length));
      }
      // only the daemon's word that it has it all makes it whole
      stream.end();
      await finished(stream);
    } catch (error) {
      throw context.signal?.aborted ? cancelled() : failure(error);
    } finally {
      context.signal?.removeEventListener('abort', abort);
      stream.destroy();
    }
  }

  /** Of what a download brings: the file or device itself, not what a guest sees of it. */
  async #size(vol: StorageVol): Promise<number> {
    const args = { vol, flags: StorageVolInfoFlags.GET_PHYSICAL };
    return Number((await this.#daemon.call('STORAGE_VOL_GET_INFO_FLAGS', args)).allocation);
  }
}

const cancelled = (): GuestroomError => new GuestroomError('cancelled', 'Cancelled');

const shorter = (wanted: number, came: number): GuestroomError =>
  new GuestroomError('busy', 'The volume became shorter while it was read', {
    detail: `${String(came)} of ${String(wanted)} bytes came`,
    hint: 'Shut down what writes to it, and begin again',
    retryable: true,
  });

/** A promise only where the other side is slow; it rejects where that is gone meanwhile. Throws where it is gone. */
function write(to: Writable, data: Uint8Array): Promise<void> | undefined {
  if (to.errored) throw to.errored;
  if (to.destroyed) throw new GuestroomError('lost', 'The other side was closed');
  return to.write(data) ? undefined : drained(to);
}

function drained(to: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const ends = ['drain', 'error', 'close'] as const;
    const ended = (): void => {
      for (const end of ends) to.off(end, ended);
      if (to.errored) reject(to.errored);
      else resolve();
    };
    for (const end of ends) to.on(end, ended);
  });
}

async function writeZeros(to: VolumeSink, count: number): Promise<void> {
  for (let left = count; left > 0; left -= zeros.length) {
    await to.write(zeros.subarray(0, Math.min(left, zeros.length)));
    // a sink that never makes anyone wait would let nothing else happen, not even that this is given up
    await setImmediate();
  }
}
