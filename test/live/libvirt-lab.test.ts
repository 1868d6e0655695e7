import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { layOut } from '../lab/libvirt/configuration.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { openNamespace } from '../lab/libvirt/namespace.ts';
import { testWorldOn } from '../lab/libvirt/test-driver-file.ts';
import { within } from './room.ts';

const missing = await libvirtdOrWhyNot('The lab’s own suite');

/** What is on the machine that a lab with this folder could have left there. */
function tracesOf(folder: string): unknown {
  const name = basename(folder);
  return {
    folder: existsSync(folder),
    mounts: readFileSync('/proc/self/mounts', 'utf8').includes(folder),
    groups: readdirSync('/sys/fs/cgroup').filter((group) => existsSync(join('/sys/fs/cgroup', group, name))),
    processes: inhabitants(folder),
  };
}
const noTraces = { folder: false, mounts: false, groups: [], processes: [] };

/** What libvirt’s networks and daemons would change on the machine itself. */
const machine = (): unknown => ({
  cards: readdirSync('/sys/class/net').filter((name) => /^(virbr|vnet|vb-)/.test(name)),
  state: ['/run/libvirt/network', '/run/libvirtd.pid', '/etc/libvirt/qemu/kept.xml'].filter(existsSync),
});

/** Processes that see the machine as this lab does. */
function inhabitants(view: string): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && viewOf(name) === view);
}

function viewOf(pid: string | number): string | undefined {
  try {
    return readdirSync(`/proc/${String(pid)}/ns`).length > 0
      ? readFileSync(`/proc/${String(pid)}/mountinfo`, 'utf8').match(/ (\/\S*\/lv-\w+)\/run \/run /)?.[1]
      : undefined;
  } catch (error) {
    // it ended meanwhile
    if (['ENOENT', 'ESRCH', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

const guest = (name: string, files: string): string => `<domain type='qemu'><name>${name}</name>
  <memory unit='MiB'>32</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='pc'>hvm</type></os>
  <on_poweroff>destroy</on_poweroff>
  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
    <serial type='file'><source path='${files}/${name}.serial'/></serial>
    <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/></devices></domain>`;

const container = (name: string, root: string): string => `<domain type='lxc'><name>${name}</name>
  <memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type>exe</type><init>/bin/busybox</init><initarg>sleep</initarg><initarg>1000</initarg></os>
  <devices><emulator>/usr/lib/libvirt/libvirt_lxc</emulator>
    <filesystem type='mount' accessmode='passthrough'><source dir='${root}'/><target dir='/'/></filesystem>
    <console type='pty'/></devices></domain>`;

describe.skipIf(missing !== undefined)('a libvirtd of the suite’s own', () => {
  const before = machine();
  let lab: Libvirtd;
  let other: Libvirtd;
  /** Folders of labs that have ended. */
  const gone: string[] = [];
  const endLab = async (one: Libvirtd): Promise<void> => {
    await one.end();
    gone.push(one.folder);
  };
  beforeAll(async () => {
    [lab, other] = await Promise.all([
      startLibvirtd({ tls: 'none', tcp: 'none' }),
      startLibvirtd({ network: true, tls: 'sasl' }),
    ]);
  });
  afterAll(async () => {
    await lab.end();
    await other.end();
  });

  it('talks over its unix sockets, and changes nothing over the one for reading', async () => {
    expect(await lab.virsh('net-list', '--all', '--name')).toBe('default');
    expect(await lab.virsh('-c', lab.uri({ readOnly: true }), 'version')).toContain('QEMU');
    await expect(lab.virsh('-c', lab.uri({ readOnly: true }), 'net-undefine', 'default')).rejects.toThrow(
      /read only|forbidden/,
    );
  });

  it('talks over TLS to those who hold its authority’s certificate, and to nobody else', async () => {
    const ask = (host: string, pki: string): Promise<string> =>
      lab.virsh('-c', `qemu+tls://${host}:${String(lab.ports.tls)}/system?pkipath=${pki}`, 'hostname');
    expect(await ask('localhost', lab.pki.good)).not.toBe('');
    expect(await ask('127.0.0.1', lab.pki.good)).not.toBe('');
    await expect(ask('localhost', lab.pki.none)).rejects.toThrow();
    await expect(ask('localhost', lab.pki.wrongAuthority)).rejects.toThrow(/certificate/i);
    await expect(ask('localhost', lab.pki.expired)).rejects.toThrow(/expired/i);
    await expect(ask('localhost', lab.pki.stranger)).rejects.toThrow();
    await expect(ask('localhost', lab.pki.revoking)).rejects.toThrow(/revoked/i);
    expect(
      await lab.virsh('-c', `qemu+tcp://127.0.0.1:${String(lab.ports.tcp)}/system`, 'version'),
    ).toContain('QEMU');
  });

  it('has one network of each lab beside that of the other', async () => {
    await other.virsh('net-start', 'default');
    expect(await other.inside('ip', '-br', 'address')).toMatch(/virbr0 .*192\.168\.122\.1/);
    expect(await other.virsh('net-list', '--name')).toBe('default');
    expect(await lab.virsh('net-list', '--name')).toBe('');
    expect(machine()).toEqual(before);
  });

  it('keeps guests while the daemon is killed or stopped, and finds them again', async () => {
    const file = join(lab.files, 'kept.xml');
    await writeFile(file, guest('kept', lab.files));
    await lab.virsh('create', file);
    const id = await lab.virsh('domid', 'kept');
    const first = lab.pid;
    await lab.kill();
    expect(lab.pid).toBeUndefined();
    await expect(lab.virsh('list')).rejects.toThrow(/Connection refused/);
    await lab.start();
    expect(lab.pid).not.toBe(first);
    await within(20_000, () => lab.virsh('domstate', 'kept')).toBe('running');
    await lab.stop();
    await lab.start();
    await within(20_000, () => lab.virsh('domstate', 'kept')).toBe('running');
    expect(await lab.virsh('domid', 'kept')).toBe(id);
    expect(await other.virsh('list', '--name')).toBe('');
    const display = await lab.virsh('domdisplay', 'kept');
    expect(display).toMatch(/^vnc:\/\/127\.0\.0\.1:\d+$/);
  });

  it('asks for a password where it is told to, with the mechanisms of each transport', async () => {
    const asking = await startLibvirtd({ unix: 'sasl', tls: 'sasl', tcp: 'sasl', hostname: 'lab-a' });
    try {
      const { login, pki } = asking;
      const [tlsPort, tcpPort] = [asking.ports.tls, asking.ports.tcp].map(String);
      expect(login.user).toBe('person@lab-a');
      const tls = `qemu+tls://localhost:${tlsPort}/system?pkipath=${pki.good}`;
      const tcp = `qemu+tcp://localhost:${tcpPort}/system?`;
      const wrong = join(asking.files, 'wrong.conf');
      await writeFile(wrong, readFileSync(login.authFile, 'utf8').replace(login.password, 'another'));
      for (const uri of [tls, tcp]) {
        expect(await asking.virsh('-c', `${uri}&authfile=${login.authFile}`, 'hostname')).toBe('lab-a');
        await expect(asking.virsh('-c', `${uri}&authfile=${wrong}`, 'hostname')).rejects.toThrow(
          /authentication failed/,
        );
      }
      expect(asking.log()).not.toContain(login.password);
    } finally {
      await endLab(asking);
    }
  });

  it('migrates a running guest to another lab', async () => {
    const [from, to] = await Promise.all([
      startLibvirtd({ hostname: 'lab-a' }),
      startLibvirtd({ hostname: 'lab-b' }),
    ]);
    try {
      const file = join(from.files, 'mover.xml');
      await writeFile(file, guest('mover', '/dev/shm').replace(/<serial .*<\/serial>/s, ''));
      await from.virsh('create', file);
      await from.virsh('migrate', '--live', '--p2p', 'mover', to.uri(), '--migrateuri', 'tcp://127.0.0.1');
      expect(await from.virsh('list', '--name')).toBe('');
      expect(await to.virsh('domstate', 'mover')).toBe('running');
    } finally {
      await Promise.all([endLab(from), endLab(to)]);
    }
  });

  it('runs containers', async () => {
    const boxes = await startLibvirtd({ lxc: true, network: true });
    try {
      const root = join(boxes.files, 'root');
      for (const folder of ['bin', 'dev', 'proc', 'sys', 'tmp'])
        await mkdir(join(root, folder), { recursive: true });
      await copyFile('/bin/busybox', join(root, 'bin', 'busybox'));
      const file = join(boxes.files, 'box.xml');
      await writeFile(file, container('box', root));
      const lxc = boxes.uri({ driver: 'lxc' });
      await boxes.virsh('-c', lxc, 'create', file);
      expect(await boxes.virsh('-c', lxc, 'domstate', 'box')).toBe('running');
      await boxes.kill();
      await boxes.start();
      expect(await boxes.virsh('-c', lxc, 'list', '--name')).toBe('box');
    } finally {
      await endLab(boxes);
    }
  });

  it('opens files of the test driver', async () => {
    const uri = await testWorldOn(lab, 'hundred', { domains: 100 });
    expect((await lab.virsh('-c', uri, 'list', '--all', '--name')).split('\n')).toHaveLength(100);
    expect((await lab.virsh('-c', uri, 'list', '--name')).split('\n')).toHaveLength(50);
    expect(await lab.virsh('-c', uri, 'vol-list', 'lab')).toContain('one.qcow2');
  });

  it('is started by the first connection where its socket is activated', async () => {
    const activated = await startLibvirtd({ sockets: 'activated' });
    try {
      expect(activated.log()).not.toContain('libvirt version');
      expect(await activated.virsh('net-list', '--all', '--name')).toBe('default');
      expect(activated.log()).toContain('libvirt version');
      expect(await activated.virsh('-c', activated.uri({ readOnly: true }), 'version')).toContain('QEMU');
    } finally {
      await endLab(activated);
    }
  });

  it('clears up by itself what a killed suite has left', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lv-'));
    await layOut(folder, {});
    const namespace = await openNamespace(folder, {});
    const writer = 'while :; do echo more >>/var/log/libvirt/noise; done';
    const nowhere = openSync('/dev/null', 'w');
    namespace.spawn('sh', ['-c', writer], nowhere);
    closeSync(nowhere);
    await within(10_000, () => existsSync(join(folder, 'log', 'noise'))).toBe(true);
    // this is all that the end of a suite's process does: it closes the keeper's input
    await namespace.end();
    expect(tracesOf(folder)).toEqual(noTraces);
  });

  it('leaves nothing behind', async () => {
    const ended = [lab.folder, other.folder, ...gone];
    expect(inhabitants(lab.folder).length).toBeGreaterThan(1);
    await lab.end();
    await other.end();
    expect(ended.map(tracesOf)).toEqual(ended.map(() => noTraces));
    expect(machine()).toEqual(before);
  });
});
