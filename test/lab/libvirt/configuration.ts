import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { hostname as thisHost } from 'node:os';
import { join } from 'node:path';
import type { Pki, ServerCertificate } from './certificates.ts';

export interface LibvirtdOptions {
  /** How a client of the unix sockets shows who it is. Default none. */
  unix?: 'none' | 'sasl' | 'polkit';
  /** Permissions of the socket that may change things. Default 0777. */
  unixMode?: string;
  /** Listen with TLS on 127.0.0.1; sasl asks for a password after the certificate. */
  tls?: 'none' | 'sasl';
  /** Listen without encryption on 127.0.0.1; sasl offers DIGEST-MD5 only, which is libvirt's own rule there. */
  tcp?: 'none' | 'sasl';
  /** What the TLS server shows. Default good. */
  certificate?: ServerCertificate;
  /** Distinguished names that may connect by TLS; default all that the authority has signed. */
  allowedNames?: readonly string[];
  /**
   * Network cards, addresses and firewall of its own: libvirt's networks work and disturb nobody. The price: TLS, TCP, VNC
   * and SPICE ports are then out of reach from outside (unix sockets and consoles are not). Without it networks of libvirt
   * would be made on the machine itself: do not start any. (`end` takes them down, libvirt's empty firewall chains stay.)
   */
  network?: boolean;
  /** Containers run (`lxc:///system` on the same sockets). */
  lxc?: boolean;
  /** What the node is called; two labs that migrate to each other need two names. Default is this machine's. */
  hostname?: string;
  /**
   * `activated`: the daemon's socket is virtqemud-sock, it is there while the daemon is not, and the first connection
   * starts it, as systemd does it for a modular daemon. (Debian 12 has no virtqemud: libvirtd plays it.)
   */
  sockets?: 'monolithic' | 'activated';
  /** More lines for libvirtd.conf and qemu.conf. */
  libvirtd?: readonly string[];
  qemu?: readonly string[];
}

export interface Ports {
  tls: number | undefined;
  tcp: number | undefined;
}

/** The account that SASL knows. */
export interface Login {
  /** With its realm, as SCRAM and DIGEST-MD5 of libvirt want it. */
  user: string;
  password: string;
}

/** Folders of a lab below its own. */
export const folders = ['etc', 'sasl', 'lib', 'cache', 'log', 'run', 'cgroup', 'files', 'home'] as const;

/** Fills the folders before the daemon first starts. Nothing comes from this machine's own guests. */
export async function layOut(folder: string, options: LibvirtdOptions): Promise<Login> {
  for (const name of folders) await mkdir(join(folder, name), { mode: 0o755 });
  const networks = join(folder, 'etc', 'qemu', 'networks');
  await mkdir(networks, { recursive: true });
  await copyIfThere('/usr/share/libvirt/networks/default.xml', join(networks, 'default.xml'));
  await copyIfThere('/etc/libvirt/nwfilter', join(folder, 'etc', 'nwfilter'));
  await mkdir(join(folder, 'lib', 'images'));
  await mkdir(join(folder, 'run', 'libvirt'));
  // locks of terminals that guests have
  await mkdir(join(folder, 'run', 'lock'));
  const login = { user: `person@${options.hostname ?? thisHost()}`, password: 'a longer password' };
  await writeSasl(folder, login);
  await writeFile(join(folder, 'etc', 'qemu.conf'), lines(await qemuLines(options)));
  return login;
}

/** Also later: a daemon that is started again finds what it is told then. */
export async function configure(
  folder: string,
  options: LibvirtdOptions,
  ports: Ports,
  pki: Pki,
  uuid: string,
): Promise<void> {
  const { unix = 'none', unixMode = '0777', certificate = 'good', allowedNames } = options;
  const server = pki.server(certificate);
  await writeFile(
    join(folder, 'etc', 'libvirtd.conf'),
    lines([
      `auth_unix_rw = "${unix}"`,
      `auth_unix_ro = "${unix}"`,
      `unix_sock_rw_perms = "${unixMode}"`,
      `host_uuid = "${uuid}"`,
      'listen_addr = "127.0.0.1"',
      ...(ports.tls === undefined
        ? ['listen_tls = 0']
        : ['listen_tls = 1', `tls_port = "${String(ports.tls)}"`]),
      ...(ports.tcp === undefined
        ? ['listen_tcp = 0']
        : ['listen_tcp = 1', `tcp_port = "${String(ports.tcp)}"`]),
      `auth_tls = "${options.tls ?? 'none'}"`,
      `auth_tcp = "${options.tcp ?? 'none'}"`,
      `key_file = "${join(server, 'serverkey.pem')}"`,
      `cert_file = "${join(server, 'servercert.pem')}"`,
      `ca_file = "${join(server, 'cacert.pem')}"`,
      // it would not start with a certificate that has expired
      ...(certificate === 'expired' ? ['tls_no_sanity_certificate = 1'] : []),
      ...(allowedNames
        ? [`tls_allowed_dn_list = [${allowedNames.map((name) => `"${name}"`).join(', ')}]`]
        : []),
      'log_outputs = "2:file:/var/log/libvirt/libvirtd.log"',
      ...(options.libvirtd ?? []),
    ]),
  );
}

export const newHostUuid = (): string => randomUUID();

async function qemuLines(options: LibvirtdOptions): Promise<string[]> {
  // two daemons on one machine would look for ports at the same places
  const display = await freePort(100);
  const migration = await freePort(20);
  return [
    // guests of root, without confinement: images may lie anywhere
    ...['user = "root"', 'group = "root"', 'dynamic_ownership = 0', 'security_driver = "none"'],
    ...['namespaces = []', 'cgroup_controllers = []', 'remember_owner = 0'],
    // no virtlogd beside it
    'stdio_handler = "file"',
    ...['swtpm_user = "root"', 'swtpm_group = "root"'],
    ...range('remote_display_port', display, 100),
    ...range('migration_port', migration, 20),
    ...(options.qemu ?? []),
  ];
}

const range = (name: string, from: number, count: number): string[] => [
  `${name}_min = ${String(from)}`,
  `${name}_max = ${String(from + count - 1)}`,
];

async function writeSasl(folder: string, { user, password }: Login): Promise<void> {
  const database = join(folder, 'sasl', 'passwords.db');
  await writeFile(
    join(folder, 'sasl', 'libvirt.conf'),
    lines(['mech_list: scram-sha-256 scram-sha-1 digest-md5 plain', `sasldb_path: /etc/sasl2/passwords.db`]),
  );
  const [name = '', realm = ''] = user.split('@');
  const words = ['-p', '-c', '-a', 'libvirt', '-f', database, '-u', realm, name];
  await new Promise<void>((done, failed) => {
    const child = execFile('saslpasswd2', words, (error) => (error ? failed(error) : done()));
    child.stdin?.end(password);
  });
}

/** The first of `count` ports below those that the system itself gives away: nobody gets them while the daemon is down. */
export async function freePort(count = 1): Promise<number> {
  const { createServer } = await import('node:net');
  const bindable = (port: number): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const server = createServer();
      server.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
      );
      server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
    });
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = 20_000 + Math.floor(Math.random() * (12_000 - count));
    if (await bindable(port)) return port;
  }
  throw new Error('no free port between 20000 and 32000');
}

async function copyIfThere(from: string, to: string): Promise<void> {
  if (existsSync(from)) await cp(from, to, { recursive: true });
}

const lines = (list: readonly string[]): string => `${list.join('\n')}\n`;
