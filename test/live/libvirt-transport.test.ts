import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../../drivers/api/host.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { hostOf, hostOfNobody } from '../lab/libvirt/host.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { answered, firstWords, open, refusalOf } from '../lab/libvirt/line.ts';

const missing = await libvirtdOrWhyNot('Connecting by unix sockets');

describe.skipIf(missing !== undefined)('the system’s daemon on this computer', () => {
  let lab: Libvirtd;
  let host: Host;
  beforeAll(async () => {
    lab = await startLibvirtd({ unixMode: '0770' });
    host = hostOf(lab);
  });
  afterAll(() => lab.end());

  it('is found at its usual place and answers, for changing and for reading only', async () => {
    const one = await open('qemu:///system', host);
    expect(one).toMatchObject({
      kind: 'unix',
      framePerWrite: false,
      trusted: true,
      at: '/var/run/libvirt/libvirt-sock',
    });
    expect(await firstWords(one)).toEqual(answered);
    const two = await open('qemu:///system', host, { readOnly: true });
    expect(two.at).toBe('/var/run/libvirt/libvirt-sock-ro');
    expect(await firstWords(two)).toEqual(answered);
  });

  it('is used for the sessions of root, and for a hypervisor without a daemon of its own', async () => {
    for (const uri of ['qemu:///session', 'test+unix:///default', 'remote:///', 'lxc:///?mode=legacy'])
      expect(await firstWords(await open(uri, host))).toEqual(answered);
  });

  it('is not asked where the hypervisor’s own daemon is wanted', async () => {
    const error = await refusalOf(open('qemu:///system?mode=direct', host));
    expect(error).toMatchObject({
      code: 'program_missing',
      message: 'libvirt is not installed on this computer',
    });
    expect(error.detail).toContain('virtqemud-sock');
  });

  it('says to an account without the right how it gets it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lvn-'));
    try {
      const theirs = await hostOfNobody(folder, lab);
      const error = await refusalOf(open('qemu:///system', theirs));
      expect(error).toMatchObject({
        code: 'denied',
        message: 'The account nobody may not use libvirt on this computer',
      });
      expect(error.hint).toContain('usermod --append --groups libvirt nobody');
      expect(error.hint).toContain('read-only');
      const reading = await open('qemu:///system', theirs, { readOnly: true });
      expect(await firstWords(reading)).toEqual(answered);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is told apart from a daemon that is dead or was never started, and is found again after it', async () => {
    await lab.kill();
    const stale = await refusalOf(open('qemu:///system', host));
    expect(stale).toMatchObject({ code: 'unreachable', retryable: true });
    expect(stale.message).toContain('libvirt is not running on this computer');
    expect(stale.hint).toMatch(/^Start it: sudo /);
    await lab.start();
    expect(await firstWords(await open('qemu:///system', host))).toEqual(answered);
    await lab.stop();
    for (const name of ['libvirt-sock', 'libvirt-sock-ro'])
      rmSync(join(lab.folder, 'run/libvirt', name), { force: true });
    const stopped = await refusalOf(open('qemu:///system', host));
    expect(stopped).toMatchObject({
      code: 'unreachable',
      message: 'libvirt is not running on this computer',
    });
    expect(stopped.hint).toMatch(/^Start it: sudo /);
    await lab.start();
    expect(await firstWords(await open('qemu:///system', host))).toEqual(answered);
  });

  it('is not looked for when the address names the socket', async () => {
    expect(await firstWords(await open(lab.uri(), createLocalHost()))).toEqual(answered);
    const error = await refusalOf(open(`qemu:///system?socket=${lab.files}/none`, createLocalHost()));
    expect(error).toMatchObject({ code: 'unreachable', message: `There is no socket at ${lab.files}/none` });
  });
});

describe.skipIf(missing !== undefined)('a daemon that its socket starts', () => {
  it('is preferred to the common one, and comes up with the first connection', async () => {
    const lab = await startLibvirtd({ sockets: 'activated' });
    try {
      expect(lab.log()).not.toContain('libvirt version');
      const transport = await open('qemu:///system', hostOf(lab));
      expect(transport.at).toBe('/var/run/libvirt/virtqemud-sock');
      expect(await firstWords(transport)).toEqual(answered);
      expect(lab.log()).toContain('libvirt version');
      const error = await refusalOf(open('lxc:///system', hostOf(lab)));
      expect(error.code).toBe('unreachable');
    } finally {
      await lab.end();
    }
  });
});

describe.skipIf(missing !== undefined)('the daemon of an account', () => {
  let folder: string;
  let host: Host;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lvs-'));
    chmodSync(folder, 0o755);
    host = await hostOfNobody(folder);
  });
  afterEach(() => {
    for (const pid of processesOf(folder)) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is started when it is not there, once for all who ask, and is used from then on', async () => {
    let launches = 0;
    const counted: Host = {
      ...host,
      launch: (...words) => {
        launches += 1;
        return host.launch(...words);
      },
    };
    const [one, two] = await Promise.all([
      open('qemu:///session', counted),
      open('qemu:///session', counted),
    ]);
    expect(launches).toBe(1);
    expect(one.at).toBe(join(folder, 'run/libvirt/libvirt-sock'));
    expect(await firstWords(one)).toEqual(answered);
    expect(await firstWords(two)).toEqual(answered);
    const pids = processesOf(folder);
    expect(pids).toHaveLength(1);
    expect(await firstWords(await open('qemu:///session', host, { readOnly: true }))).toEqual(answered);
    expect(processesOf(folder)).toEqual(pids);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    expect(await firstWords(await open('qemu:///session', host))).toEqual(answered);
  });

  it('says why it did not start', async () => {
    writeFileSync(join(folder, 'run/libvirt/libvirtd.pid'), '');
    mkdirSync(join(folder, 'home/.config/libvirt'), { recursive: true });
    writeFileSync(join(folder, 'home/.config/libvirt/libvirtd.conf'), 'this is no configuration\n');
    const error = await refusalOf(open('qemu:///session', host));
    expect(error).toMatchObject({ code: 'program_failed' });
    expect(error.message).toMatch(/^libvirtd ended with/);
    expect(error.detail).toMatch(/configuration|expecting/i);
  });

  it('can be given up', async () => {
    const stop = new AbortController();
    const waiting = open('qemu:///session', host, { signal: stop.signal });
    stop.abort();
    expect((await refusalOf(waiting)).code).toBe('cancelled');
    expect(processesOf(folder)).toEqual([]);
  });
});

/** Daemons whose environment has that account's folders. */
function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return (
          readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('libvirtd') &&
          readFileSync(`/proc/${name}/environ`, 'utf8').includes(`XDG_RUNTIME_DIR=${folder}/`)
        );
      } catch (error) {
        if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
        throw error;
      }
    })
    .map(Number);
}
