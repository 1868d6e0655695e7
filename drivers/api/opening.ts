/** Steps of opening a connection, in their order; each kind of connection has some of them. */
export const openSteps = [
  /** The host's name was looked up. */
  'resolve',
  /** The socket or port answered. */
  'reach',
  'encrypt',
  /** The other side is who it should be. */
  'identify',
  'login',
  /** The hypervisor was opened. */
  'open',
  'list',
] as const;
export type OpenStep = (typeof openSteps)[number];
