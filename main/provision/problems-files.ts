import type { Choices } from '../../preload/create.ts';
import { mainFile } from './defaults.ts';
import type { Resolved } from './defaults.ts';
import type { Facts, NamedFile } from './facts.ts';
import type { Problems } from './problem-list.ts';

/** The files that the choices name, with their fields. An empty path is one that was not chosen yet. */
export function namedFiles({ source }: Choices): NamedFile[] {
  switch (source.kind) {
    case 'iso':
    case 'image':
    case 'cloud':
      return [{ field: 'source.path', path: source.path }];
    case 'kernel':
      return [
        { field: 'source.kernel', path: source.kernel },
        ...(source.initrd ? [{ field: 'source.initrd', path: source.initrd }] : []),
      ];
    case 'empty':
    case 'pxe':
    case 'xml':
      return [];
  }
}

export function checkFiles(choices: Choices, resolved: Resolved, facts: Facts, problems: Problems): void {
  const { host } = facts;
  for (const { field, path } of namedFiles(choices)) {
    const file = facts.files.get(path);
    if (path.trim() === '') problems.error(field, 'source_missing');
    else if (!file || file.state === 'missing') problems.error(field, 'file_missing', { path, host });
    else if (file.state === 'folder') problems.error(field, 'file_folder', { path });
    else if (file.state === 'unreadable')
      problems.error(field, 'file_unreadable', { path, reason: file.reason });
    else if (file.volume.capacity === 0) problems.error(field, 'file_empty', { path });
    else if (path === mainFile(choices)) checkContent(choices, resolved, facts, problems);
  }
}

function checkContent(choices: Choices, resolved: Resolved, facts: Facts, problems: Problems): void {
  if (choices.source.kind === 'iso') checkDisc(choices.source.path, resolved, problems);
  if (choices.source.kind === 'image' || choices.source.kind === 'cloud')
    checkImage(choices.source, resolved, facts, problems);
}

const firmwareNames = { bios: 'BIOS', efi: 'UEFI', 'efi-secure': 'UEFI' } as const;

function checkDisc(path: string, { media, values }: Resolved, problems: Problems): void {
  if (!media) return;
  const field = 'source.path';
  if (media.kind !== 'iso') {
    problems.error(field, 'iso_not', { path });
    return;
  }
  const boots = media.boots ?? [];
  if (boots.length === 0) problems.warn(field, 'iso_not_bootable');
  const needed = values.firmware === 'bios' ? 'bios' : 'efi';
  if (boots.length > 0 && !boots.includes(needed))
    problems.error(
      'firmware',
      'iso_firmware',
      {
        found: boots.map((name) => firmwareNames[name]).join(', '),
        firmware: firmwareNames[values.firmware],
      },
      boots[0],
    );
  const { arch } = media;
  const runs = arch === undefined || arch === values.arch || (arch === 'i686' && values.arch === 'x86_64');
  if (!runs) problems.error('arch', 'iso_arch', { found: arch, arch: values.arch }, arch);
}

function checkImage(
  source: Extract<Choices['source'], { kind: 'image' | 'cloud' }>,
  { media, values }: Resolved,
  facts: Facts,
  problems: Problems,
): void {
  const field = 'source.path';
  const { path } = source;
  const file = facts.files.get(path);
  if (media?.kind === 'iso') problems.error(field, 'image_is_iso', { path });
  else if (media?.kind === 'unknown') problems.warn(field, 'image_not', { path });
  const backing = media?.backing;
  const inPlace = source.kind === 'image' && source.mode === 'inPlace';
  if (backing !== undefined && file?.state === 'ok' && file.backingMissing)
    problems.error(field, 'image_incomplete', { path, backing });
  const owner = facts.owners.get(path);
  if (inPlace && owner !== undefined) problems.error(field, 'image_in_use', { path, name: owner });
  const min = media?.capacity ?? 0;
  if (!inPlace && !values.disk.none && values.disk.size < min)
    problems.error('disk.size', 'image_small', { min }, min);
}
