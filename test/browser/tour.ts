import { type Page } from 'playwright-core';
import { addHost, machineRow, openMachine, showPart, soon, table, treeItem, windowTab } from './desk.ts';
import { screenOf, typedOn } from './guest-screen.ts';

/** One page or dialog of the window: how a person gets there and away again. */
export interface Stop {
  /** Name of its picture. */
  name: string;
  go: (page: Page) => Promise<void>;
  /** Puts the window back to where the next stop can begin. */
  leave?: (page: Page) => Promise<void>;
}

const escape = async (page: Page): Promise<void> => {
  await page.keyboard.press('Escape');
  // what is filled in is asked about
  const discard = page.getByRole('button', { name: 'Discard', exact: true });
  if (await discard.isVisible()) await discard.click();
  await page
    .getByRole('dialog')
    .or(page.getByRole('alertdialog'))
    .or(page.getByRole('menu'))
    .waitFor({ state: 'detached' });
};
const menu = async (page: Page, item: string): Promise<void> => {
  await page.getByRole('button', { name: 'Menu', exact: true }).click();
  await page.getByRole('menuitem', { name: item }).click();
};
const wizard = (page: Page) => page.getByRole('dialog', { name: /^New virtual machine on/ });
const part =
  (name: string, ready: (page: Page) => Promise<void>) =>
  async (page: Page): Promise<void> => {
    await showPart(page, name);
    await ready(page);
  };
const office = async (page: Page): Promise<void> => {
  await windowTab(page, 'Office').click();
  await table(page).waitFor();
};
const clearSelection = (page: Page) => page.getByRole('button', { name: 'Clear selection' }).click();
const iso = '/home/guest/Downloads/debian-12.7.0-amd64-netinst.iso';

/** Every page and dialog, in an order in which each begins where the one before ended. */
export const tour: readonly Stop[] = [
  {
    name: 'welcome',
    go: async (page) => {
      await page.getByText('Looking for hypervisors…').waitFor({ state: 'detached', timeout: 30_000 });
    },
  },
  {
    name: 'add-host',
    go: async (page) => {
      await page.getByRole('button', { name: 'Add host…' }).first().click();
      const dialog = page.getByRole('dialog', { name: 'Add a host' });
      await dialog.getByRole('radio', { name: 'Other' }).click();
      await dialog.getByRole('textbox', { name: 'Connection' }).fill('qemu+carrier://example.org/system');
      await dialog.getByRole('button', { name: 'Add and connect' }).click();
      await dialog.getByRole('alert').waitFor();
    },
    leave: escape,
  },
  {
    name: 'host-offline',
    go: async (page) => {
      await addHost(page, 'test:///no/such/file.xml', 'Away');
      await page.getByRole('main').getByRole('alert').waitFor();
    },
  },
  {
    name: 'host-empty',
    go: async (page) => {
      await addHost(page, 'test:///generate?domains=0', 'Empty');
      await page.getByText('Make one from an installation disc').waitFor();
    },
  },
  {
    name: 'host',
    go: async (page) => {
      await addHost(page, 'test:///showcase?fail=start:web-02', 'Office');
      await machineRow(page, 'db-primary').getByText('%').waitFor();
    },
  },
  {
    name: 'host-selection',
    go: async (page) => {
      for (const name of ['web-01', 'db-primary', 'web-02'])
        await machineRow(page, name).getByRole('checkbox').click();
      await page.getByRole('toolbar', { name: '3 selected' }).waitFor();
    },
  },
  {
    name: 'host-row-error',
    go: async (page) => {
      await page.getByRole('toolbar', { name: '3 selected' }).getByRole('button', { name: 'Start' }).click();
      await machineRow(page, 'web-02').getByRole('button', { name: 'Show' }).waitFor();
    },
    leave: clearSelection,
  },
  {
    name: 'error',
    go: async (page) => {
      await machineRow(page, 'web-02').getByRole('button', { name: 'Show' }).click();
      await page.getByRole('dialog', { name: 'web-02' }).waitFor();
    },
    leave: escape,
  },
  {
    name: 'host-menu',
    go: async (page) => {
      await machineRow(page, 'web-01').click({ button: 'right', position: { x: 300, y: 14 } });
      await page.getByRole('menu', { name: 'web-01' }).waitFor();
    },
    leave: async (page) => {
      await escape(page);
      await clearSelection(page);
    },
  },
  {
    name: 'host-overview',
    go: async (page) => {
      await page.getByRole('tab', { name: 'Overview' }).click();
      await page.getByRole('table', { name: 'Storage' }).waitFor();
    },
    leave: async (page) => {
      await page.getByRole('tab', { name: /^Virtual machines/ }).click();
    },
  },
  {
    name: 'host-connection',
    go: async (page) => {
      await treeItem(page, 'Office').first().click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Connection details…' }).click();
      await page.getByRole('dialog', { name: 'Connection to Office' }).getByRole('list').waitFor();
    },
    leave: escape,
  },
  {
    name: 'console',
    go: async (page) => {
      await openMachine(page, 'web-01');
      await soon(() => typedOn(screenOf(page, 'web-01'))).not.toBe(undefined);
    },
  },
  {
    name: 'paste-as-keystrokes',
    go: async (page) => {
      await page.getByRole('button', { name: 'Paste as keystrokes' }).click();
      await page.getByRole('textbox', { name: 'Text' }).fill('uname -a\nuptime €');
    },
    leave: escape,
  },
  {
    name: 'serial',
    go: async (page) => {
      await page.getByRole('combobox', { name: /^What to show/ }).click();
      await page.getByRole('option', { name: /Serial/ }).click();
      const terminal = page.getByRole('group', { name: 'Serial terminal of web-01' });
      await soon(() => terminal.textContent()).toContain('login:');
      await page.keyboard.type('root\nhelp\ncolours\n');
      await soon(() => terminal.textContent()).toContain('poweroff');
    },
  },
  {
    name: 'overview',
    go: part('Overview', async (page) => {
      await soon(() => page.getByRole('textbox', { name: 'Notes' }).inputValue()).not.toBe('');
      await page
        .getByText(/52:54:00/)
        .first()
        .waitFor();
    }),
  },
  {
    name: 'medium',
    go: async (page) => {
      await treeItem(page, /build-runner/).click();
      await page.getByRole('heading', { level: 1, name: 'build-runner' }).waitFor();
      await page.getByRole('main').getByRole('button', { name: 'More actions' }).first().click();
      await page.getByRole('menuitem', { name: /^Insert into/ }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Browse…' }).click();
      await page.getByRole('dialog').getByRole('listitem').first().waitFor();
    },
    leave: async (page) => {
      await escape(page);
      await windowTab(page, /web-01/).click();
    },
  },
  {
    name: 'performance',
    go: part('Performance', async (page) => {
      await soon(() => page.getByRole('table', { name: 'Values of the range' }).textContent()).toMatch(
        /\d+ %/,
      );
    }),
  },
  {
    name: 'monitor',
    go: part('Monitor', async (page) => {
      await page.getByText('Talk to the hypervisor itself').waitFor();
    }),
  },
  {
    name: 'xml',
    go: part('XML', async (page) => {
      await soon(() => page.getByRole('textbox', { name: 'XML document' }).innerText()).toContain('<name>');
    }),
  },
  {
    name: 'xml-fault',
    go: async (page) => {
      await page.getByRole('textbox', { name: 'XML document' }).click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.press('End');
      await page.keyboard.type('<oops>');
      await page.getByText('<oops> is never closed').first().waitFor();
    },
  },
  {
    name: 'xml-diff',
    go: async (page) => {
      for (let times = 0; times < 6; times += 1) await page.keyboard.press('Backspace');
      await page.keyboard.type('\n  <!-- looked at -->');
      await page.getByRole('button', { name: 'Review changes' }).click();
      await page.getByRole('dialog', { name: 'Review changes' }).waitFor();
    },
    leave: async (page) => {
      await escape(page);
      await page.getByRole('button', { name: 'Revert' }).click();
    },
  },
  {
    name: 'machine-off',
    go: async (page) => {
      await treeItem(page, /web-02/).click();
      await page.getByText('web-02 is off').waitFor();
    },
  },
  {
    name: 'machine-crashed',
    go: async (page) => {
      await treeItem(page, /mail/).click();
      await page.getByText('mail has crashed').waitFor();
    },
  },
  {
    name: 'machine-long-name',
    go: async (page) => {
      await treeItem(page, /a-name-that/).click();
      await page.getByRole('heading', { level: 1, name: /^a-name-that/ }).waitFor();
    },
  },
  {
    name: 'delete',
    go: async (page) => {
      await treeItem(page, /db-primary/).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Delete…' }).click();
      await page.getByRole('alertdialog').getByRole('checkbox').first().waitFor();
    },
    leave: escape,
  },
  {
    name: 'force-off',
    go: async (page) => {
      await treeItem(page, /db-primary/).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Force off…' }).click();
      await page.getByRole('alertdialog').waitFor();
    },
    leave: escape,
  },
  {
    name: 'rename',
    go: async (page) => {
      await treeItem(page, /web-02/).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Rename…' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('web-01');
    },
    leave: escape,
  },
  {
    name: 'notes',
    go: async (page) => {
      await treeItem(page, /web-01/).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Title and notes…' }).click();
      await page.getByRole('dialog', { name: 'Title and notes of web-01' }).waitFor();
    },
    leave: escape,
  },
  {
    name: 'wizard-source',
    go: async (page) => {
      await office(page);
      await page.getByRole('button', { name: 'New virtual machine' }).click();
      await wizard(page).getByRole('textbox', { name: 'Disc image' }).fill(iso);
      await wizard(page)
        .getByText(/Debian/)
        .first()
        .waitFor();
    },
  },
  {
    name: 'wizard-files',
    go: async (page) => {
      await wizard(page).getByRole('button', { name: 'Browse…' }).click();
      await page
        .getByRole('dialog', { name: /^Choose a file on/ })
        .getByRole('option')
        .nth(3)
        .waitFor();
    },
    leave: async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('dialog', { name: /^Choose a file on/ }).waitFor({ state: 'detached' });
    },
  },
  ...['system', 'hardware', 'devices', 'review'].map((step): Stop => ({
    name: `wizard-${step}`,
    go: async (page) => {
      await wizard(page).getByRole('button', { name: 'Next' }).click();
      const words = {
        system: 'Name and notes',
        hardware: 'Chipset',
        devices: 'Bus',
        review: 'What will happen',
      };
      await wizard(page)
        .getByText(words[step as keyof typeof words])
        .first()
        .waitFor();
    },
  })),
  {
    name: 'wizard-customise',
    go: async (page) => {
      await wizard(page).getByRole('button', { name: 'Customise before start…' }).click();
      await soon(() => wizard(page).getByRole('textbox', { name: 'XML document' }).innerText()).toContain(
        '<domain',
      );
    },
    leave: escape,
  },
  {
    name: 'create-from-xml',
    go: async (page) => {
      await menu(page, 'Create from XML…');
      const dialog = page.getByRole('dialog', { name: /^New virtual machine from XML/ });
      await dialog
        .getByRole('textbox', { name: 'XML document' })
        .fill(
          "<domain type='test'>\n  <name>web-01</name>\n  <memory>131072</memory>\n  <os><type>hvm</type></os>\n</domain>",
        );
      await dialog
        .getByText(/already has a virtual machine called web-01/)
        .first()
        .waitFor();
    },
    leave: escape,
  },
  {
    name: 'palette',
    go: async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Commands' }).fill('web');
      await page.getByRole('option').nth(1).waitFor();
    },
    leave: escape,
  },
  {
    name: 'menu',
    go: async (page) => {
      await page.getByRole('button', { name: 'Menu', exact: true }).click();
      await page.getByRole('menu').waitFor();
    },
    leave: escape,
  },
  {
    name: 'tasks-drawer',
    go: async (page) => {
      await page.keyboard.press('Control+j');
      await page.getByRole('region', { name: 'Tasks' }).waitFor();
      await treeItem(page, /freebsd-router/).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Save state', exact: true }).click();
      await page.getByRole('region', { name: 'Tasks' }).getByRole('progressbar').waitFor();
    },
    leave: async (page) => {
      await page.getByRole('button', { name: 'Hide tasks' }).click();
    },
  },
  { name: 'tasks', go: (page) => menu(page, 'Tasks') },
  { name: 'settings', go: (page) => menu(page, 'Settings') },
  {
    name: 'shortcuts',
    go: async (page) => {
      await page.keyboard.press('F1');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    },
    leave: escape,
  },
  {
    name: 'about',
    go: async (page) => {
      await menu(page, 'About Guestroom');
      await page.getByText('Where data lives').waitFor();
    },
  },
];
