import * as v from 'valibot';

/** Why something cannot be done now. The window and the shell show `reasonText`; translations key by the code. */
export const reasonText = {
  driver_lacks: 'This hypervisor cannot do it',
  version_lacks: 'This version of the hypervisor cannot do it',
  read_only: 'The connection is read-only',
  offline: 'The host is not connected',
  not_active: 'The virtual machine is off',
  not_running: 'The virtual machine is not running',
  already_active: 'The virtual machine is already running',
  not_paused: 'The virtual machine is not paused',
  not_off: 'Shut the virtual machine down first',
  not_asleep: 'The virtual machine is not asleep',
  transient: 'The virtual machine is temporary: it is gone once it is off',
  no_managed_save: 'No saved state exists',
  has_managed_save: 'A saved state exists: start it, or discard the state first',
  no_graphics: 'The virtual machine has no screen',
  no_vnc: 'The virtual machine has no VNC screen',
  no_serial: 'The virtual machine has no serial console',
  no_removable: 'The virtual machine has no CD or floppy drive',
  no_balloon: 'The virtual machine has no memory balloon',
  no_agent_channel: 'The virtual machine has no channel for a guest agent',
  no_agent: 'The guest agent does not answer',
  daemon_lacks: 'The host’s libvirt lacks the part that this needs',
  tool_missing: 'A program that this needs is not installed on the host',
  busy: 'Something else is being done to it',
} as const;
export type Reason = keyof typeof reasonText;
export const Reason = v.picklist(Object.keys(reasonText) as [Reason, ...Reason[]]);
