import type { GuestAgent } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import type { GuestInfo, InterfaceAddress } from '../api/model.ts';
import type { Daemon } from './daemon.ts';
import type { DomainAccess } from './domain-access.ts';
import { domainOf } from './identity.ts';
import {
  DomainGuestInfoTypes as Info,
  DomainInterfaceAddressesSource as Source,
  DomainSetUserPasswordFlags,
  IPAddrType,
} from './rpc/enums.gen.ts';
import { TypedValues, type TypedParam } from './rpc/typed-params.ts';

/** Seconds in which an agent answers that is there at all. */
const patience = 10;
const sources = { lease: Source.LEASE, arp: Source.ARP, agent: Source.AGENT } as const;

/** The guest agent through libvirt, which alone talks to it. A dead one must not hold up anything else: all on the slow link. */
export class LibvirtGuestAgent implements GuestAgent {
  readonly #daemon: Daemon;
  readonly #access: DomainAccess;

  constructor(daemon: Daemon, access: DomainAccess) {
    this.#daemon = daemon;
    this.#access = access;
  }

  async command(uuid: string, command: string, timeoutSeconds = patience): Promise<string> {
    await this.#access.allow('agentCommand', uuid);
    const args = {
      dom: domainOf(uuid),
      cmd: command,
      timeout: Math.max(1, Math.ceil(timeoutSeconds)),
      flags: 0,
    };
    const { result } = await this.#daemon.slowly('QEMU_DOMAIN_AGENT_COMMAND', args, { domain: uuid });
    return result ?? '';
  }

  async info(uuid: string): Promise<GuestInfo> {
    const types = Info.USERS | Info.OS | Info.TIMEZONE | Info.HOSTNAME | Info.FILESYSTEM;
    return infoOf(new TypedValues(await this.#info(uuid, types)));
  }

  async infoFields(uuid: string, types: number): Promise<[string, TypedParam['value']][]> {
    return (await this.#info(uuid, types)).map(({ field, value }) => [field, value]);
  }

  async setUserPassword(
    uuid: string,
    user: string,
    password: string,
    options: { encrypted?: boolean } = {},
  ): Promise<void> {
    await this.#access.allow('setUserPassword', uuid);
    const flags = options.encrypted ? DomainSetUserPasswordFlags.PASSWORD_ENCRYPTED : 0;
    const args = { dom: domainOf(uuid), user, password, flags };
    await this.#daemon.slowly('DOMAIN_SET_USER_PASSWORD', args, { domain: uuid });
  }

  async freeze(uuid: string, mountpoints: readonly string[] = []): Promise<number> {
    await this.#access.allow('fsFreeze', uuid);
    const args = { dom: domainOf(uuid), mountpoints, flags: 0 };
    return (await this.#daemon.slowly('DOMAIN_FSFREEZE', args, { domain: uuid })).filesystems;
  }

  async thaw(uuid: string, mountpoints: readonly string[] = []): Promise<number> {
    await this.#access.allow('fsFreeze', uuid);
    const args = { dom: domainOf(uuid), mountpoints, flags: 0 };
    return (await this.#daemon.slowly('DOMAIN_FSTHAW', args, { domain: uuid })).filesystems;
  }

  async trim(uuid: string, options: { mountpoint?: string; minimum?: number } = {}): Promise<void> {
    await this.#access.allow('fsTrim', uuid);
    const { mountpoint: mountPoint = null, minimum = 0 } = options;
    const args = { dom: domainOf(uuid), mountPoint, minimum: BigInt(Math.round(minimum)), flags: 0 };
    await this.#daemon.slowly('DOMAIN_FSTRIM', args, { domain: uuid });
  }

  async addresses(uuid: string, source: 'lease' | 'arp' | 'agent'): Promise<InterfaceAddress[]> {
    const { refused } = await this.#access.allow('interfaceAddresses', uuid);
    if (source === 'agent' && refused?.['agentCommand'])
      throw new GuestroomError('unsupported', 'The virtual machine has no channel for a guest agent', {
        domain: uuid,
      });
    const args = { dom: domainOf(uuid), source: sources[source], flags: 0 };
    const { ifaces } = await this.#daemon.slowly('DOMAIN_INTERFACE_ADDRESSES', args, { domain: uuid });
    return ifaces.map(({ name, hwaddr, addrs }) => ({
      name,
      ...(hwaddr === null ? {} : { mac: hwaddr }),
      addresses: addrs.map(({ type, addr, prefix }) => ({
        family: type === IPAddrType.IPV6 ? 'ipv6' : 'ipv4',
        address: addr,
        prefix,
      })),
    }));
  }

  async #info(uuid: string, types: number): Promise<readonly TypedParam[]> {
    await this.#access.allow('guestInfo', uuid);
    const args = { dom: domainOf(uuid), types, flags: 0 };
    return (await this.#daemon.slowly('DOMAIN_GET_GUEST_INFO', args, { domain: uuid })).params;
  }
}

function infoOf(values: TypedValues): GuestInfo {
  const set = <K extends string, V>(key: K, value: V | undefined) =>
    value === undefined ? {} : { [key]: value };
  const text = (field: string) => values.string(field);
  const many = <T>(field: string, read: (at: string) => T): T[] | undefined => {
    const count = values.number(`${field}.count`);
    return count === undefined
      ? undefined
      : Array.from({ length: count }, (_, index) => read(`${field}.${String(index)}`));
  };
  const os = {
    ...set('id', text('os.id')),
    ...set('name', text('os.pretty-name') ?? text('os.name')),
    ...set('version', text('os.version-id') ?? text('os.version')),
    ...set('kernel', text('os.kernel-release')),
  };
  return {
    ...set('hostname', text('hostname')),
    ...(Object.keys(os).length > 0 ? { os } : {}),
    ...set('timezone', text('timezone.name')),
    ...set(
      'users',
      many('user', (at) => ({
        name: text(`${at}.name`) ?? '',
        ...set('since', values.number(`${at}.login-time`)),
      })),
    ),
    ...set(
      'filesystems',
      many('fs', (at) => ({
        mountpoint: text(`${at}.mountpoint`) ?? '',
        ...set('type', text(`${at}.fstype`)),
        ...set('total', values.number(`${at}.total-bytes`)),
        ...set('used', values.number(`${at}.used-bytes`)),
        targets: Array.from({ length: values.number(`${at}.disk.count`) ?? 0 }, (_, disk) =>
          text(`${at}.disk.${String(disk)}.alias`),
        ).filter((target) => target !== undefined),
      })),
    ),
  };
}
