import type { WorkContext } from '../api/domains.ts';
import { GuestroomError } from '../api/errors.ts';
import type { DomainSummary } from '../api/model.ts';
import { longWork } from './behaviour.ts';
import { Content } from './content.ts';
import type { DomainWork } from './domain-work.ts';
import type { Files } from './files.ts';

/** States of guests that go to the disk and come back from it. */
export class Saving {
  readonly #work: DomainWork;

  constructor(work: DomainWork) {
    this.#work = work;
  }

  managedSave(uuid: string, context: WorkContext): Promise<void> {
    const { hypervisor } = this.#work;
    return this.#work.act('managedSave', uuid, async (machine) => {
      await longWork(hypervisor.behaviour, context);
      machine.managedSave = { document: machine.document, paused: machine.state === 'paused' };
      hypervisor.stop(machine, 'saved');
    });
  }

  managedSaveRemove(uuid: string): Promise<void> {
    return this.#work.act('managedSaveRemove', uuid, (machine) => {
      machine.managedSave = undefined;
      this.#work.hypervisor.changed(machine);
    });
  }

  save(uuid: string, path: string, context: WorkContext): Promise<void> {
    const { hypervisor } = this.#work;
    return this.#work.act('save', uuid, async (machine) => {
      checkNewFile(hypervisor.storage.files, path);
      await longWork(hypervisor.behaviour, context);
      const size = machine.document.facts.currentMemory;
      hypervisor.storage.files.put({
        path,
        kind: 'file',
        format: 'raw',
        capacity: size,
        allocation: Math.floor(size / 4),
        modified: Date.now(),
        content: Content.of(Buffer.from('GuestroomTestSave')),
        saved: { uuid: machine.uuid, document: machine.document, paused: machine.state === 'paused' },
      });
      hypervisor.stop(machine, 'saved');
    });
  }

  async restore(path: string, context: WorkContext): Promise<DomainSummary> {
    this.#work.allow('restore');
    const { hypervisor } = this.#work;
    const { saved } = hypervisor.storage.files.file(path);
    if (!saved)
      throw new GuestroomError('invalid_argument', `Not the saved state of a virtual machine: ${path}`, {
        hint: 'Choose a file that “save” wrote',
      });
    const { uuid, document, paused } = saved;
    const check = () => {
      const known = hypervisor.find(uuid);
      if (known?.active)
        throw new GuestroomError('wrong_state', `${known.name} is already running`, { domain: uuid });
      const namesake = hypervisor.named(document.facts.name);
      if (namesake && namesake !== known)
        throw new GuestroomError('exists', `Another virtual machine is called ${namesake.name}`);
    };
    check();
    await longWork(hypervisor.behaviour, context);
    check();
    return hypervisor.launch(uuid, document, { paused, reason: 'restored' }).summary();
  }

  coreDump(uuid: string, path: string, context: WorkContext): Promise<void> {
    const { storage, behaviour } = this.#work.hypervisor;
    return this.#work.act('coreDump', uuid, async (machine) => {
      checkNewFile(storage.files, path);
      await longWork(behaviour, context);
      const size = machine.document.facts.currentMemory;
      storage.files.put({
        path,
        kind: 'file',
        format: 'raw',
        capacity: size,
        allocation: size,
        modified: Date.now(),
        content: Content.of(Buffer.from([0x7f, 0x45, 0x4c, 0x46])),
      });
    });
  }
}

/** A saved state may be written over, another file not. */
function checkNewFile(files: Files, path: string): void {
  const there = files.find(path);
  if (!path.startsWith('/') || files.isFolder(path))
    throw new GuestroomError('invalid_argument', `Not the path of a file on the host: ${path}`, {
      hint: 'Give a full path with a file name',
    });
  if (there && !there.saved)
    throw new GuestroomError('exists', `Another file is already there: ${path}`, {
      hint: 'Choose another name',
    });
}
