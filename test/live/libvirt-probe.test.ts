import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../drivers/api/driver.ts';
import type { Host } from '../../drivers/api/host.ts';
import { probeLibvirt } from '../../drivers/libvirt/probe.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { hostOf, hostOfNobody } from '../lab/libvirt/host.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';

const missing = await libvirtdOrWhyNot('Looking for libvirt');

/** The machine as it would be without some of its files. */
const without = (host: Host, pattern: RegExp): Host => ({
  ...host,
  files: {
    ...host.files,
    stat: (path) => (pattern.test(path) ? Promise.resolve(undefined) : host.files.stat(path)),
  },
});

const systemOf = async (host: Host): Promise<ProbeResult> => {
  const [first] = await probeLibvirt(host);
  if (first?.uri !== 'qemu:///system') throw new Error('the first result is not the system’s');
  return first;
};

describe.skipIf(missing !== undefined)('what of libvirt is on a machine', () => {
  let lab: Libvirtd;
  let host: Host;
  let folder: string;
  beforeAll(async () => {
    // sockets of other daemons stand in the same list of the kernel, unless the network is the lab's own
    lab = await startLibvirtd({ network: true, unixMode: '0770' });
    host = hostOf(lab);
    folder = mkdtempSync(join(tmpdir(), 'lvn-'));
  });
  afterAll(async () => {
    await lab.end();
    rmSync(folder, { recursive: true });
  });

  it('is ready to be used, with its version', async () => {
    const found = await systemOf(host);
    expect(found).toMatchObject({ state: 'ready', title: 'QEMU with libvirt' });
    expect(found.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(found.summary).toBe(`libvirt ${found.version ?? ''} is running`);
    expect(found.command).toBeUndefined();
    expect(found.lookedFor).toEqual(
      expect.arrayContaining([
        '/var/run/libvirt/virtqemud-sock',
        '/var/run/libvirt/libvirt-sock',
        '/usr/sbin/libvirtd',
      ]),
    );
  });

  it('has containers where their program is, and nothing of hypervisors that are not there', async () => {
    const uris = async (on: Host): Promise<string[]> => (await probeLibvirt(on)).map(({ uri }) => uri);
    expect(await uris(host)).toEqual(['qemu:///system', 'lxc:///system']);
    expect(await uris(without(host, /libvirt_lxc$/))).toEqual(['qemu:///system']);
  });

  it('may be forbidden to an account, which is told how to change that, and has guests of its own', async () => {
    const theirs = await hostOfNobody(folder, lab);
    const [system, session, lxc] = await probeLibvirt(theirs);
    expect(system).toMatchObject({
      state: 'denied',
      command: 'sudo usermod --append --groups libvirt nobody',
    });
    expect(system?.summary).toMatch(/is running, but the account nobody may not use it/);
    expect(session).toMatchObject({ state: 'ready', uri: 'qemu:///session' });
    expect(session?.lookedFor).toContain(join(folder, 'run/libvirt/libvirt-sock'));
    expect(lxc).toMatchObject({ state: 'denied', uri: 'lxc:///system' });
  });

  it('is seen without being touched', async () => {
    const before = lab.log();
    await probeLibvirt(host);
    expect(lab.log()).toBe(before);
  });

  it('is not running, also where a dead daemon has left its socket', async () => {
    await lab.kill();
    const stale = await systemOf(host);
    expect(stale).toMatchObject({ state: 'stopped', command: expect.stringMatching(/^sudo /) });
    expect(stale.summary).toMatch(/^libvirt \d.* is installed, but not running$/);
    expect((await probeLibvirt(host)).map(({ uri }) => uri)).toEqual(['qemu:///system']);
    rmSync(join(lab.folder, 'run/libvirt/libvirt-sock'));
    expect(await systemOf(host)).toMatchObject({ state: 'stopped', command: stale.command });
    await lab.start();
    expect(await systemOf(host)).toMatchObject({ state: 'ready' });
  });

  it('is not installed, and the command that installs it is there', async () => {
    const bare = without(host, /libvirtd$|virtqemud$|-sock$/);
    const found = await systemOf(bare);
    expect(found).toMatchObject({ state: 'missing', summary: 'libvirt is not installed' });
    expect(found.command).toBe('sudo apt-get install libvirt-daemon-system');
    expect(found.version).toBeUndefined();
    const fedora: Host = {
      ...host,
      files: {
        ...host.files,
        stat: (path) => host.files.stat(path === '/usr/bin/dnf' ? '/usr/bin/env' : '/none'),
      },
    };
    expect((await systemOf(fedora)).command).toMatch(/^sudo dnf install libvirt-daemon-kvm/);
  });

  it('is ready where its socket would start it, and is not started by being looked at', async () => {
    const waiting = await startLibvirtd({ network: true, sockets: 'activated' });
    try {
      expect(await systemOf(hostOf(waiting))).toMatchObject({ state: 'ready' });
      expect(waiting.log()).not.toContain('libvirt version');
    } finally {
      await waiting.end();
    }
  });
});
