import { describe, expect, it } from 'vitest';
import type { DomainSummary } from '../../../drivers/api/model.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { domainDetail } from '../../../main/handlers/detail.ts';

const summary: DomainSummary = {
  ...{ uuid: '00000000-0000-4000-8000-000000000001', name: 'a', id: null, state: 'shutoff', type: 'kvm' },
  ...{ persistent: true, autostart: false, hasManagedSave: false, vcpus: 1, memory: 1024 ** 3 },
};
const disksOf = (disks: string) =>
  domainDetail(
    summary,
    readDomain(
      `<domain type='kvm'><name>a</name><memory>1048576</memory><os><type>hvm</type></os><devices>${disks}</devices></domain>`,
    ),
  ).disks;

describe('the disks of a machine’s page', () => {
  it('have a format where there is an image: libvirt keeps one for an empty drive while the machine is off', () => {
    const driver = "<driver name='qemu' type='raw'/>";
    const [empty, full, disk] = disksOf(`
      <disk type='file' device='cdrom'>${driver}<target dev='hda' bus='ide'/><readonly/></disk>
      <disk type='file' device='cdrom'>${driver}<source file='/a.iso'/><target dev='hdb' bus='ide'/></disk>
      <disk type='nvme' device='disk'>${driver}<source type='pci'/><target dev='vda' bus='virtio'/></disk>`);
    expect(empty).toEqual({ target: 'hda', device: 'cdrom', bus: 'ide', readonly: true, removable: true });
    expect(full).toMatchObject({ source: '/a.iso', format: 'raw' });
    expect(disk).toMatchObject({ target: 'vda', format: 'raw' });
  });
});
