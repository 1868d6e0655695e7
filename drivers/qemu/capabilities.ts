import { createHash } from 'node:crypto';
import { Duplex } from 'node:stream';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import { asFlag, asList, asNumber, asObject, asText, asTexts, parseObject } from './json.ts';
import { QmpClient, type QemuVersion } from './qmp.ts';

export interface Machine {
  name: string;
  alias?: string;
  isDefault: boolean;
  maxCpus: number;
  deprecated: boolean;
}

/** What one QEMU program can do, as it says itself. */
export interface QemuCapabilities {
  path: string;
  version: QemuVersion;
  /** QEMU's name of the architecture: x86_64, i386, aarch64, arm, … */
  target: string;
  machines: Machine[];
  cpus: string[];
  /** Models for -device. */
  devices: string[];
  /** Built in, not tried: kvm, tcg, hvf, whpx, xen, … */
  accelerators: string[];
  /** Options of the command line: spice, sandbox, … */
  options: string[];
}

/** The form of the cache file; a new number makes old files worthless. */
const cacheForm = 2;

/** Asks QEMU programs what they can do, once for each path, size and modification time. */
export class CapabilityCache {
  private readonly host: Host;
  private readonly known = new Map<string, { stamp: string; answer: Promise<QemuCapabilities> }>();

  constructor(host: Host) {
    this.host = host;
  }

  /** Rejects with `not_found` where the program is missing and `program_failed` where it is not QEMU. */
  async of(path: string): Promise<QemuCapabilities> {
    const stamp = await this.stampOf(path);
    const known = this.known.get(path);
    if (known?.stamp === stamp) return known.answer;
    const answer = this.load(path, stamp);
    this.known.set(path, { stamp, answer });
    try {
      return await answer;
    } catch (error) {
      this.known.delete(path);
      throw error;
    }
  }

  /** Whether somebody wanted this program to be run before. */
  wasAsked(path: string): boolean {
    return this.known.has(path);
  }

  /** Changes whenever the program is replaced. */
  async stampOf(path: string): Promise<string> {
    const stat = await this.host.files.stat(path);
    if (stat?.kind !== 'file') {
      throw new GuestroomError('not_found', `There is no program at ${path}`, {
        hint: 'Correct or remove the emulator in the document',
      });
    }
    return `${path}|${String(stat.size)}|${String(stat.modified)}`;
  }

  private async load(path: string, stamp: string): Promise<QemuCapabilities> {
    const folder = this.host.files.join(this.host.paths.cache, 'qemu');
    const name = createHash('sha256').update(path).digest('hex').slice(0, 24);
    const file = this.host.files.join(folder, `capabilities-${name}.json`);
    if (await this.host.files.stat(file)) {
      const stored = parseObject(await this.host.files.readText(file));
      if (stored && stored['form'] === cacheForm && stored['stamp'] === stamp) {
        return readStored(path, asObject(stored['capabilities']));
      }
    }
    const capabilities = await askQemu(this.host, path);
    await this.host.files.makeFolder(folder);
    await this.host.files.write(file, JSON.stringify({ form: cacheForm, stamp, capabilities }));
    return capabilities;
  }
}

/** Starts the program with an empty machine and asks it over its machine protocol. */
export async function askQemu(host: Host, path: string): Promise<QemuCapabilities> {
  const args = [
    '-S',
    '-no-user-config',
    '-nodefaults',
    '-display',
    'none',
    '-machine',
    'none,accel=tcg:kvm:hvf:whpx',
    '-qmp',
    'stdio',
  ];
  const process = await host.spawn(path, args);
  let errors = '';
  process.stderr.setEncoding('utf8');
  process.stderr.on('data', (text: string) => (errors = (errors + text).slice(-8000)));
  const notQemu = (cause: unknown): GuestroomError =>
    new GuestroomError('program_failed', `${path} does not work as QEMU`, {
      detail: errors.trim() === '' ? toGuestroomError(cause).message : errors.trim(),
      hint: 'Choose another emulator in the document, or remove the element so that the installed one is used',
      cause,
    });
  try {
    const qmp = await QmpClient.open(Duplex.from({ readable: process.stdout, writable: process.stdin }), {
      timeout: 20_000,
    });
    const ask = async (command: string, args?: Record<string, unknown>): Promise<readonly unknown[]> =>
      asList(await qmp.execute(command, args));
    const target = asText(asObject(await qmp.execute('query-target'))['arch']) ?? host.arch;
    const machines = (await ask('query-machines')).map(asObject).map((machine) => ({
      name: asText(machine['name']) ?? '',
      ...(asText(machine['alias']) === undefined ? {} : { alias: asText(machine['alias']) ?? '' }),
      isDefault: asFlag(machine['is-default']),
      maxCpus: asNumber(machine['cpu-max']) ?? 1,
      deprecated: asFlag(machine['deprecated']),
    }));
    const names = (list: readonly unknown[], field: string): string[] =>
      list.map((item) => asText(asObject(item)[field])).filter((name) => name !== undefined);
    const cpus = await ask('query-cpu-definitions').catch((error: unknown) => {
      // some small targets have no list of models
      if (error instanceof GuestroomError && error.code === 'unsupported') return [];
      throw error;
    });
    const capabilities: QemuCapabilities = {
      path,
      version: qmp.version,
      target,
      machines,
      cpus: names(cpus, 'name').sort(),
      devices: names(await ask('qom-list-types', { implements: 'device', abstract: false }), 'name').sort(),
      accelerators: names(await ask('qom-list-types', { implements: 'accel', abstract: false }), 'name')
        .map((name) => name.replace(/-accel$/, ''))
        .sort(),
      options: names(await ask('query-command-line-options'), 'option').sort(),
    };
    await qmp.execute('quit');
    qmp.close();
    return capabilities;
  } catch (error) {
    throw notQemu(error);
  } finally {
    process.kill('SIGKILL');
  }
}

function readStored(path: string, stored: Readonly<Record<string, unknown>>): QemuCapabilities {
  const version = asObject(stored['version']);
  return {
    path,
    version: {
      major: asNumber(version['major']) ?? 0,
      minor: asNumber(version['minor']) ?? 0,
      micro: asNumber(version['micro']) ?? 0,
      package: asText(version['package']) ?? '',
    },
    target: asText(stored['target']) ?? '',
    machines: asList(stored['machines'])
      .map(asObject)
      .map((machine) => {
        const alias = asText(machine['alias']);
        return {
          name: asText(machine['name']) ?? '',
          ...(alias === undefined ? {} : { alias }),
          isDefault: asFlag(machine['isDefault']),
          maxCpus: asNumber(machine['maxCpus']) ?? 1,
          deprecated: asFlag(machine['deprecated']),
        };
      }),
    cpus: asTexts(stored['cpus']),
    devices: asTexts(stored['devices']),
    accelerators: asTexts(stored['accelerators']),
    options: asTexts(stored['options']),
  };
}

export const versionText = (version: QemuVersion): string =>
  `${String(version.major)}.${String(version.minor)}.${String(version.micro)}`;

export const atLeast = (version: QemuVersion, major: number, minor: number): boolean =>
  version.major > major || (version.major === major && version.minor >= minor);

/** The machine that a document names (by name or alias), the default one for no name; undefined where it is unknown. */
export function findMachine(capabilities: QemuCapabilities, name: string | undefined): Machine | undefined {
  if (name === undefined) return capabilities.machines.find((machine) => machine.isDefault);
  return capabilities.machines.find((machine) => machine.name === name || machine.alias === name);
}
