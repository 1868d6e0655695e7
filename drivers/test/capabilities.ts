import type { NodeInfo } from '../api/model.ts';

/** libvirt's capabilities document of a made-up host: what it has, and that it runs domains of type test. */
export function capabilitiesOf(node: NodeInfo): string {
  const { arch, memory, sockets = 1, coresPerSocket = 1, threadsPerCore = 1 } = node;
  const guest = (guestArch: string, wordSize: number) => `  <guest>
    <os_type>hvm</os_type>
    <arch name='${guestArch}'>
      <wordsize>${String(wordSize)}</wordsize>
      <domain type='test'/>
    </arch>
  </guest>
`;
  return `<capabilities>
  <host>
    <cpu>
      <arch>${arch}</arch>
      <topology sockets='${String(sockets)}' cores='${String(coresPerSocket)}' threads='${String(threadsPerCore)}'/>
    </cpu>
    <topology>
      <cells num='1'>
        <cell id='0'>
          <memory unit='KiB'>${String(Math.floor(memory / 1024))}</memory>
        </cell>
      </cells>
    </topology>
  </host>
${guest('i686', 32)}${guest('x86_64', 64)}</capabilities>
`;
}
