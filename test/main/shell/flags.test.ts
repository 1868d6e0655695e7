import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalHost } from '../../../main/nodes/local-host.ts';
import { readClientConf } from '../../../main/shell/client-conf.ts';
import { UsageError } from '../../../main/shell/command.ts';
import { type Flags, parseFlags } from '../../../main/shell/flags.ts';
import { guestroomIn } from './guestroom-in.ts';

describe('what stands before the command', () => {
  const plain: Flags = {
    uri: undefined,
    debug: false,
    escape: '^]',
    logFile: undefined,
    keepalive: {},
    quiet: false,
    readOnly: false,
    timing: false,
    words: ['list', '--all'],
  };
  it.each<[string, Partial<Flags>]>([
    ['', {}],
    ['-qrt', { quiet: true, readOnly: true, timing: true }],
    ['-qctest:///default', { quiet: true, uri: 'test:///default' }],
    ['-c test:///default', { uri: 'test:///default' }],
    ['--conn=test:///default --quie', { uri: 'test:///default', quiet: true }],
    ['-d', { debug: true }],
    ['-d0', { debug: true }],
    ['-d 4 -q', { quiet: true }],
    ['--debug=0', { debug: true }],
    ['-e ^a', { escape: '^A' }],
    ['-ex', { escape: 'x' }],
    ['-k 0 -K3', { keepalive: { seconds: 0, count: 3 } }],
    ['--keepalive-interval=7 --keepalive-count 2', { keepalive: { seconds: 7, count: 2 } }],
    ['--log there', { logFile: 'there' }],
    ['-q --', { quiet: true }],
  ])('is read as virsh does: %s', (line, told) => {
    expect(parseFlags([...line.split(' ').filter(Boolean), 'list', '--all'])).toEqual({ ...plain, ...told });
  });

  it.each([
    ['-v', { answer: 'version', long: false }],
    ['-qv', { answer: 'version', long: false }],
    ['--version', { answer: 'version', long: false }],
    ['--version=long', { answer: 'version', long: true }],
    ['-V', { answer: 'version', long: true }],
    ['-h list', { answer: 'help', about: 'list' }],
  ])('may be a question: %s', (line, question) => {
    expect(parseFlags(line.split(' '))).toEqual(question);
  });

  it.each([
    ['-z', "unsupported option '-z'. See --help."],
    ['--nonsense', "unsupported option '--nonsense'. See --help."],
    ['--keepalive x', "unsupported option '--keepalive'. See --help."],
    ['-c', "option '-c' requires an argument"],
    ['-k x', 'Invalid value for option -k'],
    ['-e ab', "Invalid string 'ab' for escape sequence"],
    ['--quiet=yes', "option '--quiet' takes no argument"],
  ])('is refused where it means nothing: %s', (line, message) => {
    expect(() => parseFlags(line.split(' '))).toThrow(new UsageError(message));
  });
});

describe('without an address on the line', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flags-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    [{ VIRSH_DEFAULT_CONNECT_URI: 'test:///showcase', LIBVIRT_DEFAULT_URI: 'test:///default' }, 'showcase'],
    [{ VIRSH_DEFAULT_CONNECT_URI: '', LIBVIRT_DEFAULT_URI: 'test:///default' }, 'default'],
    [{ GUESTROOM_DEFAULT_URI: 'test:///default', VIRSH_DEFAULT_CONNECT_URI: 'test:///showcase' }, 'default'],
  ])('the environment says it: %j', async (env, name) => {
    const { out } = await guestroomIn(folder, ['uri'], '', env);
    expect(out).toBe(`test:///${name}\n\n`);
  });

  it('reads libvirt’s client configuration', async () => {
    await writeConf(join(folder, 'etc'));
    expect(await readClientConf(createLocalHost(), {}, join(folder, 'etc', 'libvirt'))).toEqual(conf);
    expect(await readClientConf(createLocalHost(), {}, join(folder, 'nowhere'))).toEqual({
      uriDefault: undefined,
      uriAliases: new Map(),
    });
  });

  it('keeps what was complained about in a file, too', async () => {
    const { err } = await guestroomIn(folder, [
      '-l',
      'complaints',
      '-c',
      'test:///default',
      'dominfo',
      'nobody',
    ]);
    expect(err).toBe("error: failed to get domain 'nobody'\n");
    expect(await readFile(join(folder, 'complaints'), 'utf8')).toBe(err);
  });
});

const conf = {
  uriDefault: 'test:///default',
  uriAliases: new Map([
    ['hail', 'qemu+ssh://root@hail/system'],
    ['sleet', 'test:///showcase'],
  ]),
};
async function writeConf(folder: string): Promise<void> {
  await mkdir(join(folder, 'libvirt'), { recursive: true });
  await writeFile(
    join(folder, 'libvirt', 'libvirt.conf'),
    '# uri_default = "qemu:///none"\nuri_aliases = [\n  "hail=qemu+ssh://root@hail/system",\n  # "old=x:///",\n  "sleet=test:///showcase",\n]\nuri_default = "test:///default"\n',
  );
}
