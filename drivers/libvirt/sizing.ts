import type { Apply } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { affects } from './affect.ts';
import type { Daemon } from './daemon.ts';
import { domainOf } from './identity.ts';
import { DomainMemoryModFlags as Memory, DomainVcpuFlags as Vcpu } from './rpc/enums.gen.ts';

const kib = 1024;

/** Memory and processors of domains. Sizes are bytes. */
export class Sizing {
  readonly #daemon: Daemon;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  setMemory(uuid: string, bytes: number, apply: Apply): Promise<void> {
    return this.#memory(uuid, bytes, affects[apply]);
  }

  setMaxMemory(uuid: string, bytes: number): Promise<void> {
    return this.#memory(uuid, bytes, Memory.CONFIG | Memory.MAXIMUM);
  }

  /** More than the document's maximum raises that first. */
  async setVcpus(uuid: string, count: number, apply: Apply): Promise<void> {
    const dom = domainOf(uuid);
    const about = { domain: uuid };
    const set = (flags: number) =>
      this.#daemon.slowly('DOMAIN_SET_VCPUS_FLAGS', { dom, nvcpus: count, flags }, about);
    if (apply !== 'live') {
      const flags = Vcpu.CONFIG | Vcpu.MAXIMUM;
      const most = await this.#daemon.call('DOMAIN_GET_VCPUS_FLAGS', { dom, flags }, about);
      if (count > most.num) await set(flags);
    }
    await set(affects[apply]);
  }

  async #memory(uuid: string, bytes: number, flags: number): Promise<void> {
    if (!Number.isSafeInteger(bytes) || bytes < kib)
      throw new GuestroomError('invalid_argument', `Not a size of memory: ${String(bytes)} bytes`);
    const args = { dom: domainOf(uuid), memory: BigInt(Math.floor(bytes / kib)), flags };
    await this.#daemon.slowly('DOMAIN_SET_MEMORY_FLAGS', args, { domain: uuid });
  }
}
