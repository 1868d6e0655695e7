import { t } from '../i18n/index.svelte.ts';
import type { IconName } from '../parts/icons.ts';
import { markOf } from '../parts/marks.ts';
import type { MarkName } from '../parts/marks.ts';
import type { App } from '../state/app.svelte.ts';
import { parseRoute } from '../state/routes.ts';

export interface TabFace {
  name: string;
  icon?: IconName;
  mark?: MarkName;
  /** What the mark says. */
  state?: string;
}

const icons = { welcome: 'info', tasks: 'list', settings: 'gear', about: 'info' } as const;

/** Of a machine that is not in the list: gone, or only out of sight with its host. */
function missingFace(app: App, text: string, host: string): TabFace {
  const node = app.inventory.node(host);
  const away = !app.inventory.ready || (node !== undefined && node.state !== 'connected');
  const name = away ? (app.tabs.names.get(text) ?? '…') : t.app.gone;
  return { name, mark: 'offline', state: t.model.offline };
}

/** What a tab shows of its route. */
export function tabFace(app: App, text: string): TabFace {
  const route = parseRoute(text);
  if (!route) return { name: t.app.gone, icon: 'warning' };
  switch (route.page) {
    case 'domain': {
      const domain = app.inventory.domain(route);
      if (!domain) return missingFace(app, text, route.node);
      app.tabs.names.set(text, domain.name);
      return { name: domain.name, mark: markOf(domain), state: t.model.state[domain.state] };
    }
    case 'host': {
      const node = app.inventory.node(route.node);
      if (node && app.questions.ofNode(node.id))
        return { name: node.name, mark: 'waiting', state: t.model.waiting };
      return {
        name: node?.name ?? (app.inventory.ready ? t.app.gone : '…'),
        icon: node?.local === false ? 'server' : 'computer',
      };
    }
    case 'terminal': {
      const node = app.inventory.node(route.node);
      return {
        name: node ? t.terminal.tab(node.name, route.number) : app.inventory.ready ? t.app.gone : '…',
        icon: 'terminal',
      };
    }
    default:
      return { name: t.app.page[route.page], icon: icons[route.page] };
  }
}
