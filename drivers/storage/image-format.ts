/** Formats of disk images by the first bytes of the file; undefined for plain bytes. */
export function detectFormat(head: Uint8Array): string | undefined {
  const text = (from: number, length: number): string =>
    Buffer.from(head.subarray(from, from + length)).toString('latin1');
  if (text(0, 4) === 'QFI\xfb') return bigEndian(head, 4) >= 2 ? 'qcow2' : 'qcow';
  if (text(0, 4) === 'QED\0') return 'qed';
  if (text(0, 4) === 'KDMV' || text(0, 4) === 'COWD' || text(0, 21) === '# Disk DescriptorFile')
    return 'vmdk';
  if (littleEndian(head, 64) === 0xbeda107f) return 'vdi';
  if (text(0, 8) === 'vhdxfile') return 'vhdx';
  if (text(0, 8) === 'conectix') return 'vpc';
  if (text(0, 6) === 'LUKS\xba\xbe') return 'luks';
  if (text(0x8001, 5) === 'CD001') return 'iso';
  return undefined;
}

/** Bytes that `detectFormat` looks at. */
export const headLength = 0x8006;

const bigEndian = (bytes: Uint8Array, at: number): number =>
  bytes.length < at + 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
const littleEndian = (bytes: Uint8Array, at: number): number =>
  bytes.length < at + 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
