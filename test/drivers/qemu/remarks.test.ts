import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DocumentRemark } from '../../../drivers/api/driver.ts';
import { checkDomain } from '../../../drivers/qemu/check-domain.ts';
import { checkHonoured } from '../../../drivers/qemu/honoured.ts';
import { Findings } from '../../../drivers/qemu/remark.ts';
import { packageFor } from '../../../drivers/qemu/binaries.ts';
import { survey, Toolbox } from '../../../drivers/qemu/survey.ts';
import { parseDocument } from '../../../drivers/xml/document.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';
import { document, uuid, type DocumentParts } from './plan.ts';

/** What is said about a document without looking at a host. */
function remarks(parts: DocumentParts): DocumentRemark[] {
  const parsed = parseDocument(document(parts), 'domain');
  const findings = new Findings(parsed);
  checkHonoured(parsed, findings);
  checkDomain(readDomain(parsed), findings);
  return findings.remarks();
}
const short = (parts: DocumentParts): string[] => remarks(parts).map(({ level, path }) => `${level} ${path}`);

describe('what is said about a document before it is started', () => {
  test('nothing, where everything in it is honoured', () => {
    const devices = `<emulator>/usr/bin/qemu-system-x86_64</emulator>
      <disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none' discard='unmap'/><source file='/a'/><target dev='vda' bus='virtio'/><alias name='ua-1'/><address type='pci' domain='0' bus='0' slot='5' function='0'/></disk>
      <controller type='usb' index='0' model='qemu-xhci' ports='15'/><controller type='pci' index='0' model='pcie-root'/>
      <interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/><portForward proto='tcp'><range start='22' to='2222'/></portForward></interface>
      <serial type='pty'><target type='isa-serial' port='0'><model name='isa-serial'/></target></serial><console type='pty'><target type='serial' port='0'/></console>
      <channel type='unix'><source mode='bind'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
      <input type='tablet' bus='usb'/><graphics type='vnc' port='-1' autoport='yes'><listen type='address'/></graphics>
      <video><model type='virtio' heads='1' primary='yes'/></video><memballoon model='virtio'><stats period='5'/></memballoon>
      <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng><watchdog model='i6300esb' action='reset'/><panic model='isa'/>`;
    const extra = `<metadata><x:a xmlns:x='urn:x'><x:b c='d'/></x:a></metadata><cpu mode='maximum'/>
      <clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock><on_poweroff>destroy</on_poweroff><pm><suspend-to-mem enabled='no'/></pm>`;
    expect(remarks({ devices, extra, machine: 'q35', os: "<boot dev='hd'/>" })).toEqual([]);
  });

  test('elements that we do not know are named, each with its line', () => {
    const found = remarks({
      extra: "<cputune><shares>5</shares></cputune>\n<invented a='b'/>",
      devices: "<hostdev mode='subsystem' type='usb'/>\n<hostdev mode='subsystem' type='pci'/>",
    });
    expect(found.map(({ path, level }) => `${level} ${path}`)).toEqual([
      'ignored cputune',
      'ignored invented',
      'ignored devices/hostdev[1]',
      'ignored devices/hostdev[2]',
    ]);
    const [first, second] = found;
    expect((second?.line ?? 0) - (first?.line ?? 0)).toBe(1);
  });

  test('attributes that have no effect are named', () => {
    expect(
      short({
        devices: "<disk type='file' device='cdrom' rawio='yes'><target dev='hda' bus='ide' new='1'/></disk>",
      }),
    ).toEqual(['ignored devices/disk@rawio', 'ignored devices/disk/target@new']);
  });

  test('a network of libvirt is replaced, and that is said plainly', () => {
    const [remark] = remarks({
      devices: "<interface type='network'><source network='default'/><model type='virtio'/></interface>",
    });
    expect(remark).toMatchObject({ level: 'changed', path: 'devices/interface' });
    expect(remark?.message).toMatch(/default.*user networking/);
  });

  test.each([
    ["<graphics type='spice'/>", 'changed devices/graphics'],
    ["<graphics type='vnc'/><graphics type='spice'/>", 'ignored devices/graphics[2]'],
    ["<graphics type='vnc' passwd='longer than eight'/>", 'fatal devices/graphics@passwd'],
    ["<graphics type='vnc' port='80' listen='127.0.0.1'/>", 'fatal devices/graphics@port'],
    ["<graphics type='vnc' port='5901' listen='0.0.0.0'/>", 'changed devices/graphics'],
    ["<redirdev bus='usb' type='spicevmc'/>", 'ignored devices/redirdev'],
    [
      "<channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>",
      'ignored devices/channel',
    ],
    [
      "<disk type='network' device='disk'><source protocol='rbd' name='x'/><target dev='vda' bus='virtio'/></disk>",
      'fatal devices/disk@type',
    ],
    [
      "<disk type='file' device='disk'><source file='/a'/><target dev='vda' bus='virtio'/><transient/></disk>",
      'fatal devices/disk/transient',
    ],
    ["<disk type='file' device='cdrom'><target dev='vda' bus='virtio'/></disk>", 'fatal devices/disk/target'],
    [
      "<disk type='file' device='disk'><source file='/a'/><target dev='a b' bus='virtio'/></disk>",
      'fatal devices/disk/target',
    ],
    ["<interface type='hostdev'/>", 'fatal devices/interface@type'],
    ["<interface type='user'><mac address='01:00:5e:00:00:01'/></interface>", 'fatal devices/interface/mac'],
    ["<sound model='ich9'/>", 'changed devices/sound'],
    [
      "<filesystem type='mount'><source dir='/a'/><target dir='b'/></filesystem>",
      'ignored devices/filesystem',
    ],
  ])('%s', (devices, wanted) => {
    expect(short({ devices })).toContain(wanted);
  });

  test('a topology that does not fit the CPUs is refused', () => {
    expect(short({ extra: "<cpu><topology sockets='1' cores='3' threads='1'/></cpu>" })).toContain(
      'fatal cpu/topology',
    );
  });
});

describe('what is said on a host without QEMU', () => {
  let folder: string;
  let tools: Toolbox;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gr-none-'));
    const host = createLocalHost({
      paths: { data: folder, config: folder, state: folder, cache: folder, runtime: folder },
    });
    tools = new Toolbox({ ...host, arch: 'alpha' });
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('the package that has the program for the architecture is named', async () => {
    const { findings, plan } = await survey(tools, document({ arch: 'sh4', machine: 'r2d' }), uuid);
    expect(plan).toBeUndefined();
    const error = findings.list.find((one) => one.error)?.error;
    expect(error).toMatchObject({ code: 'program_missing' });
    expect(error?.hint).toContain(packageFor('sh4'));
  });

  test('a file that cannot be executed is not taken for an emulator', async () => {
    const emulator = join(folder, 'qemu');
    await writeFile(emulator, 'text', { mode: 0o600 });
    const { findings } = await survey(tools, document({ devices: `<emulator>${emulator}</emulator>` }), uuid);
    expect(findings.list).toContainEqual(
      expect.objectContaining({ path: 'devices/emulator', level: 'fatal' }),
    );
  });
});

describe('a document whose command line must not even be written down', () => {
  const tools = new Toolbox(createLocalHost());
  const forward = "<portForward proto='tcp'><range start='1' end='65535'/></portForward>";
  test.each([
    ['more I/O threads than memory holds', { extra: '<iothreads>4294967295</iothreads>' }, 'iothreads'],
    [
      'more ports than memory holds',
      { devices: `<interface type='user'>${forward.repeat(2000)}</interface>` },
      'devices',
    ],
    [
      'a CPU model that brings options along',
      { extra: "<cpu mode='custom'><model>qemu64,+svm</model></cpu>" },
      'cpu/model',
    ],
    [
      'a CPU’s maker that brings options along',
      { extra: "<cpu mode='custom'><model vendor_id='a,+svm'>qemu64</model></cpu>" },
      'cpu/model@vendor_id',
    ],
  ] as [string, DocumentParts, string][])('%s is refused with its place', async (_title, parts, path) => {
    const { findings, plan, binary } = await survey(tools, document(parts), uuid);
    if (binary === undefined) return; // without QEMU nobody looks further
    expect(plan).toBeUndefined();
    expect(findings.remarks()).toContainEqual(expect.objectContaining({ path, level: 'fatal' }));
  });
});
