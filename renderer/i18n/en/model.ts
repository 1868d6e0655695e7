import { reasonText } from '../../../drivers/api/operations.ts';
import type { Reason } from '../../../drivers/api/operations.ts';
import type { ErrorCode } from '../../../drivers/api/errors.ts';
import type { DomainState } from '../../../drivers/api/model.ts';

/** A word for each state of a virtual machine. */
const state: Record<DomainState, string> = {
  running: 'Running',
  blocked: 'Running',
  paused: 'Paused',
  shutdown: 'Stopping',
  shutoff: 'Off',
  crashed: 'Crashed',
  pmsuspended: 'Asleep',
};

/** Why an action cannot be done now. */
const reason: Record<Reason, string> = { ...reasonText };

/** A title for each kind of error; the message tells the case. */
const error: Record<ErrorCode, string> = {
  invalid_argument: 'These values do not fit',
  xml_invalid: 'The document is not valid',
  unsupported: 'This hypervisor cannot do it',
  not_found: 'Not found',
  exists: 'Already there',
  wrong_state: 'Not in this state',
  busy: 'Busy',
  denied: 'Permission denied',
  read_only: 'Read-only connection',
  auth_failed: 'Login refused',
  host_key: 'Host key not trusted',
  certificate: 'Certificate refused',
  unreachable: 'The host does not answer',
  lost: 'Connection lost',
  timeout: 'No answer in time',
  cancelled: 'Cancelled',
  no_space: 'No space left',
  no_memory: 'Not enough memory',
  port_in_use: 'Port in use',
  program_missing: 'A program is missing',
  program_failed: 'A program failed',
  network_off: 'Its network is off',
  accelerator: 'Hardware acceleration does not work',
  guest_died: 'The virtual machine ended by itself',
  protocol: 'The other side broke the protocol',
  too_large: 'Too large',
  internal: 'A fault in Guestroom',
};

export const model = {
  state,
  saved: 'Saved',
  error: 'Error',
  reason,
  errorTitle: error,
  offline: 'Offline',
  connecting: 'Connecting',
  connected: 'Connected',
  /** A busy virtual machine: what is being done to it. */
  starting: 'Starting',
  working: 'Working',
  waiting: 'Waiting for you',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};
