import { randomBytes } from 'node:crypto';
import { type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, closeDesk, openDesk, treeItem, windowTab } from '../browser/desk.ts';
import { inTheme, seen } from '../browser/look.ts';
import { type Sshd, sshdOrWhyNot, startSshd } from '../lab/ssh/sshd.ts';
import { within } from './room.ts';

const why = await sshdOrWhyNot('The terminal on a host over SSH');
const name = 'Rack';

/** The terminal of the tab that is shown. */
class Shell {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get #terminal(): Locator {
    return this.#page.getByRole('group', { name: `Terminal on ${name}` }).filter({ visible: true });
  }

  /** The rows as they are drawn. */
  async rows(): Promise<string[]> {
    const rows = await this.#terminal.evaluate((element) =>
      [...element.querySelectorAll('.xterm-rows > div')].map((row) => row.textContent),
    );
    return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd());
  }

  async text(): Promise<string> {
    return (await this.rows()).join('\n').trimEnd();
  }

  async type(keys: string): Promise<void> {
    await this.#terminal.getByRole('textbox').focus();
    await this.#page.keyboard.type(keys);
  }

  async ready(): Promise<void> {
    await within(20_000, () => this.text()).toMatch(/[#$] *$/);
  }

  /** What a command prints, in an empty terminal. */
  async run(command: string): Promise<string> {
    const mark = `done-${randomBytes(3).toString('hex')}`;
    // the quotes keep the mark out of the echo of what is typed
    await this.type(`clear; ${command}; echo ${mark.slice(0, 6)}''${mark.slice(6)}\n`);
    await within(10_000, () => this.text()).toMatch(new RegExp(`^${mark}$`, 'm'));
    const lines = (await this.text()).split('\n');
    return lines.slice(0, lines.indexOf(mark)).join('\n').trim();
  }

  async colourOf(word: string): Promise<string> {
    return this.#terminal
      .locator('.xterm-rows span', { hasText: new RegExp(`^${word}$`) })
      .last()
      .evaluate((span) => getComputedStyle(span).color);
  }
}

describe.skipIf(why !== undefined)('a terminal on a host over SSH', () => {
  let sshd: Sshd;
  let desk: Desk;
  let page: Page;
  let shell: Shell;

  beforeAll(async () => {
    sshd = await startSshd();
    const params = new URLSearchParams({ keyfile: sshd.keys.ed25519, known_hosts: sshd.knownHosts });
    const uri = `qemu+ssh://ada@${sshd.address}:${String(sshd.port)}/embed?${params.toString()}`;
    desk = await openDesk({ hosts: { [name]: uri } });
    ({ page } = desk);
    shell = new Shell(page);
  });
  afterAll(async () => {
    await closeDesk(desk);
    await sshd?.end();
  });

  const button = (label: string) => page.getByRole('button', { name: label, exact: true });
  const openAnother = async () => {
    await treeItem(page, name).first().click();
    await button('Open a terminal').filter({ visible: true }).click();
  };
  /** columns and rows that the window draws: a line of that many characters fits, one more does not. */
  const sizeDrawn = async (told: string) => {
    const [rows = 0, columns = 0] = told.split(' ').map(Number);
    expect((await shell.rows()).length).toBe(rows);
    const lineOf = (length: number) => `printf 'x%.0s' $(seq ${String(length)}); echo`;
    expect(await shell.run(lineOf(columns))).toBe('x'.repeat(columns));
    expect(await shell.run(lineOf(columns + 1))).toBe(`${'x'.repeat(columns)}\nx`);
    return { rows, columns };
  };

  it('opens in a tab and takes the keyboard', async () => {
    await button('Open a terminal').click();
    await windowTab(page, `Terminal · ${name}`).waitFor();
    await shell.ready();
    await page.keyboard.type('echo "<$HOME>"\n');
    await within(10_000, () => shell.text()).toContain(`<${sshd.home('ada')}>`);
  });

  it('has the size that is drawn, also after the window got another one', async () => {
    const before = await sizeDrawn(await shell.run('stty size'));
    await page.setViewportSize({ width: 900, height: 560 });
    await within(10_000, () => shell.run('stty size')).notToBe(
      `${String(before.rows)} ${String(before.columns)}`,
    );
    const after = await sizeDrawn(await shell.run('stty size'));
    expect(after.rows).toBeLessThan(before.rows);
    expect(after.columns).toBeLessThan(before.columns);
    await page.setViewportSize({ width: 1280, height: 800 });
    await within(10_000, () => shell.run('stty size')).toBe(
      `${String(before.rows)} ${String(before.columns)}`,
    );
  });

  it('has the colours of the theme', async () => {
    expect(await shell.run('echo "$TERM"')).toBe('xterm-256color');
    await shell.run(String.raw`printf '\033[31mred\033[0m \033[32mgreen\033[0m \033[1;34mblue\033[0m\n'`);
    expect([await shell.colourOf('red'), await shell.colourOf('green')]).toEqual([
      'rgb(179, 38, 30)',
      'rgb(23, 112, 59)',
    ]);
    expect(await seen(page, 'terminal')).toEqual([]);
    await inTheme(page, 'dark');
    await within(10_000, () => shell.colourOf('red')).toBe('rgb(240, 131, 123)');
    await inTheme(page, 'light');
  });

  it('copies and pastes', async () => {
    await desk.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate(() => navigator.clipboard.writeText('echo $((6*7))'));
    await shell.run('true');
    await button('Paste').click();
    await within(10_000, () => shell.text()).toContain('echo $((6*7))');
    await page.keyboard.press('Enter');
    await within(10_000, () => shell.text()).toMatch(/^42$/m);
  });

  it('goes on while another tab is shown, and beside others over the same connection', async () => {
    await shell.run('mark=kept');
    await openAnother();
    await windowTab(page, `Terminal 2 · ${name}`).waitFor();
    await shell.ready();
    expect(await shell.run('echo "<$mark>"')).toBe('<>');
    await windowTab(page, `Terminal · ${name}`).click();
    expect(await shell.run('echo "<$mark>"')).toBe('<kept>');
    expect(sshd.connections()).toBe(1);
  });

  it('is refused beyond what one connection carries, and the host still answers', async () => {
    for (const number of [3, 4, 5]) {
      await openAnother();
      await windowTab(page, `Terminal ${String(number)} · ${name}`).waitFor();
      await shell.ready();
    }
    await openAnother();
    await page.getByRole('alert').filter({ visible: true, hasText: 'carries no more terminals' }).waitFor();
    await windowTab(page, `Terminal 5 · ${name}`).click();
    await shell.type('exit\n');
    await windowTab(page, `Terminal 6 · ${name}`).click();
    await button('Open again').filter({ visible: true }).click();
    await shell.ready();
    expect(sshd.connections()).toBe(1);
  });

  it('ends with its shell, and another one can be opened in its place', async () => {
    await windowTab(page, `Terminal · ${name}`).click();
    await shell.type('exit\n');
    await page.getByText('The shell has ended.').filter({ visible: true }).waitFor();
    expect(await shell.text()).toMatch(/logout|exit/);
    await button('Open again').filter({ visible: true }).click();
    await shell.ready();
    expect(await shell.run('echo "<$mark>"')).toBe('<>');
  });

  it('says that the connection was lost when the server is killed', async () => {
    await sshd.kill();
    const lost = page.getByText(/The connection to .* was lost/).filter({ visible: true });
    await lost.first().waitFor();
    await within(10_000, () => button('Open again').filter({ visible: true }).isDisabled()).toBe(true);
    expect(await seen(page, 'terminal-lost')).toEqual([]);
    await sshd.start();
    await within(60_000, () => button('Open again').filter({ visible: true }).isDisabled()).toBe(false);
    await button('Open again').filter({ visible: true }).click();
    await shell.ready();
    expect(await shell.run('echo $((6*7))')).toBe('42');
  });

  it('caused no error and no violation of the page’s policy', () => {
    expect(desk.complaints.list).toEqual([]);
  });
});
