import { GuestroomError, toGuestroomError, type ErrorCode, type ErrorOptions } from '../api/errors.ts';
import { meanings, vague, type Meaning } from './failure-codes.ts';
import { ErrorDomain, ErrorNumber } from './rpc/enums.gen.ts';
import { LibvirtError } from './rpc/libvirt-error.ts';

/** Texts that tell more than the number that comes with them. First match counts. */
const telling: readonly { pattern: RegExp; meaning: Meaning }[] = [
  {
    // libvirt itself recognises an old daemon by these words
    pattern: /^unknown procedure|Cannot find program/i,
    meaning: {
      code: 'unsupported',
      message: 'The libvirt on this host is too old for this',
      hint: 'Update libvirt on the host',
    },
  },
  {
    pattern: /^authentication required/i,
    meaning: { code: 'auth_failed', message: 'The host wants you to log in first' },
  },
  {
    pattern: /Unable to (?:de|en)code message|too many .* for limit|too large for/i,
    meaning: { code: 'too_large', message: 'This is more than libvirt sends or takes at once', words: true },
  },
  {
    pattern: /cannot acquire state change lock|another job is active/i,
    meaning: {
      code: 'busy',
      message: 'Something else is being done to this virtual machine',
      words: true,
      hint: 'Wait until it has ended, or cancel it',
    },
  },
  {
    pattern: /Active console session exists/i,
    meaning: {
      code: 'busy',
      message: 'Somebody else has this console open',
      hint: 'Close it there, or take it over in the shell: console --force',
    },
  },
  {
    pattern: /^stream had (?:I\/O failure|unexpected termination)/i,
    meaning: {
      code: 'lost',
      message: 'The host broke the line off',
      hint: 'Somebody else may have taken a console over; try again',
    },
  },
  {
    pattern: /No space left on device|Disk quota exceeded|not enough (?:free )?space/i,
    meaning: {
      code: 'no_space',
      message: 'No space left on the disk of the host',
      words: true,
      hint: 'Make room on the disk and try again',
    },
  },
  {
    pattern: /Cannot allocate memory|cannot set up guest memory/i,
    meaning: {
      code: 'no_memory',
      message: 'The host has not enough memory',
      words: true,
      hint: 'Give the virtual machine less memory, or shut others down',
    },
  },
  {
    pattern:
      /could not access KVM|KVM kernel module|failed to initialize kvm|kvm run failed|failed to set MSR|\bkvm\.c:\d+:/i,
    meaning: {
      code: 'accelerator',
      message: 'The host cannot run this with hardware acceleration',
      words: true,
      hint: 'Set the type of its domain to qemu in its document to emulate it, or switch virtualisation on in the firmware of the host',
    },
  },
  {
    pattern: /Address already in use|find (?:an )?(?:available|unused) port/i,
    meaning: {
      code: 'port_in_use',
      message: 'Another program on the host has the port',
      words: true,
      hint: 'Choose another port in the document, or end the program that listens there',
    },
  },
  {
    pattern:
      /Failed to get "?(?:write|consistent read|shared "?write"?)"? lock|already locked|is already in use by/i,
    meaning: {
      code: 'busy',
      message: 'An image is used by another virtual machine',
      words: true,
      hint: 'Shut that one down, or mark the disk as shareable or read-only',
    },
  },
  {
    pattern: /Permission denied|Operation not permitted|Read-only file system/i,
    meaning: {
      code: 'denied',
      message: 'The daemon may not use a file or device of the host',
      words: true,
      hint: 'Give the account that runs the guests the right to it, or move it into a storage pool',
    },
  },
  {
    pattern: /No such file or directory|does not exist|cannot find (?:console|character|serial|channel)/i,
    meaning: {
      code: 'not_found',
      message: 'A file or device is missing on the host',
      words: true,
      hint: 'Put it back, or change its path in the document',
    },
  },
  {
    pattern: /Cannot find .* in path|Failed to find path for|binary .* (?:missing|not found)/i,
    meaning: { code: 'program_missing', message: 'A program is missing on the host', words: true },
  },
];

/** That a name, target or place is taken is told with many numbers, also with those that mean something by themselves. */
const taken =
  /already (?:exists|defined|in use|used|has the)|exists already|in use by another|duplicate|source conflict/i;
const mayMeanTaken: ReadonlySet<number> = new Set([
  ...vague,
  ErrorNumber.ERR_INVALID_ARG,
  ErrorNumber.ERR_XML_ERROR,
  ErrorNumber.ERR_CONFIG_UNSUPPORTED,
  ErrorNumber.ERR_OPERATION_INVALID,
]);
const isTaken: Meaning = {
  code: 'exists',
  message: 'This is already there',
  words: true,
  hint: 'Choose another name or place',
};

const otherwise: Meaning = { code: 'program_failed', message: 'libvirt could not do it', words: true };
const polkitHint =
  'Your account may not manage virtual machines there: add it to the group libvirt (sudo usermod -aG libvirt NAME) and log in again';
const longestWords = 300;
const longestDetail = 4000;

/**
 * Anything that a call threw, as the error that leaves this driver. What libvirt said stands in `detail`; nothing that a
 * person can cause is `internal`.
 */
export function explain(thrown: unknown, context: ErrorOptions = {}): GuestroomError {
  if (!(thrown instanceof LibvirtError)) return toGuestroomError(thrown, context);
  const meaning = meaningOf(thrown);
  const words = meaning.words === true ? ownWords(thrown) : '';
  return new GuestroomError(meaning.code, words === '' ? meaning.message : `${meaning.message}: ${words}`, {
    hint: meaning.hint,
    ...context,
    detail: `${cut(thrown.message, longestDetail)} (error ${String(thrown.code)}, from ${String(thrown.domain)})`,
    cause: thrown,
  });
}

/**
 * The start of a domain: what of the host it misses is named, with what helps; a virtual network that is off is a matter
 * of its own. In calls about the network itself the same words tell of its state.
 */
export async function starting<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    throw startFailure(toGuestroomError(thrown));
  }
}

const elsewhere = 'or connect the card to another network in the document';

/** What a start says that misses something of the host; the first group of the pattern names it. */
const missed: readonly {
  pattern: RegExp;
  code: ErrorCode;
  message: (name: string) => string;
  hint: string;
}[] = [
  {
    pattern: /network '(.+?)' is not active/,
    code: 'network_off',
    message: (name) => `The network ${name} is off`,
    hint: 'Start the network first, then the virtual machine',
  },
  {
    pattern: /no network with matching (?:name|uuid) '(.+?)'/,
    code: 'not_found',
    message: (name) => `The host has no network ${name}`,
    hint: `Make the network, ${elsewhere}`,
  },
  {
    pattern: /Cannot get interface (?:MTU|flags|index) (?:on|for) '(.+?)': No such device/,
    code: 'not_found',
    message: (name) => `The host has no bridge or card ${name}`,
    hint: `Make the bridge on the host, ${elsewhere}`,
  },
  {
    pattern: /no storage pool with matching (?:name|uuid) '(.+?)'/,
    code: 'not_found',
    message: (name) => `The host has no storage pool ${name}`,
    hint: 'Make the pool, or change the source of the disk in the document',
  },
  {
    pattern: /host doesn't support passthrough of host (PCI) devices/,
    code: 'unsupported',
    message: (bus) => `The host cannot hand ${bus} devices to virtual machines`,
    hint: 'Switch the IOMMU (VT-d, AMD-Vi) on in the firmware and the kernel of the host, or take the device out of the document',
  },
];

function startFailure(error: GuestroomError): GuestroomError {
  for (const { pattern, code, message, hint } of missed) {
    const name = pattern.exec(error.detail ?? '')?.[1];
    if (name !== undefined)
      return new GuestroomError(code, message(name), {
        detail: error.detail,
        hint,
        domain: error.domain,
        cause: error,
      });
  }
  return error;
}

function meaningOf(error: LibvirtError): Meaning {
  if (vague.has(error.code)) {
    const match = telling.find(({ pattern }) => pattern.test(error.message));
    if (match) return match.meaning;
  }
  if (mayMeanTaken.has(error.code) && taken.test(error.message)) return isTaken;
  if (error.code === ErrorNumber.ERR_AUTH_FAILED && error.domain === ErrorDomain.POLKIT)
    return { code: 'auth_failed', message: 'The host did not allow it', words: true, hint: polkitHint };
  return meanings[error.code] ?? otherwise;
}

/** What libvirt put into its sentence for this case, on one line; else the sentence. */
function ownWords(error: LibvirtError): string {
  const [format, first] = error.parts;
  const part = format?.endsWith(': %s') === true && first ? first : error.message;
  // when and by which program QEMU wrote a line does not help
  const plain = part.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z /g, '').replace(/\bqemu-system-\w+: /g, '');
  const line = plain.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return cut(line, longestWords);
}

const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;
