import { GuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import type { Os } from '../xml/domain/types.ts';
import type { Machine } from './capabilities.ts';
import { asList, asObject, asText, asTexts, parseObject } from './json.ts';

/** The firmware that a guest boots with; undefined in a plan means QEMU's own default (a BIOS on x86). */
export type Firmware =
  | { kind: 'rom'; path: string }
  | {
      kind: 'flash';
      code: string;
      codeFormat: string;
      /** The guest's own variables; undefined for firmware that keeps none. */
      variables: string | undefined;
      variablesFormat: string;
      /** Copied to `variables` before the first start. */
      template: string | undefined;
      templateFormat: string;
      /** It only runs with system management mode on. */
      needsSmm: boolean;
      secureBoot: boolean;
    };

/** One of the system's firmware descriptor files (docs/interop/firmware.json in QEMU's manual), as far as we use it. */
export interface FirmwareDescriptor {
  file: string;
  interfaces: string[];
  targets: { architecture: string; machines: string[] }[];
  features: string[];
  mapping:
    | {
        device: 'flash';
        mode: string;
        code: string;
        codeFormat: string;
        template?: string;
        templateFormat?: string;
      }
    | { device: 'memory'; path: string };
}

/** Folders with descriptors; a file in an earlier one hides those of the same name in later ones. */
export function descriptorFolders(host: Host): string[] {
  const { join } = host.files;
  const user = join(host.files.dirname(host.paths.config), 'qemu', 'firmware');
  switch (host.os) {
    case 'linux':
      return [user, '/etc/qemu/firmware', '/usr/share/qemu/firmware', '/usr/local/share/qemu/firmware'];
    case 'darwin':
      return [
        user,
        '/opt/homebrew/share/qemu/firmware',
        '/usr/local/share/qemu/firmware',
        '/opt/local/share/qemu/firmware',
      ];
    case 'win32':
      return [user, 'C:\\Program Files\\qemu\\share\\firmware', 'C:\\msys64\\ucrt64\\share\\qemu\\firmware'];
    default:
      return [user, '/usr/local/share/qemu/firmware', '/usr/share/qemu/firmware'];
  }
}

/** All descriptors in the order in which they are to be tried: by file name, as their specification says. */
export async function readDescriptors(host: Host): Promise<FirmwareDescriptor[]> {
  const files = new Map<string, string>();
  for (const folder of descriptorFolders(host)) {
    if ((await host.files.stat(folder))?.kind !== 'folder') continue;
    for (const { name } of await host.files.list(folder)) {
      if (name.endsWith('.json') && !files.has(name)) files.set(name, host.files.join(folder, name));
    }
  }
  const descriptors: FirmwareDescriptor[] = [];
  for (const [, file] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const descriptor = readDescriptor(file, await host.files.readText(file));
    if (descriptor) descriptors.push(descriptor);
  }
  return descriptors;
}

/** undefined for an empty file (it hides another of its name) and for kinds that we cannot use. */
export function readDescriptor(file: string, text: string): FirmwareDescriptor | undefined {
  const json = parseObject(text);
  const mapping = asObject(json?.['mapping']);
  const common = {
    file,
    interfaces: asTexts(json?.['interface-types']),
    targets: asList(json?.['targets'])
      .map(asObject)
      .map((target) => ({
        architecture: asText(target['architecture']) ?? '',
        machines: asTexts(target['machines']),
      })),
    features: asTexts(json?.['features']),
  };
  if (mapping['device'] === 'flash') {
    const executable = asObject(mapping['executable']);
    const template = asObject(mapping['nvram-template']);
    const code = asText(executable['filename']);
    const templatePath = asText(template['filename']);
    if (code === undefined) return undefined;
    return {
      ...common,
      mapping: {
        device: 'flash',
        mode: asText(mapping['mode']) ?? 'split',
        code,
        codeFormat: asText(executable['format']) ?? 'raw',
        ...(templatePath === undefined
          ? {}
          : { template: templatePath, templateFormat: asText(template['format']) ?? 'raw' }),
      },
    };
  }
  const path = asText(mapping['filename']);
  if (mapping['device'] === 'memory' && path !== undefined) {
    return { ...common, mapping: { device: 'memory', path } };
  }
  return undefined;
}

/** Glob of the descriptors: only `*` is used in machine patterns. */
function machineMatches(pattern: string, machine: Machine): boolean {
  const expression = new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
  return expression.test(machine.name) || (machine.alias !== undefined && expression.test(machine.alias));
}

/**
 * Chooses among the descriptors as the document asks. Without a wish about secure boot firmware without it comes
 * first: it runs everything. Returns undefined when nothing fits.
 */
export function chooseDescriptor(
  descriptors: readonly FirmwareDescriptor[],
  os: Os,
  machine: Machine,
  target: string,
): FirmwareDescriptor | undefined {
  const wishes = new Map(os.firmwareFeatures.map(({ name, enabled }) => [name, enabled]));
  if (os.loader?.secure !== undefined && !wishes.has('secure-boot'))
    wishes.set('secure-boot', os.loader.secure);
  const fitting = descriptors.filter((descriptor) => {
    if (!descriptor.interfaces.includes('uefi')) return false;
    const mode = descriptor.mapping.device === 'flash' ? descriptor.mapping.mode : 'memory';
    if (
      descriptor.mapping.device === 'flash' &&
      mode === 'split' &&
      descriptor.mapping.template === undefined
    )
      return false;
    if (os.loader?.stateless === true ? mode === 'split' : mode === 'stateless') return false;
    const arch = target === 'i386' ? 'i686' : target;
    const fits = descriptor.targets.some(
      ({ architecture, machines }) =>
        (architecture === target || architecture === arch) &&
        machines.some((one) => machineMatches(one, machine)),
    );
    if (!fits) return false;
    if (os.loader?.format !== undefined && descriptor.mapping.device === 'flash') {
      if (descriptor.mapping.codeFormat !== os.loader.format) return false;
    }
    return [...wishes].every(([name, enabled]) => descriptor.features.includes(name) === enabled);
  });
  const weight = (descriptor: FirmwareDescriptor): number =>
    (descriptor.features.includes('secure-boot') ? 4 : 0) +
    (descriptor.features.includes('requires-smm') ? 2 : 0) +
    (descriptor.mapping.device === 'flash' ? 0 : 1);
  return wishes.has('secure-boot') ? fitting[0] : [...fitting].sort((a, b) => weight(a) - weight(b))[0];
}

/** The firmware of a document: by its own files, or through the descriptors for firmware='efi'. */
export async function resolveFirmware(
  host: Host,
  os: Os,
  machine: Machine,
  target: string,
  ownVariables: string,
): Promise<Firmware | undefined> {
  const { loader, nvram } = os;
  const variables = nvram?.path ?? nvram?.sourceFile;
  if (loader?.path !== undefined) {
    if (!(await host.files.stat(loader.path))) {
      throw new GuestroomError('not_found', `The firmware ${loader.path} is not there`, {
        hint: "Install it, or ask for firmware='efi' in the document to use the system's own",
      });
    }
    if (loader.type !== 'pflash') return { kind: 'rom', path: loader.path };
    const secureBoot = loader.secure === true;
    const stateless = loader.stateless === true || (variables === undefined && nvram?.template === undefined);
    return {
      kind: 'flash',
      code: loader.path,
      codeFormat: loader.format ?? 'raw',
      variables: stateless ? undefined : (variables ?? ownVariables),
      variablesFormat: nvram?.format ?? 'raw',
      template: nvram?.template,
      templateFormat: nvram?.templateFormat ?? 'raw',
      needsSmm: secureBoot,
      secureBoot,
    };
  }
  if (os.firmware !== 'efi') return undefined;
  const descriptors = await readDescriptors(host);
  const chosen = chooseDescriptor(descriptors, os, machine, target);
  if (!chosen) throw noFirmware(host, descriptors.length > 0, target, machine);
  if (chosen.mapping.device === 'memory') return { kind: 'rom', path: chosen.mapping.path };
  const { mapping, features } = chosen;
  const format = nvram?.format ?? mapping.templateFormat ?? 'raw';
  return {
    kind: 'flash',
    code: mapping.code,
    codeFormat: mapping.codeFormat,
    variables: mapping.mode === 'split' ? (variables ?? ownVariables) : undefined,
    variablesFormat: format,
    template: nvram?.template ?? mapping.template,
    templateFormat: nvram?.templateFormat ?? mapping.templateFormat ?? 'raw',
    needsSmm: features.includes('requires-smm'),
    secureBoot: features.includes('secure-boot'),
  };
}

function noFirmware(host: Host, some: boolean, target: string, machine: Machine): GuestroomError {
  const debian = target === 'aarch64' ? 'qemu-efi-aarch64' : target === 'arm' ? 'qemu-efi-arm' : 'ovmf';
  return new GuestroomError(
    some ? 'unsupported' : 'program_missing',
    some
      ? `No UEFI firmware on this host fits machine ${machine.alias ?? machine.name} with the features that are asked for`
      : 'No UEFI firmware is installed on this host',
    {
      hint: some
        ? 'Use machine q35, or take the features out of the firmware element'
        : host.os === 'linux'
          ? `Install it: sudo apt-get install ${debian}`
          : 'Install QEMU together with its firmware files',
    },
  );
}
