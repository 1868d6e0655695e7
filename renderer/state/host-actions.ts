import type { NodeRow } from '../../preload/rows.ts';
import { t } from '../i18n/index.svelte.ts';
import { copyText } from '../parts/clipboard.ts';
import type { MenuEntry } from '../parts/menu.ts';
import type { App } from './app.svelte.ts';
import { hostRoute, terminalRoute } from './routes.ts';

/** Why no virtual machine can be made on the host; undefined: it can. */
export function whyNoCreate(node: NodeRow): string | undefined {
  if (node.state !== 'connected') return t.model.reason.offline;
  const verdict = node.verdicts?.['define'];
  return verdict?.can === 'no' ? t.model.reason[verdict.reason] : undefined;
}

/** Why no terminal can be opened on the host; undefined: it can. */
export function whyNoTerminal(node: NodeRow): string | undefined {
  if (node.terminal) return undefined;
  if (node.local) return t.terminal.notHere;
  if (node.transport?.includes('ssh') !== true) return t.terminal.onlySsh;
  return t.model.reason.offline;
}

/** One more terminal on the host, in a tab of its own. */
export function openTerminal(app: App, node: NodeRow): void {
  let number = 1;
  while (app.tabs.open.includes(terminalRoute(node.id, number))) number += 1;
  app.tabs.show(terminalRoute(node.id, number));
}

/** Why no file can be sent to the host; undefined: it can. */
export function whyNoUpload(node: NodeRow): string | undefined {
  if (node.state !== 'connected') return t.model.reason.offline;
  const verdict = node.verdicts?.['volumeUpload'];
  return verdict?.can === 'no' ? t.model.reason[verdict.reason] : undefined;
}

/** Everything that can be done to a host: its header menu and its context menu. */
export function hostMenu(app: App, node: NodeRow, inPage = false): MenuEntry[] {
  const there = node.state === 'connected';
  const trying = node.state === 'connecting';
  const call = (run: () => Promise<unknown>) => () => void app.attempt(node.name, run);
  const create = whyNoCreate(node);
  return [
    ...(inPage
      ? []
      : [
          {
            id: 'open',
            label: t.app.action.open,
            icon: 'server',
            hint: 'Enter',
            run: () => app.tabs.show(hostRoute(node.id)),
          } as const,
          'separator' as const,
        ]),
    {
      id: 'create',
      label: t.app.host.create,
      icon: 'plus',
      reason: create,
      run: () => app.dialogs.show({ kind: 'create', node: node.id, mode: 'wizard' }),
    },
    {
      id: 'createXml',
      label: t.app.host.createXml,
      icon: 'terminal',
      reason: create,
      run: () => app.dialogs.show({ kind: 'create', node: node.id, mode: 'xml' }),
    },
    'separator',
    {
      id: 'terminal',
      label: t.terminal.open,
      icon: 'terminal',
      reason: whyNoTerminal(node),
      run: () => openTerminal(app, node),
    },
    {
      id: 'upload',
      label: t.transfer.uploadMenu,
      icon: 'upload',
      reason: whyNoUpload(node),
      run: () => app.dialogs.show({ kind: 'upload', node: node.id }),
    },
    {
      id: 'download',
      label: t.transfer.downloadMenu,
      icon: 'download',
      reason: there ? undefined : t.model.reason.offline,
      run: () => app.dialogs.show({ kind: 'download', node: node.id }),
    },
    'separator',
    there || trying
      ? {
          id: 'disconnect',
          label: t.app.host.disconnect,
          icon: 'plug',
          run: call(() => app.rpc.nodes.disconnect({ node: node.id })),
        }
      : {
          id: 'connect',
          label: t.app.host.connect,
          icon: 'plug',
          run: call(() => app.rpc.nodes.connect({ node: node.id })),
        },
    {
      id: 'details',
      label: t.app.host.details,
      icon: 'info',
      run: () => app.dialogs.show({ kind: 'connection', node: node.id }),
    },
    {
      id: 'autoconnect',
      label: t.app.host.autoconnect,
      checked: node.autoconnect,
      run: call(() => app.rpc.nodes.update({ node: node.id, autoconnect: !node.autoconnect })),
    },
    'separator',
    {
      id: 'rename',
      label: t.app.host.rename,
      icon: 'sliders',
      run: () => app.dialogs.show({ kind: 'renameHost', node: node.id }),
    },
    { id: 'copyUri', label: t.app.host.copyUri, icon: 'copy', run: () => void copyText(node.uri) },
    'separator',
    {
      id: 'remove',
      label: t.app.host.remove,
      icon: 'trash',
      danger: true,
      run: () =>
        app.dialogs.show({
          kind: 'confirm',
          question: {
            title: t.app.host.removeTitle(node.name),
            text: t.app.host.removeText,
            action: t.app.host.removeAction,
            run: call(() => app.rpc.nodes.remove({ node: node.id })),
          },
        }),
    },
  ];
}
