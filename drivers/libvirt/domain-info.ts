import type { DomainInfo } from '../api/driver.ts';
import type { Daemon } from './daemon.ts';
import { domainOf } from './identity.ts';

const kib = 1024;
const nanoseconds = 1e9;

/** The text before the first zero byte. */
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8').replace(/\0.*$/s, '');

/** What libvirt tells of a domain by calls of their own. */
export async function domainInfo(daemon: Daemon, uuid: string): Promise<DomainInfo> {
  const dom = domainOf(uuid);
  const about = { domain: uuid };
  const [info, osType, model, label, notes] = await Promise.all([
    daemon.call('DOMAIN_GET_INFO', { dom }, about),
    daemon.call('DOMAIN_GET_OS_TYPE', { dom }, about),
    daemon.ifSupported(daemon.call('NODE_GET_SECURITY_MODEL', {})),
    daemon.ifSupported(daemon.call('DOMAIN_GET_SECURITY_LABEL', { dom }, about)),
    daemon.ifSupported(daemon.call('DOMAIN_GET_MESSAGES', { dom, flags: 0 }, about)),
  ]);
  const words = label ? text(label.label) : '';
  return {
    osType: osType.type,
    vcpus: info.nrVirtCpu,
    cpuSeconds: Number(info.cpuTime) / nanoseconds,
    memoryMax: Number(info.maxMem) * kib,
    memoryCurrent: Number(info.memory) * kib,
    ...(model
      ? {
          security: {
            model: text(model.model),
            doi: text(model.doi),
            ...(words === '' ? {} : { label: words, enforcing: label?.enforcing === 1 }),
          },
        }
      : {}),
    messages: [...(notes?.msgs ?? [])],
  };
}
