import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Changes with the recipe, so that no checkout goes on with what an older one made. */
const cache = resolve('.cache/libvirt-pki-1');

/** What a client may hold, each a folder for `pkipath=`. */
export const clientFolders = [
  'good',
  /** Trusts another authority than the server's. */
  'wrongAuthority',
  /** Its certificate was valid in 2015. */
  'expired',
  /** Neither certificate nor key. */
  'none',
  /** Its certificate is of an authority that the server does not know. */
  'stranger',
  /** Its list of revoked certificates names the server's. */
  'revoking',
  /** Its key belongs to another certificate. */
  'mismatched',
] as const;
export type ClientFolder = (typeof clientFolders)[number];

/** What a server may show. `good` is for localhost, 127.0.0.1 and ::1. */
export type ServerCertificate = 'good' | 'otherName' | 'expired';

export interface Pki {
  client: Readonly<Record<ClientFolder, string>>;
  /** Folder with servercert.pem, serverkey.pem and cacert.pem. */
  server(certificate: ServerCertificate): string;
  /** The distinguished name in the good client's certificate. */
  clientName: string;
}

/** Certificates for both sides, made once for each checkout (about a second). RSA: libvirt refuses others of a server. */
export async function certificates(): Promise<Pki> {
  if (!existsSync(cache)) await make();
  return {
    client: Object.fromEntries(clientFolders.map((name) => [name, join(cache, name)])) as Record<
      ClientFolder,
      string
    >,
    server: (certificate) => join(cache, 'server', certificate),
    clientName: 'CN=lab client,O=Guestroom lab',
  };
}

async function make(): Promise<void> {
  await mkdir(dirname(cache), { recursive: true });
  const folder = await mkdtemp(`${cache}-new-`);
  try {
    await fill(new Workshop(folder));
    // whole or not at all: another suite may be making them, too
    await rename(folder, cache);
  } catch (error) {
    if (!['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const expired = ['activation_date = "2015-01-01 00:00:00"', 'expiration_date = "2015-12-31 00:00:00"'];
const lasting = ['expiration_days = 10000'];

async function fill(shop: Workshop): Promise<void> {
  const authority = await shop.authority('Guestroom lab authority');
  const other = await shop.authority('Some other authority');
  const server = (name: string, lines: readonly string[], dates = lasting): Promise<Certificate> =>
    shop.sign(authority, `server-${name}`, [
      ...['organization = "Guestroom lab"', ...lines, 'tls_www_server', 'encryption_key', 'signing_key'],
      ...dates,
    ]);
  const here = [
    'cn = "localhost"',
    'dns_name = "localhost"',
    'ip_address = "127.0.0.1"',
    'ip_address = "::1"',
  ];
  const elsewhere = [
    'cn = "elsewhere.example"',
    'dns_name = "elsewhere.example"',
    'ip_address = "192.0.2.99"',
  ];
  const good = await server('good', here);
  await shop.serverFolder('good', good, authority);
  await shop.serverFolder('otherName', await server('otherName', elsewhere), authority);
  await shop.serverFolder('expired', await server('expired', here, expired), authority);

  const client = (by: Certificate, name: string, dates = lasting): Promise<Certificate> =>
    shop.sign(by, `client-${name}`, [
      ...[
        'organization = "Guestroom lab"',
        'cn = "lab client"',
        'tls_www_client',
        'encryption_key',
        'signing_key',
      ],
      ...dates,
    ]);
  const mine = await client(authority, 'good');
  const strange = await client(other, 'stranger');
  await shop.clientFolder('good', authority, mine);
  await shop.clientFolder('wrongAuthority', other, mine);
  await shop.clientFolder('expired', authority, await client(authority, 'expired', expired));
  await shop.clientFolder('none', authority);
  await shop.clientFolder('stranger', authority, strange);
  await shop.clientFolder('mismatched', authority, { certificate: mine.certificate, key: strange.key });
  await shop.clientFolder('revoking', authority, mine);
  await shop.revoke(authority, good, 'revoking');
}

interface Certificate {
  certificate: string;
  key: string;
}

/** certtool, and where its files go. */
class Workshop {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async authority(name: string): Promise<Certificate> {
    const made = await this.#begin(name);
    const template = await this.#template(name, [
      ...[`cn = "${name}"`, 'ca', 'cert_signing_key', 'crl_signing_key', ...lasting],
    ]);
    await certtool(
      '--generate-self-signed',
      '--load-privkey',
      made.key,
      '--template',
      template,
      made.certificate,
    );
    return made;
  }

  async sign(by: Certificate, name: string, lines: readonly string[]): Promise<Certificate> {
    const made = await this.#begin(name);
    const signer = ['--load-ca-certificate', by.certificate, '--load-ca-privkey', by.key];
    const template = await this.#template(name, lines);
    await certtool(
      ...['--generate-certificate', '--load-privkey', made.key, ...signer],
      ...['--template', template, made.certificate],
    );
    return made;
  }

  async revoke(by: Certificate, revoked: Certificate, folder: ClientFolder): Promise<void> {
    const template = await this.#template('revoked', ['crl_next_update = 10000', 'crl_number = 1']);
    await certtool(
      ...['--generate-crl', '--load-ca-certificate', by.certificate, '--load-ca-privkey', by.key],
      ...['--load-certificate', revoked.certificate, '--template', template],
      join(this.#folder, folder, 'cacrl.pem'),
    );
  }

  async clientFolder(name: ClientFolder, trusted: Certificate, own?: Certificate): Promise<void> {
    await this.#folderOf(name, { 'cacert.pem': trusted.certificate, ...named('client', own) });
  }

  async serverFolder(name: ServerCertificate, own: Certificate, trusted: Certificate): Promise<void> {
    await this.#folderOf(join('server', name), {
      'cacert.pem': trusted.certificate,
      ...named('server', own),
    });
  }

  async #folderOf(name: string, files: Readonly<Record<string, string>>): Promise<void> {
    const folder = join(this.#folder, name);
    await mkdir(folder, { recursive: true });
    for (const [file, from] of Object.entries(files)) await copyFile(from, join(folder, file));
  }

  async #begin(name: string): Promise<Certificate> {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const base = join(this.#folder, name.replaceAll(' ', '-'));
    await writeFile(`${base}.key.pem`, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    return { certificate: `${base}.pem`, key: `${base}.key.pem` };
  }

  async #template(name: string, lines: readonly string[]): Promise<string> {
    const file = join(this.#folder, `${name.replaceAll(' ', '-')}.template`);
    await writeFile(file, `${lines.join('\n')}\n`);
    return file;
  }
}

const named = (kind: 'client' | 'server', own: Certificate | undefined): Record<string, string> =>
  own === undefined ? {} : { [`${kind}cert.pem`]: own.certificate, [`${kind}key.pem`]: own.key };

/** The last word is the file that is made. */
async function certtool(...words: string[]): Promise<void> {
  const outfile = words.pop() ?? '';
  await run('certtool', [...words, '--outfile', outfile]);
}
