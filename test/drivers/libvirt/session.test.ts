import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { GuestroomError } from '../../../drivers/api/errors.ts';
import type { AskCredentials } from '../../../drivers/libvirt/rpc/sasl.ts';
import {
  formatVersion,
  openSession,
  type Session,
  type SessionOptions,
} from '../../../drivers/libvirt/session.ts';
import { BarePeer, settle } from './rpc/peer.ts';

const nothing = new Uint8Array();
const me: AskCredentials = () => Promise.resolve({ user: 'me', password: 'secret' });

function start(peer: BarePeer, options: Partial<SessionOptions> = {}, trusted = true): Promise<Session> {
  const transport = { stream: peer.near, framePerWrite: false, at: '/run/libvirt-sock', trusted };
  return openSession(transport, { name: 'qemu:///system', readOnly: false, log: peer.log, ...options });
}

const failure = (session: Promise<Session>): Promise<GuestroomError> =>
  session.then(
    () => {
      throw new Error('it opened');
    },
    (error: unknown) => error as GuestroomError,
  );

/** Everything after the login. */
async function serveOpen(peer: BarePeer, expected: { name: string; flags: number }): Promise<void> {
  expect(await peer.serve('CONNECT_SUPPORTS_FEATURE', { supported: 1 })).toEqual({ feature: 10 });
  expect(await peer.serve('CONNECT_OPEN', undefined)).toEqual(expected);
  await peer.serve('CONNECT_GET_URI', { uri: expected.name });
  await peer.serve('CONNECT_GET_LIB_VERSION', { lib_ver: 9_000_000n });
  await peer.serve('CONNECT_GET_VERSION', { hv_ver: 7_002_022n });
  for (const supported of [1, 1, 1, 0, 1]) await peer.serve('CONNECT_SUPPORTS_FEATURE', { supported });
}

describe('opening a connection', () => {
  test('where nothing is asked: the list of logins first, the hypervisor once, then what the daemon can do', async () => {
    const peer = new BarePeer();
    const opening = start(peer);
    await peer.serve('AUTH_LIST', { types: [0] });
    await serveOpen(peer, { name: 'qemu:///system', flags: 0 });
    const session = await opening;
    expect(session).toMatchObject({ uri: 'qemu:///system', libVersion: 9_000_000n, version: 7_002_022n });
    expect([...session.features]).toEqual([14, 15, 13, 9]);
    await settle();
    expect(peer.unread).toBe(0);
  });

  test('read-only', async () => {
    const peer = new BarePeer();
    const opening = start(peer, { readOnly: true });
    await peer.serve('AUTH_LIST', { types: [0] });
    await serveOpen(peer, { name: 'qemu:///system', flags: 1 });
    await opening;
  });

  test('a hypervisor that does not tell its version is opened all the same', async () => {
    const peer = new BarePeer();
    const opening = start(peer, { name: 'ch:///system' });
    await peer.serve('AUTH_LIST', { types: [0] });
    await peer.serve('CONNECT_SUPPORTS_FEATURE', { supported: 0 });
    await peer.serve('CONNECT_OPEN', undefined);
    await peer.serve('CONNECT_GET_URI', { uri: 'ch:///system' });
    await peer.serve('CONNECT_GET_LIB_VERSION', { lib_ver: 11_003_000n });
    const { frame } = await peer.expectCall('CONNECT_GET_VERSION');
    peer.refuse('CONNECT_GET_VERSION', frame.serial, 3, 'not supported');
    for (let at = 0; at < 5; at += 1) {
      const feature = await peer.expectCall('CONNECT_SUPPORTS_FEATURE');
      peer.refuse('CONNECT_SUPPORTS_FEATURE', feature.frame.serial, 3, 'not supported');
    }
    const session = await opening;
    expect(session.version).toBeUndefined();
    expect(session.features.size).toBe(0);
  });

  test('a hypervisor that the daemon does not serve is told, and the line is closed', async () => {
    const peer = new BarePeer();
    const failed = failure(start(peer, { name: 'vbox:///system' }));
    await peer.serve('AUTH_LIST', { types: [0] });
    await peer.serve('CONNECT_SUPPORTS_FEATURE', { supported: 1 });
    const { frame } = await peer.expectCall('CONNECT_OPEN');
    peer.refuse('CONNECT_OPEN', frame.serial, 5, 'no connection driver available for vbox:///system');
    expect(await failed).toMatchObject({
      code: 'unsupported',
      detail: expect.stringContaining('vbox') as string,
    });
    expect(peer.near.destroyed).toBe(true);
  });

  test('something else that listens there is told with what it said', async () => {
    const peer = new BarePeer();
    const failed = failure(start(peer));
    peer.stream.write('Welcome to example.org\r\n');
    expect(await failed).toMatchObject({
      code: 'protocol',
      detail: expect.stringContaining('Welcome to example.org') as string,
    });
  });

  test('a daemon that closes at once is told by its address', async () => {
    const peer = new BarePeer();
    const failed = failure(start(peer));
    await peer.next();
    peer.stream.destroy();
    expect(await failed).toMatchObject({
      code: 'lost',
      message: expect.stringContaining('/run/libvirt-sock') as string,
    });
  });

  test.each(['AUTH_LIST', 'CONNECT_OPEN'] as const)('is cancelled while %s is under way', async (step) => {
    const peer = new BarePeer();
    const stop = new AbortController();
    const failed = failure(start(peer, { signal: stop.signal }));
    if (step === 'CONNECT_OPEN') {
      await peer.serve('AUTH_LIST', { types: [0] });
      await peer.serve('CONNECT_SUPPORTS_FEATURE', { supported: 1 });
    }
    await peer.expectCall(step);
    stop.abort();
    expect(await failed).toMatchObject({ code: 'cancelled' });
    expect(peer.near.destroyed).toBe(true);
  });

  test('closing says goodbye first, and takes a daemon that is gone already for an answer', async () => {
    for (const answers of [true, false]) {
      const peer = new BarePeer();
      const opening = start(peer);
      await peer.serve('AUTH_LIST', { types: [0] });
      await serveOpen(peer, { name: 'qemu:///system', flags: 0 });
      const session = await opening;
      const closed = session.close();
      const { frame } = await peer.expectCall('CONNECT_CLOSE');
      if (answers) peer.answer('CONNECT_CLOSE', frame.serial, undefined);
      else peer.stream.destroy();
      await closed;
      expect(await session.rpc.closed).toMatchObject({ code: 'lost' });
    }
  });
});

describe('polkit', () => {
  test('the person is told that the host asks', async () => {
    const peer = new BarePeer();
    let told = 0;
    const opening = start(peer, { onAuthorizing: () => (told += 1) });
    await peer.serve('AUTH_LIST', { types: [2] });
    const { frame } = await peer.expectCall('AUTH_POLKIT');
    expect(told).toBe(1);
    peer.answer('AUTH_POLKIT', frame.serial, { complete: 1 });
    await serveOpen(peer, { name: 'qemu:///system', flags: 0 });
    await opening;
  });

  test.each([
    [45, 'auth_failed'],
    [79, 'cancelled'],
    [94, 'auth_failed'],
  ])('error %d is %s, with what to do', async (code, expected) => {
    const peer = new BarePeer();
    const failed = failure(start(peer));
    await peer.serve('AUTH_LIST', { types: [2] });
    const { frame } = await peer.expectCall('AUTH_POLKIT');
    peer.refuse('AUTH_POLKIT', frame.serial, code, 'authentication failed', 60);
    expect(await failed).toMatchObject({
      code: expected,
      hint: expect.stringContaining('group libvirt') as string,
    });
  });
});

test('a host where polkit cannot be asked says so', async () => {
  const peer = new BarePeer();
  const failed = failure(start(peer));
  await peer.serve('AUTH_LIST', { types: [2] });
  const { frame } = await peer.expectCall('AUTH_POLKIT');
  const words = 'Unable to get DBus system bus connection: Could not connect: No such file or directory';
  peer.refuse('AUTH_POLKIT', frame.serial, 1, words, 0);
  expect(await failed).toMatchObject({
    code: 'auth_failed',
    detail: expect.stringContaining(words) as string,
    hint: expect.stringContaining('polkit') as string,
  });
});

describe('SASL', () => {
  /** A daemon that knows the password, or another one. */
  async function scramServer(peer: BarePeer, password: string, lie = false): Promise<void> {
    const hmac = (key: Uint8Array, what: string): Buffer => createHmac('sha256', key).update(what).digest();
    const said = (data: Uint8Array): string => Buffer.from(data).toString();
    const { frame: startFrame, args } = await peer.expectCall('AUTH_SASL_START');
    expect(args).toMatchObject({ mech: 'SCRAM-SHA-256', nil: 0 });
    const bare = said(args.data).replace('n,,', '');
    const challenge = `r=${bare.replace(/.*r=/, '')}xyz,s=${Buffer.from('salt').toString('base64')},i=4096`;
    peer.answer('AUTH_SASL_START', startFrame.serial, { complete: 0, nil: 0, data: Buffer.from(challenge) });
    const { frame, args: step } = await peer.expectCall('AUTH_SASL_STEP');
    const [, withoutProof = '', proof = ''] = /^(.*),p=(.*)$/.exec(said(step.data)) ?? [];
    const salted = pbkdf2Sync(password, 'salt', 4096, 32, 'sha256');
    const message = `${bare},${challenge},${withoutProof}`;
    const stored = createHash('sha256').update(hmac(salted, 'Client Key')).digest();
    const sent = Buffer.from(proof, 'base64');
    const key = hmac(stored, message).map((byte, at) => byte ^ (sent[at] ?? 0));
    if (!lie && !createHash('sha256').update(key).digest().equals(stored)) {
      peer.refuse('AUTH_SASL_STEP', frame.serial, 45, 'authentication failed', 7);
      return;
    }
    const final = `v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}`;
    peer.answer('AUTH_SASL_STEP', frame.serial, { complete: 1, nil: 0, data: Buffer.from(final) });
  }

  async function offer(peer: BarePeer, mechlist: string): Promise<void> {
    await peer.serve('AUTH_LIST', { types: [1] });
    await peer.serve('AUTH_SASL_INIT', { mechlist });
  }

  test('logs in with the best that both speak', async () => {
    const peer = new BarePeer();
    const opening = start(peer, { askCredentials: me });
    await offer(peer, 'PLAIN,DIGEST-MD5,SCRAM-SHA-1,SCRAM-SHA-256');
    await scramServer(peer, 'secret');
    await serveOpen(peer, { name: 'qemu:///system', flags: 0 });
    await opening;
  });

  test('a wrong password is refused', async () => {
    const peer = new BarePeer();
    const failed = failure(start(peer, { askCredentials: me }));
    await offer(peer, 'SCRAM-SHA-256');
    await scramServer(peer, 'another');
    expect(await failed).toMatchObject({ code: 'auth_failed', detail: 'authentication failed' });
  });

  test('a daemon that lets in without knowing the password gets nothing more', async () => {
    const peer = new BarePeer();
    const failed = failure(start(peer, { askCredentials: me }));
    await offer(peer, 'SCRAM-SHA-256');
    await scramServer(peer, 'another', true);
    expect(await failed).toMatchObject({
      code: 'auth_failed',
      message: expect.stringContaining('did not prove') as string,
    });
    await settle();
    expect(peer.unread).toBe(0);
  });

  test.each([
    ['at the first message', 'AUTH_SASL_START'],
    ['without its proof', 'AUTH_SASL_STEP'],
  ])('a daemon that says it is content %s is not believed', async (_when, where) => {
    const peer = new BarePeer();
    const failed = failure(start(peer, { askCredentials: me }));
    await offer(peer, 'SCRAM-SHA-256');
    const { frame, args } = await peer.expectCall('AUTH_SASL_START');
    const complete = { complete: 1, nil: 1, data: nothing };
    if (where === 'AUTH_SASL_START') peer.answer('AUTH_SASL_START', frame.serial, complete);
    else {
      const nonce = Buffer.from(args.data).toString().replace(/.*r=/, '');
      const data = Buffer.from(`r=${nonce}x,s=AAAA,i=4096`);
      peer.answer('AUTH_SASL_START', frame.serial, { complete: 0, nil: 0, data });
      await peer.serve('AUTH_SASL_STEP', complete);
    }
    expect(await failed).toMatchObject({
      code: 'auth_failed',
      message: expect.stringContaining('did not prove') as string,
    });
  });

  test('the proof may come before the last step', async () => {
    const peer = new BarePeer();
    const opening = start(peer, { askCredentials: me });
    await offer(peer, 'PLAIN');
    expect(await peer.serve('AUTH_SASL_START', { complete: 0, nil: 1, data: nothing })).toMatchObject({
      mech: 'PLAIN',
      data: Uint8Array.from(Buffer.from('\0me\0secret')),
    });
    expect(await peer.serve('AUTH_SASL_STEP', { complete: 1, nil: 1, data: nothing })).toMatchObject({
      nil: 1,
    });
    await serveOpen(peer, { name: 'qemu:///system', flags: 0 });
    await opening;
  });

  test('a login without end is ended', async () => {
    const peer = new BarePeer();
    const failed = failure(start(peer, { askCredentials: me }));
    await offer(peer, 'PLAIN');
    await peer.serve('AUTH_SASL_START', { complete: 0, nil: 1, data: nothing });
    for (let step = 0; step < 8; step += 1)
      await peer.serve('AUTH_SASL_STEP', { complete: 0, nil: 1, data: nothing });
    expect(await failed).toMatchObject({ code: 'protocol' });
  });

  test('a password is never sent readable where somebody may listen', async () => {
    for (const auth of ['sasl', 'sasl.PLAIN'] as const) {
      const peer = new BarePeer();
      const failed = failure(start(peer, { auth, askCredentials: me }, false));
      await offer(peer, 'PLAIN');
      expect(await failed).toMatchObject({ code: 'unsupported' });
      await settle();
      expect(peer.unread).toBe(0);
    }
  });

  test.each([
    ['DIGEST-MD5', 'sasl'],
    ['GSSAPI,DIGEST-MD5', 'sasl'],
    ['', 'sasl'],
    ['SCRAM-SHA-256', 'sasl.GSSAPI'],
    ['SCRAM-SHA-1', 'sasl.SCRAM-SHA-256'],
  ] as const)('where only %s is offered for %s, both lists are told', async (mechlist, auth) => {
    const peer = new BarePeer();
    const failed = failure(start(peer, { auth, askCredentials: me }));
    await offer(peer, mechlist);
    const error = await failed;
    expect(error.code).toBe('unsupported');
    expect(error.detail).toContain(mechlist.replace(',', ', '));
    expect(error.detail).toContain('SCRAM-SHA-256');
  });

  test('the person may think better of it', async () => {
    const peer = new BarePeer();
    const failed = failure(start(peer, { askCredentials: () => Promise.resolve(undefined) }));
    await offer(peer, 'SCRAM-SHA-256');
    expect(await failed).toMatchObject({ code: 'cancelled' });
  });

  test('without anybody to ask it says that a login is needed', async () => {
    const peer = new BarePeer();
    const failed = failure(start(peer));
    await offer(peer, 'SCRAM-SHA-256');
    expect(await failed).toMatchObject({ code: 'auth_failed' });
  });

  test.each([
    ['sasl', [0]],
    ['polkit', [1]],
  ] as const)('%s that is insisted on is not left out', async (auth, types) => {
    const peer = new BarePeer();
    const failed = failure(start(peer, { auth, askCredentials: me }));
    await peer.serve('AUTH_LIST', { types: [...types] });
    expect(await failed).toMatchObject({ code: 'unsupported' });
  });
});

test('versions are read as libvirt counts them', () => {
  expect(formatVersion(9_000_000n)).toBe('9.0.0');
  expect(formatVersion(11_003_012n)).toBe('11.3.12');
});
