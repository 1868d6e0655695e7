import type { NodeInfo } from '../api/model.ts';
import type { Daemon } from './daemon.ts';

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

/** libvirt's number of a version: major × 1,000,000 + minor × 1,000 + release. */
export function versionText(version: bigint): string {
  const number = Number(version);
  return [Math.floor(number / 1_000_000), Math.floor(number / 1000) % 1000, number % 1000].join('.');
}

/** What the node says of itself. */
export async function nodeFacts(daemon: Daemon, type: string): Promise<NodeInfo> {
  const nothing = {};
  const [info, hostname, version, node] = await Promise.all([
    daemon.call('NODE_GET_INFO', nothing),
    daemon.call('CONNECT_GET_HOSTNAME', nothing),
    daemon.ifSupported(daemon.call('CONNECT_GET_VERSION', nothing)),
    Promise.resolve(daemon.links.main.libVersion),
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
    ...(version && version.hv_ver > 0n ? { hypervisorVersion: versionText(version.hv_ver) } : {}),
    libvirtVersion: versionText(node),
  };
}
