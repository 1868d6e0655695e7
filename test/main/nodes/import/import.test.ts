import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GuestroomError } from '../../../../drivers/api/errors.ts';
import { createLocalHost } from '../../../../main/nodes/local-host.ts';
import { exportHosts, readExport } from '../../../../main/nodes/import/export-file.ts';
import { parseStrings, virtManagerUris } from '../../../../main/nodes/import/virt-manager.ts';
import { appInFolder, type AppInFolder } from '../../app-in-folder.ts';

let folder: string;
let self: AppInFolder | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guestroom-import-'));
});
afterEach(async () => {
  await self?.end();
  self = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string, text: string, mode = 0o644): void {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}
/** A program of this account's computer, which has no other ones. */
const program = (name: string, script: string): void => put(`bin/${name}`, `#!/bin/sh\n${script}\n`, 0o755);
const computer = () =>
  createLocalHost({
    env: { HOME: folder, PATH: join(folder, 'bin'), GUESTROOM_HOME: join(folder, 'guestroom') },
  });
async function open(): Promise<AppInFolder['client']> {
  self = await appInFolder({ platform: { host: computer() } });
  return self.client;
}
const failure = (work: () => unknown): GuestroomError => {
  try {
    work();
  } catch (thrown) {
    return thrown as GuestroomError;
  }
  throw new Error('it did not fail');
};

describe('hosts that other programs know', () => {
  it('come from the SSH configuration and from virt-manager', async () => {
    put('.ssh/config', 'Include more\nHost rack *.example !x $(id)\n User ada\nHost rack\n');
    put('.ssh/more', 'Host "café.example" desk\n');
    program(
      'gsettings',
      `echo "['qemu:///system', 'qemu+ssh://ada@rack/system', 'qemu+ssh://ada@rack/system', 'test:///default']"`,
    );
    const client = await open();
    await client.nodes.add({ uri: 'test:///default', name: 'Mine' });
    expect(await client.nodes.importable()).toEqual({
      hosts: [
        {
          source: 'ssh-config',
          name: 'café.example',
          uri: 'qemu+ssh://caf%C3%A9.example/system',
          already: false,
        },
        { source: 'ssh-config', name: 'desk', uri: 'qemu+ssh://desk/system', already: false },
        { source: 'ssh-config', name: 'rack', uri: 'qemu+ssh://rack/system', already: false },
        { source: 'virt-manager', name: expect.any(String) as string, uri: 'qemu:///system', already: false },
        { source: 'virt-manager', name: 'rack', uri: 'qemu+ssh://ada@rack/system', already: false },
        { source: 'virt-manager', name: 'Test hypervisor', uri: 'test:///default', already: true },
      ],
      notes: [],
    });
  });

  it('are not there where there is neither a configuration nor a program that reads settings', async () => {
    expect(await (await open()).nodes.importable()).toEqual({
      hosts: [],
      notes: [
        { source: 'ssh-config', reason: 'absent' },
        { source: 'virt-manager', reason: 'no-program' },
      ],
    });
  });

  it('that cannot be used cost only themselves, and no password is told', async () => {
    put('.ssh/config', 'Host "rack\n');
    program('gsettings', `echo "['qemu+ssh://ada:hunter2@rack/system', 'nobody:///system', 'lxc:///']"`);
    const { hosts, notes } = await (await open()).nodes.importable();
    expect(hosts.map(({ uri }) => uri)).toEqual(['lxc:///']);
    expect(notes.map(({ source, reason, error }) => [source, reason, error?.code])).toEqual([
      ['ssh-config', 'failed', 'invalid_argument'],
      ['virt-manager', 'failed', 'invalid_argument'],
      ['virt-manager', 'failed', 'invalid_argument'],
    ]);
    expect(JSON.stringify(notes)).not.toContain('hunter2');
  });
});

describe('the settings of virt-manager', () => {
  const noSchema = `echo 'No such schema "org.virt-manager"' >&2; exit 1`;

  it('are asked for by gsettings, else by dconf', async () => {
    program(
      'dconf',
      `[ "$1 $2" = "read /org/virt-manager/virt-manager/connections/uris" ] && echo "['xen:///']"`,
    );
    expect(await virtManagerUris(computer())).toEqual(['xen:///']);
    program('gsettings', noSchema);
    expect(await virtManagerUris(computer())).toEqual(['xen:///']);
    program('gsettings', `[ "$1 $3" = "get uris" ] && echo "['lxc:///']"`);
    expect(await virtManagerUris(computer())).toEqual(['lxc:///']);
  });

  it('are absent where virt-manager never was', async () => {
    program('gsettings', noSchema);
    expect(await virtManagerUris(computer())).toBe('absent');
    program('dconf', 'true');
    expect(await virtManagerUris(computer())).toBe('absent');
    program('gsettings', 'echo "@as []"');
    expect(await virtManagerUris(computer())).toEqual([]);
  });

  it('that cannot be read say what the program said', async () => {
    program('gsettings', 'echo "the database is locked" >&2; exit 1');
    await expect(virtManagerUris(computer())).rejects.toMatchObject({
      code: 'program_failed',
      detail: 'gsettings: the database is locked',
    });
  });

  it('are lists of strings in any quotes', () => {
    expect(parseStrings(`['a', "it's", 'it\\'s', 'x\\u00e9\\U0001f600\\n\\\\']\n`)).toEqual([
      'a',
      "it's",
      "it's",
      'xé😀\n\\',
    ]);
    expect(parseStrings('[]')).toEqual([]);
    for (const text of ['', 'uint32 4', `['a' 'b']`, `['a]`, `['a', 4]`, `{'a': 'b'}`])
      expect(failure(() => parseStrings(text)).code).toBe('protocol');
    const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        expect(parseStrings(`[${texts.map(quoted).join(', ')}]`)).toEqual(texts);
      }),
    );
  });
});

describe('hosts that are imported', () => {
  it('are saved without being connected, each by itself, and have names of their own', async () => {
    const client = await open();
    await client.nodes.add({ uri: 'test:///default', name: 'rack' });
    const outcomes = await client.nodes.import({
      entries: [
        { name: 'rack', uri: 'qemu+ssh://rack/system', readOnly: true },
        { name: 'again', uri: 'test:///default' },
        { name: 'rack', uri: 'qemu+ssh://rack/embed' },
        { name: 'nobody', uri: 'nobody:///system' },
        { name: 'no way', uri: 'qemu+pigeon://rack/system' },
      ],
    });
    expect(outcomes.map(({ node, error }) => node ?? error?.code)).toEqual([
      'qemu-ssh-rack-system',
      'exists',
      'qemu-ssh-rack-embed',
      'invalid_argument',
      'invalid_argument',
    ]);
    const rows = self?.app.inventory.nodes().filter(({ id }) => id.startsWith('qemu'));
    expect(rows).toMatchObject([
      { name: 'rack 2', autoconnect: false, readOnly: true, state: 'disconnected' },
      { name: 'rack 3', autoconnect: false, readOnly: false, state: 'disconnected' },
    ]);
    const saved = readFileSync(join(folder, 'guestroom/config/nodes.json'), 'utf8');
    expect(saved).toContain('qemu+ssh://rack/embed');
  });

  it('are the ones that were exported', async () => {
    const client = await open();
    await client.nodes.import({
      entries: [{ name: 'Räck “9”', uri: 'qemu+ssh://ada@rack/system', readOnly: true }],
    });
    const { text } = await client.nodes.exported();
    expect(JSON.parse(text)).toEqual({
      guestroom: 1,
      hosts: [{ name: 'Räck “9”', uri: 'qemu+ssh://ada@rack/system', autoconnect: false, readOnly: true }],
    });
    expect((await client.nodes.readExport({ text })).hosts).toEqual([
      { name: 'Räck “9”', uri: 'qemu+ssh://ada@rack/system', autoconnect: false, readOnly: true },
    ]);
  });
});

describe('an exported list', () => {
  it('never carries a password, whatever stands in the list of hosts', () => {
    const left: string[] = [];
    const node = {
      name: 'rack',
      uri: 'qemu+ssh://ada:hunter2@rack/system',
      autoconnect: true,
      readOnly: false,
    };
    const text = exportHosts([node, { ...node, uri: 'lxc:///' }], ({ name }, why) =>
      left.push(`${name}: ${why}`),
    );
    expect(text).not.toContain('hunter2');
    expect(readExport(text)).toMatchObject([{ uri: 'lxc:///', autoconnect: true }]);
    expect(left).toEqual(['rack: A connection URI must not carry a password']);
  });

  it('that is none is refused with the reason', () => {
    const list = (hosts: unknown, guestroom: unknown = 1): string => JSON.stringify({ guestroom, hosts });
    for (const [text, code] of [
      ['', 'invalid_argument'],
      ['{', 'invalid_argument'],
      ['[]', 'invalid_argument'],
      [list([], 'x'), 'invalid_argument'],
      [list([], 2), 'invalid_argument'],
      [list([{ name: 'x' }]), 'invalid_argument'],
      [list([{ name: '', uri: 'lxc:///' }]), 'invalid_argument'],
      [list([{ name: 'x', uri: 'no uri' }]), 'invalid_argument'],
      [list([{ name: 'x', uri: 'qemu+ssh://a:hunter2@b/' }]), 'invalid_argument'],
      [list(Array.from({ length: 1001 }, () => ({ name: 'x', uri: 'lxc:///' }))), 'invalid_argument'],
      [' '.repeat(600_000), 'too_large'],
    ] as const) {
      const error = failure(() => readExport(text));
      expect([text.slice(0, 60), error.code]).toEqual([text.slice(0, 60), code]);
      expect(error.hint).toBeTruthy();
      expect(JSON.stringify(error.toData())).not.toContain('hunter2');
    }
    expect(failure(() => readExport(list([], 2))).message).toContain('later version');
    expect(readExport(list([{ name: ' x ', uri: 'LXC:///' }]))).toEqual([
      { name: 'x', uri: 'lxc:///', autoconnect: false, readOnly: false },
    ]);
  });
});
