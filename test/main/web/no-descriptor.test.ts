import type http from 'node:http';
import { afterEach, expect, it, vi } from 'vitest';
import { serve, type WebHost } from '../../../main/web/index.ts';
import { createCalls } from '../../../main/calls.ts';
import { createConsoles } from '../../../main/consoles/index.ts';

const made = vi.hoisted(() => ({ servers: [] as http.Server[] }));
vi.mock('node:http', async (original) => {
  const real = await original<typeof http>();
  const createServer = (options: http.ServerOptions): http.Server => {
    const server = real.createServer(options);
    made.servers.push(server);
    return server;
  };
  return { ...real, createServer };
});

let web: WebHost | undefined;
afterEach(() => web?.close());

it('goes on where the system has no descriptor left for one more connection, and says so', async () => {
  const failures: unknown[] = [];
  web = await serve({
    calls: createCalls({}),
    consoles: createConsoles(),
    page: '/nowhere',
    onAddress: () => undefined,
    failed: (error) => failures.push(error),
  });
  const error = Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' });
  for (let time = 0; time < 2; time += 1) made.servers[0]?.emit('error', error);
  expect(failures).toEqual([error, error]);
  expect((await fetch(web.origin)).status).toBe(401);
});
