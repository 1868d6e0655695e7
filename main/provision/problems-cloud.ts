import type { CloudInit } from '../../preload/create.ts';
import { hostNameFrom } from './names.ts';
import type { Problems } from './problem-list.ts';

/** First lines that cloud-init takes for a kind of user data. */
const userDataMarks =
  /^(#cloud-config|#cloud-config-archive|#cloud-boothook|#include|#part-handler|#!|## template: ?jinja|Content-Type:|MIME-Version:)/;

const keyTypes =
  /^(?:[^\s"]+(?:="[^"]*")?\s+)?(ssh-(rsa|ed25519|dss)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)\s+[A-Za-z0-9+/]{16,}={0,3}(\s|$)/;

export function checkCloud(cloud: CloudInit, problems: Problems): void {
  const { userData, hostname } = cloud;
  if (hostname !== undefined && hostname.trim() !== '') checkHostname(hostname.trim(), problems);
  if (userData?.trim()) {
    if (!userDataMarks.test(userData)) problems.error('source.userData', 'user_data_bad');
    return;
  }
  const user = cloud.user.trim();
  if (user === '') problems.error('source.user', 'user_missing');
  else if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(user))
    problems.error(
      'source.user',
      'user_bad',
      {},
      user
        .toLowerCase()
        .replace(/[^a-z0-9_-]/g, '')
        .replace(/^[^a-z_]+/, '') || 'user',
    );
  checkKeys(cloud, problems);
  for (const [index, name] of (cloud.packages ?? []).entries()) {
    if (!/^[A-Za-z0-9][A-Za-z0-9+._:~=/-]*$/.test(name))
      problems.error(`source.packages.${String(index)}`, 'package_bad', { package: name });
  }
}

function checkHostname(hostname: string, problems: Problems): void {
  const labels = hostname.split('.');
  const good =
    hostname.length <= 253 && labels.every((label) => /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/.test(label));
  if (!good) problems.error('source.hostname', 'hostname_bad', {}, labels.map(hostNameFrom).join('.'));
}

function checkKeys(cloud: CloudInit, problems: Problems): void {
  const keys = cloud.sshKeys.map((key) => key.trim());
  keys.forEach((key, index) => {
    if (key === '') return;
    const line = index + 1;
    if (key.includes('PRIVATE KEY')) problems.error('source.sshKeys', 'ssh_key_private', { line });
    else if (!keyTypes.test(key)) problems.error('source.sshKeys', 'ssh_key_bad', { line });
  });
  if (!cloud.password && keys.every((key) => key === '')) problems.error('source.password', 'login_missing');
}
