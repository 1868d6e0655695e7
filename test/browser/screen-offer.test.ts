import { mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RecordingViewer, recordingViewer } from '../lab/viewer.ts';
import { barriers } from './barriers.ts';
import { type Desk, addHost, closeDesk, openDesk, openMachine, soon, treeItem } from './desk.ts';
import { screenOf, titleOn } from './guest-screen.ts';
import { unreachable } from './reachable.ts';

const screenshots = fileURLToPath(new URL('../../screenshots/', import.meta.url));

const machine = (name: string, port: number, more = ''): string =>
  `<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>${name}</name>${more}
    <memory unit='GiB'>2</memory><vcpu>2</vcpu><os><type>hvm</type></os><devices>
    <graphics type='spice' port='${String(port)}' autoport='no' passwd='PLANTED'/><video><model type='qxl'/></video></devices></domain>`;
const world = `<node>${machine('design', 5930)}${machine('drawer', 5931, '<test:runstate>5</test:runstate>')}
  ${machine('passing', 5932, '<test:transient>1</test:transient>').replace('<devices>', "<devices><serial type='pty'/>")}</node>`;

let desk: Desk;
let folder: string;
let viewer: RecordingViewer;
beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), 'gr-offer-'));
  viewer = await recordingViewer(folder);
  await writeFile(join(folder, 'world.xml'), world);
  desk = await openDesk({
    hosts: { Office: 'test:///showcase' },
    env: { PATH: `${viewer.folder}:${process.env['PATH'] ?? ''}` },
  });
});
afterAll(async () => {
  await closeDesk(desk);
  await rm(folder, { recursive: true, force: true });
});

const card = () => desk.page.getByRole('region', { name: 'This virtual machine’s screen is SPICE' });
const offer = (name: string) => card().getByRole('button', { name, exact: true });

/** Pictures in both themes, and what hinders people in either. */
async function look(name: string): Promise<string[]> {
  const { page } = desk;
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await soon(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(
      colorScheme === 'dark',
    );
    await page.screenshot({ path: `${screenshots}${name}-${colorScheme}.png`, animations: 'disabled' });
    found.push(...(await barriers(page)).map((each) => `${colorScheme}: ${each}`));
  }
  return [...found, ...(await unreachable(page))];
}

describe('a machine with a SPICE screen only', () => {
  it('in the showcase says so, and gets a VNC screen that is seen after its next start', async () => {
    const { page } = desk;
    await openMachine(page, 'haiku');
    await offer('Add a VNC screen').waitFor();
    expect(await look('screen-offer')).toEqual([]);
    await offer('Add a VNC screen').click();
    await card().getByRole('heading', { name: 'The VNC screen comes with the next start' }).waitFor();
    await card().getByText('Shut the virtual machine down, then start it again').waitFor();
    expect(await look('screen-offer-next')).toEqual([]);
    await offer('Shut down').click();
    await page.getByText('haiku is off').waitFor();
    await page.getByRole('tabpanel', { name: 'Console' }).getByRole('button', { name: 'Start' }).click();
    await soon(() => titleOn(screenOf(page, 'haiku'))).toMatch(/^haiku/);
  });

  it('opens in remote-viewer by the keyboard alone, which gets the password that the window never does', async () => {
    const { page } = desk;
    await addHost(page, `test://${join(folder, 'world.xml')}`, 'Studio');
    await openMachine(page, 'design');
    await offer('Open in remote-viewer').waitFor();
    expect(await look('screen-offer-viewer')).toEqual([]);
    await offer('Add a VNC screen').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await card().getByText('remote-viewer was started.').waitFor();
    const given = viewer.given();
    expect(given?.mode).toBe('600');
    expect(given?.file).toContain('host=127.0.0.1\nport=5930\npassword=PLANTED\ntitle=design\n');
    expect(await page.content()).not.toContain('PLANTED');
  });

  it('that is off shows its screen’s place as soon as it has one', async () => {
    const { page } = desk;
    await treeItem(page, /drawer/).click();
    await page.getByRole('heading', { level: 1, name: 'drawer' }).waitFor();
    await offer('Add a VNC screen').waitFor();
    expect(await offer('Open in remote-viewer').getAttribute('aria-disabled')).toBe('true');
    expect(await look('screen-offer-off')).toEqual([]);
    await offer('Add a VNC screen').click();
    await page.getByText('drawer is off').waitFor();
  });

  it('that is temporary cannot get one, says why, and its serial line is one choice away', async () => {
    const { page } = desk;
    await treeItem(page, /passing/).click();
    await page.getByRole('heading', { level: 1, name: 'passing' }).waitFor();
    await offer('Add a VNC screen').waitFor();
    await card().getByText('The virtual machine is temporary: it is gone once it is off').waitFor();
    expect(await offer('Add a VNC screen').getAttribute('aria-disabled')).toBe('true');
    expect(await look('screen-offer-temporary')).toEqual([]);
    await page.getByRole('combobox', { name: 'What to show' }).click();
    await page.getByRole('option', { name: 'Serial 1' }).click();
    await page.getByText('Serial · serial0').waitFor();
  });

  it('is told in Chinese, too', async () => {
    const { page } = desk;
    await page.keyboard.press('Control+,');
    await page.getByRole('combobox', { name: 'Language' }).click();
    await page.getByRole('option', { name: '简体中文' }).click();
    await page.getByRole('heading', { level: 1, name: '设置' }).waitFor();
    await page.getByRole('treeitem', { name: /design/ }).click();
    const words = page.getByRole('region', { name: '这台虚拟机的屏幕是 SPICE' });
    await words.getByRole('button', { name: '添加 VNC 屏幕' }).waitFor();
    expect(await look('screen-offer-chinese')).toEqual([]);
  });

  it('caused no error and no violation of the page’s policy', () => {
    expect(desk.complaints.list).toEqual([]);
  });
});
