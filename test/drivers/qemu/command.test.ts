import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targetIndex } from '../../../drivers/qemu/arguments/disk-places.ts';
import { forwardRules, macFor } from '../../../drivers/qemu/arguments/network.ts';
import { document, lines, planFor, uuid } from './plan.ts';

const of = (devices: string, more: object = {}, changes = {}): string[] =>
  lines(planFor(document({ devices, ...more }), changes));
const ofFlag = (flag: string, list: string[]): string[] =>
  list.filter((line) => line.startsWith(`${flag} `)).map((line) => line.slice(flag.length + 1));
const devices = (xml: string, more: object = {}, changes = {}): string[] =>
  ofFlag('-device', of(xml, more, changes));

describe('the command line of a guest', () => {
  test('a guest without devices has exactly this one', () => {
    expect(lines(planFor(document()))).toEqual([
      '-name guest=guest,debug-threads=on',
      `-uuid ${uuid}`,
      '-no-user-config',
      '-nodefaults',
      '-S',
      `-pidfile /run/qemu/${uuid}/pid`,
      '-accel tcg,thread=multi',
      '-machine pc-i440fx-7.2,usb=off,dump-guest-core=off,graphics=off',
      '-m size=262144k',
      '-smp 2,sockets=2,cores=1,threads=1',
      '-boot strict=on',
      '-action reboot=reset,panic=shutdown',
      '-rtc base=utc',
      ...[0, 1, 2, 3].flatMap((n) => [
        `-chardev socket,id=monitor${String(n)},path=/run/qemu/${uuid}/qmp${String(n)},server=on,wait=off`,
        `-mon chardev=monitor${String(n)},id=qmp${String(n)},mode=control`,
      ]),
      '-display none',
      '-device virtio-balloon-pci,id=balloon0',
    ]);
  });

  test('a name cannot smuggle an option in', () => {
    const xml = document().replace('<name>guest</name>', '<name>a,process=b,debug-threads=off</name>');
    expect(lines(planFor(xml))[0]).toBe('-name guest=a,,process=b,,debug-threads=off,debug-threads=on');
  });

  test.each([
    ['virtio', 'vda', 'disk', 'virtio-blk-pci,id=disk-vda,drive=vda-format,bootindex=1'],
    ['ide', 'hdd', 'disk', 'ide-hd,id=disk-hdd,drive=hdd-format,bootindex=1,bus=ide.1,unit=1'],
    ['sata', 'sdb', 'cdrom', 'ide-cd,id=disk-sdb,drive=sdb-format,bootindex=1,bus=sata0.1'],
    ['scsi', 'sdc', 'disk', 'scsi-hd,id=disk-sdc,drive=sdc-format,bootindex=1,bus=scsi0.0,scsi-id=2'],
    ['usb', 'sda', 'disk', 'usb-storage,id=disk-sda,drive=sda-format,bootindex=1,bus=usb.0'],
    ['fdc', 'fdb', 'floppy', 'floppy,id=disk-fdb,drive=fdb-format,bus=floppy-bus.0,unit=1'],
  ])('a disk on %s called %s is at its place', (bus, target, device, wanted) => {
    const xml = `<disk type='file' device='${device}'><source file='/a.img'/><target dev='${target}' bus='${bus}'/></disk>`;
    expect(devices(xml)).toContain(wanted);
  });

  test('q35 has ports for SATA of its own', () => {
    const xml = `<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>`;
    expect(devices(xml, { machine: 'q35' })).toEqual([
      'ide-cd,id=disk-sda,bootindex=1,bus=ide.0',
      'virtio-balloon-pci,id=balloon0',
    ]);
  });

  test('image, cache, input and output, discard and serial are handed on', () => {
    const xml = `<disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none' io='native' discard='unmap' detect_zeroes='unmap'/>
      <source file='/a, b.qcow2'/><target dev='vda' bus='virtio'/><serial>S,1</serial><readonly/></disk>`;
    const list = of(xml);
    expect(JSON.parse(ofFlag('-blockdev', list)[0] ?? '')).toEqual({
      driver: 'qcow2',
      'node-name': 'vda-format',
      'read-only': true,
      cache: { direct: true, 'no-flush': false },
      discard: 'unmap',
      'detect-zeroes': 'unmap',
      file: {
        driver: 'file',
        'node-name': 'vda-storage',
        filename: '/a, b.qcow2',
        'read-only': true,
        cache: { direct: true, 'no-flush': false },
        discard: 'unmap',
        aio: 'native',
      },
    });
    expect(ofFlag('-device', list)[0]).toBe(
      'virtio-blk-pci,id=disk-vda,drive=vda-format,bootindex=1,write-cache=on,serial=S,,1',
    );
  });

  test('an empty drive has no image, and a CD is never written', () => {
    const empty = `<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>`;
    expect(ofFlag('-blockdev', of(empty))).toEqual([]);
    const full = `<disk type='file' device='cdrom'><source file='/a.iso'/><target dev='hdc' bus='ide'/></disk>`;
    expect(JSON.parse(ofFlag('-blockdev', of(full))[0] ?? '')).toMatchObject({
      'read-only': true,
      driver: 'raw',
    });
  });

  test('the order on devices wins over the order in os', () => {
    const xml = `<disk type='file' device='disk'><source file='/a'/><target dev='vda' bus='virtio'/></disk>
      <disk type='file' device='cdrom'><source file='/b'/><target dev='hdc' bus='ide'/><boot order='1'/></disk>
      <interface type='user'><mac address='52:54:00:00:00:01'/><model type='e1000'/><boot order='2'/></interface>`;
    const list = devices(xml, { os: "<boot dev='hd'/>" });
    expect(list[0]).not.toContain('bootindex');
    expect(list[1]).toContain('bootindex=1');
    expect(list[2]).toContain('bootindex=2');
    const old = devices(xml.replaceAll(/<boot order='.'\/>/g, ''), {
      os: "<boot dev='network'/><boot dev='cdrom'/>",
    });
    expect(old.map((line) => /bootindex=\d/.exec(line)?.[0])).toEqual([
      undefined,
      'bootindex=2',
      'bootindex=1',
      undefined,
    ]);
  });

  test('user networking forwards the ports that the document names', () => {
    const xml = `<interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/>
      <ip family='ipv4' address='172.17.2.0' prefix='24'/>
      <portForward proto='tcp' address='127.0.0.1'><range start='2222' to='22'/></portForward>
      <portForward proto='udp'><range start='5000' end='5001'/></portForward></interface>`;
    const list = of(xml);
    expect(ofFlag('-netdev', list)).toEqual([
      'user,id=hostnet0,net=172.17.2.0/24,hostfwd=tcp:127.0.0.1:2222-:22,hostfwd=udp::5000-:5000,hostfwd=udp::5001-:5001',
    ]);
    expect(ofFlag('-device', list)[0]).toBe('virtio-net-pci,netdev=hostnet0,id=net0,mac=52:54:00:00:00:01');
  });

  test('a card without an address gets the same one at every start', () => {
    const xml = "<interface type='network'><source network='default'/></interface>";
    expect(devices(xml)[0]).toBe(devices(xml)[0]);
    expect(devices(xml)[0]).toContain(`rtl8139,netdev=hostnet0,id=net0,mac=${macFor(uuid, 0)}`);
    expect(macFor(uuid, 0)).not.toBe(macFor(uuid, 1));
  });

  test.each([
    ["<interface type='bridge'><source bridge='br0'/></interface>", 'bridge,id=hostnet0,br=br0'],
    [
      "<interface type='ethernet'><target dev='tap3' managed='no'/></interface>",
      'tap,id=hostnet0,ifname=tap3,script=no,downscript=no',
    ],
    [
      "<interface type='mcast'><source address='230.0.0.1' port='5558'/></interface>",
      'socket,id=hostnet0,mcast=230.0.0.1:5558',
    ],
  ])('%s joins the network', (xml, wanted) => {
    expect(ofFlag('-netdev', of(xml))).toEqual([wanted]);
  });

  test('a screen is a socket nobody else reaches, and TCP only where the document says so', () => {
    const vnc = (xml: string, ports = new Map<number, number>()): string[] =>
      ofFlag('-vnc', of(xml, {}, { vncPorts: ports }));
    expect(vnc("<graphics type='vnc' port='-1'/>")).toEqual([`unix:/run/qemu/${uuid}/vnc0`]);
    expect(vnc("<graphics type='vnc' port='5905' listen='127.0.0.1'/>", new Map([[0, 5905]]))).toEqual([
      '127.0.0.1:5',
    ]);
    expect(vnc("<graphics type='vnc' autoport='yes' listen='::1'/>", new Map([[0, 5900]]))).toEqual([
      '[::1]:0',
    ]);
    expect(vnc("<graphics type='spice' autoport='yes'/>")).toEqual([`unix:/run/qemu/${uuid}/vnc0`]);
    // whom SPICE was open to says nothing about a screen that nobody asked for
    for (const place of ["listen='0.0.0.0'", "port='5901' listen='127.0.0.1'", "socket='/spice'"]) {
      expect(vnc(`<graphics type='spice' ${place}/>`)).toEqual([`unix:/run/qemu/${uuid}/vnc0`]);
    }
  });

  test('a password is never a part of the command line', () => {
    const list = of("<graphics type='vnc' passwd='pa55wort'/>");
    expect(list.join('\n')).not.toContain('pa55wort');
    expect(ofFlag('-object', list)).toEqual([`secret,id=vnc-secret0,file=/run/qemu/${uuid}/vnc0.secret`]);
    expect(ofFlag('-vnc', list)[0]).toContain('password-secret=vnc-secret0');
  });

  test('serial lines, consoles and channels have their backends', () => {
    const list =
      of(`<serial type='pty'><target port='0'/></serial><console type='pty'><target type='serial' port='0'/></console>
      <console type='unix'><target type='virtio'/></console><serial type='file'><source path='/tmp/a.log'/></serial>
      <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
      <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>`);
    expect(ofFlag('-chardev', list).slice(4)).toEqual([
      'pty,id=charserial0',
      'file,id=charserial1,path=/tmp/a.log',
      `socket,id=charconsole1,path=/run/qemu/${uuid}/console1,server=on,wait=off`,
      `socket,id=charchannel0,path=/run/qemu/${uuid}/channel0,server=on,wait=off`,
    ]);
    expect(ofFlag('-device', list)).toEqual([
      'virtio-serial-pci,id=virtio-serial0',
      'isa-serial,chardev=charserial0,id=serial0,index=0',
      'isa-serial,chardev=charserial1,id=serial1',
      'virtconsole,bus=virtio-serial0.0,chardev=charconsole1,id=console1',
      'virtserialport,bus=virtio-serial0.0,chardev=charchannel0,id=channel0,name=org.qemu.guest_agent.0',
      'virtio-balloon-pci,id=balloon0',
    ]);
  });

  test('a console alone is the first serial port', () => {
    expect(devices("<console type='pty'/>")[0]).toBe('isa-serial,chardev=charserial0,id=serial0');
  });

  test('a tablet brings the USB controller that it needs', () => {
    expect(devices("<input type='tablet' bus='usb'/>").slice(0, 2)).toEqual([
      'piix3-usb-uhci,id=usb',
      'usb-tablet,id=input0,bus=usb.0',
    ]);
    expect(devices("<input type='tablet' bus='usb'/>", { machine: 'q35' })[0]).toBe('qemu-xhci,id=usb');
    expect(devices("<input type='mouse' bus='ps2'/>")).toEqual(['virtio-balloon-pci,id=balloon0']);
  });

  test('rng, TPM, watchdog, panic, sound and no balloon', () => {
    const list =
      of(`<rng model='virtio'><rate bytes='1024'/><backend model='random'>/dev/urandom</backend></rng>
      <tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm><watchdog model='i6300esb' action='poweroff'/>
      <panic model='isa'/><sound model='ich9'/><memballoon model='none'/>`);
    expect(ofFlag('-device', list)).toEqual([
      'ich9-intel-hda,id=sound0',
      'hda-duplex,id=sound0-codec0,bus=sound0.0,cad=0,audiodev=audio1',
      'virtio-rng-pci,rng=rng-source0,id=rng0,max-bytes=1024,period=1000',
      'tpm-crb,tpmdev=tpm0-backend,id=tpm0',
      'i6300esb,id=watchdog0',
      'pvpanic',
    ]);
    expect(ofFlag('-tpmdev', list)).toEqual(['emulator,id=tpm0-backend,chardev=chartpm0']);
    expect(ofFlag('-action', list)).toEqual(['reboot=reset,panic=shutdown,watchdog=poweroff']);
  });

  test.each([
    ['tcg', "<cpu mode='host-passthrough'/>", 'max'],
    ['kvm', "<cpu mode='host-passthrough'/>", 'host'],
    [
      'tcg',
      "<cpu mode='custom'><model>qemu64</model><feature policy='disable' name='sse3'/><feature policy='require' name='aes'/></cpu>",
      'qemu64,sse3=off,aes=on',
    ],
    ['tcg', "<cpu mode='maximum'/>", 'max'],
  ] as const)('under %s the CPU %s is %s', (accelerator, extra, wanted) => {
    expect(ofFlag('-cpu', of('', { extra }, { accelerator }))).toEqual([wanted]);
  });

  test('clock, reactions and power management', () => {
    const extra = `<clock offset='localtime'><timer name='rtc' tickpolicy='catchup'/><timer name='hpet' present='no'/></clock>
      <on_reboot>destroy</on_reboot><on_crash>preserve</on_crash><pm><suspend-to-mem enabled='no'/></pm>`;
    const list = of('', { extra });
    expect(ofFlag('-rtc', list)).toEqual(['base=localtime,driftfix=slew']);
    expect(ofFlag('-action', list)).toEqual(['reboot=shutdown,panic=pause']);
    expect(ofFlag('-global', list)).toEqual(['PIIX4_PM.disable_s3=1']);
    expect(ofFlag('-machine', list)[0]).toContain('hpet=off');
    expect(ofFlag('-rtc', of('', { extra: "<clock offset='variable' adjustment='3600'/>" }))).toEqual([
      'base=2026-01-02T04:04:05',
    ]);
  });

  test('firmware for secure boot brings system management mode', () => {
    const firmware = {
      kind: 'flash',
      code: '/fw/code',
      codeFormat: 'raw',
      variables: '/own/nvram.fd',
      variablesFormat: 'raw',
      template: '/fw/vars',
      templateFormat: 'raw',
      needsSmm: true,
      secureBoot: true,
    } as const;
    const list = of('', { machine: 'q35' }, { firmware });
    expect(ofFlag('-machine', list)[0]).toContain('smm=on,pflash0=firmware-code,pflash1=firmware-variables');
    expect(ofFlag('-global', list)).toContain('driver=cfi.pflash01,property=secure,value=on');
    expect(
      ofFlag('-blockdev', list).map((text) => (JSON.parse(text) as { 'read-only': boolean })['read-only']),
    ).toEqual([true, false]);
  });

  test('kernel, initrd and command line are handed on as they are', () => {
    const list = of('', {
      os: '<kernel>/k</kernel><initrd>/i</initrd><cmdline>console=ttyS0, quiet</cmdline>',
    });
    expect(list).toEqual(
      expect.arrayContaining(['-kernel /k', '-initrd /i', '-append console=ttyS0, quiet']),
    );
  });

  test('an ARM guest has the devices of its board', () => {
    const xml = document({
      arch: 'aarch64',
      machine: 'virt',
      devices:
        "<serial type='pty'/><input type='keyboard'/><interface type='user'><mac address='52:54:00:00:00:01'/></interface>",
    });
    const list = lines(planFor(xml, {}, 'aarch64'));
    expect(ofFlag('-serial', list)).toEqual(['chardev:charserial0']);
    expect(ofFlag('-cpu', list)).toEqual(['max']);
    expect(ofFlag('-device', list)).toEqual(
      expect.arrayContaining([
        'qemu-xhci,id=usb',
        'usb-kbd,id=input0,bus=usb.0',
        'virtio-net-pci,netdev=hostnet0,id=net0,mac=52:54:00:00:00:01',
      ]),
    );
  });

  test('addresses of the document are kept where its buses exist', () => {
    const address = (bus: string): string =>
      `<address type='pci' domain='0x0000' bus='${bus}' slot='0x05' function='0x1'/>`;
    const video = (bus: string): string => `<video><model type='vga'/>${address(bus)}</video>`;
    expect(devices(video('0x00'), { machine: 'q35' })[0]).toBe('VGA,id=video0,bus=pcie.0,addr=0x5.0x1');
    expect(devices(video('0x07'), { machine: 'q35' })[0]).toBe('VGA,id=video0');
    const port =
      "<controller type='pci' index='1' model='pcie-root-port'><target chassis='1' port='0x8'/></controller>";
    expect(devices(port + video('0x01'), { machine: 'q35' })).toContain(
      'VGA,id=video0,bus=pci.1,addr=0x5.0x1',
    );
  });

  test('the document’s own arguments come last, its variables with them', () => {
    const xml = document()
      .replace('<domain ', "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' ")
      .replace(
        '</domain>',
        "<qemu:commandline><qemu:arg value='-foo'/><qemu:arg value='a b'/></qemu:commandline></domain>",
      );
    expect(lines(planFor(xml)).at(-1)).toBe('-foo a b');
  });
});

describe('names and ports', () => {
  test('letters count as in a table of columns', () => {
    expect(['sda', 'sdb', 'sdz', 'sdaa', 'vdc', 'hdd', 'fda'].map(targetIndex)).toEqual([
      0, 1, 25, 26, 2, 3, 0,
    ]);
  });

  test('every forwarded port leads to the one beside it, none that is excluded is open', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60000 }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 1, max: 60000 }),
        (start, span, to) => {
          const rules = forwardRules({
            proto: 'tcp',
            ranges: [
              { start, end: start + span, to },
              { start: start + 1, end: start + 2, exclude: true },
            ],
          });
          const open = rules.map((rule) => /^tcp::(\d+)-:(\d+)$/.exec(rule)?.slice(1).map(Number) ?? []);
          for (const [from = 0, into = 0] of open) {
            expect(into - to).toBe(from - start);
            expect(from).not.toBe(start + 1);
            expect(from).not.toBe(start + 2);
          }
          expect(open.length).toBe(span + 1 - Math.min(span, 2));
        },
      ),
    );
  });
});
