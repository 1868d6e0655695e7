/** What an installation medium says about itself in its primary volume descriptor. */
export interface IsoLabel {
  volume: string;
  system?: string;
  publisher?: string;
  application?: string;
}

const sector = 2048;

function descriptor(type: number): Buffer {
  const buffer = Buffer.alloc(sector);
  buffer.writeUInt8(type, 0);
  buffer.write('CD001', 1, 'latin1');
  buffer.writeUInt8(1, 6);
  return buffer;
}

/**
 * The head of an ISO 9660 image: sectors 0 to 19 with the primary volume descriptor at 16, an El Torito boot record
 * at 17, the terminator at 18 and a boot catalog for BIOS and UEFI at 19. Enough for any program that asks what a medium is.
 */
export function isoHead(label: IsoLabel, size: number): Buffer {
  const primary = descriptor(1);
  const text = (value: string | undefined, offset: number, length: number) =>
    primary.write((value ?? '').padEnd(length).slice(0, length), offset, 'latin1');
  const both32 = (value: number, offset: number) => {
    primary.writeUInt32LE(value, offset);
    primary.writeUInt32BE(value, offset + 4);
  };
  const both16 = (value: number, offset: number) => {
    primary.writeUInt16LE(value, offset);
    primary.writeUInt16BE(value, offset + 2);
  };
  text(label.system, 8, 32);
  text(label.volume, 40, 32);
  both32(Math.ceil(size / sector), 80);
  both16(1, 120);
  both16(1, 124);
  both16(sector, 128);
  text('', 190, 128);
  text(label.publisher, 318, 128);
  text('', 446, 128);
  text(label.application, 574, 128);
  for (const offset of [813, 830]) primary.write('2025010112000000', offset, 'latin1');
  for (const offset of [847, 864]) primary.write('0'.repeat(16), offset, 'latin1');
  primary.writeUInt8(1, 881);

  const boot = descriptor(0);
  boot.write('EL TORITO SPECIFICATION', 7, 'latin1');
  boot.writeUInt32LE(19, 71);
  return Buffer.concat([Buffer.alloc(16 * sector), primary, boot, descriptor(255), bootCatalog()]);
}

/** El Torito's catalog: validation entry, the BIOS image, a last section with one UEFI image. */
function bootCatalog(): Buffer {
  const catalog = Buffer.alloc(sector);
  catalog.writeUInt8(1, 0);
  catalog.writeUInt16LE(0x55aa, 28);
  catalog.writeUInt16LE(0xaa55, 30);
  catalog.writeUInt8(0x88, 32);
  catalog.writeUInt16LE(0xef91, 64);
  catalog.writeUInt16LE(1, 66);
  catalog.writeUInt8(0x88, 96);
  return catalog;
}

/** The first bytes of an empty disk image, as the format's own magic has them. */
export function imageHead(format: string, capacity: number): Buffer {
  switch (format) {
    case 'qcow2': {
      const head = Buffer.alloc(104);
      head.write('QFI\xfb', 0, 'latin1');
      head.writeUInt32BE(3, 4);
      head.writeUInt32BE(16, 20);
      head.writeBigUInt64BE(BigInt(Math.floor(capacity)), 24);
      head.writeUInt32BE(104, 100);
      return head;
    }
    case 'vmdk':
      return Buffer.from('KDMV\x01\x00\x00\x00', 'latin1');
    case 'vdi': {
      const head = Buffer.alloc(72);
      head.write('<<< Oracle VM VirtualBox Disk Image >>>\n', 0, 'latin1');
      head.writeUInt32LE(0xbeda107f, 64);
      return head;
    }
    case 'vhdx':
      return Buffer.from('vhdxfile', 'latin1');
    case 'vpc':
      return Buffer.from('conectix', 'latin1');
    case 'qed':
      return Buffer.from('QED\0', 'latin1');
    default:
      return Buffer.alloc(0);
  }
}
