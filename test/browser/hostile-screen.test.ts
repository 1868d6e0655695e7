import { type Page, type WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, closeDesk, openDesk, openMachine, showPart, soon } from './desk.ts';

/** What the screen says once the login is over, in place of its own picture. */
let hostile: Buffer[] = [];
let sent = 0;
const scripts: string[] = [];

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({ hosts: { Office: 'test:///showcase' } });
  const { page } = desk;
  page.on('dialog', (dialog) => {
    scripts.push(dialog.message());
    void dialog.dismiss();
  });
  await page.routeWebSocket(/\/bytes$/, between);
  await page.reload();
  await openMachine(page, 'web-01');
});
afterAll(() => closeDesk(desk));

/** Version, kinds of login and its result come from main. */
const handshake = 12 + 2 + 4;

function between(route: WebSocketRoute): void {
  const server = route.connectToServer();
  let passed = 0;
  let turned = false;
  route.onMessage((message) => server.send(message));
  server.onMessage((message) => {
    if (typeof message === 'string') {
      route.send(message);
      return;
    }
    if (turned) return;
    const room = handshake - passed;
    passed += Math.min(room, message.length);
    if (room > 0) route.send(message.subarray(0, room));
    if (message.length <= room) return;
    turned = true;
    for (const part of hostile) route.send(part);
    sent += 1;
  });
}

const bytes = (...parts: (Buffer | number[] | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const u16 = (value: number): number[] => [value >> 8, value & 255];
const u32 = (value: number): number[] => [
  value >>> 24,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
];
const pixelFormat = [32, 24, 0, 1, ...u16(255), ...u16(255), ...u16(255), 16, 8, 0, 0, 0, 0];
const init = (width: number, height: number, name: string, length = Buffer.byteLength(name)): Buffer =>
  bytes(u16(width), u16(height), pixelFormat, u32(length), name);
const rectangle = (x: number, y: number, width: number, height: number, encoding: number): Buffer =>
  bytes([0, 0], u16(1), u16(x), u16(y), u16(width), u16(height), u32(encoding));

/** The screen goes on, with another size: what came before has been read. */
const smaller = rectangle(0, 0, 32, 32, 0xffffff21);
/** What became of it in the window: the size of its picture, or the offer to connect again. */
const shown = async (page: Page): Promise<string> =>
  (await page.getByRole('button', { name: 'Connect again' }).count()) > 0
    ? 'lost'
    : (
        await page
          .locator('[role=application] canvas')
          .evaluateAll((all) =>
            all.map((one) => `${(one as HTMLCanvasElement).width}x${(one as HTMLCanvasElement).height}`),
          )
      ).join();

const markup = '<img src=x onerror=alert(1)><script>alert(1)</script>';

describe('a screen that means harm', () => {
  it.each<[string, string, Buffer[]]>([
    ['is as large as the protocol can say', '65535x65535', [init(65535, 65535, 'x')]],
    ['has no size', '0x0', [init(0, 0, 'x')]],
    ['has markup for its name', '64x64', [init(64, 64, markup)]],
    ['has a name of 64 KiB', '64x64', [init(64, 64, markup.repeat(1000))]],
    ['announces a name of 4 GiB', '0x0', [init(64, 64, 'x'.repeat(1000), 0xffffffff)]],
    [
      'announces clipboard text of 2 GiB',
      '64x64',
      [init(64, 64, 'x'), bytes([3, 0, 0, 0], u32(0x7fffffff), 'x'.repeat(9000))],
    ],
    ['fills the clipboard', '32x32', [init(64, 64, 'x'), bytes([3, 0, 0, 0], u32(4), 'evil'), smaller]],
    [
      'sends a rectangle that is larger than itself',
      '64x64',
      [init(64, 64, 'x'), rectangle(0, 0, 65535, 65535, 0)],
    ],
    [
      'sends a rectangle outside of itself',
      '32x32',
      [init(64, 64, 'x'), rectangle(60000, 60000, 8, 8, 0), Buffer.alloc(256, 7), smaller],
    ],
    [
      'copies from where nothing is',
      '32x32',
      [init(64, 64, 'x'), rectangle(0, 0, 64, 64, 1), bytes(u16(60000), u16(60000)), smaller],
    ],
    ['becomes enormous', '65535x65535', [init(64, 64, 'x'), rectangle(0, 0, 65535, 65535, 0xffffff21)]],
    ['uses an encoding nobody knows', 'lost', [init(64, 64, 'x'), rectangle(0, 0, 8, 8, 0x12345678)]],
    [
      'sends broken compressed data',
      'lost',
      [init(64, 64, 'x'), rectangle(0, 0, 64, 64, 6), bytes(u32(8), 'nozlib!!')],
    ],
    ['sends messages nobody knows', 'lost', [init(64, 64, 'x'), Buffer.alloc(4000, 0xee)]],
  ])('that %s leaves the window alive', async (_what, becomes, says) => {
    const { page } = desk;
    await showPart(page, 'Overview');
    hostile = says;
    const before = sent;
    await page.reload();
    await showPart(page, 'Console');
    await soon(() => sent).toBeGreaterThan(before);
    await soon(() => shown(page)).toBe(becomes);
    await showPart(page, 'Overview');
    await page.getByRole('tabpanel').getByText('web-01').first().waitFor();
    expect(scripts).toEqual([]);
    expect(await page.locator('img[src=x]').count()).toBe(0);
    expect(await page.title()).not.toContain('onerror');
  });

  it('and breaks the protocol is told of, and can be connected again', async () => {
    const { page } = desk;
    hostile = [init(64, 64, 'x'), Buffer.alloc(4000, 0xee)];
    await page.reload();
    await showPart(page, 'Console');
    await page.getByRole('button', { name: 'Connect again' }).first().waitFor();
  });
});
