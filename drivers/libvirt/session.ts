import type { Duplex } from 'node:stream';
import type { Logger } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { explain } from './failures.ts';
import { RpcClient, type CallOptions } from './rpc/client.ts';
import { DrvFeature } from './rpc/enums.gen.ts';
import type { KeepaliveOptions } from './rpc/keepalive.ts';
import { LibvirtError } from './rpc/libvirt-error.ts';
import { authenticate, type AskCredentials } from './rpc/sasl.ts';

/** A line to a daemon, up to the first byte of its protocol. */
export interface SessionTransport {
  stream: Duplex;
  /** One packet per write: TLS. */
  framePerWrite: boolean;
  /** For messages: path or host:port. */
  at: string;
  /** Nobody listens: a password may be sent as it is. */
  trusted: boolean;
}

export interface SessionOptions {
  /**
   * What the daemon is to open, as `qemu:///system`. It opens whatever it is told with its own rights, also other hosts:
   * built from checked parts, never from a person's text.
   */
  name: string;
  readOnly: boolean;
  /** Insist on this way to log in. */
  auth?: Auth | undefined;
  askCredentials?: AskCredentials | undefined;
  log: Logger;
  signal?: AbortSignal | undefined;
  keepalive?: KeepaliveOptions;
  /** The host asks a person at its own screen; that may take as long as the person does. */
  onAuthorizing?: (() => void) | undefined;
}

export type Auth = 'sasl' | `sasl.${string}` | 'polkit';

/** An opened hypervisor. */
export interface Session {
  readonly rpc: RpcClient;
  /** What the daemon opened. */
  readonly uri: string;
  /** major * 1,000,000 + minor * 1,000 + release; see formatVersion(). */
  readonly libVersion: bigint;
  /** Of the hypervisor, counted alike; undefined where it has none. */
  readonly version: bigint | undefined;
  /** DrvFeature numbers that the daemon has. */
  readonly features: ReadonlySet<number>;
  /** Says goodbye, then ends the connection. Never rejects. */
  close(): Promise<void>;
}

const authTypes = { none: 0, sasl: 1, polkit: 2 } as const;
const openReadOnly = 1;
/** A daemon that is started by our connecting may take its time. */
const firstAnswer = 60_000;
const goodbye = 2000;

const asked = [
  DrvFeature.REMOTE_EVENT_CALLBACK,
  DrvFeature.REMOTE_CLOSE_CALLBACK,
  DrvFeature.MIGRATION_PARAMS,
  DrvFeature.NETWORK_UPDATE_HAS_CORRECT_ORDER,
  DrvFeature.TYPED_PARAM_STRING,
] as const;

/** Logs in and opens the hypervisor. The transport is the session's from then on, also when this fails. Rejects with a GuestroomError. */
export async function openSession(transport: SessionTransport, options: SessionOptions): Promise<Session> {
  const { framePerWrite } = transport;
  const { log, keepalive } = options;
  const rpc = new RpcClient(transport.stream, { framePerWrite, log, ...(keepalive ? { keepalive } : {}) });
  try {
    return await open(rpc, transport, options);
  } catch (error) {
    rpc.close();
    throw explain(error);
  }
}

async function open(rpc: RpcClient, transport: SessionTransport, options: SessionOptions): Promise<Session> {
  const call: CallOptions = options.signal ? { signal: options.signal } : {};
  await logIn(rpc, transport, options, call);
  // asking is what makes the daemon ping us; before it has opened something it answers no other feature
  const { supported } = await rpc.call(
    'CONNECT_SUPPORTS_FEATURE',
    { feature: DrvFeature.PROGRAM_KEEPALIVE },
    call,
  );
  if (supported !== 0) rpc.startKeepalive();
  // once only: a second time would fail and take the first away
  await rpc.call('CONNECT_OPEN', { name: options.name, flags: options.readOnly ? openReadOnly : 0 }, call);
  const [{ uri }, { lib_ver: libVersion }, version, ...supports] = await Promise.all([
    rpc.call('CONNECT_GET_URI', {}, call),
    rpc.call('CONNECT_GET_LIB_VERSION', {}, call),
    rpc.call('CONNECT_GET_VERSION', {}, call).then(({ hv_ver }) => hv_ver, noneIfRefused),
    ...asked.map((feature) => has(rpc, feature, call)),
  ]);
  return {
    rpc,
    uri,
    libVersion,
    version,
    features: new Set(asked.filter((_, at) => supports[at])),
    close: () => close(rpc),
  };
}

/** Must come first, also where nothing is asked: the daemon lets root pass in this call. */
async function logIn(
  rpc: RpcClient,
  transport: SessionTransport,
  options: SessionOptions,
  call: CallOptions,
): Promise<void> {
  const { types } = await firstCall(rpc, transport, call);
  const forced = options.auth?.startsWith('sasl') ? authTypes.sasl : options.auth && authTypes.polkit;
  const type = forced === undefined ? types[0] : types.find((one) => one === forced);
  switch (type) {
    case authTypes.none:
      return;
    case authTypes.sasl: {
      const mechanism = options.auth?.startsWith('sasl.') ? options.auth.slice('sasl.'.length) : undefined;
      const { trusted } = transport;
      const { askCredentials } = options;
      await authenticate(rpc, {
        trusted,
        ...(mechanism === undefined ? {} : { mechanism }),
        ...(askCredentials ? { askCredentials } : {}),
        ...call,
      });
      return;
    }
    case authTypes.polkit:
      options.onAuthorizing?.();
      await askPolkit(rpc, call);
      return;
    default:
      throw new GuestroomError(
        'unsupported',
        forced === undefined
          ? 'The host asks for a login that Guestroom does not know'
          : `The host does not ask for a login by ${forced === authTypes.sasl ? 'SASL' : 'polkit'}`,
        { detail: `offered: ${types.join(', ')}`, hint: 'Leave auth out of the address' },
      );
  }
}

/** No timeout: a person reads a question. */
async function askPolkit(rpc: RpcClient, call: CallOptions): Promise<void> {
  try {
    await rpc.call('AUTH_POLKIT', {}, call);
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw error;
    const explained = explain(error);
    if (explained.code === 'auth_failed' || explained.code === 'cancelled') throw explained;
    // as where polkit is asked for and not installed
    throw new GuestroomError(
      'auth_failed',
      'The host could not find out whether you may manage its machines',
      {
        detail: explained.detail,
        hint: 'See that polkit runs there (systemctl status polkit), or let the group libvirt in by auth_unix_rw = "none" in /etc/libvirt/libvirtd.conf',
        cause: error,
      },
    );
  }
}

async function firstCall(
  rpc: RpcClient,
  { at }: SessionTransport,
  call: CallOptions,
): Promise<{ types: readonly number[] }> {
  try {
    return await rpc.call('AUTH_LIST', {}, { ...call, timeout: firstAnswer });
  } catch (error) {
    if (!(error instanceof GuestroomError)) throw error;
    if (error.code === 'lost') {
      throw new GuestroomError('lost', `The daemon at ${at} closed the connection at once`, {
        detail: error.detail,
        hint: 'It may be ending, or have as many clients as it takes; its log tells (journalctl -u libvirtd)',
        cause: error,
      });
    }
    if (error.code === 'timeout') {
      throw new GuestroomError('timeout', `The daemon at ${at} does not answer`, {
        hint: 'It may hang or still be starting; its log tells (journalctl -u libvirtd)',
        cause: error,
      });
    }
    throw error;
  }
}

const has = (rpc: RpcClient, feature: number, call: CallOptions): Promise<boolean> =>
  rpc.call('CONNECT_SUPPORTS_FEATURE', { feature }, call).then(
    ({ supported }) => supported !== 0,
    (error: unknown) => noneIfRefused(error) ?? false,
  );

/** Some hypervisors have no version, or do not tell it. */
function noneIfRefused(error: unknown): undefined {
  if (error instanceof LibvirtError) return undefined;
  throw error;
}

async function close(rpc: RpcClient): Promise<void> {
  try {
    await rpc.call('CONNECT_CLOSE', {}, { timeout: goodbye });
  } catch {
    // a helper in between may end before it has passed the answer on: the connection is over either way
  }
  rpc.close();
}

/** 9000000n → 9.0.0 */
export const formatVersion = (version: bigint): string =>
  `${String(version / 1_000_000n)}.${String((version / 1000n) % 1000n)}.${String(version % 1000n)}`;
