import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseUri } from '../../drivers/api/uri.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';
import { Reach, type Reached } from '../../main/nodes/reach.ts';
import { hostConformance } from '../conformance/host.ts';
import { type Sshd, type SshdOptions, sshdOrWhyNot, startSshd } from '../lab/ssh/sshd.ts';
import { log } from './libvirt-node.ts';

const why = await sshdOrWhyNot('A host over SSH');

const kinds: Record<string, SshdOptions> = {
  'as Debian sets it up': {},
  'that forbids forwarding': { config: ['AllowStreamLocalForwarding no', 'AllowTcpForwarding no'] },
  'that allows three sessions at a time and has chatty login scripts': {
    config: ['MaxSessions 3'],
    profile: 'echo Welcome\n',
  },
};

describe.skipIf(why !== undefined).each(Object.entries(kinds))('a host over SSH %s', (_kind, options) => {
  let sshd: Sshd;
  let reached: Reached;
  beforeAll(async () => {
    sshd = await startSshd(options);
  });
  afterAll(async () => {
    reached?.end();
    await sshd?.end();
  });

  hostConformance(async () => {
    const { port, keys, knownHosts } = sshd;
    const reach = new Reach({ host: createLocalHost(), log, sshConfig: '/dev/null', env: {} });
    const uri = `qemu+ssh://ada@127.0.0.1:${String(port)}/embed?keyfile=${keys.ed25519}&known_hosts=${knownHosts}`;
    reached = await reach.to(parseUri(uri), { signal: new AbortController().signal });
    return reached.host;
  });

  it('needed one TCP connection for all of that', () => {
    expect(sshd.connections()).toBe(1);
  });
});
