import type { Problem } from '../../../preload/create.ts';
import { t } from '../../i18n/index.svelte.ts';
import { bytes } from '../../i18n/formats.ts';

export const steps = ['source', 'system', 'hardware', 'devices', 'review'] as const;
export type StepId = (typeof steps)[number];

/** Which step shows a field of the choices. */
export function stepOfField(field: string): StepId {
  const [head = ''] = field.split('.');
  if (head === 'source') return 'source';
  if (['name', 'title', 'notes', 'system'].includes(head)) return 'system';
  if (['vcpus', 'cpu', 'memory', 'arch', 'type', 'machine', 'firmware', 'tpm'].includes(head))
    return 'hardware';
  if (['disk', 'network', 'graphics', 'video', 'sound'].includes(head)) return 'devices';
  return 'review';
}

/** The problem as a sentence in the person's language. */
export function problemSentence(problem: Problem): string {
  return t.create.problems[problem.code].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = problem.params[name];
    return value === undefined ? whole : String(value);
  });
}

/** What the way out says: "Use web-05", "Use 4 GiB", "Turn it off". */
export function suggestionLabel({ field, suggestion }: Problem): string | undefined {
  if (suggestion === undefined) return undefined;
  if (suggestion === false) return t.create.turnOff;
  if (suggestion === true) return t.create.turnOn;
  const size = (field === 'memory' || field === 'disk.size') && typeof suggestion === 'number';
  return t.create.use(size ? bytes(suggestion) : named(field, String(suggestion)));
}

function named(field: string, value: string): string {
  if (field === 'firmware' && (value === 'bios' || value === 'efi' || value === 'efi-secure'))
    return t.create.firmwares[value];
  if (field === 'cpu') return t.create.cpuModels[value] ?? value;
  return value;
}

/** The file name at the end of a path of either form. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
