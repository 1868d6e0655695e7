/** Pages that may be opened in the system's browser. Nothing else ever is, least of all an address that a hypervisor names. */
export const links = {
  licence: 'https://www.apache.org/licenses/LICENSE-2.0',
} as const satisfies Readonly<Record<string, `https://${string}`>>;

const own: ReadonlySet<string> = new Set(Object.values(links));

/** For host programs: whether an address is one of ours. */
export const isOwnLink = (url: string): boolean => own.has(url);
