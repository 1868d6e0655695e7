/** A shell on a host itself, as a tab. */
export const terminal = {
  tab: (host: string, number: number) => `${number === 1 ? 'Terminal' : `Terminal ${number}`} · ${host}`,
  label: (host: string) => `Terminal on ${host}`,
  open: 'Open a terminal',
  openOn: (host: string) => `Open a terminal on ${host}`,
  onlySsh: 'Terminals are opened on hosts over SSH only',
  notHere: 'This computer has terminal programs of its own',
  opening: 'Opening a shell…',
  notOpened: 'The terminal could not be opened',
  notOpen: 'No shell is open',
  notResized: 'The shell does not know the size of its terminal',
  waits: 'The terminal opens as soon as it is.',
  ended: 'The shell has ended',
  again: 'Open again',
  showHost: (host: string) => `Show ${host}`,
  moveEnds: 'Its shell would end',
};
