import { readFile } from 'node:fs/promises';
import { type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDesk } from '../browser/desk.ts';
import { keystrokes } from '../../renderer/parts/ScreenKeys.ts';
import { compareWithQemu } from './picture.ts';
import { type Room, openRoom, within } from './room.ts';
import { Console, showScreen } from './terminal.ts';
import { Wizard, stateOf } from './wizard.ts';

const name = 'from-disc';
let room: Room;
let serial: Console;

beforeAll(async () => {
  room = await openRoom();
  const wizard = await Wizard.open(room.page);
  await wizard.source('Installation disc', { 'Disc image': room.images.iso });
  await wizard.name(name);
  await wizard.make(name);
  await within(60_000, () => stateOf(room.page)).toBe('Running');
  serial = new Console(room.page, name);
  await serial.login();
});
afterAll(() => closeDesk(room));

const tools = () => room.page.getByRole('toolbar', { name: 'Console' });

/** Finger by finger: Playwright's own typing leaves Shift out, and a guest sees keys, not characters. */
async function press(page: Page, text: string): Promise<void> {
  for (const { code, shift } of keystrokes(text).strokes)
    await page.keyboard.press(`${shift ? 'Shift+' : ''}${code ?? ''}`);
}

describe('a machine that the wizard made from an installation disc', () => {
  it('boots from that disc and has the new disk beside it', async () => {
    expect(await serial.run('cat /proc/cmdline')).toContain('tiny.cd=1');
    expect(await serial.run('ls /sys/block | grep -E "^(sd|vd|hd)"')).toMatch(/^[shv]da$/);
  });

  it('shows the picture that QEMU itself has of the guest’s screen', async () => {
    const screen = await showScreen(room.page, name);
    await within(
      20_000,
      async () => (await compareWithQemu(screen, room.folders, name)).different,
    ).toBeLessThan(0.005);
    const { canvas, dump, drawn } = await compareWithQemu(screen, room.folders, name);
    expect(canvas).toBe(dump);
    expect(drawn, 'there are letters on the screen').toBeGreaterThan(0.001);
  });

  it('takes what is typed into its screen: a login, and a command that is seen at its serial line', async () => {
    const { page } = room;
    const screen = await showScreen(page, name);
    await screen.click();
    await page.keyboard.type('root\n');
    // what comes before the guest asks for the password is thrown away by it
    await within(20_000, () =>
      serial.run("stty -F /dev/tty1 -a | tr ' ;' '\\n\\n' | grep -x -e -echo -e icanon | sort | xargs"),
    ).toBe('-echo icanon');
    await (await showScreen(page, name)).click();
    await page.keyboard.type('tiny\n');
    await within(20_000, () =>
      serial.run(`for p in /proc/[0-9]*; do [ "$(readlink $p/fd/0)" = /dev/tty1 ] && cat $p/comm; done`),
    ).toMatch(/^sh$/m);
    await (await showScreen(page, name)).click();
    await press(page, `echo Typed: $(tty) '~{}"%' >/tmp/typed\n`);
    await within(20_000, () => serial.run('cat /tmp/typed')).toBe('Typed: /dev/tty1 ~{}"%');
  });

  it('takes a text pasted as keystrokes', async () => {
    const { page } = room;
    await showScreen(page, name);
    await tools().getByRole('button', { name: 'Paste as keystrokes' }).click();
    const dialog = page.getByRole('dialog', { name: 'Paste as keystrokes' });
    await dialog
      .getByRole('textbox', { name: 'Text' })
      .fill("\necho 'A#b <|> C:\\d' $((6*7)) >/tmp/pasted\n");
    await dialog.getByRole('button', { name: 'Type it' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await serial.run('cat /tmp/pasted')).toBe('A#b <|> C:\\d 42');
  });

  it('gets key combinations that a browser keeps: Ctrl+Alt+F2 shows its second console', async () => {
    const { page } = room;
    // a console that nobody has opened cannot be switched to
    await serial.run(': >/dev/tty2');
    expect(await serial.run('cat /sys/class/tty/tty0/active')).toBe('tty1');
    for (const [keys, tty] of [
      ['Ctrl+Alt+F2', 'tty2'],
      ['Ctrl+Alt+F1', 'tty1'],
    ] as const) {
      await showScreen(page, name);
      await tools().getByRole('button', { name: 'Send keys' }).click();
      await page.getByRole('menuitem', { name: keys, exact: true }).click();
      await within(10_000, () => serial.run('cat /sys/class/tty/tty0/active')).toBe(tty);
    }
  });

  it('saves a screenshot to a file that is QEMU’s picture', async () => {
    const { page, folders } = room;
    const screen = await showScreen(page, name);
    await tools()
      .getByText(/^VNC · \d+ × \d+/)
      .waitFor();
    const { dump } = await compareWithQemu(screen, folders, name);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      tools().getByRole('button', { name: 'Screenshot' }).click(),
    ]);
    const file = await readFile(await download.path());
    expect(file.subarray(1, 4).toString()).toBe('PNG');
    expect(`${String(file.readUInt32BE(16))} × ${String(file.readUInt32BE(20))}`).toBe(dump);
  });

  it('has its disc taken out and put in again while it runs', async () => {
    const { page, images } = room;
    const more = () => page.locator('header').getByRole('button', { name: 'More actions' }).click();
    const label = () => serial.run('dd if=/dev/sr0 bs=1 skip=32808 count=4 2>/dev/null; true');
    expect(await label()).toBe('TINY');
    await more();
    await page.getByRole('menuitem', { name: /^Eject hd/ }).click();
    await within(20_000, label).toBe('');
    await more();
    await page.getByRole('menuitem', { name: /^Insert into hd/ }).click();
    const dialog = page.getByRole('dialog', { name: /^Medium in hd/ });
    await dialog.getByRole('textbox', { name: 'File on the host' }).fill(images.iso);
    await dialog.getByRole('button', { name: 'Insert', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await within(20_000, label).toBe('TINY');
  });
});

it('nothing of all this caused an error or a violation of the page’s policy', () => {
  expect(room.complaints.list).toEqual([]);
});
