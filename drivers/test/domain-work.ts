import type { Apply } from '../api/domains.ts';
import { GuestroomError } from '../api/errors.ts';
import type { DomainOperation, Operation, Verdicts } from '../api/operations.ts';
import { allowAtAll, allowOn } from '../api/refusals.ts';
import { trouble } from './behaviour.ts';
import type { TestDocument } from './document.ts';
import type { TestHypervisor } from './hypervisor.ts';
import type { Machine } from './machine.ts';

/** How everything is done to a domain by one connection: may it, is the domain free, does the address want trouble; then the work. */
export class DomainWork {
  readonly hypervisor: TestHypervisor;
  readonly verdicts: Verdicts;
  readonly #checkOpen: () => void;

  /** `checkOpen` throws once the connection is closed. */
  constructor(hypervisor: TestHypervisor, verdicts: Verdicts, checkOpen: () => void) {
    this.hypervisor = hypervisor;
    this.verdicts = verdicts;
    this.#checkOpen = checkOpen;
  }

  checkOpen(): void {
    this.#checkOpen();
  }

  /** A domain to look at. Throws `not_found`. */
  look(uuid: string): Machine {
    this.#checkOpen();
    return this.hypervisor.machine(uuid);
  }

  /** Throws when this connection may not do it at all. */
  allow(operation: Operation): void {
    this.#checkOpen();
    allowAtAll(operation, this.verdicts);
  }

  async act<T>(
    operation: DomainOperation,
    uuid: string,
    work: (machine: Machine) => T | Promise<T>,
  ): Promise<T> {
    this.allow(operation);
    const machine = this.hypervisor.machine(uuid);
    if (machine.busy)
      throw new GuestroomError('busy', `${machine.name} is busy: ${machine.busy} goes on`, { domain: uuid });
    const row = machine.summary();
    allowOn(operation, this.verdicts, row);
    machine.remember(row);
    machine.busy = operation;
    try {
      await trouble(this.hypervisor.behaviour, operation, machine.name);
      return await work(machine);
    } catch (error) {
      if (error instanceof GuestroomError) error.domain ??= uuid;
      throw error;
    } finally {
      machine.busy = undefined;
    }
  }

  /** Edits the live document, the next start's, or both or none; `whereItIs` leaves out the one that is not there. */
  edit(
    machine: Machine,
    apply: Apply,
    edit: (document: TestDocument, live: boolean) => TestDocument,
    whereItIs = false,
  ): void {
    const { live, config } = machine;
    if (!whereItIs && apply !== 'config' && !live)
      throw new GuestroomError('wrong_state', 'The virtual machine is off', {
        hint: 'Change its document instead',
      });
    if (!whereItIs && apply !== 'live' && !config)
      throw new GuestroomError('wrong_state', 'The virtual machine is temporary: it has no next start');
    const nextLive = live && apply !== 'config' ? edit(live, true) : live;
    const nextConfig = config && apply !== 'live' ? edit(config, false) : config;
    machine.live = nextLive;
    machine.config = nextConfig;
    this.hypervisor.changed(machine, true);
  }
}
