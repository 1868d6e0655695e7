import type { DomainRef } from './inventory.svelte.ts';

/** What a tab or a window of its own shows. As text it is saved in the settings and handed to new windows. */
export type Route =
  | { page: 'welcome' }
  | { page: 'tasks' }
  | { page: 'settings' }
  | { page: 'about' }
  | { page: 'host'; node: string }
  | { page: 'domain'; node: string; uuid: string }
  /** One of the terminals of a host, counted from 1. */
  | { page: 'terminal'; node: string; number: number };

export const hostRoute = (node: string): string => `/host/${node}`;
export const domainRoute = (ref: DomainRef): string => `/vm/${ref.node}/${ref.uuid}`;
export const terminalRoute = (node: string, number: number): string => `/terminal/${node}/${number}`;

const id = /^[a-z0-9-]{1,64}$/;

/** undefined for what is no route of ours. */
export function parseRoute(text: string): Route | undefined {
  const [empty, page, node, uuid, ...rest] = text.split('/');
  if (empty !== '' || rest.length > 0) return undefined;
  switch (page) {
    case 'welcome':
    case 'tasks':
    case 'settings':
    case 'about':
      return node === undefined ? { page } : undefined;
    case 'host':
      return node !== undefined && id.test(node) && uuid === undefined ? { page, node } : undefined;
    case 'vm':
      return node !== undefined && uuid !== undefined && id.test(node) && id.test(uuid)
        ? { page: 'domain', node, uuid }
        : undefined;
    case 'terminal':
      return node !== undefined && uuid !== undefined && id.test(node) && /^[1-9]\d{0,3}$/.test(uuid)
        ? { page, node, number: Number(uuid) }
        : undefined;
    default:
      return undefined;
  }
}

/** The route that this window was opened for: `#/vm/…` behind the address. Such a window shows that page alone. */
export function windowRoute(hash: string): string | undefined {
  const text = hash.replace(/^#/, '');
  return parseRoute(text) ? text : undefined;
}
