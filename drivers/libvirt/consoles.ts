import type { Duplex } from 'node:stream';
import type { SpiceAddress } from '../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import { readDomain } from '../xml/domain/read.ts';
import type { Graphics } from '../xml/domain/types.ts';
import type { Daemon } from './daemon.ts';
import { domainXml } from './domain-document.ts';
import { domainOf } from './identity.ts';
import {
  DomainChannelFlags,
  DomainConsoleFlags,
  DomainQemuMonitorCommandFlags,
  KeycodeSet,
} from './rpc/enums.gen.ts';
import { collect } from './stream-content.ts';

/** Bytes of a screenshot; 8K with four bytes a pixel. */
const largestPicture = 128 * 1024 * 1024;
const anywhere: ReadonlySet<string> = new Set(['0.0.0.0', '::', '*']);

export interface ConsoleOptions {
  daemon: Daemon;
  /** The machine whose sockets we open. */
  host: Host;
  /** Name or address of the node where it is another machine; its unix sockets and its loopback are out of reach then. */
  remote: string | undefined;
  readOnly: boolean;
}

/** What a person sees and types: serial lines, screens, pictures, keys. */
export class Consoles {
  readonly #daemon: Daemon;
  readonly #options: ConsoleOptions;
  readonly #streams = new Set<Duplex>();

  constructor(options: ConsoleOptions) {
    this.#daemon = options.daemon;
    this.#options = options;
  }

  /** A serial, console or channel device, on a connection of its own: a guest that does not read stops nobody else. */
  async open(uuid: string, alias?: string, force = false): Promise<Duplex> {
    const dom = domainOf(uuid);
    const about = { domain: uuid };
    const { stream } =
      alias?.startsWith('channel') === true
        ? await this.#daemon.stream(
            'DOMAIN_OPEN_CHANNEL',
            { dom, name: alias, flags: force ? DomainChannelFlags.FORCE : 0 },
            about,
          )
        : await this.#daemon.stream(
            'DOMAIN_OPEN_CONSOLE',
            { dom, dev_name: alias ?? null, flags: force ? DomainConsoleFlags.FORCE : 0 },
            about,
          );
    return this.#hold(stream);
  }

  async graphics(uuid: string, index?: number): Promise<{ stream: Duplex; password?: string }> {
    const all = await this.#graphics(uuid);
    const chosen = index === undefined ? all.find(({ type }) => type === 'vnc') : all[index];
    if (chosen?.type !== 'vnc')
      throw new GuestroomError('not_found', 'There is no such VNC screen', { domain: uuid });
    const stream = this.#hold(await this.#connect(chosen, uuid));
    return chosen.passwd === undefined || chosen.passwd === ''
      ? { stream }
      : { stream, password: chosen.passwd };
  }

  async spice(uuid: string): Promise<SpiceAddress> {
    const screen = (await this.#graphics(uuid)).find(({ type }) => type === 'spice');
    if (!screen) throw new GuestroomError('not_found', 'There is no SPICE screen', { domain: uuid });
    const place = placeOf(screen);
    const { passwd, tlsPort } = screen;
    return {
      ...('unix' in place ? place : { host: place.host }),
      ...(screen.port !== undefined && screen.port > 0 ? { port: screen.port } : {}),
      ...(tlsPort !== undefined && tlsPort > 0 ? { tlsPort } : {}),
      ...(passwd === undefined || passwd === '' ? {} : { password: passwd }),
    };
  }

  async screenshot(uuid: string): Promise<Uint8Array> {
    const args = { dom: domainOf(uuid), screen: 0, flags: 0 };
    const { stream } = await this.#daemon.stream('DOMAIN_SCREENSHOT', args, { domain: uuid });
    const { pngOf } = await import('../picture/png.ts');
    return pngOf(await collect(stream, largestPicture));
  }

  async sendKey(uuid: string, keycodes: readonly number[], hold: number): Promise<void> {
    await this.#daemon.call(
      'DOMAIN_SEND_KEY',
      { dom: domainOf(uuid), codeset: KeycodeSet.LINUX, holdtime: hold, keycodes, flags: 0 },
      { domain: uuid },
    );
  }

  async monitor(uuid: string, command: string, kind: 'qmp' | 'hmp'): Promise<string> {
    const flags = kind === 'hmp' ? DomainQemuMonitorCommandFlags.HMP : DomainQemuMonitorCommandFlags.DEFAULT;
    const args = { dom: domainOf(uuid), cmd: command, flags };
    return (await this.#daemon.slowly('QEMU_DOMAIN_MONITOR_COMMAND', args, { domain: uuid })).result;
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  #hold<T extends Duplex>(stream: T): T {
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    return stream;
  }

  async #graphics(uuid: string): Promise<Graphics[]> {
    const xml = await domainXml(this.#daemon, uuid, { secure: !this.#options.readOnly });
    return readDomain(xml).devices.graphics;
  }

  async #connect(screen: Graphics, uuid: string): Promise<Duplex> {
    const { host, remote } = this.#options;
    const place = placeOf(screen);
    const port = screen.port ?? -1;
    if (!('unix' in place) && port <= 0)
      throw new GuestroomError('wrong_state', 'The screen has no port yet', {
        domain: uuid,
        retryable: true,
      });
    try {
      if (remote === undefined)
        return await host.connect(
          'unix' in place ? place : { host: reachable(place.host, '127.0.0.1'), port },
        );
      if ('unix' in place || isLoopback(place.host))
        throw new GuestroomError('unreachable', 'The screen is to be seen on its host only', {
          detail: 'unix' in place ? place.unix : `${place.host}:${String(port)}`,
          hint: 'Connect to the host by SSH, or let the screen listen on an address that this computer reaches',
          retryable: false,
        });
      return await host.connect({ host: reachable(place.host, remote), port });
    } catch (error) {
      const failed = toGuestroomError(error);
      if (failed.code === 'denied')
        throw new GuestroomError('denied', 'This account may not open the screen’s socket', {
          detail: failed.detail,
          hint: 'Let the screen listen on 127.0.0.1 in place of a socket, or run Guestroom as the hypervisor’s user',
          domain: uuid,
        });
      throw failed;
    }
  }
}

/** Where a screen listens, by the live document. */
function placeOf(screen: Graphics): { unix: string } | { host: string } {
  const [listen] = screen.listens;
  const unix = listen?.socket ?? screen.socket;
  if (unix !== undefined) return { unix };
  return { host: listen?.address ?? screen.listen ?? '127.0.0.1' };
}

const reachable = (address: string, instead: string): string => (anywhere.has(address) ? instead : address);

const isLoopback = (address: string): boolean => /^127\.|^::1$|^localhost$/i.test(address);
