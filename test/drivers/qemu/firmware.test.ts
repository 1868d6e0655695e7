import { describe, expect, test } from 'vitest';
import { chooseDescriptor, readDescriptor, type FirmwareDescriptor } from '../../../drivers/qemu/firmware.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { capabilities, document } from './plan.ts';

function descriptor(
  file: string,
  features: string[],
  machines: string[],
  extra: object = {},
): FirmwareDescriptor {
  const read = readDescriptor(
    file,
    JSON.stringify({
      'interface-types': ['uefi'],
      mapping: {
        device: 'flash',
        executable: { filename: `/fw/${file}.code`, format: 'raw' },
        'nvram-template': { filename: `/fw/${file}.vars`, format: 'raw' },
        ...extra,
      },
      targets: [{ architecture: 'x86_64', machines }],
      features,
    }),
  );
  if (!read) throw new Error('the descriptor is not one');
  return read;
}

const all = [
  descriptor('40-enrolled', ['enrolled-keys', 'requires-smm', 'secure-boot'], ['pc-q35-*']),
  descriptor('50-secure', ['requires-smm', 'secure-boot'], ['pc-q35-*']),
  descriptor('60-plain', [], ['pc-i440fx-*', 'pc-q35-*']),
];

function choose(machine: string, os = '', descriptors = all): string | undefined {
  const { machines } = capabilities();
  const found = machines.find(({ alias }) => alias === machine);
  if (!found) throw new Error(machine);
  const xml = document({ machine, os }).replace('<os>', "<os firmware='efi'>");
  return chooseDescriptor(descriptors, readDomain(xml).os, found, 'x86_64')?.file;
}

const feature = (name: string, enabled: string): string =>
  `<firmware><feature enabled='${enabled}' name='${name}'/></firmware>`;

describe('the firmware of a guest', () => {
  test('without a wish it is the one that runs everything', () => {
    expect(choose('q35')).toBe('60-plain');
    expect(choose('pc')).toBe('60-plain');
  });

  test('secure boot is there when it is asked for, and only then', () => {
    expect(choose('q35', feature('secure-boot', 'yes'))).toBe('40-enrolled');
    expect(choose('q35', feature('secure-boot', 'no'))).toBe('60-plain');
    expect(choose('q35', "<loader secure='yes'/>")).toBe('40-enrolled');
    expect(
      choose(
        'q35',
        "<firmware><feature enabled='yes' name='secure-boot'/><feature enabled='no' name='enrolled-keys'/></firmware>",
      ),
    ).toBe('50-secure');
  });

  test('what the machine cannot run is not chosen', () => {
    expect(choose('pc', feature('secure-boot', 'yes'))).toBeUndefined();
  });

  test('firmware of another architecture or without variables is passed over', () => {
    const arm = all.map((one) => ({ ...one, targets: [{ architecture: 'aarch64', machines: ['virt-*'] }] }));
    expect(choose('q35', '', arm)).toBeUndefined();
    const stateless = descriptor('30-stateless', [], ['pc-q35-*'], {
      mode: 'stateless',
      'nvram-template': undefined,
    });
    expect(choose('q35', '', [stateless])).toBeUndefined();
    expect(choose('q35', "<loader stateless='yes'/>", [stateless])).toBe('30-stateless');
  });

  test('a file that is empty or no descriptor counts for nothing', () => {
    expect(readDescriptor('x', '')).toBeUndefined();
    expect(readDescriptor('x', '{"mapping": {"device": "flash"}}')).toBeUndefined();
    expect(readDescriptor('x', '{"mapping": {"device": "kernel", "filename": "/a"}}')).toBeUndefined();
  });
});
