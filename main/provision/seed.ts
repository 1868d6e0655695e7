import type { CloudInit } from '../../preload/create.ts';
import { newSalt, sha512crypt } from './crypt.ts';
import { buildIso } from './iso.ts';
import type { IsoFile } from './iso.ts';
import { toYaml } from './yaml.ts';

/** What cloud-init needs besides the person's choices. */
export interface SeedIdentity {
  /** Another id makes cloud-init set the machine up anew. */
  readonly instanceId: string;
  /** Used where the choices give none. */
  readonly hostname: string;
}

/**
 * The files of cloud-init's NoCloud data source. The password is in them as a salted hash only.
 * `salt` is for tests; each seed has its own.
 */
export function seedFiles(cloud: CloudInit, identity: SeedIdentity, salt = newSalt()): IsoFile[] {
  const hostname = cloud.hostname?.trim() ?? identity.hostname;
  const metaData = toYaml({ 'instance-id': identity.instanceId, 'local-hostname': hostname });
  const own = cloud.userData?.trim() ? cloud.userData : undefined;
  const files = [
    { name: 'user-data', content: bytes(own ?? userData(cloud, hostname, salt)) },
    { name: 'meta-data', content: bytes(metaData) },
  ];
  const network = cloud.networkConfig?.trim();
  if (network) files.push({ name: 'network-config', content: bytes(`${network}\n`) });
  return files;
}

/** The seed as a disc with the label that NoCloud looks for. */
export function buildSeed(cloud: CloudInit, identity: SeedIdentity, created: Date): Uint8Array {
  return buildIso('cidata', seedFiles(cloud, identity), created);
}

function userData(cloud: CloudInit, hostname: string, salt: string): string {
  const keys = cloud.sshKeys.map((key) => key.trim()).filter((key) => key !== '');
  const password = cloud.password === undefined || cloud.password === '' ? undefined : cloud.password;
  const packages = cloud.packages ?? [];
  const [short = hostname] = hostname.split('.');
  const body = toYaml({
    hostname: short,
    fqdn: hostname.includes('.') ? hostname : undefined,
    manage_etc_hosts: true,
    // `user` renames the account that the image would make, and keeps its groups, shell and sudo rights
    user: {
      name: cloud.user,
      lock_passwd: password === undefined,
      passwd: password === undefined ? undefined : sha512crypt(password, salt),
      ssh_authorized_keys: keys.length > 0 ? keys : undefined,
    },
    ssh_pwauth: password !== undefined,
    package_update: packages.length > 0 ? true : undefined,
    packages: packages.length > 0 ? packages : undefined,
  });
  return `#cloud-config\n${body}`;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
