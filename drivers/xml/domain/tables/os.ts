import { or, required, requiredSwitch, value, values } from '../../codec/fields.ts';
import { count, filled, integer, text, yesNo } from '../../codec/scalars.ts';
import { child, list, struct, type Part } from '../../codec/structs.ts';
import type { Loader, Nvram, Os, Sysinfo, SysinfoEntry } from '../types.ts';

const loader = struct<Loader>({
  path: value('', filled),
  readonly: value('@readonly', yesNo),
  type: value('@type', text),
  secure: value('@secure', yesNo),
  stateless: value('@stateless', yesNo),
  format: value('@format', text),
});

const nvram = struct<Nvram>({
  path: value('', filled),
  type: value('@type', text),
  template: value('@template', filled),
  templateFormat: value('@templateFormat', text),
  format: value('@format', text),
  sourceFile: value('source@file', filled),
});

export const os = struct<Os>({
  firmware: value('@firmware', text),
  type: required(value('type', filled), 'type'),
  arch: value('type@arch', filled),
  machine: value('type@machine', filled),
  firmwareFeatures: list(
    'firmware/feature',
    struct<Os['firmwareFeatures'][number]>({
      enabled: requiredSwitch('@enabled', yesNo),
      name: required(value('@name', text), 'name'),
    }),
  ),
  init: value('init', filled),
  initArgs: values('initarg', text),
  initEnv: list(
    'initenv',
    struct<Os['initEnv'][number]>({
      name: required(value('@name', text), 'name'),
      value: or(value('', text), ''),
    }),
  ),
  initDir: value('initdir', filled),
  initUser: value('inituser', filled),
  initGroup: value('initgroup', filled),
  loader: child('loader', loader),
  nvram: child('nvram', nvram),
  kernel: value('kernel', filled),
  initrd: value('initrd', filled),
  cmdline: value('cmdline', filled),
  dtb: value('dtb', filled),
  acpiTables: list(
    'acpi/table',
    struct<Os['acpiTables'][number]>({
      type: required(value('@type', text), 'type'),
      path: or(value('', filled), ''),
    }),
  ),
  boot: values('boot@dev', text),
  bootMenu: child(
    'bootmenu',
    struct<Part<Os, 'bootMenu'>>({
      enable: requiredSwitch('@enable', yesNo),
      timeout: value('@timeout', count),
    }),
  ),
  smbios: value('smbios@mode', text),
  bios: child(
    'bios',
    struct<Part<Os, 'bios'>>({
      useserial: value('@useserial', yesNo),
      rebootTimeout: value('@rebootTimeout', integer(-1, 65535)),
    }),
  ),
});

const entry = struct<SysinfoEntry>({
  name: required(value('@name', text), 'name'),
  value: or(value('', text), ''),
});

const fwcfg = list(
  'entry',
  struct<Sysinfo['fwcfg'][number]>({
    name: required(value('@name', text), 'name'),
    file: value('@file', filled),
    value: value('', filled),
  }),
);

export const sysinfo = struct<Sysinfo>({
  type: required(value('@type', text), 'type'),
  bios: list('bios/entry', entry),
  system: list('system/entry', entry),
  baseBoards: list('baseBoard', struct<Sysinfo['baseBoards'][number]>({ entries: list('entry', entry) })),
  chassis: list('chassis/entry', entry),
  oemStrings: values('oemStrings/entry', text),
  fwcfg,
});
