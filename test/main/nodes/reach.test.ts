import { afterEach, describe, expect, it } from 'vitest';
import type { Driver } from '../../../drivers/api/driver.ts';
import { parseUri } from '../../../drivers/api/uri.ts';
import { drivers } from '../../../drivers/index.ts';
import { createLocalHost, type LocalHost } from '../../../main/nodes/local-host.ts';
import { checkWay, Reach } from '../../../main/nodes/reach.ts';
import { appInFolder, type AppInFolder } from '../app-in-folder.ts';

let self: AppInFolder | undefined;
afterEach(async () => {
  await self?.end();
  self = undefined;
});

describe('the way to a host', () => {
  it.each([
    'qemu:///system',
    'qemu+unix:///session?socket=/run/x',
    'qemu+tls://rack.example/system',
    'xen+tcp://rack.example:16509/system',
    // as in libvirt: a host without a transport is one over TLS
    'lxc://rack.example/system',
    'test:///default',
    'qemu:///embed',
    'qemu+ssh://ada@rack.example:2222/system',
    'xen+libssh2://rack.example/system',
    'qemu+ssh://rack.example/embed?root=/srv/guests',
  ])('%s is one that there is', (uri) => {
    expect(() => checkWay(parseUri(uri))).not.toThrow();
  });

  it.each([
    ['qemu+ssh:///system', 'invalid_argument', /which host/],
    ['qemu+ext://rack.example/system', 'invalid_argument', /ext/],
    ['qemu+tls://rack.example/embed', 'unsupported', /TLS/],
    ['qemu://rack.example/embed', 'unsupported', /TLS/],
  ])('%s is refused before anything is opened', (uri, code, words) => {
    expect(() => checkWay(parseUri(uri))).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringMatching(words) as string,
        hint: expect.stringMatching(/ssh:\/\//) as string,
        detail: uri,
      }),
    );
  });
});

describe('stopping an attempt', () => {
  it('does not wait for OpenSSH’s reading of a configuration that hangs', async () => {
    const stop = new AbortController();
    const local = createLocalHost();
    const exec: LocalHost['exec'] = () => {
      stop.abort();
      return new Promise(() => undefined);
    };
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
    const reach = new Reach({ host: { ...local, exec }, log });
    const uri = parseUri('qemu+ssh://rack.example/system');
    await expect(reach.to(uri, { signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('looking around', () => {
  const [test] = drivers.filter(({ name }) => name === 'test');

  it('finds all ways of a driver that has several, each with its own name', async () => {
    if (!test) throw new Error('the build has no test hypervisor');
    const several: Driver = {
      ...test,
      probe: () =>
        Promise.resolve([
          { state: 'ready', uri: 'test:///default', title: 'Shared', summary: 'All', lookedFor: [] },
          { state: 'denied', uri: 'test:///showcase', title: 'Own', summary: 'None', lookedFor: [] },
        ]),
    };
    self = await appInFolder({ drivers: [several] });
    const { node } = await self.client.nodes.add({ uri: 'test:///showcase', autoconnect: false });
    expect(await self.client.nodes.probe()).toEqual([
      expect.objectContaining({ driver: 'test', title: 'Shared', state: 'ready' }),
      expect.objectContaining({ driver: 'test', title: 'Own', state: 'denied', node }),
    ]);
  });

  it('says in a row of its own when a driver cannot look', async () => {
    if (!test) throw new Error('the build has no test hypervisor');
    const broken: Driver = { ...test, probe: () => Promise.reject(new Error('no eyes')) };
    self = await appInFolder({ drivers: [broken] });
    expect(await self.client.nodes.probe()).toEqual([
      expect.objectContaining({ driver: 'test', state: 'missing', summary: 'no eyes' }),
    ]);
  });
});
