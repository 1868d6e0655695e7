import type { Domain } from '../xml/domain/types.ts';
import { nameProblem } from '../xml/domain/name.ts';
import { channelWorks, consoleUses, isSerialConsole } from './arguments/characters.ts';
import { tcpListen, vncScreens } from './arguments/display.ts';
import { checkDisks } from './check-disks.ts';
import type { Findings } from './remark.ts';

/** What the values of a document mean to this driver; whether its elements are known at all is `honoured`'s subject. */
export function checkDomain(domain: Domain, findings: Findings): void {
  checkBasics(domain, findings);
  checkDisks(domain, findings);
  checkNetwork(domain, findings);
  checkScreens(domain, findings);
  checkConsoles(domain, findings);
  checkOthers(domain, findings);
}

const types: ReadonlySet<string> = new Set(['qemu', 'kvm', 'hvf']);

function checkBasics(domain: Domain, findings: Findings): void {
  if (!types.has(domain.type)) {
    findings.fatal('@type', 'unsupported', `A domain of type '${domain.type}' is for another hypervisor`, {
      hint: "QEMU runs the types 'kvm' and 'qemu': change the document, or open another connection",
    });
  }
  if (domain.os.type !== 'hvm') {
    findings.fatal('os/type', 'unsupported', `QEMU cannot run a guest of kind '${domain.os.type}'`, {
      hint: 'Write <type>hvm</type> for a fully virtualised guest',
    });
  }
  const problem = nameProblem(domain.name);
  if (problem !== undefined) findings.fatal('name', 'invalid_argument', problem);
  if (domain.memory < 1024 * 1024) {
    findings.fatal('memory', 'invalid_argument', 'A guest needs at least 1 MiB of memory');
  }
  if (domain.currentMemory !== undefined && domain.currentMemory > domain.memory) {
    findings.changed('currentMemory', 'It is more than the maximum memory: the guest gets the maximum');
  }
  const { count, current } = domain.vcpu;
  if (count < 1) findings.fatal('vcpu', 'invalid_argument', 'A guest needs at least one virtual CPU');
  if (current !== undefined && current > count) {
    findings.fatal('vcpu@current', 'invalid_argument', 'There are more virtual CPUs at start than in all');
  }
  const topology = domain.cpu?.topology;
  if (topology) {
    const { sockets, dies = 1, clusters = 1, cores, threads } = topology;
    const product = sockets * dies * clusters * cores * threads;
    if (product !== count) {
      findings.fatal(
        'cpu/topology',
        'invalid_argument',
        `The CPU topology has ${String(product)} threads, the guest ${String(count)} virtual CPUs`,
        {
          hint: 'Make sockets × cores × threads equal to the number of virtual CPUs',
        },
      );
    }
  }
  if (domain.cpu?.mode === 'host-model') {
    findings.changed('cpu@mode', 'The CPU of the host is handed over as it is, not as a named model');
  }
  if (domain.type === 'qemu') {
    if (domain.features.hyperv !== undefined) {
      findings.ignored('features/hyperv', 'Emulation has no Hyper-V enlightenments');
    }
    if (domain.cpu?.mode === 'host-passthrough') {
      findings.changed(
        'cpu@mode',
        'Emulation cannot pass the CPU of the host through: the best emulated CPU is used',
      );
    }
  }
  if (
    domain.os.firmware === 'bios' &&
    domain.os.loader === undefined &&
    ['aarch64', 'riscv64'].includes(domain.os.arch ?? '')
  ) {
    findings.ignored('os@firmware', 'This architecture has no BIOS');
  }
  for (const [path, file] of [
    ['os/kernel', domain.os.kernel],
    ['os/initrd', domain.os.initrd],
    ['os/dtb', domain.os.dtb],
  ] as const) {
    if (file !== undefined && !/^([A-Za-z]:)?[\\/]/.test(file)) {
      findings.fatal(path, 'invalid_argument', `The path must begin at the root: ${file}`);
    }
  }
  if (domain.os.cmdline !== undefined && domain.os.kernel === undefined) {
    findings.ignored('os/cmdline', 'Without a kernel there is nobody to tell it to');
  }
  if (domain.onCrash?.startsWith('coredump') === true) {
    findings.changed('on_crash', 'No core dump is written; the rest is done');
  }
  if (domain.onPoweroff === 'rename-restart') findings.changed('on_poweroff', 'The guest is ended');
  if (domain.onReboot === 'rename-restart')
    findings.changed('on_reboot', 'The guest is restarted under its own name');
  if (domain.onPoweroff === 'restart') {
    findings.changed(
      'on_poweroff',
      'The restart is done by Guestroom: while it does not run the guest waits, stopped',
    );
  }
}

const networkTypes: ReadonlySet<string> = new Set([
  'user',
  'network',
  'bridge',
  'ethernet',
  'mcast',
  'server',
  'client',
  'udp',
  'null',
]);

function checkNetwork(domain: Domain, findings: Findings): void {
  domain.devices.interfaces.forEach((network, at) => {
    const path = `devices/interface[${String(at + 1)}]`;
    if (!networkTypes.has(network.type)) {
      findings.fatal(
        `${path}@type`,
        'unsupported',
        `This driver has no network interfaces of type ${network.type}`,
        {
          hint: "Use type 'user' (works everywhere) or 'bridge'",
        },
      );
    }
    if (network.type === 'network') {
      findings.changed(
        path,
        `This driver has no networks, so none called '${network.source?.network ?? ''}': the guest gets user networking. It reaches out through the host; from outside nothing reaches it but forwarded ports`,
      );
    }
    if (network.backend?.type === 'passt') {
      findings.changed(`${path}/backend`, 'QEMU’s own user networking is used in place of passt');
    }
    if (network.type === 'bridge' && network.source?.bridge === undefined) {
      findings.fatal(path, 'invalid_argument', 'The interface does not say which bridge');
    }
    if (network.mac !== undefined && !/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(network.mac)) {
      findings.fatal(`${path}/mac`, 'invalid_argument', `'${network.mac}' is not a MAC address`);
    } else if (network.mac !== undefined && (Number.parseInt(network.mac.slice(0, 2), 16) & 1) === 1) {
      findings.fatal(
        `${path}/mac`,
        'invalid_argument',
        `${network.mac} is a multicast address: no interface can have it`,
      );
    }
    if (network.portForwards.length > 0 && network.type !== 'user' && network.type !== 'network') {
      findings.ignored(`${path}/portForward`, 'Only user networking forwards ports');
    }
    for (const { ranges } of network.portForwards) {
      if (ranges.length === 0)
        findings.ignored(`${path}/portForward`, 'It names no ports: QEMU cannot forward all of them');
    }
  });
}

function checkScreens(domain: Domain, findings: Findings): void {
  const { graphics } = domain.devices;
  graphics.forEach((one, at) => {
    const path = `devices/graphics[${String(at + 1)}]`;
    if (one.type !== 'vnc') {
      const shown = vncScreens(graphics).some(({ index }) => index === at);
      if (shown)
        findings.changed(path, `This driver has no ${one.type.toUpperCase()} screen: it is shown over VNC`);
      else findings.ignored(path, `This driver has no ${one.type.toUpperCase()} screen`);
      return;
    }
    const address = tcpListen(one);
    const { port } = one;
    if (address !== undefined && port !== undefined && port > 0 && (port < 5900 || port > 65535)) {
      findings.fatal(
        `${path}@port`,
        'invalid_argument',
        `VNC ports begin at 5900: ${String(port)} cannot be used`,
      );
    }
    if (one.passwd !== undefined && one.passwd.length > 8) {
      findings.fatal(`${path}@passwd`, 'invalid_argument', 'A VNC password has at most 8 characters');
    }
    if (address !== undefined && one.passwd === undefined && !/^(127\.|::1$|localhost$)/.test(address)) {
      findings.changed(
        path,
        `The screen can be reached at ${address} by everybody, without a password: it is set so in the document`,
      );
    }
    if (one.listens.some(({ type }) => type === 'network')) {
      findings.changed(
        `${path}/listen`,
        'This driver has no networks: the screen is reached through Guestroom only',
      );
    }
  });
  domain.devices.videos.forEach((video, at) => {
    const path = `devices/video[${String(at + 1)}]`;
    if (video.model?.acceleration?.accel3d === true) {
      findings.ignored(`${path}/model/acceleration`, 'A VNC screen has no 3D acceleration');
    }
    if (['vbox', 'xen', 'gop'].includes(video.model?.type ?? '')) {
      findings.changed(`${path}/model`, `QEMU has no video model ${video.model?.type ?? ''}: VGA is used`);
    }
  });
}

const consoleTypes: ReadonlySet<string> = new Set([
  'pty',
  'unix',
  'tcp',
  'udp',
  'file',
  'dev',
  'pipe',
  'null',
  'qemu-vdagent',
]);

function checkConsoles(domain: Domain, findings: Findings): void {
  for (const { device, path, kind } of consoleUses({ domain })) {
    if (!consoleTypes.has(device.type)) {
      findings.changed(
        `${path}@type`,
        `This driver has no character devices of type ${device.type}: what is written is thrown away`,
      );
    }
    if (['file', 'dev', 'pipe'].includes(device.type) && device.source?.path === undefined) {
      findings.fatal(path, 'invalid_argument', `A ${kind} of type ${device.type} needs the path of its file`);
    }
    if (device.type === 'tcp' && device.source?.service === undefined) {
      findings.fatal(path, 'invalid_argument', `A ${kind} of type tcp needs a port`);
    }
  }
  const { consoles, channels, serials } = domain.devices;
  consoles.forEach((device, at) => {
    if (at > 0 && isSerialConsole(device) && serials.length <= at) {
      findings.ignored(
        `devices/console[${String(at + 1)}]`,
        'Only the first console can be the first serial port',
      );
    }
  });
  channels.forEach((device, at) => {
    if (channelWorks(device)) return;
    findings.ignored(
      `devices/channel[${String(at + 1)}]`,
      device.type.startsWith('spice')
        ? 'There is no SPICE here'
        : `Channels to ${device.target?.type ?? device.type} are not supported`,
    );
  });
}

function checkOthers(domain: Domain, findings: Findings): void {
  const { devices } = domain;
  devices.tpms.forEach((tpm, at) => {
    const path = `devices/tpm[${String(at + 1)}]`;
    if (at > 0) findings.ignored(path, 'A guest has one TPM');
    if (tpm.backend?.encryptionSecret !== undefined) {
      findings.fatal(
        `${path}/backend/encryption`,
        'unsupported',
        'This driver cannot encrypt the state of a TPM',
      );
    }
  });
  devices.rngs.forEach((rng, at) => {
    if (rng.backend?.model === 'egd') {
      findings.changed(
        `devices/rng[${String(at + 1)}]/backend`,
        'Random numbers come from QEMU, not from an EGD',
      );
    }
  });
  devices.inputs.forEach((input, at) => {
    if (input.type === 'evdev' || (input.type === 'passthrough' && input.bus !== 'virtio')) {
      findings.ignored(`devices/input[${String(at + 1)}]`, `Inputs of type ${input.type} are not supported`);
    }
  });
  devices.watchdogs.forEach((watchdog, at) => {
    if (watchdog.action === 'dump') {
      findings.changed(
        `devices/watchdog[${String(at + 1)}]@action`,
        'No memory dump is written: the guest is paused',
      );
    }
  });
  if (devices.sounds.length > 0 && devices.audios.every(({ type }) => type === 'none' || type === 'spice')) {
    findings.changed(
      'devices/sound[1]',
      'The guest has its sound card; nobody hears it, for VNC screens carry no sound',
    );
  }
  devices.panics.forEach((panic, at) => {
    if (panic.model === 'pseries' || panic.model === 's390') return;
    if (panic.model === 'hyperv' && domain.type === 'qemu') {
      findings.ignored(`devices/panic[${String(at + 1)}]`, 'Emulation has no Hyper-V panic device');
    }
  });
}
