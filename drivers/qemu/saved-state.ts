import { GuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import { atLeast } from './capabilities.ts';
import { asNumber, asObject, asText, parseObject } from './json.ts';
import type { QemuVersion, QmpClient } from './qmp.ts';

/**
 * A saved guest is one file: a line that tells what it is, a line of JSON, the domain document, padding to a whole
 * number of pages, and from there QEMU's own migration stream.
 */
const mark = 'GUESTROOM-QEMU-STATE 1';
const page = 4096;
const longestHeader = 8 * 1024 * 1024;

export interface StateHeader {
  document: string;
  /** Where QEMU's stream begins. */
  offset: number;
  /** It was paused when it was saved. */
  paused: boolean;
  emulate: boolean;
}

export function stateHeader(document: string, facts: { paused: boolean; emulate: boolean }): Uint8Array {
  const body = Buffer.from(document, 'utf8');
  const describe = (offset: number): Buffer =>
    Buffer.from(`${mark}\n${JSON.stringify({ offset, length: body.length, ...facts })}\n`, 'utf8');
  // the offset is a part of what it measures: its digits have room in the first page of the rounding
  const offset = Math.ceil((describe(0).length + 16 + body.length) / page) * page;
  const header = Buffer.alloc(offset);
  const head = describe(offset);
  head.copy(header, 0);
  body.copy(header, head.length);
  return header;
}

/** Rejects with `invalid_argument` for a file that is no saved guest. */
export async function readStateHeader(host: Host, file: string): Promise<StateHeader> {
  const stat = await host.files.stat(file);
  if (!stat) throw new GuestroomError('not_found', `There is no file ${file}`);
  const wrong = (): GuestroomError =>
    new GuestroomError('invalid_argument', `${file} is not a saved virtual machine`, {
      hint: 'Choose a file that was written by saving a virtual machine of this driver',
    });
  if (stat.kind !== 'file') throw wrong();
  const head = Buffer.from(await host.files.readAt(file, 0, 1024));
  const firstEnd = head.indexOf(10);
  const secondEnd = head.indexOf(10, firstEnd + 1);
  if (firstEnd < 0 || secondEnd < 0 || head.subarray(0, firstEnd).toString('utf8') !== mark) throw wrong();
  const facts = asObject(parseObject(head.subarray(firstEnd + 1, secondEnd).toString('utf8')));
  const offset = asNumber(facts['offset']);
  const length = asNumber(facts['length']);
  if (
    offset === undefined ||
    length === undefined ||
    length > longestHeader ||
    offset < length ||
    stat.size <= offset
  )
    throw wrong();
  const body = await host.files.readAt(file, secondEnd + 1, length);
  return {
    document: Buffer.from(body).toString('utf8'),
    offset,
    paused: facts['paused'] === true,
    emulate: facts['emulate'] === true,
  };
}

/** Names in QEMU's working folder, so that no path ever becomes a part of a command. */
export const outgoingName = 'outgoing';
export const incomingName = 'incoming';

/** How the program that wrote for QEMU ended. */
export const outgoingStatusName = 'outgoing.status';

/** Before 8.2 QEMU writes its stream into a file only through a program. */
export const needsProgram = (version: QemuVersion): boolean => !atLeast(version, 8, 2);

/**
 * The command is a constant of ours, the files have fixed names in QEMU's working folder. QEMU itself does not look how
 * its program ended, nor wait for it.
 */
export const outgoingUri = (version: QemuVersion, offset: number): string =>
  needsProgram(version)
    ? `exec:cat >>${outgoingName}; echo $? >${outgoingStatusName}`
    : `file:${outgoingName},offset=${String(offset)}`;

export const incomingUri = (version: QemuVersion, offset: number): string =>
  atLeast(version, 8, 2)
    ? `file:${incomingName},offset=${String(offset)}`
    : `exec:exec tail -c +${String(offset + 1)} ${incomingName}`;

interface Work {
  signal?: AbortSignal;
  onProgress?: (done: number) => void;
}

/** Lets QEMU read a state and waits until it has all of it. A cancelled one leaves a QEMU that is of no use any more. */
export async function loadState(qmp: QmpClient, uri: string, work: Work): Promise<void> {
  await qmp.execute('migrate-incoming', { uri }, { timeout: 120_000 });
  // QEMU cancels only what it sends
  await follow(qmp, work, 'The saved state could not be loaded', () => {
    throw new GuestroomError('cancelled', 'Cancelled');
  });
}

/** Lets QEMU write its state and waits until all of it is written. A cancelled one leaves the guest as it was. */
export async function storeState(qmp: QmpClient, uri: string, work: Work): Promise<void> {
  // a guest that stands still need not be slowed down to be nice to a network
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': 4 * 1024 * 1024 * 1024 });
  await qmp.execute('migrate', { uri });
  await follow(qmp, work, 'The virtual machine could not be saved', () => qmp.execute('migrate_cancel'));
}

async function follow(
  qmp: QmpClient,
  work: Work,
  message: string,
  cancel: () => Promise<unknown>,
): Promise<void> {
  let cancelled = false;
  for (;;) {
    const state = asObject(await qmp.execute('query-migrate'));
    const status = asText(state['status']);
    if (status === 'completed') return;
    if (status === 'failed') {
      throw new GuestroomError('program_failed', message, {
        detail: asText(state['error-desc']),
        hint: 'Check that there is enough room on the disk',
      });
    }
    if (status === 'cancelled') throw new GuestroomError('cancelled', 'Cancelled');
    const ram = asObject(state['ram']);
    const total = asNumber(ram['total']) ?? 0;
    const left = asNumber(ram['remaining']) ?? total;
    if (total > 0) work.onProgress?.(Math.min(0.99, 1 - left / total));
    if (work.signal?.aborted === true && !cancelled) {
      cancelled = true;
      await cancel();
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
