import { GuestroomError, type ErrorCode } from '../api/errors.ts';

/** Sentences of QEMU and of the system below it that have a better answer than themselves. */
const known: readonly { pattern: RegExp; code: ErrorCode; hint: string }[] = [
  {
    pattern:
      /KVM internal error|kvm run failed|error: kvm|failed to initialize kvm|Could not access KVM|HV_ERROR|WHPX:/i,
    code: 'accelerator',
    hint: 'Start it with emulation: slower, but it runs on every computer',
  },
  {
    pattern: /Address already in use|Failed to find an available port/i,
    code: 'port_in_use',
    hint: 'Choose another port in the document, or end the program that listens there',
  },
  {
    pattern: /Cannot allocate memory|cannot set up guest memory/i,
    code: 'no_memory',
    hint: 'Give the virtual machine less memory, or shut others down',
  },
  {
    pattern: /No space left on device|Disk quota exceeded/i,
    code: 'no_space',
    hint: 'Make room on the disk and try again',
  },
  {
    pattern:
      /Failed to get "?(write|consistent read|shared "?write"?)"? lock|Is another process using the image/i,
    code: 'busy',
    hint: 'The image is used by another virtual machine: shut that one down, or mark the disk as shareable or read-only',
  },
  {
    pattern: /Permission denied|Operation not permitted/i,
    code: 'denied',
    hint: 'Give your account the right to use the file or device that is named',
  },
  {
    pattern: /No such file or directory/i,
    code: 'not_found',
    hint: 'Put the file back, or change its path in the document',
  },
  {
    pattern: /Image is not in \w+ format|Unknown driver|Could not open .*: Image .*corrupt/i,
    code: 'invalid_argument',
    hint: 'Correct the format of the disk in the document',
  },
  {
    pattern:
      /Property '[^']+' not found|is not a valid device model name|Unsupported machine type|unable to find CPU model|invalid option|Parameter '[^']+' (is unexpected|expects)/i,
    code: 'unsupported',
    hint: 'This version of QEMU lacks it: change the document, or install a newer QEMU',
  },
];

/** What QEMU said as an error: the code and hint of a known sentence, else `fallback`. The text stands in `detail`. */
export function explainFailure(
  said: string,
  message: string,
  fallback: ErrorCode = 'program_failed',
): GuestroomError {
  const match = known.find(({ pattern }) => pattern.test(said));
  const first = significantLine(said);
  return new GuestroomError(match?.code ?? fallback, first === '' ? message : `${message}: ${first}`, {
    detail: said.trim() === '' ? undefined : said.trim().slice(-4000),
    hint: match?.hint,
  });
}

/** The line that says most, without the program's name before it: errors before warnings, the last before earlier ones. */
export function significantLine(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[A-Z0-9]{2,3}=[0-9a-f]{4,}/.test(line));
  const strip = (line: string): string => line.replace(/^\S*qemu-[a-z0-9_-]+(\.exe)?: /, '');
  const errors = lines.filter((line) => /internal error|kvm run failed/i.test(line));
  const serious = lines.filter((line) => !/warning:/i.test(line) && /^\S*qemu-\S+: /.test(line));
  return strip(errors[0] ?? serious.at(-1) ?? lines.at(-1) ?? '').replace(/\.$/, '');
}
