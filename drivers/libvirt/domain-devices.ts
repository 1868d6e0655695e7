import type { Apply, DomainDevices, WorkContext } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { isActive } from '../api/operations.ts';
import { affects } from './affect.ts';
import type { Daemon } from './daemon.ts';
import type { DomainAccess } from './domain-access.ts';
import { domainXml } from './domain-document.ts';
import type { DomainEvents, Signal } from './domain-events.ts';
import { domainOf } from './identity.ts';
import { DomainBlockResizeFlags, DomainModificationImpact as Impact } from './rpc/enums.gen.ts';

/** ms in which a guest must let go of a device. */
const unplugging = 30_000;

/** Devices of domains, running or not. */
export class LibvirtDomainDevices implements DomainDevices {
  readonly #daemon: Daemon;
  readonly #access: DomainAccess;
  readonly #events: DomainEvents;

  constructor(daemon: Daemon, access: DomainAccess, events: DomainEvents) {
    this.#daemon = daemon;
    this.#access = access;
    this.#events = events;
  }

  attach(uuid: string, xml: string, apply: Apply): Promise<void> {
    return this.#change('attachDevice', 'DOMAIN_ATTACH_DEVICE_FLAGS', uuid, xml, apply);
  }

  update(uuid: string, xml: string, apply: Apply): Promise<void> {
    return this.#change('updateDevice', 'DOMAIN_UPDATE_DEVICE_FLAGS', uuid, xml, apply);
  }

  async detach(uuid: string, xml: string, apply: Apply, context: WorkContext = {}): Promise<void> {
    const flags = affects[apply];
    const { state } = await this.#access.allow('detachDevice', uuid);
    if ((flags & Impact.LIVE) === 0 || !isActive(state)) {
      await this.#change('detachDevice', 'DOMAIN_DETACH_DEVICE_FLAGS', uuid, xml, apply);
      return;
    }
    // a running guest is asked, and lets go when it likes
    const limit = AbortSignal.timeout(unplugging);
    const stop = new AbortController();
    const signal = AbortSignal.any([limit, stop.signal, ...(context.signal ? [context.signal] : [])]);
    const signals = this.#events.signals.listen(signal);
    try {
      const before = await domainXml(this.#daemon, uuid);
      await this.#change('detachDevice', 'DOMAIN_DETACH_DEVICE_FLAGS', uuid, xml, apply);
      // libvirt waits a few seconds itself: often it is gone by now
      if ((await domainXml(this.#daemon, uuid)) !== before) return;
      await this.#left(uuid, signals);
      if (context.signal?.aborted) throw new GuestroomError('cancelled', 'Cancelled');
      if (limit.aborted && (await domainXml(this.#daemon, uuid)) === before)
        throw new GuestroomError('timeout', 'The guest does not let go of the device', {
          hint: 'Stop using it inside the guest, then try again; it goes at the next shutdown at the latest',
          domain: uuid,
          retryable: true,
        });
    } finally {
      stop.abort();
    }
  }

  blockResize(uuid: string, target: string, bytes: number): Promise<void> {
    return this.#access.act(
      'blockResize',
      uuid,
      async () => {
        const args = {
          dom: domainOf(uuid),
          disk: target,
          size: BigInt(bytes),
          flags: DomainBlockResizeFlags.BYTES,
        };
        await this.#daemon.slowly('DOMAIN_BLOCK_RESIZE', args, { domain: uuid });
      },
      true,
    );
  }

  #change(
    operation: 'attachDevice' | 'detachDevice' | 'updateDevice',
    name: 'DOMAIN_ATTACH_DEVICE_FLAGS' | 'DOMAIN_DETACH_DEVICE_FLAGS' | 'DOMAIN_UPDATE_DEVICE_FLAGS',
    uuid: string,
    xml: string,
    apply: Apply,
  ): Promise<void> {
    return this.#access.act(
      operation,
      uuid,
      async () => {
        await this.#daemon.slowly(
          name,
          { dom: domainOf(uuid), xml, flags: affects[apply] },
          { domain: uuid },
        );
      },
      true,
    );
  }

  /** Until the guest has let go of something, is off, or refuses to. */
  async #left(uuid: string, signals: AsyncIterable<Signal>): Promise<void> {
    for await (const signal of signals) {
      if (signal.uuid !== uuid) continue;
      if (signal.kind === 'device-removed' || signal.kind === 'stopped') return;
      if (signal.kind === 'device-removal-failed')
        throw new GuestroomError('busy', 'The guest refuses to let go of the device', { domain: uuid });
    }
  }
}
