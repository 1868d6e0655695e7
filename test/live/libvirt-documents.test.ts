import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkChange } from '../../drivers/api/networks.ts';
import { offers, readCapabilities, readDomainCapabilities } from '../../drivers/xml/capabilities.ts';
import type { Spec } from '../../drivers/xml/codec/spec.ts';
import { buildDevice } from '../../drivers/xml/domain/device.ts';
import { attachDevice, detachDevice } from '../../drivers/xml/domain/device-edit.ts';
import { DomainDocument } from '../../drivers/xml/domain/edit.ts';
import { readDomain } from '../../drivers/xml/domain/read.ts';
import { readRow, rowOf } from '../../drivers/xml/domain/row.ts';
import { scanRow } from '../../drivers/xml/domain/row-scan.ts';
import { hostInterface } from '../../drivers/xml/host-interface.ts';
import type { DocumentKind } from '../../drivers/xml/kind.ts';
import { NetworkDocument } from '../../drivers/xml/network/edit.ts';
import { networkChange } from '../../drivers/xml/network/sections.ts';
import { network } from '../../drivers/xml/network/tables.ts';
import { nodeDevice } from '../../drivers/xml/node-device/node-device.ts';
import { nwFilter } from '../../drivers/xml/nwfilter.ts';
import { nodeDeviceRow, secretRow, snapshotRow, volumeRow } from '../../drivers/xml/rows.ts';
import { secret } from '../../drivers/xml/secret.ts';
import { domainSnapshot } from '../../drivers/xml/snapshot/snapshot.ts';
import { storagePool } from '../../drivers/xml/storage/pool.ts';
import { storageVolume } from '../../drivers/xml/storage/volume.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { guestDocument, networks, pools } from './document-specs.ts';

const missing = await libvirtdOrWhyNot('What libvirt makes of our documents');

describe.skipIf(missing !== undefined)('what libvirt makes of our documents, and we of its own', () => {
  let lab: Libvirtd;
  let documents = 0;
  /** A file that virsh can be told. */
  const file = async (text: string): Promise<string> => {
    const path = join(lab.files, `document-${String(documents++)}.xml`);
    await writeFile(path, text);
    return path;
  };
  const lines = async (...words: string[]): Promise<string[]> =>
    (await lab.virsh(...words)).split('\n').flatMap((line) => line.trim().split(/\s+/)[0] || []);
  /** Defines what the spec says and reads what libvirt keeps of it. */
  async function kept<T>(kind: DocumentKind<T>, spec: Spec<T> & { name: string }, short: string): Promise<T> {
    await lab.virsh(`${short}-define`, '--validate', await file(kind.build(spec)));
    return kind.read(await lab.virsh(`${short}-dumpxml`, spec.name));
  }

  beforeAll(async () => {
    lab = await startLibvirtd({ network: true });
  });
  afterAll(async () => {
    await lab.end();
  });

  it.each(networks)('network $name says the same afterwards', async (spec) => {
    const read = await kept(network, spec, 'net');
    expect(read).toMatchObject(spec);
    // what was read builds a document that libvirt takes again
    await lab.virsh('net-define', '--validate', await file(network.build(read)));
    expect(network.read(await lab.virsh('net-dumpxml', spec.name))).toEqual(read);
  });

  it('a running network changes as our edit of its document does', async () => {
    await lab.virsh('net-start', 'office');
    const before = await lab.virsh('net-dumpxml', 'office');
    const changes: NetworkChange[] = [
      networkChange(
        'add-last',
        'ip-dhcp-host',
        { mac: '52:54:00:00:00:03', name: 'scanner', ip: '192.168.77.22', lease: 7200 },
        { apply: 'live' },
      ),
      networkChange(
        'modify',
        'ip-dhcp-host',
        { mac: '52:54:00:00:00:02', ip: '192.168.77.23' },
        { apply: 'live' },
      ),
      networkChange('delete', 'ip-dhcp-host', { mac: '52:54:00:00:00:01' }, { apply: 'live' }),
      networkChange(
        'add-first',
        'ip-dhcp-range',
        { start: '192.168.77.50', end: '192.168.77.60' },
        { apply: 'live' },
      ),
      networkChange('add-last', 'dns-host', { ip: '192.168.77.9', hostnames: ['nine'] }, { apply: 'live' }),
      networkChange('delete', 'dns-host', { ip: '192.168.77.2' }, { apply: 'live' }),
      networkChange(
        'add-last',
        'portgroup',
        { name: 'guests', bandwidth: { outbound: { average: 64 } } },
        { apply: 'live' },
      ),
      networkChange('delete', 'portgroup', { name: 'staff' }, { apply: 'live' }),
      networkChange('delete', 'dns-txt', { name: 'note', value: '' }, { apply: 'live' }),
    ];
    const ours = NetworkDocument.parse(before);
    for (const change of changes) {
      const { command, section, xml } = change;
      await lab.virsh('net-update', 'office', command, section, await file(xml), '--live');
      ours.apply(change);
    }
    expect(ours.read()).toEqual(network.read(await lab.virsh('net-dumpxml', 'office')));
  });

  it.each<[NetworkChange['section'], string]>([
    ['ip-dhcp-host', "<host mac='52:54:00:00:00:03' ip='192.168.77.99'/>"],
    ['ip-dhcp-host', "<host mac='52:54:00:00:00:99' ip='192.168.77.22'/>"],
    ['ip-dhcp-range', "<range start='192.168.77.50' end='192.168.77.60'/>"],
    ['portgroup', "<portgroup name='guests'/>"],
    ['dns-host', "<host ip='192.168.77.9'><hostname>ten</hostname></host>"],
    ['bridge', "<bridge name='virbr99'/>"],
  ])('and both refuse the same: %s %s', async (section, xml) => {
    const document = NetworkDocument.parse(await lab.virsh('net-dumpxml', 'office'));
    expect(() => document.apply({ command: 'add-last', section, xml })).toThrow();
    await expect(
      lab.virsh('net-update', 'office', 'add-last', section, await file(xml), '--live'),
    ).rejects.toThrow();
  });

  it.each(pools)('pool $name of type $type says the same afterwards', async (spec) => {
    if (spec.type !== 'rbd') {
      expect(await kept(storagePool, spec, 'pool')).toMatchObject(spec);
      return;
    }
    // Ceph's part is a package of its own; libvirt's test driver needs none
    const path = await file(storagePool.build(spec));
    const words = `pool-define --validate ${path}; pool-dumpxml ${spec.name}`;
    expect(storagePool.read(await lab.virsh('-c', 'test:///default', words))).toMatchObject(spec);
  });

  it('volumes of a pool: made from our document, read as libvirt knows them', async () => {
    const path = join(lab.files, 'pool');
    await kept(storagePool, { type: 'dir', name: 'images', target: { path } }, 'pool');
    await lab.virsh('pool-build', 'images');
    await lab.virsh('pool-start', 'images');
    const gib = 1024 ** 3;
    const base = storageVolume.build({
      name: 'base.qcow2',
      capacity: gib,
      allocation: 0,
      target: {
        format: 'qcow2',
        permissions: { mode: 0o640 },
        compat: '1.1',
        features: { lazyRefcounts: true },
      },
    });
    await lab.virsh('vol-create', 'images', await file(base));
    const layer = storageVolume.build({
      name: 'layer & more.qcow2',
      capacity: 2 * gib,
      target: { format: 'qcow2', clusterSize: 128 * 1024 },
      backingStore: { path: join(path, 'base.qcow2'), format: 'qcow2' },
    });
    await lab.virsh('vol-create', 'images', await file(layer));
    const read = storageVolume.read(await lab.virsh('vol-dumpxml', 'layer & more.qcow2', '--pool', 'images'));
    expect(volumeRow(read)).toMatchObject({
      path: join(path, 'layer & more.qcow2'),
      name: 'layer & more.qcow2',
      format: 'qcow2',
      capacity: 2 * gib,
      backing: join(path, 'base.qcow2'),
    });
    expect(read.target).toMatchObject({ clusterSize: 128 * 1024 });
    const lower = storageVolume.read(await lab.virsh('vol-dumpxml', 'base.qcow2', '--pool', 'images'));
    expect(lower.target).toMatchObject({
      permissions: { mode: 0o640 },
      compat: '1.1',
      features: { lazyRefcounts: true },
    });
    expect(Math.abs((lower.target.timestamps?.modified ?? 0) - Date.now())).toBeLessThan(600_000);
    const pool = storagePool.read(await lab.virsh('pool-dumpxml', 'images'));
    expect(pool.capacity).toBeGreaterThan(0);
    expect(pool.capacity).toBe((pool.allocation ?? 0) + (pool.available ?? 0));
  });

  it('a guest, its row and its devices', async () => {
    const image = join(lab.files, 'pool', 'base.qcow2');
    await lab.virsh('define', '--validate', await file(guestDocument('one', image)));
    const inactive = await lab.virsh('dumpxml', '--inactive', 'one');
    expect(scanRow(inactive)).toBeDefined();
    expect(readRow(inactive)).toEqual(rowOf(readDomain(inactive)));
    expect(readRow(inactive)).toMatchObject({
      name: 'one',
      devices: { screens: ['vnc'], terminals: ['pty'], removable: true, agent: true, balloon: 'virtio' },
    });

    const disk = buildDevice('disks', {
      type: 'file',
      device: 'disk',
      source: { file: join(lab.files, 'second') },
      target: { dev: 'vdb', bus: 'virtio' },
    });
    const card = buildDevice('interfaces', {
      type: 'network',
      mac: '52:54:00:aa:00:01',
      source: { network: 'office' },
      model: 'virtio',
    });
    const ours = DomainDocument.parse(inactive);
    const targets = (xml: string) => {
      const { disks, interfaces } = readDomain(xml).devices;
      return [disks.map(({ target }) => target.dev), interfaces.map(({ mac }) => mac)];
    };
    for (const xml of [disk, card]) {
      await lab.virsh('attach-device', 'one', await file(xml), '--config');
      attachDevice(ours, xml);
    }
    await expect(lab.virsh('attach-device', 'one', await file(disk), '--config')).rejects.toThrow(/vdb/);
    expect(() => attachDevice(ours, disk)).toThrow(expect.objectContaining({ code: 'exists' }));
    const grown = await lab.virsh('dumpxml', '--inactive', 'one');
    expect(targets(ours.toString()).map((list) => list.toSorted())).toEqual(
      targets(grown).map((list) => list.toSorted()),
    );
    for (const xml of [
      "<disk type='file' device='disk'><source file='/x'/><target dev='vdb' bus='virtio'/></disk>",
      "<interface type='network'><mac address='52:54:00:AA:00:01'/><source network='office'/></interface>",
    ]) {
      await lab.virsh('detach-device', 'one', await file(xml), '--config');
      detachDevice(ours, xml);
    }
    expect(targets(ours.toString())).toEqual(targets(await lab.virsh('dumpxml', '--inactive', 'one')));
  });

  it('a snapshot made from our document', async () => {
    const description = 'before <the> update & all';
    const spec = domainSnapshot.build({
      name: 'clean',
      description,
      disks: [{ name: 'vda', snapshot: 'internal' }],
    });
    await lab.virsh('snapshot-create', 'one', await file(spec));
    const read = domainSnapshot.read(await lab.virsh('snapshot-dumpxml', 'one', 'clean'));
    const { created, ...row } = snapshotRow(read);
    expect(row).toEqual({ name: 'clean', description, state: 'shutoff', kind: 'internal', memory: false });
    expect(Math.abs(created - Date.now())).toBeLessThan(600_000);
    expect(read.domain).toMatchObject({ name: 'one', uuid: read.domainUuid });
    // redefined as on another host
    await lab.virsh('snapshot-delete', 'one', 'clean', '--metadata');
    const again = domainSnapshot.build(read);
    await lab.virsh('snapshot-create', 'one', await file(again), '--redefine', '--validate');
    expect(domainSnapshot.read(await lab.virsh('snapshot-dumpxml', 'one', 'clean'))).toEqual(read);
  });

  it('secrets', async () => {
    const uuid = '6b9f2c1e-3d5a-4e0b-9c77-0123456789ab';
    const usage = { type: 'iscsi', target: 'it' };
    const xml = secret.build({ uuid, private: true, description: 'a & b', usage });
    await lab.virsh('secret-define', '--validate', await file(xml));
    expect(secretRow(secret.read(await lab.virsh('secret-dumpxml', uuid)))).toEqual({
      uuid,
      usage: 'iscsi',
      usageId: 'it',
      description: 'a & b',
      private: true,
      ephemeral: false,
    });
  });

  it('the node: its devices, interfaces and filters', async () => {
    const names = await lines('nodedev-list');
    const devices = await Promise.all(
      names.map(async (name) => nodeDevice.read(await lab.virsh('nodedev-dumpxml', name))),
    );
    expect(devices.map(({ name }) => name)).toEqual(names);
    const rows = devices.map(nodeDeviceRow);
    expect(rows.find(({ name }) => name === 'computer')?.capabilities).toContain('system');
    expect(rows.filter(({ capabilities }) => capabilities.length === 0)).toEqual([]);

    const loopback = hostInterface.read(await lab.virsh('iface-dumpxml', 'lo'));
    expect(loopback).toMatchObject({ type: 'ethernet', name: 'lo', mtu: 65536 });

    const filter = nwFilter.read(await lab.virsh('nwfilter-dumpxml', 'clean-traffic'));
    expect(filter).toMatchObject({ name: 'clean-traffic', chain: 'root' });
    expect(await lab.virsh('nwfilter-list')).toContain(filter.uuid);
  });

  it('what the node and its emulator can do', async () => {
    const { guests } = readCapabilities(await lab.virsh('capabilities'));
    expect(guests.map(({ arch }) => arch)).toContain('x86_64');
    const can = readDomainCapabilities(
      await lab.virsh('domcapabilities', '--virttype', 'qemu', '--machine', 'q35'),
    );
    expect(can).toMatchObject({ domain: 'qemu', arch: 'x86_64', os: { supported: true } });
    expect(can.cpuModes.map(({ name }) => name)).toContain('custom');
    expect(offers(can, 'disk', 'bus', 'virtio')).toBe(true);
    expect(offers(can, 'graphics', 'type', 'vnc')).toBe(true);
    expect(offers(can, 'graphics', 'type', 'hologram')).toBe(false);
  });
});
