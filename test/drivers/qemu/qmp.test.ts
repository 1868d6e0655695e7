import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { QmpClient, type QmpEvent } from '../../../drivers/qemu/qmp.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "test"}, "capabilities": []}}\r\n';

let folder: string;
let server: Server | undefined;
const host = createLocalHost();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gr-qmp-'));
});
afterEach(async () => {
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = undefined;
  await rm(folder, { recursive: true });
});

interface Request {
  execute: string;
  id: number;
  arguments?: unknown;
}

/** A monitor that greets and answers as told. */
async function monitor(
  answer: (request: Request, socket: Socket) => void,
  hello: string | undefined = greeting,
): Promise<string> {
  const path = join(folder, 'qmp');
  const started = createServer((socket) => {
    let rest = '';
    socket.on('data', (chunk) => {
      rest += chunk.toString();
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) answer(JSON.parse(line) as Request, socket);
    });
    if (hello !== '') socket.write(hello);
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(path, resolve));
  return path;
}

const reply = (socket: Socket, id: number, result: unknown = {}): void => {
  socket.write(`${JSON.stringify({ return: result, id })}\n`);
};
const open = async (path: string, timeout = 5000): Promise<QmpClient> =>
  QmpClient.open(await host.connect({ unix: path }), { timeout });

describe('the monitor of QEMU', () => {
  test('greets, and tells its version', async () => {
    const client = await open(await monitor(({ id }, socket) => reply(socket, id)));
    expect(client.version).toEqual({ major: 7, minor: 2, micro: 22, package: 'test' });
    client.close();
  });

  test('answers that come in another order reach the one who asked', async () => {
    const held: number[] = [];
    const path = await monitor(({ execute, id }, socket) => {
      if (execute === 'qmp_capabilities') reply(socket, id);
      else if (held.push(id) === 3) for (const one of held.reverse()) reply(socket, one, { is: one });
    });
    const client = await open(path);
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => client.execute(name)));
    expect(answers).toEqual([{ is: 2 }, { is: 3 }, { is: 4 }]);
    client.close();
  });

  test('replies cut into pieces and events between them are read', async () => {
    const path = await monitor(({ execute, id }, socket) => {
      if (execute === 'qmp_capabilities') {
        reply(socket, id);
        return;
      }
      const text = `{"event": "STOP", "timestamp": {"seconds": 5, "microseconds": 250000}}\n{"return": "ä", "id": ${String(id)}}\n`;
      for (const byte of Buffer.from(text)) socket.write(Buffer.from([byte]));
    });
    const client = await open(path);
    const events: QmpEvent[] = [];
    client.onEvent((event) => events.push(event));
    expect(await client.execute('x')).toBe('ä');
    expect(events).toEqual([{ name: 'STOP', data: {}, time: 5250 }]);
    client.close();
  });

  test.each([
    ['CommandNotFound', 'The command x has not been found', 'unsupported'],
    ['DeviceNotFound', 'Device q not found', 'not_found'],
    ['GenericError', 'Could not open: No space left on device', 'no_space'],
    ['GenericError', 'Something else', 'program_failed'],
  ])('a refusal (%s: %s) becomes the error %s', async (kind, desc, code) => {
    const path = await monitor(({ execute, id }, socket) => {
      if (execute === 'qmp_capabilities') reply(socket, id);
      else socket.write(`${JSON.stringify({ id, error: { class: kind, desc } })}\n`);
    });
    const client = await open(path);
    await expect(client.execute('x')).rejects.toMatchObject({ code, detail: desc });
    client.close();
  });

  test.each(['nonsense', '[1]', '"text"', '{"open": '])(
    'a line that is no message (%s) ends the connection',
    async (line) => {
      const path = await monitor(({ execute, id }, socket) => {
        if (execute === 'qmp_capabilities') reply(socket, id);
        else socket.write(`${line}\n`);
      });
      const client = await open(path);
      await expect(client.execute('x')).rejects.toMatchObject({ code: 'protocol' });
      expect(await client.closed).toMatchObject({ code: 'protocol' });
      await expect(client.execute('y')).rejects.toMatchObject({ code: 'lost' });
    },
  );

  test('when QEMU ends, commands in flight reject at once', async () => {
    const path = await monitor(({ execute, id }, socket) => {
      if (execute === 'qmp_capabilities') reply(socket, id);
      else socket.destroy();
    });
    const client = await open(path);
    await expect(client.execute('quit')).rejects.toMatchObject({ code: 'lost' });
    await client.closed;
  });

  test('a monitor that somebody else holds says busy', async () => {
    const path = await monitor(() => undefined, '');
    await expect(open(path, 50)).rejects.toMatchObject({ code: 'busy' });
  });

  test('something else that listens there is refused', async () => {
    const path = await monitor(() => undefined, 'SSH-2.0-OpenSSH_9.2\r\n');
    await expect(open(path)).rejects.toMatchObject({ code: 'protocol' });
  });

  test('a command without an answer gives up, and its late answer disturbs nobody', async () => {
    let late: (() => void) | undefined;
    const path = await monitor(({ execute, id }, socket) => {
      if (execute === 'slow') late = () => reply(socket, id, 'late');
      else {
        late?.();
        reply(socket, id, execute);
      }
    });
    const client = await open(path);
    await expect(client.execute('slow', undefined, { timeout: 20 })).rejects.toMatchObject({
      code: 'timeout',
    });
    expect(await client.execute('next')).toBe('next');
    client.close();
  });

  test('what is asked is written as JSON, whatever it contains', async () => {
    const seen: unknown[] = [];
    const path = await monitor((request, socket) => {
      seen.push(request.arguments);
      reply(socket, request.id);
    });
    const client = await open(path);
    await client.execute('x', { filename: 'a"b\n,ü' });
    expect(seen[1]).toEqual({ filename: 'a"b\n,ü' });
    client.close();
  });
});
