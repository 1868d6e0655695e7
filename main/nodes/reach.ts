import type { OpenContext } from '../../drivers/api/driver.ts';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { Host } from '../../drivers/api/host.ts';
import { type ConnectionUri, formatUri, isSsh, transportOf } from '../../drivers/api/uri.ts';
import type { LocalHost } from './local-host.ts';
import type { Environment } from './local/paths.ts';
import { HostKeys } from './ssh/host-keys.ts';
import type { SshHost } from './ssh/host.ts';
import { unlessAborted } from './unless-aborted.ts';

export interface ReachOptions {
  host: LocalHost;
  log: OpenContext['log'];
  /** OpenSSH's configuration in place of the person's and the system's. */
  sshConfig?: string | undefined;
  /** The environment that the SSH agent is found by; default is ours. */
  env?: Environment | undefined;
  /** ms that a host may be silent while it is connected. Default 20,000. */
  timeout?: number | undefined;
}

export type ReachContext = Pick<OpenContext, 'ask' | 'onStep'> & { signal: AbortSignal };

/** A machine for a driver to work on. */
export interface Reached {
  host: Host;
  /** The way to it, where that can end; undefined for this computer. */
  ssh?: SshHost;
  /** Ends the way to it. */
  end(): void;
}

/** The ways to the machines that drivers work on. */
export class Reach {
  readonly #options: ReachOptions;
  readonly #hostKeys: HostKeys;

  constructor(options: ReachOptions) {
    this.#options = options;
    const { host, log } = options;
    const own = host.files.join(host.paths.config, 'known_hosts');
    this.#hostKeys = new HostKeys({ files: host.files, own, log });
  }

  /**
   * The machine that the driver of a URI works on. A daemon behind TLS or TCP is reached from this computer, so that is
   * the driver's host. Rejects with `unsupported` for a way that is not there, and with what went wrong on the way.
   */
  async to(uri: ConnectionUri, context: ReachContext): Promise<Reached> {
    const { host, log, sshConfig, env, timeout = 20_000 } = this.#options;
    checkWay(uri);
    if (!isSsh(uri)) return { host, end: () => undefined };
    // loaded by the first that needs it: a program that stays on this computer starts without
    const [{ routeTo }, { openSshHost }] = await Promise.all([
      import('./ssh/route.ts'),
      import('./ssh/host.ts'),
    ]);
    // OpenSSH is asked, whose configuration may run programs that take their time
    const way = routeTo(uri, { host, log, env, configFile: sshConfig });
    const route = await unlessAborted(way, context.signal);
    const ssh = await openSshHost(route, {
      hostKeys: this.#hostKeys,
      files: host.files,
      ask: uri.params.get('no_tty') === '1' ? undefined : context.ask,
      log,
      signal: context.signal,
      timeout,
      onStep: context.onStep,
      root: uri.embedded ? uri.params.get('root') : undefined,
    });
    return { host: ssh, ssh, end: () => ssh.end() };
  }
}

/** Throws `invalid_argument` for a way that does not exist or lacks its host, `unsupported` for one that this hypervisor has not. */
export function checkWay(uri: ConnectionUri): void {
  const transport = transportOf(uri);
  const refuse = (code: 'invalid_argument' | 'unsupported', message: string, hint: string) =>
    new GuestroomError(code, message, { hint, detail: formatUri(uri) });
  if (isSsh(uri)) {
    if (uri.host !== undefined) return;
    throw refuse(
      'invalid_argument',
      'The address does not say which host',
      `Write ${uri.driver}+ssh://host${uri.path}`,
    );
  }
  switch (transport) {
    case 'unix':
    case 'tls':
    case 'tcp':
      if (!uri.embedded || uri.local) return;
      throw refuse(
        'unsupported',
        'Guestroom runs this hypervisor itself, which it cannot do over TLS or TCP',
        `Use ${uri.driver}+ssh://${uri.host ?? ''}/embed`,
      );
    default:
      throw refuse(
        'invalid_argument',
        `There is no way to a host that is called ${transport}`,
        'Use SSH, as in qemu+ssh://user@host/system, or TLS, as in qemu+tls://host/system',
      );
  }
}
