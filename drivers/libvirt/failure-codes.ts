import type { ErrorCode } from '../api/errors.ts';
import { ErrorNumber as E } from './rpc/enums.gen.ts';

/** What one of libvirt's error numbers means to a person. */
export interface Meaning {
  code: ErrorCode;
  /** Without a full stop. */
  message: string;
  /** libvirt's own words follow the message: it does not say enough alone. */
  words?: boolean;
  hint?: string;
}

const group =
  'Add your account to the group libvirt on that host (sudo usermod -aG libvirt NAME) and log in again';
const agent =
  'Install qemu-guest-agent in the guest, and see that it runs and that the machine has its channel';

const unsupported: Meaning = {
  code: 'unsupported',
  message: 'This is not possible with this hypervisor',
  words: true,
};
const unfit: Meaning = { code: 'invalid_argument', message: 'libvirt does not accept this', words: true };
const badDocument: Meaning = {
  code: 'xml_invalid',
  message: 'libvirt does not accept the document',
  words: true,
  hint: 'Correct the place that is named',
};
const failed: Meaning = { code: 'program_failed', message: 'libvirt could not do it', words: true };
const busy: Meaning = {
  code: 'busy',
  message: 'Something else is being done to this virtual machine',
  words: true,
  hint: 'Wait until it has ended, or cancel it',
};
const gone = (what: string): Meaning => ({
  code: 'not_found',
  message: `The ${what} is not there any more`,
  hint: 'Somebody else may have removed or renamed it',
});
const missing = (what: string): Meaning => ({
  code: 'not_found',
  message: `There is no such ${what}`,
  words: true,
});
const taken = (what: string): Meaning => ({
  code: 'exists',
  message: `There is already a ${what} with this name or identity`,
  words: true,
  hint: 'Choose another name',
});

/** Numbers that are not here are `program_failed`: never a fault of ours. */
export const meanings: Readonly<Partial<Record<number, Meaning>>> = {
  [E.ERR_INTERNAL_ERROR]: failed,
  [E.ERR_OPERATION_FAILED]: failed,
  [E.ERR_SYSTEM_ERROR]: { ...failed, message: 'The system of the host refused' },
  [E.ERR_NO_MEMORY]: { code: 'no_memory', message: 'The host has not enough memory', words: true },

  [E.ERR_NO_SUPPORT]: unsupported,
  [E.ERR_OPERATION_UNSUPPORTED]: unsupported,
  [E.ERR_ARGUMENT_UNSUPPORTED]: unsupported,
  [E.ERR_CONFIG_UNSUPPORTED]: { ...unsupported, hint: 'Change the document, or use a newer hypervisor' },
  [E.ERR_NO_SECURITY_MODEL]: unsupported,
  [E.ERR_CPU_INCOMPATIBLE]: {
    code: 'unsupported',
    message: 'The processor of the host lacks what the virtual machine asks for',
    words: true,
    hint: 'Choose a CPU model that the host has',
  },
  [E.ERR_NO_CONNECT]: {
    code: 'unsupported',
    message: 'The daemon does not serve this hypervisor',
    words: true,
    hint: "Install libvirt's driver for it on the host, as libvirt-daemon-driver-qemu or libvirt-daemon-driver-lxc",
  },

  [E.ERR_INVALID_ARG]: unfit,
  [E.ERR_OVERFLOW]: unfit,
  [E.ERR_INVALID_MAC]: unfit,
  [E.ERR_OS_TYPE]: unfit,
  [E.ERR_MULTIPLE_DOMAINS]: unfit,
  [E.ERR_MULTIPLE_INTERFACES]: unfit,
  [E.ERR_STORAGE_PROBE_FAILED]: unfit,
  [E.ERR_CONF_SYNTAX]: unfit,
  [E.ERR_PARSE_FAILED]: badDocument,
  [E.ERR_XML_ERROR]: badDocument,
  [E.ERR_XML_DETAIL]: badDocument,
  [E.ERR_XML_INVALID_SCHEMA]: badDocument,
  [E.ERR_NO_SOURCE]: badDocument,
  [E.ERR_NO_TARGET]: badDocument,
  [E.ERR_NO_NAME]: badDocument,
  [E.ERR_NO_OS]: badDocument,
  [E.ERR_NO_ROOT]: badDocument,
  [E.ERR_NO_KERNEL]: badDocument,

  [E.ERR_DOM_EXIST]: taken('virtual machine'),
  [E.ERR_NETWORK_EXIST]: taken('network'),
  [E.ERR_STORAGE_VOL_EXIST]: taken('volume'),
  [E.ERR_NETWORK_PORT_EXIST]: taken('network port'),
  [E.ERR_STORAGE_POOL_BUILT]: {
    code: 'exists',
    message: 'The storage pool has a content already',
    words: true,
    hint: 'Overwrite it only if nothing in it is needed',
  },

  [E.ERR_NO_DOMAIN]: gone('virtual machine'),
  [E.ERR_NO_NETWORK]: gone('network'),
  [E.ERR_NO_STORAGE_POOL]: gone('storage pool'),
  [E.ERR_NO_STORAGE_VOL]: gone('volume'),
  [E.ERR_NO_NODE_DEVICE]: gone('device of the host'),
  [E.ERR_NO_INTERFACE]: gone('network interface of the host'),
  [E.ERR_NO_NWFILTER]: gone('network filter'),
  [E.ERR_NO_NWFILTER_BINDING]: gone('binding of the network filter'),
  [E.ERR_NO_SECRET]: gone('secret'),
  [E.ERR_NO_DOMAIN_SNAPSHOT]: gone('snapshot'),
  [E.ERR_NO_DOMAIN_CHECKPOINT]: gone('checkpoint'),
  [E.ERR_NO_DOMAIN_BACKUP]: missing('backup'),
  [E.ERR_NO_DOMAIN_METADATA]: missing('metadata'),
  [E.ERR_NO_NETWORK_METADATA]: missing('metadata'),
  [E.ERR_NO_NETWORK_PORT]: missing('network port'),
  [E.ERR_NO_HOSTNAME]: missing('host name'),
  [E.ERR_NO_DEVICE]: missing('device'),
  [E.ERR_DEVICE_MISSING]: missing('device'),

  [E.ERR_OPERATION_INVALID]: {
    code: 'wrong_state',
    message: 'This is not possible in its present state',
    words: true,
  },
  [E.ERR_SNAPSHOT_REVERT_RISKY]: {
    code: 'wrong_state',
    message: 'Going back to this snapshot could lose data',
    words: true,
    hint: 'Shut the virtual machine down first, or force it',
  },
  [E.ERR_MIGRATE_UNSAFE]: {
    code: 'wrong_state',
    message: 'Moving this virtual machine could harm its disks',
    words: true,
    hint: 'Put its disks on shared storage with cache mode none, or force it',
  },
  [E.ERR_CHECKPOINT_INCONSISTENT]: {
    code: 'wrong_state',
    message: 'The checkpoint cannot be used',
    words: true,
  },

  [E.ERR_BLOCK_COPY_ACTIVE]: { ...busy, message: 'A disk of this virtual machine is being copied' },
  [E.ERR_RESOURCE_BUSY]: busy,
  [E.ERR_OPERATION_TIMEOUT]: { code: 'timeout', message: 'It took longer than libvirt waits', words: true },
  [E.ERR_OPERATION_ABORTED]: { code: 'cancelled', message: 'Cancelled' },

  [E.ERR_OPERATION_DENIED]: {
    code: 'read_only',
    message: 'The connection is read-only',
    hint: 'Open the host for reading and writing',
  },
  [E.ERR_ACCESS_DENIED]: {
    code: 'denied',
    message: 'The host does not allow your account to do this',
    words: true,
    hint: 'The rules of polkit on the host decide this; ask who manages it',
  },
  [E.ERR_AUTH_FAILED]: {
    code: 'auth_failed',
    message: 'The host did not let you in',
    words: true,
    hint: group,
  },
  [E.ERR_AUTH_CANCELLED]: {
    code: 'cancelled',
    message: 'The question for the password was closed',
    hint: group,
  },
  [E.ERR_AUTH_UNAVAILABLE]: {
    code: 'auth_failed',
    message: 'No program is running on the host that could ask for your password',
    hint: group,
  },

  [E.ERR_AGENT_UNRESPONSIVE]: {
    code: 'unreachable',
    message: 'The agent in the guest does not answer',
    words: true,
    hint: agent,
  },
  [E.ERR_AGENT_UNSYNCED]: {
    code: 'busy',
    message: 'The agent in the guest is still busy with an earlier question',
    hint: 'Try again in a moment; restart qemu-guest-agent in the guest if it stays so',
  },
  [E.ERR_AGENT_COMMAND_TIMEOUT]: {
    code: 'timeout',
    message: 'The agent in the guest did not answer in time',
    hint: agent,
  },
  [E.ERR_AGENT_COMMAND_FAILED]: {
    code: 'program_failed',
    message: 'The agent in the guest could not do it',
    words: true,
  },

  [E.ERR_GNUTLS_ERROR]: {
    code: 'certificate',
    message: 'The host has trouble with a certificate',
    words: true,
  },
  [E.ERR_UNKNOWN_HOST]: { code: 'unreachable', message: 'The other host is not known', words: true },
  [E.ERR_SSH]: { code: 'unreachable', message: 'The host could not reach the other one by SSH', words: true },
  [E.ERR_LIBSSH]: {
    code: 'unreachable',
    message: 'The host could not reach the other one by SSH',
    words: true,
  },
  [E.ERR_HOOK_SCRIPT_FAILED]: {
    code: 'program_failed',
    message: 'A hook script on the host refused it',
    words: true,
    hint: 'Look into /etc/libvirt/hooks on the host',
  },
};

/** Numbers that only say that something went wrong; their text tells what. */
export const vague: ReadonlySet<number> = new Set([
  E.ERR_INTERNAL_ERROR,
  E.ERR_OPERATION_FAILED,
  E.ERR_SYSTEM_ERROR,
  E.ERR_OPEN_FAILED,
  E.ERR_READ_FAILED,
  E.ERR_WRITE_FAILED,
  E.ERR_CALL_FAILED,
  E.ERR_RPC,
  E.ERR_OPERATION_TIMEOUT,
]);
