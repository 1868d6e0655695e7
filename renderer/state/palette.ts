import type { DomainSummary } from '../../drivers/api/model.ts';
import { t } from '../i18n/index.svelte.ts';
import type { IconName } from '../parts/icons.ts';
import { markOf } from '../parts/marks.ts';
import type { MarkName } from '../parts/marks.ts';
import { domainActions, runAction, whyNot } from './actions.ts';
import type { App } from './app.svelte.ts';
import { currentHost, windowCommands } from './commands.ts';
import { openTerminal, whyNoTerminal } from './host-actions.ts';
import type { DomainRef } from './inventory.svelte.ts';
import { domainRoute, hostRoute } from './routes.ts';

export interface PaletteEntry {
  id: string;
  group: 'action' | 'goto';
  label: string;
  icon?: IconName;
  mark?: MarkName;
  hint?: string | undefined;
  /** Why it cannot be done now. */
  reason?: string | undefined;
  /** Parts of the label that the words found: from, to. */
  found: readonly (readonly [number, number])[];
  score: number;
  run: () => void;
}

const most = 40;

/** The words of a query, in small letters. */
export const wordsOf = (query: string): string[] =>
  query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');

/** How well a word fits a text: its beginning best, then the beginning of a part, then anywhere. 0: not at all. */
export function fit(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at < 0) return 0;
  if (at === 0) return text.length === word.length ? 4 : 3;
  return /[^a-z0-9]/.test(text[at - 1] ?? '') ? 2 : 1;
}

/** Where the words stand in the label, for marking, without overlaps. */
export function foundIn(label: string, words: readonly string[]): [number, number][] {
  const small = label.toLowerCase();
  const spans: [number, number][] = [];
  for (const word of words) {
    const at = small.indexOf(word);
    if (at >= 0) spans.push([at, at + word.length]);
  }
  const out: [number, number][] = [];
  for (const span of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && span[0] <= last[1]) last[1] = Math.max(last[1], span[1]);
    else out.push(span);
  }
  return out;
}

/** What fits all words: actions on virtual machines and the window, then places to go. Best first. */
export function search(app: App, query: string, targets: readonly DomainRef[]): PaletteEntry[] {
  const words = wordsOf(query);
  const entries: PaletteEntry[] = [];
  const total = (text: string) => {
    let sum = 0;
    for (const word of words) {
      const score = fit(text, word);
      if (score === 0) return -1;
      sum += score;
    }
    return sum;
  };
  const add = (entry: Omit<PaletteEntry, 'found' | 'score'>, score: number) => {
    if (score >= 0) entries.push({ ...entry, score, found: foundIn(entry.label, words) });
  };

  for (const command of windowCommands(app)) {
    const label = command.label();
    add(
      {
        id: command.id,
        group: 'action',
        label,
        icon: command.icon,
        hint: command.keys,
        reason: command.reason?.(),
        run: command.run,
      },
      total(label.toLowerCase()),
    );
  }
  if (targets.length > 0) {
    const [first] = targets;
    const name =
      targets.length === 1 && first ? (app.inventory.domain(first)?.name ?? '') : t.app.count(targets.length);
    for (const action of domainActions) {
      if (targets.length > 1 && !action.bulk) continue;
      const label = t.app.actionOn(action.label(), name);
      add(
        {
          id: `chosen:${action.id}`,
          group: 'action',
          label,
          icon: action.icon,
          hint: action.shortcut,
          reason: whyNot(app, action, targets),
          run: () => runAction(app, action, targets),
        },
        total(label.toLowerCase()) + 1,
      );
    }
  }
  const here = currentHost(app);
  for (const node of app.inventory.nodes) {
    const host = total(node.name.toLowerCase());
    add(
      {
        id: `host:${node.id}`,
        group: 'goto',
        label: node.name,
        icon: node.local ? 'computer' : 'server',
        run: () => app.tabs.show(hostRoute(node.id)),
      },
      host,
    );
    // the name alone means the host itself; without any words it is the host that one looks at
    if (words.length > 0 ? host < 0 : node.id === here) {
      const label = t.terminal.openOn(node.name);
      add(
        {
          id: `terminal:${node.id}`,
          group: 'action',
          label,
          icon: 'terminal',
          reason: whyNoTerminal(node),
          run: () => openTerminal(app, node),
        },
        total(label.toLowerCase()),
      );
    }
    if (words.length === 0) continue;
    for (const row of app.inventory.domains(node.id))
      domainEntries(app, node.id, node.name, row, words, add, targets);
  }
  return entries
    .toSorted((a, b) => Number(b.group === 'action') - Number(a.group === 'action') || b.score - a.score)
    .filter(limited());
}

/** At most so many of each group: a list that is read, not scrolled. */
function limited(): (entry: PaletteEntry) => boolean {
  const seen = { action: 0, goto: 0 };
  return (entry) => ++seen[entry.group] <= most / 2;
}

function domainEntries(
  app: App,
  node: string,
  host: string,
  row: DomainSummary,
  words: readonly string[],
  add: (entry: Omit<PaletteEntry, 'found' | 'score'>, score: number) => void,
  chosen: readonly DomainRef[],
): void {
  const name = row.name.toLowerCase();
  const scores = words.map((word) => fit(name, word));
  const hits = scores.filter((score) => score > 0).length;
  if (hits === 0) return;
  const target = { node, uuid: row.uuid };
  if (hits === words.length) {
    add(
      {
        id: `vm:${node}/${row.uuid}`,
        group: 'goto',
        label: row.name,
        mark: markOf(row),
        hint: host,
        run: () => app.tabs.show(domainRoute(target)),
      },
      scores.reduce((sum, score) => sum + score, 0),
    );
    return;
  }
  if (chosen.some((each) => each.node === node && each.uuid === row.uuid)) return;
  // words that are no part of the name must name an action: "web sta"
  const rest = words.filter((_word, at) => scores[at] === 0);
  for (const action of domainActions) {
    const label = action.label().toLowerCase();
    if (!rest.every((word) => fit(label, word) >= 2)) continue;
    add(
      {
        id: `${action.id}:${node}/${row.uuid}`,
        group: 'action',
        label: t.app.actionOn(action.label(), row.name),
        icon: action.icon,
        hint: host,
        reason: whyNot(app, action, [target]),
        run: () => runAction(app, action, [target]),
      },
      scores.reduce((sum, score) => sum + score, 0) + rest.length * 2,
    );
  }
}
