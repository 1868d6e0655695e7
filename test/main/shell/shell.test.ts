import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, guestroomIn } from './guestroom-in.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gr-shell-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const guestroom = (argv: readonly string[], typed = ''): Promise<Answer> => guestroomIn(folder, argv, typed);

const lab = `<node>
  <domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
    <name>web</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e1930</uuid><memory>1048576</memory><currentMemory>524288</currentMemory><vcpu>2</vcpu>
    <os><type arch='x86_64'>hvm</type></os><title>The web server</title>
  </domain>
  <domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
    <test:runstate>5</test:runstate>
    <name>archive</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e1931</uuid><memory>262144</memory><vcpu>1</vcpu><os><type>hvm</type></os>
  </domain>
  <pool type='dir'><name>images</name><capacity>107374182400</capacity><allocation>0</allocation><available>107374182400</available><target><path>/images</path></target></pool>
</node>`;

async function withLab(): Promise<string> {
  const file = join(folder, 'lab.xml');
  await writeFile(file, lab);
  return `test://${file}`;
}

describe('guestroom as a command', () => {
  it('lists running machines, and all with --all, in virsh’s shape', async () => {
    const uri = await withLab();
    expect((await guestroom(['-c', uri, 'list'])).out).toBe(
      ' Id   Name   State\n----------------------\n 1    web    running\n\n',
    );
    const all = await guestroom(['-c', uri, 'list', '--all', '--title']);
    expect(all.out).toContain(' 1    web       running    The web server\n');
    expect(all.out).toContain(' -    archive   shut off   \n');
    expect(all.status).toBe(0);
  });

  it('prints facts of one machine, found by name, id or UUID', async () => {
    const uri = await withLab();
    for (const word of ['web', '1', '6695eb01-f6a4-8304-79aa-97f2502e1930']) {
      const { out } = await guestroom(['-c', uri, 'dominfo', word]);
      expect(out).toContain('Name:           web\n');
      expect(out).toContain('Max memory:     1048576 KiB\n');
      expect(out).toContain('State:          running\n');
    }
    expect((await guestroom(['-c', uri, '-q', 'domstate', 'archive'])).out).toBe('shut off\n');
  });

  it('does what several commands in one word say, and goes on after one that fails', async () => {
    const uri = await withLab();
    const { out, err, status } = await guestroom([
      '-c',
      uri,
      'suspend web; domstate web; resume archive; domstate web',
    ]);
    expect(out).toBe("Domain 'web' suspended\n\npaused\n\n\npaused\n\n");
    expect(err).toBe("error: Failed to resume domain 'archive'\nerror: The virtual machine is off\n");
    // the last one's
    expect(status).toBe(0);
  });

  it('does nothing of a line that it does not understand to its end', async () => {
    const { out, err, status } = await guestroom([
      '-c',
      await withLab(),
      'suspend web; domstate --bogus web',
    ]);
    expect([out, status]).toEqual(['', 1]);
    expect(err).toBe("error: command 'domstate' doesn't support option --bogus\n");
  });

  it('ends a line at quit', async () => {
    const { out } = await guestroom(['-c', await withLab(), 'echo a; quit; echo b']);
    expect(out).toBe('a\n');
  });

  it('defines, starts, saves, restores and undefines', async () => {
    const uri = await withLab();
    await writeFile(
      join(folder, 'new.xml'),
      "<domain type='test'><name>new</name><memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>",
    );
    const steps = [
      'define new.xml',
      'start new',
      `save new ${join(folder, 'new.save')}`,
      'domstate new',
      `restore ${join(folder, 'new.save')}`,
      'domstate new',
      'destroy new',
      'undefine new',
      'domstate new',
    ];
    const { out, err } = await guestroom(['-c', uri, '-q', steps.join('; ')]);
    expect(out).toBe('shut off\nrunning\n');
    expect(err).toBe("error: failed to get domain 'new'\n");
  });

  it('says what is wrong with a line before anything is tried', async () => {
    expect(await guestroom(['-c', 'test:///default', 'list', '--bogus'])).toEqual({
      status: 1,
      out: '',
      err: "error: command 'list' doesn't support option --bogus\n",
    });
    expect(await guestroom(['-c', 'test:///default', 'bogus'])).toEqual({
      status: 1,
      out: '',
      err: "error: unknown command: 'bogus'\n",
    });
    expect((await guestroom(['-c', 'test:///default', 'define', 'nowhere.xml'])).err).toContain(
      "error: Failed to open file 'nowhere.xml': No such file or directory\n",
    );
  });

  it('says how to go on when the URI is none or not for this build', async () => {
    expect((await guestroom(['-c', 'not a uri', 'list'])).err).toContain('hint: Examples: qemu:///embed');
    const { err } = await guestroom(['-c', 'esx+ext://host/', 'list']);
    expect(err).toMatch(/error: There is no way to a host that is called ext/);
    expect(err).toContain('hint: ');
  });

  it('refuses to change anything when connected read-only', async () => {
    const { err, status } = await guestroom(['-r', '-c', await withLab(), 'destroy', 'web']);
    expect(err).toContain('error: The connection is read-only');
    expect(status).toBe(1);
  });

  it('prints statistics by libvirt’s names', async () => {
    const { out } = await guestroom(['-c', await withLab(), 'domstats', '--state', '--balloon', 'web']);
    expect(out).toContain("Domain: 'web'\n  state.state=1\n");
    expect(out).toMatch(/ {2}balloon\.maximum=1048576\n/);
  });

  it('saves a picture of the screen', async () => {
    const { out } = await guestroom(['-c', 'test:///showcase', 'list --name']);
    const name = out.split('\n')[0] ?? '';
    await guestroom(['-c', 'test:///showcase', 'screenshot', name, 'shot.png']);
    expect((await readFile(join(folder, 'shot.png'))).subarray(1, 4).toString()).toBe('PNG');
  });

  it('makes a machine by the wizard’s own plan', async () => {
    const uri = await withLab();
    const made = await guestroom([
      '-c',
      uri,
      'install fresh --memory 256 --disk-size 2 --noreboot; dominfo fresh; domstate fresh',
    ]);
    expect(made.err).toBe('');
    expect(made.out).toContain("Domain 'fresh' created\n");
    expect(made.out).toContain('Max memory:     262144 KiB\n');
    expect(made.out).toContain('shut off\n');
    const again = await guestroom(['-c', uri, 'install web --disk-size 1']);
    expect(again.err).toContain('already has a virtual machine called web');
    expect(again.status).toBe(1);
  });
});

describe('guestroom without a command', () => {
  it('is a prompt that reads lines until quit', async () => {
    const { out, status } = await guestroom(['-c', await withLab()], 'list --name\nuri\nquit\nlist\n');
    expect(out).toContain('Welcome to guestroom');
    expect(out).toContain('web\n');
    expect(out.match(/web\n/g)).toHaveLength(1);
    expect(status).toBe(0);
  });

  it('shows each line that it reads from a file, also when quiet, and ends well after a mistake', async () => {
    const { out, status } = await guestroom(['-q', '-c', await withLab()], 'domstate web\ndomstate nobody\n');
    expect(out).toBe('guestroom # domstate web\nrunning\nguestroom # domstate nobody\nguestroom # \n');
    expect(status).toBe(0);
  });

  it('changes its folder and its access', async () => {
    const { out, err } = await guestroom(
      ['-q', '-c', await withLab()],
      'cd /\npwd\ncd nowhere\nconnect --readonly test:///default\nsuspend test\nconnect\n',
    );
    expect(out).toContain('guestroom # pwd\n/\n');
    expect(out).toMatch(/guestroom > suspend test\n.*guestroom > connect\nguestroom # \n$/);
    expect(err).toContain('error: cd: nowhere: No such file or directory\n');
    expect(err).toContain('error: The connection is read-only\n');
    expect((await guestroom(['cd', '/'])).err).toBe('error: cd: command valid only in interactive mode\n');
  });

  it('goes on after a mistake', async () => {
    const { out, err } = await guestroom(['-c', await withLab()], 'nonsense\ndomstate "web\ndomstate web\n');
    expect(err).toContain("unknown command: 'nonsense'");
    expect(err).toContain('missing "');
    expect(out).toContain('running\n');
  });
});

describe('help', () => {
  it('names every command, and each command explains itself', async () => {
    const all = await guestroom(['--help']);
    for (const name of ['list', 'dominfo', 'qemu-monitor-command', 'vncdisplay', 'install'])
      expect(all.out).toContain(`    ${name} `);
    const one = await guestroom(['help', 'start']);
    expect(one.out).toContain('start <domain>');
    expect(one.out).toContain('--force-boot');
  });
});
