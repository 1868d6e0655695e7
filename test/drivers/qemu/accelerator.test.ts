import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { Host } from '../../../drivers/api/host.ts';
import { Accelerators } from '../../../drivers/qemu/accelerator.ts';
import { CapabilityCache, type QemuCapabilities } from '../../../drivers/qemu/capabilities.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';
import { capabilities } from './plan.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gr-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

class Fixed extends CapabilityCache {
  override of(): Promise<QemuCapabilities> {
    return Promise.resolve(capabilities());
  }
  override stampOf(): Promise<string> {
    return Promise.resolve('one');
  }
}

/** A Linux host with a /dev/kvm whose trial guest ends when `end` is called. */
function hostWithKvm(): { host: Host; end: (failure?: Error) => void; ran: () => number } {
  const base = createLocalHost({ paths: { cache: folder } });
  let ran = 0;
  let end: (failure?: Error) => void = () => undefined;
  const over = new Promise<Error | undefined>((resolve) => {
    end = (failure) => resolve(failure);
  });
  const files = Object.assign(Object.create(base.files) as Host['files'], {
    stat: (path: string) => (path === '/dev/kvm' ? base.files.stat('/dev/null') : base.files.stat(path)),
    access: () => Promise.resolve(true),
  });
  const host = Object.assign(Object.create(base) as Host, {
    os: 'linux',
    arch: 'x86_64',
    files,
    paths: base.paths,
    exec: async () => {
      ran++;
      const failure = await over;
      if (failure) throw failure;
      return { status: 85, stdout: '', stderr: '' };
    },
  });
  return { host, end, ran: () => ran };
}

test('nobody waits for a trial: until it has ended nothing is said of KVM, and then it is, also to the next start', async () => {
  const { host, end, ran } = hostWithKvm();
  const accelerators = new Accelerators(host, new Fixed(host));
  const trying = accelerators.all('/qemu');
  expect(await accelerators.known('/qemu')).toBeUndefined();
  end();
  const trials = [
    { accelerator: 'kvm', works: true },
    { accelerator: 'tcg', works: true },
  ];
  expect(await trying).toEqual(trials);
  expect(await accelerators.known('/qemu')).toEqual(trials);
  if ((await accelerators.bootId()) !== undefined)
    expect(await new Accelerators(host, new Fixed(host)).known('/qemu')).toEqual(trials);
  expect(ran()).toBe(1);
});

test('a KVM that hangs is told as such once the trial is over', async () => {
  const { host, end } = hostWithKvm();
  const accelerators = new Accelerators(host, new Fixed(host));
  const trying = accelerators.working('/qemu');
  end(new GuestroomError('timeout', 'It took too long'));
  expect(await trying).toEqual(['tcg']);
  expect((await accelerators.known('/qemu'))?.[0]?.reason).toMatch(/nested virtualisation/);
});
