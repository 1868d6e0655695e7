import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../drivers/qemu/arguments/command.ts';
import { planFor } from '../drivers/qemu/plan.ts';

const quote = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;').replaceAll('\n', '&#10;');
const domain = (text: string, secret = 'plantedpw') => {
  const t = quote(text);
  return `<domain type='qemu'><name>${t.replaceAll('/', '_')}</name><title>${t}</title><description>${t}</description>
    <memory unit='MiB'>64</memory><vcpu>1</vcpu>
    <sysinfo type='smbios'><system><entry name='serial'>${t}</entry></system></sysinfo>
    <sysinfo type='fwcfg'><entry name='opt/org.example/x'>${t}</entry></sysinfo>
    <os><type arch='x86_64' machine='pc'>hvm</type><kernel>/k${t}</kernel><initrd>/i${t}</initrd><cmdline>${t}</cmdline><smbios mode='sysinfo'/></os>
    <devices>
      <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/d${t}'/><target dev='vda' bus='virtio'/><serial>${t}</serial></disk>
      <interface type='ethernet'><target dev='${t}'/><model type='virtio'/></interface>
      <serial type='unix'><source mode='bind' path='/s${t}'/></serial>
      <channel type='unix'><source mode='bind' path='/c${t}'/><target type='virtio' name='${t}'/></channel>
      <graphics type='vnc' socket='/v${t}' passwd='${secret}'/>
    </devices></domain>`;
};
/** Options as QEMU reads them: only a comma that stands alone divides. */
const keys = (arg: string) =>
  arg
    .replaceAll(',,', '')
    .split(',')
    .map((part) => part.split('=')[0] ?? '');

describe('texts of a document on QEMU’s command line', () => {
  const hostile = fc
    .array(fc.constantFrom(',', '=', ',file=', ',script=', '\n', ' ', '-', '"', "'", '{', '}', 'a', 'ü'), {
      minLength: 1,
      maxLength: 8,
    })
    .map((parts) => `x${parts.join('')}y`);

  it('never become options or arguments of their own', () => {
    const flags = new Set([
      '-device',
      '-netdev',
      '-chardev',
      '-object',
      '-vnc',
      '-smbios',
      '-fw_cfg',
      '-name',
    ]);
    const shape = (text: string) => {
      const { list } = commandLine(planFor(domain(text)));
      return list.map((arg, at) =>
        flags.has(list[at - 1] ?? '')
          ? keys(arg).slice(1).join()
          : arg.startsWith('-') && at % 1 === 0
            ? arg
            : '',
      );
    };
    const plain = shape('xy');
    fc.assert(
      fc.property(hostile, (text) => {
        expect(shape(text)).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  it('hold no password', () => {
    const { list, env } = commandLine(planFor(domain('x')));
    expect(JSON.stringify([list, env])).not.toContain('plantedpw');
    expect(list.join(' ')).toContain('password-secret=');
  });

  it('name no option: an entry of the SMBIOS tables cannot read a file of the host', () => {
    for (const name of ['file', 'type', 'path', 'serial,file']) {
      const xml = domain('x').replace("entry name='serial'", `entry name='${name}'`);
      expect(commandLine(planFor(xml)).list).not.toContain('-smbios');
    }
  });

  it('name no option: a CPU’s feature is one word', () => {
    const xml = domain('x').replace(
      '<devices>',
      "<cpu mode='custom'><model>qemu64</model><feature policy='require' name='avx,vendor=x'/></cpu><devices>",
    );
    expect(() => commandLine(planFor(xml))).toThrow(/not a name/);
  });
});
