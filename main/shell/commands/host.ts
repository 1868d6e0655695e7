import { type Command } from '../command.ts';
import { printable } from '../table.ts';

/** Replaced by the build with package.json's version. */
declare const __GUESTROOM_VERSION__: string | undefined;
export const ownVersion = (): string =>
  typeof __GUESTROOM_VERSION__ === 'string' ? __GUESTROOM_VERSION__ : '0.0.0';

export const uri: Command = {
  name: 'uri',
  group: 'host',
  summary: 'print the hypervisor canonical URI',
  options: [],
  async run(session) {
    session.print(`${(await session.connection()).uri}\n`);
    return undefined;
  },
};

export const hostname: Command = {
  name: 'hostname',
  group: 'host',
  summary: 'print the hypervisor hostname',
  options: [],
  async run(session) {
    session.print(`${printable((await (await session.connection()).node()).hostname)}\n`);
    return undefined;
  },
};

export const version: Command = {
  name: 'version',
  group: 'host',
  summary: 'show version',
  options: [],
  async run(session) {
    const node = await (await session.connection()).node();
    const hypervisor = `${node.hypervisor} ${node.hypervisorVersion ?? ''}`.trim();
    session.print(`Using program: guestroom ${ownVersion()}\n`);
    if (node.libvirtVersion) session.print(`Using library: libvirt ${node.libvirtVersion}\n`);
    session.print(`Using API: ${node.hypervisor}\nRunning hypervisor: ${hypervisor}\n`);
    return undefined;
  },
};

export const nodeinfo: Command = {
  name: 'nodeinfo',
  group: 'host',
  summary: 'node information',
  options: [],
  async run(session) {
    const node = await (await session.connection()).node();
    const facts: [string, string][] = [
      ['CPU model', node.arch],
      ['CPU(s)', String(node.cpus)],
      ...(node.cpuMhz === undefined
        ? []
        : ([['CPU frequency', `${String(Math.round(node.cpuMhz))} MHz`]] as [string, string][])),
      ['CPU socket(s)', String(node.sockets ?? 1)],
      ['Core(s) per socket', String(node.coresPerSocket ?? node.cpus)],
      ['Thread(s) per core', String(node.threadsPerCore ?? 1)],
      ['NUMA cell(s)', '1'],
      ['Memory size', `${String(Math.floor(node.memory / 1024))} KiB`],
    ];
    session.print(facts.map(([name, value]) => `${`${name}:`.padEnd(20)} ${value}\n`).join(''));
    return undefined;
  },
};

export const capabilities: Command = {
  name: 'capabilities',
  group: 'host',
  summary: 'capabilities',
  options: [],
  async run(session) {
    session.print(`${await (await session.connection()).capabilities()}\n`);
    return undefined;
  },
};
