import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spiceFromHere } from '../../../main/consoles/spice-target.ts';
import { createViewer, type Viewer } from '../../../main/consoles/viewer.ts';
import { viewerFile } from '../../../main/consoles/viewer-file.ts';
import { type LocalHost, createLocalHost } from '../../../main/nodes/local-host.ts';
import { recordingViewer } from '../../lab/viewer.ts';

describe('the connection file', () => {
  it('has what remote-viewer needs for a port, with the password as it is', () => {
    expect(
      viewerFile({ host: '127.0.0.1', port: 5930, tlsPort: 5931, password: ' a\\b', title: 'web\n-01' }),
    ).toBe(
      '[virt-viewer]\ntype=spice\nhost=127.0.0.1\nport=5930\ntls-port=5931\npassword=\\sa\\\\b\ntitle=web\\n-01\ndelete-this-file=1\n',
    );
  });

  it('names a socket in place of host and port', () => {
    expect(viewerFile({ unix: '/run/spice.sock', host: 'x', port: 1, title: 'a' })).toBe(
      '[virt-viewer]\ntype=spice\nunix-path=/run/spice.sock\ntitle=a\ndelete-this-file=1\n',
    );
  });
});

describe('where a SPICE screen is reached from this computer', () => {
  it.each([
    ['this computer’s loopback', { host: '127.0.0.1', port: 5900 }, undefined, '127.0.0.1'],
    ['everywhere on this computer', { host: '0.0.0.0', port: 5900 }, undefined, '127.0.0.1'],
    ['everywhere on this computer, IPv6', { host: '::', port: 5900 }, undefined, '::1'],
    ['everywhere on another', { host: '0.0.0.0', tlsPort: 5901 }, 'rack.example', 'rack.example'],
    ['an address of another', { host: '10.0.0.7', port: 5900 }, 'rack.example', '10.0.0.7'],
  ])('%s', (_, address, remote, host) => {
    expect(spiceFromHere(address, remote)).toMatchObject({ ...address, host });
  });

  it.each([
    ['the loopback of another computer', { host: '127.0.0.1', port: 5900 }],
    ['an address that nobody named, on another computer', { port: 5900 }],
    ['a socket of another computer', { unix: '/run/spice.sock' }],
  ])('is refused for %s', (_, address) => {
    expect(() => spiceFromHere(address, 'rack.example')).toThrow('The screen is to be seen on its host only');
  });

  it('is not known while it has no port', () => {
    expect(() => spiceFromHere({ host: '127.0.0.1' }, undefined)).toThrow('The screen has no port yet');
  });
});

describe.skipIf(process.platform === 'win32')('remote-viewer', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gr-viewer-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const target = { host: '127.0.0.1', port: 5930, password: 'secret', title: 'web-01' };
  const left = (): string[] => {
    const place = join(folder, 'runtime', 'viewer');
    return existsSync(place) ? readdirSync(place) : [];
  };
  const viewerWith = (path: string): Viewer => {
    const env = { PATH: `${path}:/usr/bin:/bin` };
    const host = createLocalHost({ env, paths: { runtime: join(folder, 'runtime') } });
    // a real one further down is not to be met
    return createViewer(host, { env: { PATH: path } });
  };

  it('is found in PATH, or not', async () => {
    const { folder: programs } = await recordingViewer(folder);
    expect(await viewerWith(`relative:${programs}`).find()).toBe(join(programs, 'remote-viewer'));
    expect(await viewerWith(folder).find()).toBeUndefined();
  });

  it('is found where Windows’ installer puts it, the newest of several', async () => {
    const programs = join(folder, 'Program Files');
    for (const version of ['VirtViewer v9.0-256', 'VirtViewer v11.0-256', 'Other']) {
      await mkdir(join(programs, version, 'bin'), { recursive: true });
      await writeFile(join(programs, version, 'bin', 'remote-viewer.exe'), '', { mode: 0o755 });
    }
    const windows: LocalHost = { ...createLocalHost(), os: 'win32' };
    const viewer = createViewer(windows, { env: { Path: 'relative;other', ProgramFiles: programs } });
    expect(await viewer.find()).toBe(join(programs, 'VirtViewer v11.0-256', 'bin', 'remote-viewer.exe'));
  });

  it('gets one file that only the person can read, and nothing else', async () => {
    const program = await recordingViewer(folder);
    await viewerWith(program.folder).open(target);
    const given = program.given();
    expect(given).toMatchObject({ mode: '600', file: viewerFile(target) });
    expect(given?.arguments).toHaveLength(1);
    expect(given?.arguments[0]).toMatch(/\/runtime\/viewer\/[0-9a-f]{16}\.vv$/);
    expect(left().filter((name) => name.endsWith('.vv'))).toEqual([]);
  });

  it('that fails at once says why, and leaves no password behind', async () => {
    const { folder: programs } = await recordingViewer(folder, { says: 'cannot open display' });
    await expect(viewerWith(programs).open(target)).rejects.toMatchObject({
      code: 'program_failed',
      detail: 'cannot open display',
    });
    expect(left()).toEqual([]);
  });

  it('that is not there is named', async () => {
    await expect(viewerWith(folder).open(target)).rejects.toMatchObject({ code: 'program_missing' });
    expect(left()).toEqual([]);
  });
});
