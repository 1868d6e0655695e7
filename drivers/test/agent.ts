import type { GuestAgent } from '../api/domains.ts';
import { GuestroomError } from '../api/errors.ts';
import type { GuestInfo, InterfaceAddress } from '../api/model.ts';
import type { DomainWork } from './domain-work.ts';
import { addressesOf } from './guest-addresses.ts';
import { guestInfoOf, systemOf } from './guest-system.ts';
import type { Machine } from './machine.ts';

const commands = [
  'guest-ping',
  'guest-info',
  'guest-get-host-name',
  'guest-get-osinfo',
  'guest-fsfreeze-status',
] as const;

/** A guest agent in every made-up guest that has a channel for one. */
export class TestAgent implements GuestAgent {
  readonly #work: DomainWork;

  constructor(work: DomainWork) {
    this.#work = work;
  }

  command(uuid: string, command: string, _timeoutSeconds?: number): Promise<string> {
    return this.#work.act('agentCommand', uuid, (machine) => {
      return JSON.stringify({ return: this.#answer(nameOf(command), machine) });
    });
  }

  #answer(name: string, machine: Machine): unknown {
    switch (name as (typeof commands)[number]) {
      case 'guest-ping':
        return {};
      case 'guest-info':
        return {
          version: '9.0.0',
          supported_commands: commands.map((one) => ({ name: one, enabled: true })),
        };
      case 'guest-get-host-name':
        return { 'host-name': machine.name };
      case 'guest-get-osinfo': {
        const { id, name: system, version = '', kernel } = systemOf(machine);
        return {
          id,
          name: system,
          'version-id': version,
          'kernel-release': kernel,
          'pretty-name': `${system} ${version}`.trim(),
        };
      }
      case 'guest-fsfreeze-status':
        return machine.frozen.size > 0 ? 'frozen' : 'thawed';
      default:
        throw new GuestroomError('program_failed', `The guest agent knows no command ${name}`, {
          detail: `CommandNotFound: The command ${name} has not been found`,
        });
    }
  }

  info(uuid: string): Promise<GuestInfo> {
    const { files } = this.#work.hypervisor.storage;
    return this.#work.act('guestInfo', uuid, (machine) =>
      guestInfoOf(machine, (path) => files.find(path)?.capacity),
    );
  }

  setUserPassword(uuid: string, user: string, password: string): Promise<void> {
    return this.#work.act('setUserPassword', uuid, () => {
      if (user === '' || password === '')
        throw new GuestroomError('invalid_argument', 'A user and a password are needed');
    });
  }

  freeze(uuid: string, mountpoints?: readonly string[]): Promise<number> {
    return this.#work.act('fsFreeze', uuid, (machine) => {
      const fresh = chosen(machine, mountpoints).filter((one) => !machine.frozen.has(one));
      for (const one of fresh) machine.frozen.add(one);
      return fresh.length;
    });
  }

  thaw(uuid: string, mountpoints?: readonly string[]): Promise<number> {
    return this.#work.act(
      'fsFreeze',
      uuid,
      (machine) =>
        // counted before any is let go
        chosen(machine, mountpoints).filter((one) => machine.frozen.delete(one)).length,
    );
  }

  trim(uuid: string): Promise<void> {
    return this.#work.act('fsTrim', uuid, () => undefined);
  }

  addresses(uuid: string, source: 'lease' | 'arp' | 'agent'): Promise<InterfaceAddress[]> {
    const { networks } = this.#work.hypervisor;
    return this.#work.act('interfaceAddresses', uuid, (machine) => {
      if (source === 'agent' && !machine.document.facts.agent)
        throw new GuestroomError('unsupported', `${machine.name} has no channel for a guest agent`, {
          hint: 'Ask the network’s leases instead',
        });
      return addressesOf(machine, (name) => networks.model(name));
    });
  }
}

/** Of the guest's mount points those that were named, or all. */
function chosen(machine: Machine, mountpoints: readonly string[] | undefined): string[] {
  const all = systemOf(machine).mounts.map(({ mountpoint }) => mountpoint);
  return mountpoints === undefined || mountpoints.length === 0
    ? all
    : all.filter((one) => mountpoints.includes(one));
}

function nameOf(command: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(command);
  } catch (cause) {
    throw new GuestroomError('invalid_argument', 'The command is no JSON', { cause });
  }
  const name =
    typeof parsed === 'object' && parsed !== null ? (parsed as { execute?: unknown }).execute : undefined;
  if (typeof name === 'string') return name;
  throw new GuestroomError('invalid_argument', 'The command has no “execute”', {
    hint: 'Example: {"execute":"guest-ping"}',
  });
}
