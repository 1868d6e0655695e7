import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy, resolvePage } from '../../main/page.ts';
import { createSessions } from '../../main/web/sessions.ts';
import { ask, dial, logIn, startHost, type TestHost } from '../main/web/host.ts';

let host: TestHost;
let cookie: string;
beforeAll(async () => {
  host = await startHost();
  cookie = await logIn(host.web);
});
afterAll(() => host.close());

const authority = () => new URL(host.web.origin).host;

describe('row 2: the page’s files', () => {
  const folder = '/srv/page';

  it('are found by their plain names', () => {
    expect(resolvePage(folder, '/')?.path).toBe('/srv/page/index.html');
    expect(resolvePage(folder, '/assets/a-b_c.1.js')).toEqual({
      path: '/srv/page/assets/a-b_c.1.js',
      type: 'text/javascript; charset=utf-8',
      immutable: true,
    });
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..\\secret.txt',
    '/%5c..%5csecret.txt',
    '//etc/passwd.txt',
    '/assets//x.js',
    '/index.html\0.js',
    '/index.html%00.js',
    '/.build/stamps.json',
    '/assets/.hidden.js',
    'index.html',
    '',
    '/C:/windows/win.txt',
    '/index',
    '/page.php',
    `/${'a'.repeat(600)}.js`,
  ])('are not found by %j', (path) => {
    expect(resolvePage(folder, path)).toBeUndefined();
  });

  it.each(['/../secret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/..\\secret.txt'])(
    'are all that %j could bring',
    async (path) => {
      const answer = await ask(host.web.origin, path, { cookie });
      expect(answer.status).toBe(404);
      expect(answer.body).not.toContain('not for anybody');
    },
  );
});

describe('row 3: content security policy', () => {
  it('allows our own scripts only, and is sent with every answer', async () => {
    expect(contentSecurityPolicy).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
        "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    for (const [path, headers] of [
      ['/', { cookie }],
      ['/assets/main-1.js', { cookie }],
      ['/missing.js', { cookie }],
      ['/', {}],
      ['/', { host: 'evil.example' }],
    ] as const) {
      const answer = await ask(host.web.origin, path, headers);
      expect(answer.headers['content-security-policy']).toBe(contentSecurityPolicy);
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['referrer-policy']).toBe('no-referrer');
    }
  });
});

describe('row 19: who may use the browser host', () => {
  it('listens on this computer only', async () => {
    expect(host.web.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const port = Number(new URL(host.web.origin).port);
    const others = Object.values(networkInterfaces())
      .flat()
      .flatMap((entry) => (entry && !entry.internal && entry.family === 'IPv4' ? [entry.address] : []));
    // whoever can listen there on the same port, has it to himself
    for (const address of others) {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, address, resolve);
      });
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('has a token of 256 bits that is good once', () => {
    const sessions = createSessions('s');
    const token = sessions.token();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(sessions.exchange('')).toBeUndefined();
    expect(sessions.exchange(`${token}x`)).toBeUndefined();
    const session = sessions.exchange(token);
    expect(session).toBeDefined();
    expect(session).not.toBe(token);
    expect(sessions.exchange(token)).toBeUndefined();
    expect(sessions.token()).not.toBe(token);
    expect(sessions.valid(`other=1; s=${session ?? ''}`)).toBe(true);
    for (const header of [
      undefined,
      '',
      's=',
      's',
      `t=${session ?? ''}`,
      `s=${token}`,
      `s=x${session ?? ''}`,
    ]) {
      expect(sessions.valid(header)).toBe(false);
    }
  });

  it('puts the session into a cookie that no script reads and no other site sends', async () => {
    const { pathname, search } = new URL(host.web.url());
    const answer = await ask(host.web.origin, pathname + search);
    expect(answer).toMatchObject({ status: 303, headers: { location: '/', 'cache-control': 'no-store' } });
    const [set] = answer.headers['set-cookie'] ?? [];
    expect(set).toMatch(/^guestroom-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(await ask(host.web.origin, pathname + search)).toMatchObject({ status: 403 });
  });

  it.each(['/', '/assets/main-1.js', '/session', '/?token=guess', '/?token='])(
    'shows nothing of %j without the session',
    async (path) => {
      const answer = await ask(host.web.origin, path);
      expect([401, 403]).toContain(answer.status);
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.body).not.toContain('<');
    },
  );

  it.each(['evil.example', 'localhost', '127.0.0.1', '127.0.0.1:1', '[::1]', 'evil.example:80'])(
    'answers nothing to the name %s (DNS rebinding)',
    async (name) => {
      expect((await ask(host.web.origin, '/', { cookie, host: name })).status).toBe(421);
      expect(await dial(host.web, '/rpc', { cookie, host: name })).toBe(421);
    },
  );

  it.each(['http://evil.example', 'null', 'http://127.0.0.1', 'http://127.0.0.1:1', 'file://'])(
    'answers nothing to pages of %s',
    async (origin) => {
      expect((await ask(host.web.origin, '/', { cookie, origin })).status).toBe(403);
      expect(await dial(host.web, '/rpc', { cookie }, origin)).toBe(403);
      expect(await dial(host.web, '/bytes', { cookie }, origin)).toBe(403);
    },
  );

  it('refuses what another site makes a browser load', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const answer = await ask(host.web.origin, '/', {
        cookie,
        'sec-fetch-site': site,
        'sec-fetch-mode': 'no-cors',
      });
      expect(answer.status).toBe(403);
    }
  });

  it('opens a WebSocket only for our own page with its session, at the two addresses there are', async () => {
    expect(await dial(host.web, '/rpc', { cookie }, '')).toBe(403);
    expect(await dial(host.web, '/rpc', {})).toBe(401);
    expect(await dial(host.web, '/rpc', { cookie: cookie.slice(0, -1) })).toBe(401);
    expect(await dial(host.web, '/constructor', { cookie })).toBe(404);
    expect(await dial(host.web, '/', { cookie })).toBe(404);
    const socket = await dial(host.web, '/rpc', { cookie, host: authority() });
    expect(typeof socket).toBe('object');
    if (typeof socket === 'object') socket.terminate();
  });

  it('refuses addresses that name another host', async () => {
    expect((await ask(host.web.origin, '//evil.example/', { cookie })).status).toBe(400);
    expect((await ask(host.web.origin, 'http://evil.example/', { cookie })).status).toBe(400);
  });
});
