import { type Choices, diskFormats, formatProblem, type Source } from '../../../preload/create.ts';
import { type Command, flag, type OptionSpec, type Options, UsageError } from '../command.ts';
import { attempt, type Session } from '../session.ts';
import { printable } from '../table.ts';
import { attachConsole } from './consoles.ts';

const text = (name: string, help: string, complete?: 'file'): OptionSpec => ({
  name,
  kind: 'text',
  help,
  ...(complete ? { complete } : {}),
});

/** The wizard without a window: the same choices, the same plan, the same defaults. Names follow virt-install's. */
export const install: Command = {
  name: 'install',
  group: 'domain',
  summary: 'make a new virtual machine',
  description:
    'From an installation disc (--cdrom), a disk image (--import), a kernel (--kernel), the network (--pxe) or with nothing on its disk.',
  options: [
    { name: 'name', kind: 'text', positional: true, help: 'name of the new domain' },
    text('cdrom', 'installation disc', 'file'),
    text('import', 'disk image that is copied, see --in-place', 'file'),
    flag('in-place', 'use the image of --import where it lies'),
    text('cloud-image', 'disk image that cloud-init sets up', 'file'),
    text('user', 'cloud-init: the account that is made'),
    text('ssh-key', 'cloud-init: file with public SSH keys', 'file'),
    text('user-data', 'cloud-init: file with own user-data', 'file'),
    text('kernel', 'kernel to start', 'file'),
    text('initrd', 'initial RAM disk', 'file'),
    text('cmdline', 'arguments of the kernel'),
    flag('pxe', 'start from the network'),
    text('osinfo', 'the system, as libosinfo names it: http://debian.org/debian/13'),
    text('memory', 'memory in MiB'),
    text('vcpus', 'number of processors'),
    text('disk-size', 'size of the disk in GiB'),
    text('disk-format', 'qcow2, raw, …'),
    text('network', 'user, bridge=NAME, network=NAME or none'),
    text('graphics', 'vnc or none'),
    text('boot', 'bios, efi or efi-secure'),
    text('machine', 'machine type'),
    text('arch', 'processor architecture'),
    flag('tpm', 'with a TPM 2.0'),
    flag('noreboot', 'only make it, do not start it'),
    flag('dry-run', 'say what would be made, change nothing'),
    flag('print-xml', 'print the document, change nothing'),
    flag('console', 'attach to console after creation'),
  ],
  async run(session, options) {
    const { connection, host } = await session.opened();
    const choices = await readChoices(session, options);
    // not loaded with the shell: no other command needs them
    const [{ Catalog }, { readOsinfo }, { preparePlan }, { runPlan }] = await Promise.all([
      import('../../catalog/catalog.ts'),
      import('../../catalog/osinfo.ts'),
      import('../../provision/prepare.ts'),
      import('../../provision/create.ts'),
    ]);
    const catalog = new Catalog(await readOsinfo(host.files, session.log));
    const plan = await preparePlan(choices, { connection, catalog, hostName: host.hostname });
    if (options.flag('print-xml')) {
      session.print(plan.document.endsWith('\n') ? plan.document : `${plan.document}\n`);
      return undefined;
    }
    for (const problem of plan.problems) {
      if (problem.level === 'warning') session.warn(printable(formatProblem(problem)));
    }
    if (options.flag('dry-run')) {
      for (const problem of plan.problems) {
        if (problem.level === 'error')
          session.terminal.stderr.write(`error: ${problem.field}: ${printable(formatProblem(problem))}\n`);
      }
      for (const step of plan.steps)
        session.print(
          `${step.kind}${'path' in step ? ` ${printable(step.path)}` : 'name' in step ? ` ${printable(step.name)}` : ''}\n`,
        );
      return plan.problems.some(({ level }) => level === 'error') ? 1 : undefined;
    }
    const abort = new AbortController();
    const interrupt = (): void => abort.abort();
    process.once('SIGINT', interrupt);
    try {
      const { uuid } = await attempt(`Failed to make domain '${printable(plan.name)}'`, () =>
        runPlan(connection, plan, {
          signal: abort.signal,
          onStep: (step, target) => session.say(`${step}: ${printable(target)}\n`),
        }),
      );
      session.say(`Domain '${printable(plan.name)}' created\n`);
      return options.flag('console')
        ? await attachConsole(session, await connection.domains.get(uuid))
        : undefined;
    } finally {
      process.off('SIGINT', interrupt);
    }
  },
};

async function readChoices(session: Session, options: Options): Promise<Choices> {
  const network = options.text('network');
  const [kind, source] = network?.split('=') ?? [];
  return {
    source: await readSource(session, options),
    ...given('name', options.text('name')),
    ...given('system', options.text('osinfo')),
    ...given('memory', scaled(options, 'memory', 1024 ** 2)),
    ...given('vcpus', scaled(options, 'vcpus', 1)),
    ...given('machine', options.text('machine')),
    ...given('arch', options.text('arch')),
    ...given('firmware', oneOf(options, 'boot', ['bios', 'efi', 'efi-secure'])),
    ...given('graphics', oneOf(options, 'graphics', ['vnc', 'none'])),
    ...(options.flag('tpm') ? { tpm: true } : {}),
    ...(options.flag('noreboot') ? { start: false } : {}),
    disk: {
      ...given('size', scaled(options, 'disk-size', 1024 ** 3)),
      ...given('format', oneOf(options, 'disk-format', diskFormats)),
      ...(options.text('disk-size') === '0' ? { none: true } : {}),
    },
    ...(kind === undefined ? {} : { network: { kind: networkKind(kind), ...given('source', source) } }),
  };
}

async function readSource(session: Session, options: Options): Promise<Source> {
  const { host } = await session.opened();
  const path = (name: string): string | undefined => {
    const file = options.text(name);
    return file === undefined ? undefined : session.path(file, host);
  };
  const read = async (name: string): Promise<string | undefined> => {
    const file = path(name);
    return file === undefined ? undefined : host.files.readText(file, 262_144);
  };
  const [cdrom, image, cloud, kernel] = [path('cdrom'), path('import'), path('cloud-image'), path('kernel')];
  const chosen =
    [cdrom, image, cloud, kernel].filter((each) => each !== undefined).length + (options.flag('pxe') ? 1 : 0);
  if (chosen > 1)
    throw new UsageError(
      'Options --cdrom, --import, --cloud-image, --kernel and --pxe are mutually exclusive',
    );
  if (cdrom !== undefined) return { kind: 'iso', path: cdrom };
  if (image !== undefined)
    return { kind: 'image', path: image, mode: options.flag('in-place') ? 'inPlace' : 'copy' };
  if (kernel !== undefined)
    return {
      kind: 'kernel',
      kernel,
      ...given('initrd', path('initrd')),
      ...given('cmdline', options.text('cmdline')),
    };
  if (cloud !== undefined) {
    const keys =
      (await read('ssh-key'))
        ?.split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '' && !line.startsWith('#')) ?? [];
    return {
      kind: 'cloud',
      path: cloud,
      user: options.text('user') ?? '',
      sshKeys: keys,
      ...given('userData', await read('user-data')),
    };
  }
  return options.flag('pxe') ? { kind: 'pxe' } : { kind: 'empty' };
}

const given = <K extends string, const V>(key: K, value: V | undefined): { [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };

function oneOf<const T extends string>(options: Options, name: string, words: readonly T[]): T | undefined {
  const value = options.text(name);
  if (value === undefined) return undefined;
  const found = words.find((word) => word === value);
  if (found === undefined) throw new UsageError(`--${name} takes one of: ${words.join(', ')}`);
  return found;
}

function networkKind(word: string): 'user' | 'bridge' | 'network' | 'none' {
  if (word === 'user' || word === 'bridge' || word === 'network' || word === 'none') return word;
  throw new UsageError('--network takes user, bridge=NAME, network=NAME or none');
}

function scaled(options: Options, name: string, unit: number): number | undefined {
  const value = options.text(name);
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw new UsageError(`--${name} takes a whole number`);
  return Number(value) * unit;
}
