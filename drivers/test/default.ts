import type { Host } from '../api/host.ts';
import {
  defaultDevices,
  defaultDomain,
  defaultInterface,
  defaultNetwork,
  defaultPool,
} from './default-documents.ts';
import { TestDocument } from './document.ts';
import type { World } from './hypervisor.ts';
import { addMedia, Files } from './files.ts';

const kib = 1024;
const gib = 1024 ** 3;

/** The host that libvirt's test driver pretends to be. */
export const defaultNode = (host: Host): World['node'] => ({
  hostname: host.hostname,
  os: 'test',
  arch: 'i686',
  cpus: 16,
  cpuMhz: 1400,
  sockets: 4,
  coresPerSocket: 2,
  threadsPerCore: 2,
  memory: 3_145_728 * kib,
  hypervisor: 'test',
  hypervisorVersion: '0.0.2',
});

export function defaultWorld(host: Host): World {
  const files = new Files('/home/guest');
  files.addText('/home/guest/Documents/notes.txt', 'Nothing on this host is real.\n');
  addMedia(files, '/home/guest/Downloads');
  files.addImage('/guest/diskimage1', 'raw', 8 * gib, gib);
  return {
    node: defaultNode(host),
    files,
    pools: [{ xml: defaultPool }],
    networks: [{ xml: defaultNetwork }],
    interfaces: [defaultInterface],
    devices: defaultDevices,
    machines: [
      {
        uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f',
        document: TestDocument.parse(defaultDomain),
        state: 'running',
        reason: 'unknown',
      },
    ],
  };
}
