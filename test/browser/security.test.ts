import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { launchChromium, openPage } from '../lab/chromium.ts';
import {
  type Desk,
  closeDesk,
  machineRow,
  openDesk,
  openMachine,
  showPart,
  soon,
  table,
  treeItem,
  windowTab,
} from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({ hosts: { Office: 'test:///showcase' } });
});
afterAll(() => closeDesk(desk));

const evil = '<img src=x onerror=alert(1)>';
const cookies = async () => {
  const all = await desk.context.cookies();
  return all.map(({ name, value }) => `${name}=${value}`).join('; ');
};

/** Status of a plain request; fetch would not let Host be set. */
function ask(path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(desk.app.origin);
    const sent = request({ hostname, port, path, headers }, (response) => {
      let body = '';
      response.on('data', (part: Buffer) => (body += part.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** HTTP status of a WebSocket's handshake; 101 when it was accepted. */
function upgrade(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${desk.app.origin.replace('http', 'ws')}${path}`, { headers });
    socket.on('open', () => {
      socket.close();
      resolve(101);
    });
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', (error) => {
      if (!/Unexpected server response/.test(error.message)) reject(error);
    });
  });
}

describe('who may open the window', () => {
  it('whoever has the printed address, and nobody a second time', async () => {
    const second = await desk.browser.newContext();
    const page = await second.newPage();
    const answer = await page.goto(desk.app.url);
    expect(answer?.status()).toBe(403);
    expect(await page.content()).toContain('used already');
    expect((await page.goto(desk.app.origin))?.status()).toBe(401);
    await second.close();
  });

  it('another browser by the new address that was printed after the first login', async () => {
    await soon(() => desk.app.output().match(/token=/g)?.length).toBe(2);
    const url = /Opened\. For another browser: (\S+)/.exec(desk.app.output())?.[1] ?? '';
    const browser = await launchChromium();
    const other = await openPage(browser, url);
    await treeItem(other.page, 'Office').waitFor();
    expect(other.page.url()).not.toContain('token');
    await browser.close();
  });

  it('by a cookie that scripts cannot read and other sites’ pages do not send', async () => {
    const [cookie, ...others] = await desk.context.cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', domain: '127.0.0.1', path: '/' });
    expect(cookie?.value.length).toBeGreaterThanOrEqual(22);
    expect(await desk.page.evaluate(() => document.cookie)).toBe('');
  });

  it('neither its pages nor its calls without the cookie', async () => {
    const origin = desk.app.origin;
    expect((await ask('/', {})).status).toBe(401);
    expect((await ask('/index.html', {})).status).toBe(401);
    expect((await ask('/', { cookie: `${(await cookies()).split('=')[0] ?? ''}=guess` })).status).toBe(401);
    expect(await upgrade('/rpc', { origin })).toBe(401);
    expect(await upgrade('/bytes', { origin })).toBe(401);
  });

  it('not by another name that was made to point here, nor from another site’s page', async () => {
    const cookie = await cookies();
    const { origin } = desk.app;
    const host = new URL(origin).host;
    expect((await ask('/', { cookie })).status).toBe(200);
    expect((await ask('/', { cookie, host: `evil.example:${host.split(':')[1] ?? ''}` })).status).toBe(421);
    expect((await ask('/', { cookie, host: `localhost:${host.split(':')[1] ?? ''}` })).status).toBe(421);
    expect((await ask('/', { cookie, origin: 'http://evil.example' })).status).toBe(403);
    expect((await ask('/', { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect(await upgrade('/rpc', { cookie, origin })).toBe(101);
    expect(await upgrade('/rpc', { cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await upgrade('/bytes', { cookie, origin: 'null' })).toBe(403);
    expect(await upgrade('/rpc', { cookie, origin, host: 'evil.example' })).toBe(421);
    expect(await upgrade('/elsewhere', { cookie, origin })).toBe(404);
  });

  it('no file outside of the window’s own', async () => {
    const cookie = await cookies();
    for (const path of [
      '/..%2fguestroom.js',
      '/%2e%2e/guestroom.js',
      '/etc/passwd',
      '//etc/passwd',
      '/.%00/',
    ])
      expect([400, 404]).toContain((await ask(path, { cookie })).status);
  });

  it('from this computer only', () => {
    const port = Number(new URL(desk.app.origin).port);
    const hex = port.toString(16).toUpperCase().padStart(4, '0');
    const listeners = ['/proc/net/tcp', '/proc/net/tcp6']
      .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && fields[1]?.endsWith(`:${hex}`))
      .map((fields) => fields[1]);
    expect(listeners).toEqual([`0100007F:${hex}`]);
  });
});

describe('the page’s policy', () => {
  it('allows the page’s own files and nothing else', async () => {
    const answer = await desk.page.request.get(desk.app.origin);
    const headers = answer.headers();
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it('stops a script that was smuggled into the page', async () => {
    const { page } = desk;
    const blocked = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), {
            once: true,
          });
          const script = document.createElement('script');
          script.textContent = 'document.title = "owned"';
          document.body.append(script);
        }),
    );
    expect(blocked).toMatch(/^script-src/);
    expect(await page.title()).not.toBe('owned');
    // the complaint was called for
    expect(desk.complaints.list.splice(0).join()).toContain('Content Security Policy');
  });
});

describe('names that look like markup', () => {
  const long = /a-name-that-somebody/;
  const chinese = '测试服务器-ü-東京';

  it('are text in the table, in the tree and in the tooltip', async () => {
    const { page } = desk;
    await machineRow(page, evil).waitFor();
    const row = machineRow(page, evil);
    await row.getByRole('gridcell', { name: `${evil} <b>Names are text</b>` }).waitFor();
    expect(await row.textContent()).toContain('<b>Names are text</b>');
    await treeItem(page, evil).waitFor();
    await treeItem(page, chinese).waitFor();
    await treeItem(page, evil).getByText('<img src=x onerror=ale', { exact: true }).hover();
    await soon(() => page.getByRole('tooltip').textContent()).toBe(evil);
  });

  it('are text on their page, its tab, its notes and the title of the window', async () => {
    const { page } = desk;
    await openMachine(page, evil);
    await windowTab(page, evil).waitFor();
    await soon(() => page.title()).toBe(`${evil} – Guestroom`);
    await page.getByText(`${evil} is off`).waitFor();
    await showPart(page, 'Overview');
    await soon(() => page.getByRole('textbox', { name: 'Notes' }).inputValue()).toBe(
      '<script>alert(1)</script>',
    );
    await showPart(page, 'XML');
    await soon(() => page.getByRole('textbox', { name: 'XML document' }).innerText()).toContain(
      '<name>&lt;img src=x onerror=alert(1)&gt;</name>',
    );
  });

  it('are text in menus, questions and the palette', async () => {
    const { page } = desk;
    await treeItem(page, evil).click({ button: 'right' });
    await page.getByRole('menu', { name: evil }).waitFor();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    const question = page.getByRole('alertdialog', { name: `Delete ${evil}?` });
    await question.getByText(/img_src_x_onerror_alert/).waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('combobox', { name: 'Commands' });
    await palette.fill('img src');
    await page.getByRole('option', { name: evil }).first().waitFor();
    await page.keyboard.press('Escape');
  });

  it('are text on a running machine’s screen, terminal and detached window', async () => {
    const { page } = desk;
    await windowTab(page, evil).click();
    await showPart(page, 'Console');
    await page.getByRole('main').getByRole('button', { name: 'Start' }).first().click();
    await page.getByRole('application', { name: `Screen of ${evil}` }).waitFor();
    await page.getByRole('main').getByRole('button', { name: 'More ways to stop' }).click();
    await page.getByRole('menuitem', { name: 'Force off…' }).click();
    const question = page.getByRole('alertdialog', { name: `Force ${evil} off?` });
    await question.getByRole('button', { name: 'Force off' }).click();
    await page.getByText(`${evil} is off`).waitFor();
  });

  it('however long: they are cut in the middle and told whole in the tooltip', async () => {
    const { page } = desk;
    await windowTab(page, 'Office').click();
    const item = treeItem(page, long);
    await item.hover();
    await soon(() => page.getByRole('tooltip').textContent()).toMatch(/^a-name-that.*2025-01-15$/);
    await item.click();
    await page.getByRole('heading', { level: 1, name: long }).waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });

  it('never became an element, ran a script or raised a dialog', async () => {
    const { page } = desk;
    let dialogs = 0;
    page.on('dialog', () => (dialogs += 1));
    await page.reload();
    await windowTab(page, 'Office').click();
    await table(page).waitFor();
    expect(await page.locator('img[src=x]').count()).toBe(0);
    expect(await page.locator('body script').count()).toBe(0);
    expect(dialogs).toBe(0);
    expect(desk.complaints.list).toEqual([]);
  });
});
