import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../lab/app.ts';
import { type Folders, makeFolders, removeFolders } from '../lab/folders.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { type Sshd, sshdOrWhyNot } from '../lab/ssh/sshd.ts';
import { sshdOf, sshUri } from './ssh-node.ts';

const why = (await libvirtdOrWhyNot('ssh-shell')) ?? (await sshdOrWhyNot('ssh-shell'));

describe.skipIf(why !== undefined)('the shell on a host over SSH', () => {
  let lab: Libvirtd;
  let sshd: Sshd;
  let folders: Folders;

  beforeAll(async () => {
    folders = await makeFolders();
    lab = await startLibvirtd({ lxc: true });
    sshd = await sshdOf(lab);
    for (const name of ['web', 'mail'])
      await lab.virsh(
        'define',
        await documentOf(
          lab,
          name,
          `<domain type='qemu'><name>${name}</name><memory>65536</memory><os><type>hvm</type></os></domain>`,
        ),
      );
    const container = `<domain type='lxc'><name>box</name><memory>65536</memory><os><type>exe</type><init>/bin/sleep</init><initarg>1000</initarg></os></domain>`;
    await lab.virsh('-c', lab.uri({ driver: 'lxc' }), 'define', await documentOf(lab, 'box', container));
  });
  afterAll(async () => {
    await sshd?.end();
    await lab?.end();
    await removeFolders(folders);
  });

  /** Without a terminal, as a script runs it. */
  const run = async (
    uri: string,
    ...words: string[]
  ): Promise<{ status: number | null; out: string; err: string }> => {
    const child = spawn(process.execPath, [program, '-q', '-c', uri, ...words], {
      env: { PATH: process.env['PATH'] ?? '', ...folders.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, ...said };
  };
  const names = async (uri: string): Promise<string[]> => {
    const { status, out, err } = await run(uri, 'list', '--all', '--name');
    expect(err).toBe('');
    expect(status).toBe(0);
    return out.split('\n').filter(Boolean).sort();
  };

  it.each([
    ['as it is', {}],
    ['through libvirt’s own helper', { proxy: 'native' }],
    ['through nc', { proxy: 'netcat' }],
    ['through a program that is named', { proxy: 'netcat', netcat: '/bin/nc' }],
    ['at a socket that is named', { socket: '/run/libvirt/libvirt-sock' }],
  ])('lists what virsh lists, %s', async (_how, params) => {
    expect(await names(sshUri(sshd, '/system', { params }))).toEqual(['mail', 'web']);
  });

  it('reaches libvirt where the server forbids forwarding', async () => {
    await sshd.kill();
    await sshd.start({ config: ['AllowStreamLocalForwarding no', 'AllowTcpForwarding no'] });
    try {
      expect(await names(sshUri(sshd, '/system'))).toEqual(['mail', 'web']);
    } finally {
      await sshd.kill();
      await sshd.start({ config: [] });
    }
  });

  it('lists containers, and the account’s own machines of a daemon that it starts there', async () => {
    expect(await names(sshUri(sshd, '/system', { driver: 'lxc' }))).toEqual(['box']);
    expect(await names(sshUri(sshd, '/session', { user: 'ben' }))).toEqual([]);
    expect(await lab.inside('pgrep', '-u', 'ben', '-c', 'libvirtd|virtqemud')).toBe('1\n');
  });

  it('says who may not use libvirt there, and how to get permission', async () => {
    const socket = '/run/libvirt/libvirt-sock';
    await lab.inside('chmod', '0770', socket);
    try {
      const { status, err } = await run(sshUri(sshd, '/system', { user: 'ben' }), 'list');
      expect(status).toBe(1);
      expect(err).toMatch(/The account ben may not use libvirt on /);
      expect(err).toMatch(/hint: Join its group/);
    } finally {
      await lab.inside('chmod', '0777', socket);
    }
  });

  it('refuses a key that is not known, says which, and how to accept it', async () => {
    const uri = sshUri(sshd, '/system').replace(sshd.knownHosts, join(folders.files, 'nobody-is-known'));
    const { status, err } = await run(uri, 'list');
    expect(status).toBe(1);
    expect(err).toContain(`[127.0.0.1]:${String(sshd.port)}`);
    expect(err).toContain(sshd.hostKey.fingerprint);
    expect(err).toMatch(/hint: .*terminal/);
  });

  it('refuses what would turn checking off, and passwords in an address', async () => {
    const unchecked = await run(sshUri(sshd, '/system', { params: { no_verify: '1' } }), 'list');
    expect(unchecked.err).toContain('always checked');
    const secret = await run('qemu+ssh://ada:PLANTED@127.0.0.1/system', 'list');
    expect(secret.err).toContain('must not carry a password');
    expect(secret.err).not.toContain('PLANTED');
  });
});

async function documentOf(lab: Libvirtd, name: string, xml: string): Promise<string> {
  const file = join(lab.files, `${name}.xml`);
  await writeFile(file, xml);
  return file;
}
