import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '../../drivers/api/host.ts';
import type { RpcClient } from '../../drivers/libvirt/rpc/client.ts';
import type { Domain, StoragePool, StorageVol } from '../../drivers/libvirt/rpc/procedures.gen.ts';
import { openSession, type Session, type SessionOptions } from '../../drivers/libvirt/session.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { hostOf, hostOfNobody } from '../lab/libvirt/host.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { open } from '../lab/libvirt/line.ts';
import { within } from './room.ts';

const missing = await libvirtdOrWhyNot('The wire layer');
const MiB = 1024 * 1024;

const sessions: Session[] = [];
afterEach(() => {
  for (const { rpc } of sessions.splice(0)) rpc.close();
});

async function session(uri: string, host: Host, options: Partial<SessionOptions> = {}): Promise<Session> {
  const transport = await open(uri, host, { readOnly: options.readOnly ?? false });
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  const opened = await openSession(transport, { name: 'qemu:///system', readOnly: false, log, ...options });
  sessions.push(opened);
  return opened;
}

const answers = (rpc: RpcClient, timeout: number): Promise<string> =>
  rpc.call('CONNECT_GET_URI', {}, { timeout }).then(
    ({ uri }) => uri,
    (error: unknown) => String((error as { code?: unknown }).code),
  );

/** Stops the daemon where it is; the returned function lets it go on. */
function standStill(lab: Libvirtd): () => void {
  const pid = lab.pid ?? 0;
  const [, parent] = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? [];
  process.kill(pid, 'SIGSTOP');
  // who waits for the daemon in its namespace stops with it, and wakes it
  return () => process.kill(Number(parent), 'SIGCONT');
}

const sha256 = async (content: AsyncIterable<Buffer>): Promise<string> => {
  const hash = createHash('sha256');
  for await (const part of content) hash.update(part);
  return hash.digest('hex');
};

describe.skipIf(missing !== undefined)('the wire to a real daemon', () => {
  let lab: Libvirtd;
  let host: Host;
  beforeAll(async () => {
    lab = await startLibvirtd({ libvirtd: ['keepalive_interval = 1', 'keepalive_count = 2'] });
    host = hostOf(lab);
  });
  afterAll(() => lab.end());
  const connect = (options?: Partial<SessionOptions>): Promise<Session> =>
    session('qemu:///system', host, options);

  it('opens, tells versions and features, and says goodbye', async () => {
    const one = await connect();
    expect(one.uri).toBe('qemu:///system');
    expect(one.libVersion).toBeGreaterThan(6_000_000n);
    expect(one.version).toBeGreaterThan(4_000_000n);
    expect([...one.features].sort()).toEqual([13, 14, 15, 16, 9].sort());
    await one.close();
    expect(await one.rpc.closed).toMatchObject({ code: 'lost' });
  });

  it('answers hundreds of calls at once, each to who asked', async () => {
    const { rpc } = await connect({ name: 'test:///default' });
    const wanted = Array.from({ length: 300 }, (_, at) => (at % 3 === 0 ? 'test' : 'nobody'));
    const found = await Promise.all(
      wanted.map((name) =>
        rpc.call('DOMAIN_LOOKUP_BY_NAME', { name }).then(
          ({ dom }) => dom.name,
          (error: Error) => error.message,
        ),
      ),
    );
    expect(found).toEqual(wanted.map((name) => (name === 'test' ? name : 'Domain not found')));
  });

  it('refuses changes over a read-only connection', async () => {
    const { rpc } = await connect({ readOnly: true });
    const change = rpc.call('NETWORK_DEFINE_XML', { xml: '<network><name>x</name></network>' });
    await expect(change).rejects.toMatchObject({ code: 29 });
  });

  it('tells of what others do, and refuses events that it does not have', async () => {
    const { rpc } = await connect();
    const register = async (eventID: number): Promise<number> =>
      (await rpc.call('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', { eventID, dom: null })).callbackID;
    const seen: string[] = [];
    const id = await rpc.listen(
      'DOMAIN_EVENT_CALLBACK_LIFECYCLE',
      () => register(0),
      ({ msg }) => {
        seen.push(`${msg.dom.name} ${String(msg.event)}/${String(msg.detail)}`);
      },
    );
    await expect(
      rpc.listen(
        'DOMAIN_EVENT_NIC_MAC_CHANGE',
        () => register(99),
        () => undefined,
      ),
    ).rejects.toMatchObject({
      code: 1,
    });
    const file = join(lab.files, 'seen.xml');
    await writeFile(file, guestOn('seen', '/nowhere.img'));
    await lab.virsh('define', file);
    await lab.virsh('undefine', 'seen');
    await within(10_000, () => seen).toEqual(['seen 0/0', 'seen 1/0']);
    rpc.unlisten('DOMAIN_EVENT_CALLBACK_LIFECYCLE', id);
    await rpc.call('CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY', { callbackID: id });
  });

  it('stays open for a client that only answers pings, and notices a daemon that stands still', async () => {
    const patient = await connect();
    const watching = await connect({ keepalive: { interval: 300, count: 2 } });
    // the daemon cuts a silent client off after three seconds
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect(await answers(patient.rpc, 5000)).toBe('qemu:///system');
    expect(await answers(watching.rpc, 5000)).toBe('qemu:///system');
    const goOn = standStill(lab);
    try {
      const pending = watching.rpc.call('CONNECT_GET_HOSTNAME', {});
      await expect(pending).rejects.toMatchObject({
        code: 'lost',
        message: 'The host does not answer any more',
      });
    } finally {
      goOn();
    }
    expect(await answers(patient.rpc, 20_000)).toBe('qemu:///system');
  });

  describe('streams', () => {
    let pool: StoragePool;
    const content = randomBytes(3 * MiB + 17);
    beforeAll(async () => {
      const { rpc } = await connect();
      const folder = join(lab.files, 'pool');
      await lab.virsh('pool-create-as', 'wire', 'dir', '--target', folder, '--build');
      ({ pool } = await rpc.call('STORAGE_POOL_LOOKUP_BY_NAME', { name: 'wire' }));
    });

    async function volume(rpc: RpcClient, name: string, capacity: number): Promise<StorageVol> {
      const xml = `<volume><name>${name}</name><capacity>${String(capacity)}</capacity><allocation>0</allocation><target><format type='raw'/></target></volume>`;
      return (await rpc.call('STORAGE_VOL_CREATE_XML', { pool, xml, flags: 0 })).vol;
    }

    it('carry volumes both ways, bit by bit', async () => {
      const { rpc } = await connect();
      const vol = await volume(rpc, 'whole.raw', content.length);
      const whole = { vol, offset: 0n, length: 0n, flags: 0 };
      const up = await rpc.openStream('STORAGE_VOL_UPLOAD', whole);
      await pipeline(Readable.from([content.subarray(0, 100_001), content.subarray(100_001)]), up.stream);
      const expected = createHash('sha256').update(content).digest('hex');
      expect(await sha256(createReadStream(vol.key))).toBe(expected);
      const down = await rpc.openStream('STORAGE_VOL_DOWNLOAD', whole);
      expect(await sha256(down.stream)).toBe(expected);
      expect(await answers(rpc, 5000)).toBe('qemu:///system');
    });

    it('leave holes out', async () => {
      const { rpc } = await connect();
      const vol = await volume(rpc, 'sparse.raw', 256 * MiB);
      const sparse = { vol, offset: 0n, length: 0n, flags: 1 };
      const { stream } = await rpc.openStream('STORAGE_VOL_UPLOAD', sparse);
      stream.write(content.subarray(0, MiB));
      await stream.writeHole(BigInt(254 * MiB));
      stream.end(content.subarray(MiB, 2 * MiB));
      await finished(stream);
      expect(statSync(vol.key).size).toBe(256 * MiB);
      expect(statSync(vol.key).blocks * 512).toBeLessThan(4 * MiB);
      const back = await rpc.openStream('STORAGE_VOL_DOWNLOAD', sparse);
      const parts: Buffer[] = [];
      let holes = 0n;
      await back.stream.drain((piece) => {
        if ('hole' in piece) holes += piece.hole;
        else parts.push(Buffer.from(piece.data));
        return undefined;
      });
      expect(holes).toBe(BigInt(254 * MiB));
      expect(Buffer.concat(parts).equals(content.subarray(0, 2 * MiB))).toBe(true);
    });

    it('that write beyond their place fail with what the daemon says, and the connection goes on', async () => {
      const { rpc } = await connect();
      const vol = await volume(rpc, 'short.raw', 2 * MiB);
      const { stream } = await rpc.openStream('STORAGE_VOL_UPLOAD', {
        vol,
        offset: 0n,
        length: BigInt(MiB),
        flags: 0,
      });
      await expect(pipeline(Readable.from([content]), stream)).rejects.toMatchObject({ code: 38 });
      expect(await answers(rpc, 5000)).toBe('qemu:///system');
    });

    it('that are given up are aborted; nobody who reads slowly loses anything', async () => {
      const { rpc } = await connect();
      const vol = await volume(rpc, 'large.raw', 64 * MiB);
      const whole = { vol, offset: 0n, length: 0n, flags: 0 };
      const { stream } = await rpc.openStream('STORAGE_VOL_DOWNLOAD', whole);
      for await (const _ of stream) break;
      expect(await answers(rpc, 5000)).toBe('qemu:///system');
      const slow = await rpc.openStream('STORAGE_VOL_DOWNLOAD', whole);
      await within(10_000, () => slow.stream.readableLength).toBeGreaterThan(MiB / 2);
      // the socket is full: what is asked now is answered when somebody reads
      const asked = answers(rpc, 60_000);
      expect(slow.stream.readableLength).toBeLessThan(2 * MiB);
      let bytes = 0;
      for await (const part of slow.stream) bytes += (part as Buffer).length;
      expect(bytes).toBe(64 * MiB);
      expect(await asked).toBe('qemu:///system');
    });
  });

  describe('consoles', () => {
    /** A boot sector: these instructions and nothing else. */
    async function start(rpc: RpcClient, name: string, code: readonly number[]): Promise<Domain> {
      const sector = Buffer.alloc(512);
      sector.set(code);
      sector.set([0x55, 0xaa], 510);
      const image = join(lab.files, `${name}.img`);
      await writeFile(image, sector);
      return (await rpc.call('DOMAIN_CREATE_XML', { xml_desc: guestOn(name, image), flags: 0 })).dom;
    }

    it('of a guest that floods wait for a reader who stands still, and do not end meanwhile', async () => {
      const manager = (await connect()).rpc;
      // mov al,'A'; mov dx,3f8h; out dx,al; jmp back to out
      const dom = await start(manager, 'flood', [0xb0, 0x41, 0xba, 0xf8, 0x03, 0xee, 0xeb, 0xfd]);
      const { rpc } = await connect();
      const { stream } = await rpc.openStream('DOMAIN_OPEN_CONSOLE', { dom, dev_name: null, flags: 0 });
      await within(60_000, () => stream.readableLength).toBeGreaterThan(MiB - 1);
      // the daemon would cut off whom it does not hear for three seconds
      await new Promise((resolve) => setTimeout(resolve, 5000));
      expect(stream.readableLength).toBeLessThan(2 * MiB);
      let bytes = 0;
      for await (const part of stream) {
        bytes += (part as Buffer).length;
        if (bytes > 2 * MiB) break;
      }
      expect(await answers(rpc, 5000)).toBe('qemu:///system');
      const shot = await rpc.openStream('DOMAIN_SCREENSHOT', { dom, screen: 0, flags: 0 });
      expect(['image/png', 'image/x-portable-pixmap']).toContain(shot.result.mime);
      expect((await shot.stream.toArray()).length).toBeGreaterThan(0);
      await manager.call('DOMAIN_DESTROY', { dom });
    });

    it('of a guest that does not read stop the writer and their own connection only', async () => {
      const manager = (await connect()).rpc;
      const dom = await start(manager, 'deaf', [0xfa, 0xf4, 0xeb, 0xfd]); // cli; hlt; jmp back to hlt
      const { rpc } = await connect();
      const { stream } = await rpc.openStream('DOMAIN_OPEN_CONSOLE', { dom, dev_name: null, flags: 0 });
      let accepted = 0;
      const keys = Buffer.alloc(64 * 1024, 'k');
      for (let at = 0; at < 32; at += 1) stream.write(keys, () => (accepted += 1));
      // what was asked in the same breath would still come through
      await within(10_000, () => accepted).toBeGreaterThan(0);
      expect(await answers(rpc, 2000)).toBe('timeout');
      expect(accepted).toBeLessThan(32);
      expect(await answers(manager, 5000)).toBe('qemu:///system');
      const ended = finished(stream).catch((error: unknown) => error);
      stream.resume();
      await manager.call('DOMAIN_DESTROY', { dom });
      expect(await ended).toBeInstanceOf(Error);
      expect(await answers(rpc, 10_000)).toBe('qemu:///system');
    });
  });

  it('ends everything that waits when the daemon is killed', async () => {
    const { rpc } = await connect();
    const goOn = standStill(lab);
    const pending = Array.from({ length: 20 }, () => rpc.call('CONNECT_GET_HOSTNAME', {}));
    const results = Promise.allSettled(pending);
    const killed = lab.kill();
    goOn();
    await killed;
    for (const result of await results)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'lost' } });
    await lab.start();
    expect(await answers((await connect()).rpc, 30_000)).toBe('qemu:///system');
  });
});

describe.skipIf(missing !== undefined)('logging in to a real daemon', () => {
  let lab: Libvirtd;
  beforeAll(async () => {
    lab = await startLibvirtd({ unix: 'sasl', tls: 'sasl', tcp: 'sasl' });
  });
  afterAll(() => lab.end());
  const knows = (password = lab.login.password, user = lab.login.user): Partial<SessionOptions> => ({
    askCredentials: () => Promise.resolve({ user, password }),
  });

  it.each(['sasl', 'sasl.SCRAM-SHA-256', 'sasl.SCRAM-SHA-1', 'sasl.PLAIN'] as const)(
    'by %s',
    async (auth) => {
      const { rpc } = await session('qemu:///system', hostOf(lab), { auth, ...knows() });
      expect(await answers(rpc, 5000)).toBe('qemu:///system');
    },
  );

  it('over TLS, with many calls at once: each goes in a record of its own', async () => {
    const uri = `qemu+tls://localhost:${String(lab.ports.tls)}/system?pkipath=${lab.pki.good}`;
    const { rpc } = await session(uri, hostOf(lab), knows());
    for (let round = 0; round < 20; round += 1) {
      const calls = Array.from({ length: 64 }, () => answers(rpc, 20_000));
      expect(new Set(await Promise.all(calls))).toEqual(new Set(['qemu:///system']));
    }
    const long = rpc.call('DOMAIN_DEFINE_XML', { xml: 'x'.repeat(3 * MiB) });
    await expect(long).rejects.toMatchObject({ code: 35 });
  });

  it('fails with a wrong password and with an unknown name, and says the same', async () => {
    for (const wrong of [knows('another'), knows(lab.login.password, 'nobody')]) {
      await expect(session('qemu:///system', hostOf(lab), wrong)).rejects.toMatchObject({
        code: 'auth_failed',
        message: 'The host refused the user name or the password',
      });
    }
  });

  it('is not done without encryption, and says what is offered', async () => {
    const uri = `qemu+tcp://127.0.0.1:${String(lab.ports.tcp)}/system`;
    await expect(session(uri, hostOf(lab), knows())).rejects.toMatchObject({
      code: 'unsupported',
      detail: expect.stringContaining('DIGEST-MD5') as string,
    });
  });

  it('by polkit lets root in, and says to others where polkit does not run', async () => {
    const asking = await startLibvirtd({ unix: 'polkit' });
    try {
      const { rpc } = await session('qemu:///system', hostOf(asking));
      expect(await answers(rpc, 5000)).toBe('qemu:///system');
      const theirs = await hostOfNobody(join(asking.files, 'nobody'), asking);
      await expect(session('qemu:///system', theirs)).rejects.toMatchObject({
        code: 'auth_failed',
        hint: expect.stringContaining('systemctl status polkit') as string,
      });
    } finally {
      await asking.end();
    }
  });
});

/** A machine with one disk and one serial line, under emulation. */
function guestOn(name: string, image: string): string {
  return `<domain type='qemu'><name>${name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
    <os><type arch='x86_64' machine='pc'>hvm</type></os>
    <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
      <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${image}'/><target dev='hda' bus='ide'/></disk>
      <serial type='pty'/><video><model type='vga'/></video><graphics type='vnc'><listen type='socket'/></graphics></devices></domain>`;
}
