import { existsSync } from 'node:fs';
import { type Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDesk } from '../browser/desk.ts';
import { said } from '../lab/shell.ts';
import { type Room, freePort, guestPids, openRoom, within } from './room.ts';
import { Console, textOf } from './terminal.ts';
import { Wizard, openGuest, stateOf } from './wizard.ts';

const name = 'from-image';
let room: Room;
let serial: Console;
let port: number;

beforeAll(async () => {
  room = await openRoom();
  port = await freePort();
  const wizard = await Wizard.open(room.page);
  await wizard.source('Existing disk image', { 'Disk image': room.images.raw });
  await wizard.dialog.getByRole('radio', { name: 'Copy as qcow2' }).click();
  await wizard.name(name);
  await wizard.next();
  await wizard.next();
  await wizard.forward(port, 80);
  await wizard.make(name);
  await within(60_000, () => stateOf(room.page)).toBe('Running');
  serial = new Console(room.page, name);
  await serial.login();
});
afterAll(() => closeDesk(room));

const alive = (pid: number): boolean => existsSync(`/proc/${String(pid)}`);

/** How many dots of a canvas are drawn on. */
const inked = (canvas: Locator): Promise<number> =>
  canvas.evaluate((element) => {
    if (!(element instanceof HTMLCanvasElement)) return 0;
    const data = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data ?? [];
    let count = 0;
    for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) > 0) count += 1;
    return count;
  });

const button = (label: string) => room.page.getByRole('button', { name: label, exact: true });
const stop = async (way: string): Promise<void> => {
  await button('More ways to stop').click();
  await room.page.getByRole('menuitem', { name: way }).click();
};

describe('a machine that the wizard made from a disk image', () => {
  it('runs from its own copy in the format that was chosen', async () => {
    expect(await serial.run('cat /proc/cmdline')).toContain('tiny.disk=1');
    await within(30_000, () => serial.run('cat /srv/generation')).toBe('1');
    const xml = await said(room.folders, 'dumpxml', name);
    expect(xml).toMatch(/<driver name="qemu" type="qcow2"/);
    expect(xml).not.toContain(room.images.raw);
  });

  it('answers on the forwarded port of the host with its web page', async () => {
    await within(30_000, async () => {
      try {
        return await (await fetch(`http://127.0.0.1:${String(port)}/`)).text();
      } catch (error) {
        return String(error);
      }
    }).toContain('<h1>tiny guest</h1>');
  });

  it('shows one console to two windows: what is typed in one is seen in the other', async () => {
    expect(await serial.run('uname -r')).toMatch(/^\d+\.\d+\.\d+/);
    const second = await room.context.newPage();
    await second.goto(room.app.origin);
    await openGuest(second, name);
    const other = new Console(second, name);
    expect(await other.run('echo from the second window: $((2+3))')).toBe('from the second window: 5');
    await within(10_000, () => textOf(room.page, name)).toContain('from the second window: 5');
    await second.close();
    expect(await serial.run('echo still here')).toBe('still here');
  });

  it('draws its load: statistics move while it works', async () => {
    const { page, folders } = room;
    const stat = async (key: string): Promise<number> =>
      Number(new RegExp(`${key}=(\\d+)`).exec(await said(folders, 'domstats', name))?.[1] ?? '0');
    const vcpus = await stat('vcpu\\.current');
    const begun = { at: Date.now(), time: await stat('cpu\\.time') };
    await serial.type('while :; do :; done &\n');
    await page.getByRole('tab', { name: 'Performance' }).click();
    const now = page
      .getByRole('table', { name: 'Values of the range' })
      .getByRole('row')
      .nth(1)
      .getByRole('cell')
      .nth(2);
    // a busy computer leaves the machine little: what is shown must at some time reach the mean of what it really gets
    let highest = 0;
    await within(120_000, async () => {
      highest = Math.max(highest, Number.parseFloat(await now.innerText()) || 0);
      const used = (await stat('cpu\\.time')) - begun.time;
      const mean = (100 * used) / ((Date.now() - begun.at) * 1e6 * vcpus);
      return used > 3e9 && highest > 0.8 * mean;
    }).toBe(true);
    await within(10_000, () => inked(page.locator('.perf canvas').first())).toBeGreaterThan(50);
    // it has read its system, and a network behind the host is measured by nobody
    const chart = (title: string) => page.locator('.perf__cell').filter({ hasText: title }).innerText();
    expect(await chart('Disk')).toMatch(/15 min: 0 B\/s–\d/);
    expect(await chart('Network')).toContain('The hypervisor does not measure it');
    await page.getByRole('tab', { name: 'Console', exact: true }).click();
    expect(await serial.run('kill %1')).not.toContain('no such');
    const stats = await said(folders, 'domstats', name);
    expect(Number(/balloon\.rss=(\d+)/.exec(stats)?.[1])).toBeGreaterThan(50_000);
    expect(Number(/block\.0\.rd\.bytes=(\d+)/.exec(stats)?.[1])).toBeGreaterThan(1_000_000);
  });

  it('stands still while it is paused and goes on when it is resumed', async () => {
    const { page, folders } = room;
    await button('Pause').click();
    await within(10_000, () => stateOf(page)).toBe('Paused');
    expect(await said(folders, 'domstate', name)).toMatch(/^paused/);
    await serial.type('echo typed while paused\n');
    await button('Resume').click();
    await within(10_000, () => stateOf(page)).toBe('Running');
    await within(10_000, serial.text).toMatch(/^typed while paused$/m);
  });

  it('restarts when it is told to, under the same process', async () => {
    const before = guestPids(room.folders);
    expect(await serial.run('touch /tmp/before; ls /tmp/before')).toBe('/tmp/before');
    await serial.type('clear\n');
    await stop('Restart');
    await within(120_000, serial.text).toContain('tiny: up after');
    await serial.login();
    expect(await serial.run('ls /tmp/before; true')).toContain('No such file');
    expect(guestPids(room.folders)).toEqual(before);
  });

  it('shuts down in order by the power button', async () => {
    const { page, folders } = room;
    await within(30_000, () => serial.run('ls /srv')).toContain('generation');
    expect(await serial.run('echo written >/srv/kept; cat /srv/kept')).toBe('written');
    const pids = guestPids(folders);
    expect(pids).toHaveLength(1);
    await button('Shut down').click();
    await within(60_000, () => stateOf(page)).toBe('Off');
    expect(await said(folders, 'domstate', name, '--reason')).toMatch(/^shut off \(shutdown\)/);
    expect(pids.filter(alive)).toEqual([]);
    await page.getByText(`${name} is off`).first().waitFor();
  });

  it('starts again with what it wrote, and ends at once when it is forced off', async () => {
    const { page, folders } = room;
    await button('Start').first().click();
    await within(30_000, () => stateOf(page)).toBe('Running');
    await serial.login();
    await within(30_000, () => serial.run('cat /srv/kept')).toBe('written');
    const pids = guestPids(folders);
    await stop('Force off…');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Force off' }).click();
    await within(20_000, () => stateOf(page)).toBe('Off');
    expect(await said(folders, 'domstate', name, '--reason')).toMatch(/^shut off \(destroyed\)/);
    expect(pids.filter(alive)).toEqual([]);
  });
});

it('nothing of all this caused an error or a violation of the page’s policy', () => {
  expect(room.complaints.list).toEqual([]);
});
