import { createHash } from 'node:crypto';
import { GuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import type { CapabilityCache } from './capabilities.ts';
import { significantLine } from './failures.ts';
import { asFlag, asObject, asText, parseObject } from './json.ts';

export type Accelerator = 'kvm' | 'hvf' | 'whpx' | 'nvmm' | 'tcg';

/** Hardware accelerators that a system can have, best first. Emulation needs nothing and comes last. */
const hardware: Readonly<Record<Host['os'], readonly Accelerator[]>> = {
  linux: ['kvm'],
  darwin: ['hvf'],
  win32: ['whpx'],
  freebsd: [],
  other: ['nvmm'],
};

export interface Trial {
  accelerator: Accelerator;
  works: boolean;
  /** Why not, as a sentence. */
  reason?: string;
}

/** Exit status by which the trial guest says that it has counted to its end: (42 << 1) | 1. */
const countedWell = 85;
const trialSeconds = 4;

/**
 * A guest that fits into the reset vector: it builds page tables, switches to 64-bit mode and sums 1…20,000,000
 * through memory, then tells the isa-debug-exit device (port 0xf4) 42, or 43 where the sum is wrong. Emulation takes
 * 0.1 s for it; a KVM that interprets its guest (as nested ones do) does not come to the end, one without the
 * needed features dies on the mode switch.
 */
const trialCode =
  'fa31c08ed88ed0bc00708ec0bf0010b90018fcf3ab66c70600100320000066c70600200330000066c706003083000000' +
  'b800f08ed8be8000bf0050b95b00f3a431c08ed80f011618500f20e06683c8200f22e066b8001000000f22d866b98000' +
  '00c00f32660d000100000f300f20c0660d010000800f22c066ea1e500000080000000000000000000000000000' +
  '9a2000000000000092000017000050000066b810008ed88ec08ed0bc00700000b9002d310131c001c889042500600000' +
  'ffc975f38b0425006000003d80168d21b02a7402b02b66baf400eef4ebfd';

/** The 64 KiB image that stands at the top of the first megabyte; its reset vector jumps to its start. */
export function trialImage(): Uint8Array {
  const image = new Uint8Array(65536);
  image.set(Buffer.from(trialCode, 'hex'), 0);
  image.set([0xea, 0x00, 0x00, 0x00, 0xf0], 0xfff0);
  return image;
}

/** Finds out which accelerators run a guest by running one. */
export class Accelerators {
  private readonly host: Host;
  private readonly capabilities: CapabilityCache;
  private readonly trials = new Map<string, Promise<Trial>>();
  private readonly finished = new Map<string, Trial>();
  private boot: Promise<string | undefined> | undefined;

  constructor(host: Host, capabilities: CapabilityCache) {
    this.host = host;
    this.capabilities = capabilities;
  }

  /** What was tried with this program, best first; the last one is emulation. */
  async all(binary: string): Promise<Trial[]> {
    const { wanted, emulation } = await this.built(binary);
    return [...(await Promise.all(wanted.map((name) => this.try(binary, name)))), ...emulation];
  }

  /** The same without running anything: undefined while there is one that was not yet tried since the host's boot. */
  async known(binary: string): Promise<Trial[] | undefined> {
    const { wanted, emulation } = await this.built(binary);
    const trials: Trial[] = [];
    for (const name of wanted) {
      const trial =
        this.finished.get(await this.stampOf(binary, name)) ?? (await this.recall(binary, name)).trial;
      if (!trial) return undefined;
      trials.push(trial);
    }
    return [...trials, ...emulation];
  }

  private async built(binary: string): Promise<{ wanted: Accelerator[]; emulation: Trial[] }> {
    const { accelerators } = await this.capabilities.of(binary);
    return {
      wanted: hardware[this.host.os].filter((name) => accelerators.includes(name)),
      emulation: accelerators.includes('tcg') ? [{ accelerator: 'tcg', works: true }] : [],
    };
  }

  /** The names of those that work, best first. */
  async working(binary: string): Promise<Accelerator[]> {
    return (await this.all(binary)).filter(({ works }) => works).map(({ accelerator }) => accelerator);
  }

  /** The hardware accelerator of this system, tried; undefined where QEMU has none built in or the guest is of another kind of CPU. */
  async hardware(binary: string): Promise<Trial | undefined> {
    const trials = (await this.all(binary)).filter(({ accelerator }) => accelerator !== 'tcg');
    return trials.find(({ works }) => works) ?? trials[0];
  }

  /** Remembered per boot and program. */
  async try(binary: string, accelerator: Accelerator): Promise<Trial> {
    const stamp = await this.stampOf(binary, accelerator);
    let trial = this.trials.get(stamp);
    if (!trial) {
      trial = this.remembered(binary, accelerator);
      this.trials.set(stamp, trial);
      trial.then(
        (result) => this.finished.set(stamp, result),
        () => this.trials.delete(stamp),
      );
    }
    return trial;
  }

  private async stampOf(binary: string, accelerator: Accelerator): Promise<string> {
    return `${await this.capabilities.stampOf(binary)}|${accelerator}`;
  }

  private async remembered(binary: string, accelerator: Accelerator): Promise<Trial> {
    const { trial: earlier, boot, file } = await this.recall(binary, accelerator);
    if (earlier) return earlier;
    const { files } = this.host;
    const folder = files.dirname(file);
    const trial = await this.run(binary, accelerator, folder);
    if (boot !== undefined) {
      await files.makeFolder(folder);
      await files.write(file, JSON.stringify({ boot, trial }));
    }
    return trial;
  }

  /** What is known without a trial, and where its result is kept. */
  private async recall(
    binary: string,
    accelerator: Accelerator,
  ): Promise<{ trial?: Trial; boot: string | undefined; file: string }> {
    const { files, paths } = this.host;
    const folder = files.join(paths.cache, 'qemu');
    const stamp = await this.stampOf(binary, accelerator);
    const name = createHash('sha256').update(stamp).digest('hex').slice(0, 24);
    const file = files.join(folder, `trial-${name}.json`);
    const boot = await this.bootId();
    // the right to use the device comes and goes with groups and udev: only what opened is worth remembering
    const refusal = accelerator === 'kvm' ? await this.kvmRefusal() : undefined;
    if (refusal !== undefined) return { trial: { accelerator, works: false, reason: refusal }, boot, file };
    if (boot !== undefined && (await files.stat(file))) {
      const stored = parseObject(await files.readText(file));
      if (stored && stored['boot'] === boot) {
        const trial = asObject(stored['trial']);
        const reason = asText(trial['reason']);
        const works = asFlag(trial['works']);
        return { trial: { accelerator, works, ...(reason === undefined ? {} : { reason }) }, boot, file };
      }
    }
    return { boot, file };
  }

  private async run(binary: string, accelerator: Accelerator, folder: string): Promise<Trial> {
    const { files } = this.host;
    const { target } = await this.capabilities.of(binary);
    if (!this.sameCpu(target)) {
      return { accelerator, works: false, reason: `${accelerator} runs only guests of ${this.host.arch}` };
    }
    const common = ['-no-user-config', '-nodefaults', '-display', 'none', '-accel', accelerator];
    const name = accelerator.toUpperCase();
    if (target !== 'x86_64') {
      // no trial guest for this CPU: that QEMU starts a machine with it must do
      const machine = target === 'aarch64' || target === 'arm' ? 'virt' : target === 'i386' ? 'pc' : 'none';
      const end = await this.exec(
        binary,
        [...common, '-machine', machine, '-S', '-monitor', 'stdio'],
        'quit\n',
      );
      return end.status === 0
        ? { accelerator, works: true }
        : { accelerator, works: false, reason: `${name} does not start: ${significantLine(end.stderr)}` };
    }
    await files.makeFolder(folder);
    const image = files.join(folder, 'trial.bin');
    await files.write(image, trialImage());
    const end = await this.exec(
      binary,
      [
        ...common,
        ...['-machine', 'pc', '-m', '16', '-no-reboot', '-bios', image],
        ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
      ],
      '',
    );
    if (end.status === countedWell) return { accelerator, works: true };
    const reason = end.timedOut
      ? `${name} opens, but a trial guest made no progress in ${String(trialSeconds)} seconds (this happens under nested virtualisation)`
      : /internal error/i.test(end.stderr)
        ? `${name} opens, but a trial guest died under it: ${significantLine(end.stderr)}`
        : `${name} does not run guests here: ${significantLine(end.stderr) || `exit status ${String(end.status)}`}`;
    return { accelerator, works: false, reason };
  }

  private async exec(
    binary: string,
    args: string[],
    input: string,
  ): Promise<{ status: number | null; stderr: string; timedOut: boolean }> {
    try {
      const { status, stderr } = await this.host.exec(binary, args, { timeout: trialSeconds * 1000, input });
      return { status, stderr, timedOut: false };
    } catch (error) {
      if (error instanceof GuestroomError && error.code === 'timeout') {
        return { status: null, stderr: '', timedOut: true };
      }
      throw error;
    }
  }

  private sameCpu(target: string): boolean {
    const { arch } = this.host;
    if (target === arch) return true;
    if (target === 'i386') return arch === 'x86_64' || arch === 'i686';
    return target === 'arm' && arch === 'aarch64';
  }

  private async kvmRefusal(): Promise<string | undefined> {
    const { files } = this.host;
    if (!(await files.stat('/dev/kvm'))) {
      return 'There is no /dev/kvm: virtualisation is off in the firmware, or this computer is itself a virtual machine';
    }
    if (!(await files.access('/dev/kvm', 'write'))) {
      return 'Your account may not use /dev/kvm: add it to the group kvm and log in again';
    }
    return undefined;
  }

  /** Identifies the running boot of the host, where the system has such a thing. */
  bootId(): Promise<string | undefined> {
    this.boot ??= this.readBootId();
    return this.boot;
  }

  private async readBootId(): Promise<string | undefined> {
    const file = '/proc/sys/kernel/random/boot_id';
    if (this.host.os === 'linux' && (await this.host.files.stat(file))) {
      return (await this.host.files.readText(file)).trim();
    }
    if (this.host.os === 'darwin' || this.host.os === 'freebsd') {
      const { status, stdout } = await this.host.exec('sysctl', ['-n', 'kern.boottime']);
      return status === 0 ? stdout.trim() : undefined;
    }
    return undefined;
  }
}
