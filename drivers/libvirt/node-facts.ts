import type { NodeInfo } from '../api/model.ts';
import type { Daemon } from './daemon.ts';
import { formatVersion } from './session.ts';

/** Hypervisors as people know them, by virConnectGetType. */
const titles: Readonly<Record<string, string>> = {
  QEMU: 'QEMU',
  LXC: 'LXC',
  Xen: 'Xen',
  TEST: 'Test hypervisor',
  VBOX: 'VirtualBox',
  BHYVE: 'bhyve',
  CH: 'Cloud Hypervisor',
  ESX: 'VMware ESX',
  VMware: 'VMware',
  vz: 'Virtuozzo',
};

export const titleOf = (type: string): string => titles[type] ?? type;

/** What the node says of itself. */
export async function nodeFacts(daemon: Daemon, type: string): Promise<NodeInfo> {
  const nothing = {};
  const { libVersion, version } = daemon.links.main;
  const [info, hostname] = await Promise.all([
    daemon.call('NODE_GET_INFO', nothing),
    daemon.call('CONNECT_GET_HOSTNAME', nothing),
  ]);
  const model = Buffer.from(info.model).toString('latin1').replace(/\0.*$/s, '');
  const threads = info.threads > 0 ? info.threads : undefined;
  return {
    hostname: hostname.hostname,
    // libvirt does not say; its daemons run QEMU, LXC and Xen on Linux
    os: 'linux',
    arch: model,
    cpus: info.cpus,
    ...(info.mhz > 0 ? { cpuMhz: info.mhz } : {}),
    sockets: info.sockets * Math.max(1, info.nodes),
    coresPerSocket: info.cores,
    ...(threads === undefined ? {} : { threadsPerCore: threads }),
    memory: Number(info.memory) * 1024,
    hypervisor: titleOf(type),
    ...(version === undefined || version === 0n ? {} : { hypervisorVersion: formatVersion(version) }),
    libvirtVersion: formatVersion(libVersion),
  };
}
