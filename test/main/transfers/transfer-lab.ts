import { ORPCError } from '@orpc/server';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { ErrorData } from '../../../drivers/api/errors.ts';
import type { Dialogs } from '../../../main/platform.ts';
import type { TaskRow } from '../../../preload/rows.ts';
import type { UploadTarget } from '../../../preload/transfer.ts';
import { type AppInFolder, appInFolder, until } from '../app-in-folder.ts';
import { FarHost } from './far-host.ts';

export const mebibyte = 1024 * 1024;
export let self: AppInFolder;
export let far: FarHost;
export let node: string;
/** Folders of this computer and of the node. */
export let own: string;
export let theirs: string;

/** An app without a window, connected to a host of another's files, in folders of their own. */
export const begin = async (
  options: { dialogs?: Dialogs; readOnly?: boolean; uri?: string } = {},
): Promise<void> => {
  far = new FarHost();
  self = await appInFolder({
    drivers: [far.driver()],
    ...(options.dialogs ? { platform: { dialogs: options.dialogs } } : {}),
  });
  ({ node } = await self.client.nodes.add({
    uri: options.uri ?? 'test:///default',
    readOnly: options.readOnly ?? false,
  }));
  await self.client.nodes.connect({ node });
  own = join(self.folder, 'here');
  theirs = join(self.folder, 'there');
  await mkdir(own);
  await mkdir(theirs);
};
export const anew = async (options: Parameters<typeof begin>[0]): Promise<void> => {
  await self.end();
  await begin(options);
};

export const file = async (name: string, content: Uint8Array): Promise<string> => {
  const path = join(own, name);
  await writeFile(path, content);
  return path;
};
export const ended = async (id: string): Promise<TaskRow> => {
  await until(() => self.app.tasks.get(id)?.state !== 'running');
  const row = self.app.tasks.get(id);
  if (!row) throw new Error('the task is gone');
  return row;
};
export const send = async (from: string, to: UploadTarget): Promise<TaskRow> =>
  ended((await self.client.transfers.upload({ node, from, to })).task);
export const fetched = async (from: string, to: string): Promise<TaskRow> =>
  ended((await self.client.transfers.download({ node, from: { path: from }, to })).task);
export const refusal = async (work: Promise<unknown>): Promise<ErrorData> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ORPCError);
  return (error as ORPCError<string, ErrorData>).data;
};
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The node's file takes so many bytes; `then` tells what happens to the next ones. */
export function stopsAfter(bytes: number, then: (done: (error?: Error) => void) => void): void {
  far.files.createWriteStream = async (path, options) => {
    const inner = await far.real.files.createWriteStream(path, options);
    let left = bytes;
    return new Writable({
      write(chunk: Buffer, _encoding, done) {
        const part = chunk.subarray(0, left);
        left -= part.length;
        inner.write(part, (error) => {
          if (error) done(error);
          else if (part.length === chunk.length) done();
          else then(done);
        });
      },
      final: (done) => void inner.end(done),
      destroy(error, done) {
        const closed = once(inner, 'close');
        inner.destroy();
        void closed.then(() => done(error));
      },
    });
  };
}
export const lost = (): GuestroomError => new GuestroomError('lost', 'The connection for files has ended');
