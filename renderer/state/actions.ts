import type { DomainOperation } from '../../drivers/api/operations.ts';
import { t } from '../i18n/index.svelte.ts';
import { copyText } from '../parts/clipboard.ts';
import type { IconName } from '../parts/icons.ts';
import type { MenuEntry } from '../parts/menu.ts';
import { toasts } from '../parts/toasts.svelte.ts';
import type { App } from './app.svelte.ts';
import type { DomainRef } from './inventory.svelte.ts';
import { domainRoute } from './routes.ts';

/** One thing that can be done to a virtual machine. Toolbar, menus, selection bar and palette all take it from here. */
export interface DomainAction {
  id: string;
  label: () => string;
  icon: IconName;
  /** The operation whose verdict decides; none: it can always be done. */
  operation?: DomainOperation | undefined;
  /** Keys, as shown. */
  shortcut?: string;
  danger?: boolean;
  /** Makes sense for many at once. */
  bulk: boolean;
  /** Menus put a line before it. */
  begins?: boolean;
  /** Is on for this one: a choice rather than an act. */
  checked?: (app: App, target: DomainRef) => boolean;
  run: (app: App, targets: readonly DomainRef[]) => void;
}

const act = (
  id: 'start' | 'startPaused' | 'shutdown' | 'reboot' | 'suspend' | 'resume' | 'managedSave',
  icon: IconName,
): DomainAction => ({
  id,
  label: () => t.app.action[id],
  icon,
  operation: id,
  bulk: true,
  run: (app, targets) => void app.work.act(id, targets),
});

const namesOf = (app: App, targets: readonly DomainRef[]): string[] =>
  targets.map((target) => app.inventory.domain(target)?.name ?? target.uuid);

/** Asks first where the settings say so. */
function losing(app: App, targets: readonly DomainRef[], operation: 'destroy' | 'reset'): void {
  const run = () => void app.work.act(operation, targets);
  if (!app.settings.values.confirmForceOff) {
    run();
    return;
  }
  const names = namesOf(app, targets);
  app.dialogs.show({
    kind: 'confirm',
    question: {
      title: t.app.confirm[operation].title(names),
      text: t.app.confirm[operation].text(names.length),
      action: t.app.confirm[operation].action,
      run,
    },
  });
}

const single =
  (run: (app: App, target: DomainRef) => void): DomainAction['run'] =>
  (app, [target]) => {
    if (target) run(app, target);
  };

export const domainActions: readonly DomainAction[] = [
  {
    id: 'open',
    label: () => t.app.action.open,
    icon: 'computer',
    shortcut: 'Enter',
    bulk: true,
    run: (app, targets) => {
      for (const target of targets.slice(0, 12)) app.tabs.show(domainRoute(target));
    },
  },
  {
    id: 'openWindow',
    label: () => t.app.action.openWindow,
    icon: 'detach',
    bulk: false,
    run: single((app, target) => app.openWindow(domainRoute(target))),
  },
  { ...act('start', 'play'), begins: true },
  act('startPaused', 'play'),
  act('suspend', 'pause'),
  act('resume', 'play'),
  act('shutdown', 'power'),
  act('reboot', 'restart'),
  {
    id: 'reset',
    label: () => t.app.action.reset,
    icon: 'bolt',
    operation: 'reset',
    danger: true,
    bulk: true,
    run: (app, targets) => losing(app, targets, 'reset'),
  },
  {
    id: 'destroy',
    label: () => t.app.action.destroy,
    icon: 'bolt',
    operation: 'destroy',
    danger: true,
    bulk: true,
    run: (app, targets) => losing(app, targets, 'destroy'),
  },
  { ...act('managedSave', 'disk'), begins: true },
  {
    id: 'managedSaveRemove',
    label: () => t.app.action.managedSaveRemove,
    icon: 'undo',
    operation: 'managedSaveRemove',
    danger: true,
    bulk: true,
    run: (app, targets) => {
      const names = namesOf(app, targets);
      app.dialogs.show({
        kind: 'confirm',
        question: {
          title: t.app.confirm.managedSaveRemove.title(names),
          text: t.app.confirm.managedSaveRemove.text(names.length),
          action: t.app.confirm.managedSaveRemove.action,
          run: () => void app.work.act('managedSaveRemove', targets),
        },
      });
    },
  },
  {
    id: 'setAutostart',
    label: () => t.app.action.setAutostart,
    icon: 'clock',
    operation: 'setAutostart',
    bulk: false,
    begins: true,
    checked: (app, target) => app.inventory.domain(target)?.autostart ?? false,
    run: single((app, target) => {
      const autostart = !(app.inventory.domain(target)?.autostart ?? false);
      void app.work.call('setAutostart', target, () =>
        app.rpc.domains.setAutostart({ ...target, autostart }),
      );
    }),
  },
  {
    id: 'rename',
    label: () => t.app.action.rename,
    icon: 'sliders',
    operation: 'rename',
    shortcut: 'F2',
    bulk: false,
    run: single((app, target) => app.dialogs.show({ kind: 'rename', target })),
  },
  {
    id: 'notes',
    label: () => t.app.action.notes,
    icon: 'list',
    operation: 'setMetadata',
    bulk: false,
    run: single((app, target) => app.dialogs.show({ kind: 'notes', target })),
  },
  {
    id: 'copyUuid',
    label: () => t.app.action.copyUuid,
    icon: 'copy',
    bulk: false,
    run: single((_app, target) => void copyText(target.uuid)),
  },
  {
    id: 'undefine',
    label: () => t.app.action.undefine,
    icon: 'trash',
    operation: 'undefine',
    shortcut: 'Del',
    danger: true,
    bulk: true,
    begins: true,
    run: (app, targets) => app.dialogs.show({ kind: 'delete', targets }),
  },
];

export const domainAction = (id: string): DomainAction | undefined =>
  domainActions.find((action) => action.id === id);

/** Those of the targets that it can be done to now. */
export function allowed(app: App, action: DomainAction, targets: readonly DomainRef[]): readonly DomainRef[] {
  const operation = action.operation;
  return operation ? targets.filter((target) => !app.work.refusal(operation, target)) : targets;
}

/** Why the action cannot be done to any of them now, in words; undefined: it can be done to some. */
export function whyNot(app: App, action: DomainAction, targets: readonly DomainRef[]): string | undefined {
  const [first] = targets;
  if (!first) return t.app.nothingChosen;
  if (targets.length > 1 && !action.bulk) return t.app.onlyOne;
  if (allowed(app, action, targets).length > 0) return undefined;
  const reason = action.operation && app.work.refusal(action.operation, first);
  if (!reason) return undefined;
  return targets.length === 1 ? t.model.reason[reason] : t.app.noneOf(targets.length, t.model.reason[reason]);
}

/** Does it to those that allow it; asked for by a key, it says why it cannot. */
export function runAction(app: App, action: DomainAction, targets: readonly DomainRef[]): void {
  const reason = whyNot(app, action, targets);
  if (reason === undefined) action.run(app, allowed(app, action, targets));
  else toasts.add({ mark: 'waiting', title: action.label(), text: reason });
}

/** The context menu for these virtual machines. */
export function domainMenu(
  app: App,
  targets: readonly DomainRef[],
  skip: readonly string[] = [],
): MenuEntry[] {
  const [first] = targets;
  const entries: MenuEntry[] = [];
  for (const action of domainActions) {
    if (skip.includes(action.id)) continue;
    if (targets.length > 1 && !action.bulk) continue;
    if (action.begins) entries.push('separator');
    entries.push({
      id: action.id,
      label: action.label(),
      icon: action.icon,
      hint: action.shortcut,
      danger: action.danger,
      reason: whyNot(app, action, targets),
      ...(action.checked && first ? { checked: action.checked(app, first) } : {}),
      run: () => runAction(app, action, targets),
    });
  }
  return entries;
}
