import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';

/** A libvirt that is reached by TLS, with one guest that runs; answers its address, too. */
export async function startTlsHost(name: string, guest: string): Promise<{ lab: Libvirtd; uri: string }> {
  const lab = await startLibvirtd({ tls: 'none' });
  try {
    const file = join(lab.files, `${name}.xml`);
    await writeFile(file, guest);
    await lab.virsh('define', file);
    await lab.virsh('start', name);
  } catch (error) {
    await lab.end();
    throw error;
  }
  const uri = `qemu+tls://127.0.0.1:${String(lab.ports.tls)}/system?pkipath=${lab.pki.good}`;
  return { lab, uri };
}
