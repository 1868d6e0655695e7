import { GuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';

/** libvirt's name of an architecture → the ending of QEMU's program. */
const targets: Readonly<Record<string, string>> = {
  i686: 'i386',
  i586: 'i386',
  i486: 'i386',
  i386: 'i386',
  amd64: 'x86_64',
  armv6l: 'arm',
  armv7l: 'arm',
  armv7b: 'arm',
  ppc64le: 'ppc64',
  ppcle: 'ppc',
  ppcemb: 'ppc',
  mips64el: 'mips64el',
  sh4eb: 'sh4eb',
  itanium: 'ia64',
};

/** The ending of QEMU's program for libvirt's architecture name. */
export const targetOf = (arch: string): string => targets[arch] ?? arch;

/** libvirt's name for QEMU's target. */
export const archOf = (target: string): string =>
  target === 'i386' ? 'i686' : target === 'arm' ? 'armv7l' : target;

/** The Debian package that has the program for an architecture. */
export function packageFor(arch: string): string {
  const target = targetOf(arch);
  if (target === 'x86_64' || target === 'i386') return 'qemu-system-x86';
  if (target === 'arm' || target === 'aarch64') return 'qemu-system-arm';
  if (target.startsWith('mips')) return 'qemu-system-mips';
  if (target.startsWith('ppc')) return 'qemu-system-ppc';
  if (target.startsWith('sparc')) return 'qemu-system-sparc';
  return 'qemu-system-misc';
}

/** The command that installs QEMU for an architecture with the usual package manager of the system. */
export function installCommand(os: Host['os'], arch: string): string {
  switch (os) {
    case 'linux':
      return `sudo apt-get install ${packageFor(arch)} qemu-utils`;
    case 'darwin':
      return 'brew install qemu';
    case 'win32':
      return 'winget install SoftwareFreedomConservancy.QEMU';
    case 'freebsd':
      return 'pkg install qemu';
    default:
      return 'Install QEMU with the package manager of your system';
  }
}

const usualFolders: Readonly<Record<string, readonly string[]>> = {
  linux: [
    '/usr/bin',
    '/usr/local/bin',
    '/opt/qemu/bin',
    '/usr/libexec',
    '/run/current-system/sw/bin',
    '/snap/bin',
  ],
  darwin: ['/opt/homebrew/bin', '/usr/local/bin', '/opt/local/bin'],
  freebsd: ['/usr/local/bin'],
  other: ['/usr/bin', '/usr/local/bin'],
};

/** Where QEMU's programs are on one host. PATH comes first, then the places that installers use. */
export class Binaries {
  private readonly host: Host;
  private folders: Promise<string[]> | undefined;
  private readonly found = new Map<string, string>();

  constructor(host: Host) {
    this.host = host;
  }

  /** Every folder that is looked into, in order. */
  searched(): Promise<string[]> {
    this.folders ??= this.findFolders();
    return this.folders;
  }

  /** Full path of a program (without .exe), or undefined. What was not there is looked for again: it may be installed meanwhile. */
  async program(name: string): Promise<string | undefined> {
    const before = this.found.get(name);
    if (before !== undefined && (await this.isProgram(before))) return before;
    const file = this.host.os === 'win32' ? `${name}.exe` : name;
    for (const folder of await this.searched()) {
      const path = this.host.files.join(folder, file);
      if (await this.isProgram(path)) {
        this.found.set(name, path);
        return path;
      }
    }
    this.found.delete(name);
    return undefined;
  }

  /** The emulator for an architecture. An x86_64 one also runs i686. */
  async emulator(arch: string): Promise<string | undefined> {
    const target = targetOf(arch);
    const exact = await this.program(`qemu-system-${target}`);
    if (exact !== undefined) return exact;
    if (target === 'i386') return this.program('qemu-system-x86_64');
    if (this.host.os === 'linux' && target === this.host.arch) return this.program('qemu-kvm');
    return undefined;
  }

  /** As `emulator`, rejecting with `program_missing` and the way to install it. */
  async emulatorOrFail(arch: string): Promise<string> {
    const path = await this.emulator(arch);
    if (path !== undefined) return path;
    throw new GuestroomError(
      'program_missing',
      `QEMU for ${arch} is not installed (qemu-system-${targetOf(arch)})`,
      {
        hint: `Install it: ${installCommand(this.host.os, arch)}`,
      },
    );
  }

  /** qemu-img, swtpm and their like. */
  async programOrFail(name: string, debianPackage: string): Promise<string> {
    const path = await this.program(name);
    if (path !== undefined) return path;
    throw new GuestroomError('program_missing', `The program ${name} is not installed`, {
      hint:
        this.host.os === 'linux'
          ? `Install it: sudo apt-get install ${debianPackage}`
          : `Install it: ${installCommand(this.host.os, this.host.arch)}`,
    });
  }

  /** Architectures (libvirt's names) whose emulator is there. */
  async architectures(): Promise<string[]> {
    const target = /^qemu-system-([a-z0-9_]+?)(\.exe)?$/i;
    const names = new Set<string>();
    for (const folder of await this.searched()) {
      if ((await this.host.files.stat(folder))?.kind !== 'folder') continue;
      for (const entry of await this.host.files.list(folder)) {
        const match = target.exec(entry.name)?.[1];
        if (match !== undefined) names.add(archOf(match.toLowerCase()));
      }
    }
    return [...names].sort();
  }

  private async isProgram(path: string): Promise<boolean> {
    const stat = await this.host.files.stat(path);
    return stat?.kind === 'file' && (await this.host.files.access(path, 'execute'));
  }

  private async findFolders(): Promise<string[]> {
    const { host } = this;
    const usual =
      host.os === 'win32'
        ? [
            'C:\\Program Files\\qemu',
            'C:\\msys64\\ucrt64\\bin',
            'C:\\msys64\\mingw64\\bin',
            'C:\\msys64\\clang64\\bin',
            host.files.join(host.paths.home, 'scoop', 'apps', 'qemu', 'current'),
          ]
        : (usualFolders[host.os] ?? usualFolders['other'] ?? []);
    const path = await this.searchPath();
    return [...new Set([...path, ...usual])];
  }

  private async searchPath(): Promise<string[]> {
    const windows = this.host.os === 'win32';
    const [program, args]: [string, string[]] = windows
      ? ['cmd.exe', ['/d', '/c', 'echo', '%PATH%']]
      : ['printenv', ['PATH']];
    try {
      const { stdout } = await this.host.exec(program, args, { timeout: 10_000 });
      return stdout
        .trim()
        .split(windows ? ';' : ':')
        .filter((folder) => this.host.files.isAbsolute(folder));
    } catch (error) {
      if (error instanceof GuestroomError && error.code === 'program_missing') return [];
      throw error;
    }
  }
}
