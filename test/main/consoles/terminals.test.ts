import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { Host, TerminalSize } from '../../../drivers/api/host.ts';
import { createConsoles, type Consoles } from '../../../main/consoles/index.ts';
import { Terminals } from '../../../main/consoles/terminals.ts';
import { Viewer, wirePair } from './wires.ts';

let consoles: Consoles = createConsoles();
let terminals = new Terminals(consoles);
afterEach(() => {
  consoles.close();
  consoles = createConsoles();
  terminals = new Terminals(consoles);
});

/** A shell that repeats what is typed, and tells of each size it gets. */
class Echo extends Duplex {
  size: TerminalSize;

  constructor(size: TerminalSize) {
    super();
    this.size = size;
  }

  override _read(): void {
    // it speaks when it is spoken to
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.push(chunk);
    done();
  }

  resize(size: TerminalSize): void {
    this.size = size;
  }
}

function hostWithShells(): { host: Host; shells: Echo[] } {
  const shells: Echo[] = [];
  const openTerminal: Host['openTerminal'] = (size) => {
    const shell = new Echo(size);
    shells.push(shell);
    return Promise.resolve({ stream: shell, resize: (next) => shell.resize(next) });
  };
  return { host: { openTerminal } as Host, shells };
}

function view(ticket: string): Viewer {
  const [ours, theirs] = wirePair();
  consoles.accept(ours);
  const viewer = new Viewer(theirs);
  viewer.say({ kind: 'ticket', ticket });
  return viewer;
}

describe('terminals on hosts', () => {
  it('carry a shell to its window, each with its own size', async () => {
    const { host, shells } = hostWithShells();
    const first = await terminals.open(host, { columns: 80, rows: 24 });
    const second = await terminals.open(host, { columns: 132, rows: 50 });
    const viewer = view(first.ticket);
    await viewer.until(() => viewer.controls.length > 0);
    viewer.wire.post(Buffer.from('uptime\r'));
    await viewer.until(() => viewer.text() === 'uptime\r');
    terminals.resize(first.id, { columns: 100, rows: 30 });
    expect(shells.map(({ size }) => size)).toEqual([
      { columns: 100, rows: 30 },
      { columns: 132, rows: 50 },
    ]);
    expect(second.id).not.toBe(first.id);
    expect(terminals.count).toBe(2);
  });

  it('end without an error when the shell ends, and are forgotten', async () => {
    const { host, shells } = hostWithShells();
    const { ticket, id } = await terminals.open(host, { columns: 80, rows: 24 });
    const viewer = view(ticket);
    await viewer.until(() => viewer.controls.length > 0);
    shells[0]?.push(null);
    await viewer.until(() => viewer.closed);
    expect(viewer.controls.at(-1)).toEqual({ kind: 'close' });
    expect(terminals.count).toBe(0);
    // the window may tell its size at that very moment
    expect(() => terminals.resize(id, { columns: 10, rows: 10 })).not.toThrow();
    expect(shells[0]?.size).toEqual({ columns: 80, rows: 24 });
  });

  it('say so when the connection is lost under them', async () => {
    const { host, shells } = hostWithShells();
    const { ticket } = await terminals.open(host, { columns: 80, rows: 24 });
    const viewer = view(ticket);
    await viewer.until(() => viewer.controls.length > 0);
    shells[0]?.destroy(new GuestroomError('lost', 'The connection to ada@lab was lost'));
    await viewer.until(() => viewer.closed);
    expect(viewer.controls.at(-1)).toMatchObject({
      kind: 'close',
      error: { code: 'lost', message: 'The connection to ada@lab was lost' },
    });
    expect(terminals.count).toBe(0);
  });

  it('end when their window goes away', async () => {
    const { host, shells } = hostWithShells();
    const { ticket } = await terminals.open(host, { columns: 80, rows: 24 });
    const viewer = view(ticket);
    await viewer.until(() => viewer.controls.length > 0);
    const [shell] = shells;
    if (!shell) throw new Error('no shell was opened');
    const closed = once(shell, 'close');
    viewer.wire.close();
    await closed;
    expect(terminals.count).toBe(0);
  });

  it('are refused with the way out where the host has none', async () => {
    await expect(terminals.open({} as Host, { columns: 80, rows: 24 })).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('SSH') as string,
    });
  });
});
