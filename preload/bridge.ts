/**
 * How a window of the Electron host comes by its port. The page says `ask` to itself, the preload sends one end of a new
 * channel to main over `channel` and the other to the page. Over that port the page sends further ports, one for the
 * calls and one for each byte channel, labelled by what they are for.
 */
export const ask = 'guestroom:ask';
export const channel = 'guestroom:port';
export const portLabels = ['rpc', 'bytes'] as const;
export type PortLabel = (typeof portLabels)[number];
