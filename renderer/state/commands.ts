import type { NodeRow } from '../../preload/rows.ts';
import { t } from '../i18n/index.svelte.ts';
import type { IconName } from '../parts/icons.ts';
import type { App } from './app.svelte.ts';
import { exportHosts } from './export-hosts.ts';
import { whyNoCreate, whyNoUpload } from './host-actions.ts';
import { parseRoute } from './routes.ts';

/** One thing that the window itself can do: the menu, the palette and the keys take it from here. */
export interface WindowCommand {
  id: string;
  label: () => string;
  icon: IconName;
  /** Keys, as shown: Ctrl+K. */
  keys?: string;
  reason?: () => string | undefined;
  run: () => void;
}

/** The host that "new virtual machine" means now: that of the open tab, else the first that is connected. */
export function currentHost(app: App): string | undefined {
  const route = app.tabs.current === undefined ? undefined : parseRoute(app.tabs.current);
  if (route && 'node' in route) return route.node;
  return app.inventory.connected[0]?.id;
}

export const focusFilter = (): void => document.querySelector<HTMLElement>('[data-filter]')?.focus();

export function windowCommands(app: App): WindowCommand[] {
  const create = (mode: 'wizard' | 'xml') => () => {
    const node = currentHost(app);
    if (node !== undefined) app.dialogs.show({ kind: 'create', node, mode });
  };
  const unless = (why: (row: NodeRow) => string | undefined) => () => {
    const node = currentHost(app);
    const row = node === undefined ? undefined : app.inventory.node(node);
    return row ? why(row) : t.app.noHost;
  };
  const noHost = unless(whyNoCreate);
  const transfer = (kind: 'upload' | 'download') => () => {
    const node = currentHost(app);
    if (node !== undefined) app.dialogs.show({ kind, node });
  };
  const theme = (theme: 'light' | 'dark' | 'system') => () => void app.settings.set({ theme });
  return [
    {
      id: 'create',
      label: () => t.app.host.create,
      icon: 'plus',
      keys: 'Ctrl+N',
      reason: noHost,
      run: create('wizard'),
    },
    {
      id: 'createXml',
      label: () => t.app.host.createXml,
      icon: 'terminal',
      reason: noHost,
      run: create('xml'),
    },
    {
      id: 'upload',
      label: () => t.transfer.uploadMenu,
      icon: 'upload',
      reason: unless(whyNoUpload),
      run: transfer('upload'),
    },
    {
      id: 'download',
      label: () => t.transfer.downloadMenu,
      icon: 'download',
      reason: unless(({ state }) => (state === 'connected' ? undefined : t.model.reason.offline)),
      run: transfer('download'),
    },
    {
      id: 'addHost',
      label: () => t.app.addHost,
      icon: 'server',
      run: () => app.dialogs.show({ kind: 'addHost' }),
    },
    {
      id: 'importHosts',
      label: () => t.connect.import.open,
      icon: 'folderOpen',
      run: () => app.dialogs.show({ kind: 'importHosts' }),
    },
    {
      id: 'exportHosts',
      label: () => t.connect.import.export,
      icon: 'list',
      reason: () => (app.inventory.nodes.length === 0 ? t.connect.import.nothingToExport : undefined),
      run: () => void exportHosts(app),
    },
    { id: 'filter', label: () => t.app.filterHosts, icon: 'search', keys: 'Ctrl+F', run: focusFilter },
    {
      id: 'sidebar',
      label: () => (app.settings.values.sidebarHidden ? t.app.showSidebar : t.app.hideSidebar),
      icon: 'sidebar',
      keys: 'Ctrl+B',
      run: () => void app.settings.set({ sidebarHidden: !app.settings.values.sidebarHidden }),
    },
    {
      id: 'drawer',
      label: () => (app.tasks.open ? t.app.hideTasks : t.app.showTasks),
      icon: 'list',
      keys: 'Ctrl+J',
      run: () => (app.tasks.open = !app.tasks.open),
    },
    { id: 'tasks', label: () => t.app.page.tasks, icon: 'list', run: () => app.tabs.show('/tasks') },
    { id: 'welcome', label: () => t.app.page.welcome, icon: 'info', run: () => app.tabs.show('/welcome') },
    {
      id: 'settings',
      label: () => t.app.page.settings,
      icon: 'gear',
      keys: 'Ctrl+,',
      run: () => app.tabs.show('/settings'),
    },
    { id: 'light', label: () => t.app.themeTo.light, icon: 'gear', run: theme('light') },
    { id: 'dark', label: () => t.app.themeTo.dark, icon: 'gear', run: theme('dark') },
    { id: 'system', label: () => t.app.themeTo.system, icon: 'gear', run: theme('system') },
    {
      id: 'shortcuts',
      label: () => t.app.shortcuts,
      icon: 'keyboard',
      keys: 'F1',
      run: () => app.dialogs.show({ kind: 'shortcuts' }),
    },
    { id: 'about', label: () => t.app.page.about, icon: 'info', run: () => app.tabs.show('/about') },
  ];
}

const byKeys: Readonly<Record<string, string>> = {
  'Ctrl+N': 'create',
  'Ctrl+F': 'filter',
  'Ctrl+B': 'sidebar',
  'Ctrl+J': 'drawer',
  'Ctrl+,': 'settings',
  F1: 'shortcuts',
};

/** The keys of an event as they are written in menus; Command counts as Ctrl. */
export function keysOf(event: KeyboardEvent): string {
  const parts: string[] = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  if (event.shiftKey) parts.push('Shift');
  parts.push(event.key.length === 1 ? event.key.toUpperCase() : event.key);
  return parts.join('+');
}

/**
 * The window's own keys. Inside `data-keys="guest"` (a screen or terminal that has the keyboard) every key belongs to
 * the guest; an open dialog keeps the keys to itself.
 */
export function windowKey(app: App, event: KeyboardEvent): boolean {
  const target = event.target;
  if (target instanceof Element && target.closest('[data-keys="guest"]')) return false;
  const keys = keysOf(event);
  if (keys === 'Ctrl+K' && app.paletteOpen) {
    app.paletteOpen = false;
    return true;
  }
  // a page opens dialogs of its own, too
  const dialog = target instanceof Element && target.closest('[role=dialog], [role=alertdialog]') !== null;
  if (dialog || app.dialogs.current || app.paletteOpen) return false;
  if (keys === 'Ctrl+K') {
    app.paletteOpen = true;
    return true;
  }
  switch (keys) {
    case 'Ctrl+W':
      if (app.tabs.current !== undefined) app.closeTab(app.tabs.current);
      return true;
    case 'Ctrl+Tab':
    case 'Ctrl+PageDown':
      app.tabs.step(1);
      return true;
    case 'Ctrl+Shift+Tab':
    case 'Ctrl+PageUp':
      app.tabs.step(-1);
      return true;
  }
  const digit = /^Alt\+([1-9])$/.exec(keys)?.[1];
  if (digit !== undefined) {
    const route = app.tabs.open[Number(digit) - 1];
    if (route !== undefined) app.tabs.show(route);
    return true;
  }
  const id = byKeys[keys];
  const command = id === undefined ? undefined : windowCommands(app).find((each) => each.id === id);
  if (!command) return false;
  if (command.reason?.() === undefined) command.run();
  return true;
}
