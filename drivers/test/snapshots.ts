import type { NewSnapshot, RevertOptions, Snapshots, WorkContext } from '../api/domains.ts';
import { GuestroomError } from '../api/errors.ts';
import type { Snapshot } from '../api/model.ts';
import { domainSnapshot, type DomainSnapshot } from '../xml/snapshot/snapshot.ts';
import { longWork } from './behaviour.ts';
import type { TestDocument } from './document.ts';
import type { DomainWork } from './domain-work.ts';
import type { StoredFile } from './files.ts';
import type { TestHypervisor } from './hypervisor.ts';
import type { Machine } from './machine.ts';
import { snapshotXml } from './snapshot-document.ts';
import type { TakenSnapshot } from './snapshot-tree.ts';

/** libvirt's snapshot calls on the made-up host. */
export class TestSnapshots implements Snapshots {
  readonly #work: DomainWork;

  constructor(work: DomainWork) {
    this.#work = work;
  }

  get #hypervisor(): TestHypervisor {
    return this.#work.hypervisor;
  }

  async list(uuid: string): Promise<Snapshot[]> {
    return this.#work.look(uuid).snapshots.list();
  }

  async xml(uuid: string, name: string): Promise<string> {
    const machine = this.#work.look(uuid);
    return snapshotXml(machine.snapshots.get(name), machine.uuid);
  }

  create(uuid: string, snapshot: NewSnapshot, context: WorkContext = {}): Promise<Snapshot> {
    return this.#work.act('snapshotCreate', uuid, async (machine) => {
      const wish = wishOf(snapshot);
      const name = wish.name ?? this.#freeName(machine);
      checkName(name);
      if (machine.snapshots.has(name))
        throw new GuestroomError('exists', `A snapshot is already called ${name}`, {
          hint: 'Choose another name',
        });
      if (wish.quiesce && !machine.document.facts.agent)
        throw new GuestroomError('unsupported', `${machine.name} has no channel for a guest agent`, {
          hint: 'Take the snapshot without asking the guest',
        });
      await longWork(this.#hypervisor.behaviour, context);
      const taken = this.#take(machine, { ...wish, name });
      machine.snapshots.add(taken);
      if (wish.diskOnly) this.#goOnAbove(machine, taken);
      this.#hypervisor.snapshotsChanged(machine);
      return machine.snapshots.row(taken);
    });
  }

  #freeName(machine: Machine): string {
    let second = Math.floor(this.#hypervisor.now() / 1000);
    while (machine.snapshots.has(String(second))) second += 1;
    return String(second);
  }

  #take(machine: Machine, { name, description, diskOnly }: Wish & { name: string }): TakenSnapshot {
    const { files } = this.#hypervisor.storage;
    const { disks } = machine.document.facts;
    const document = machine.document.edited((one) => one.update({ id: null }));
    const memory = machine.active && !diskOnly;
    return {
      name,
      ...(description === undefined ? {} : { description }),
      state: diskOnly ? 'disk-snapshot' : machine.state,
      created: Math.floor(this.#hypervisor.now()),
      parent: machine.snapshots.current,
      kind: diskOnly ? 'external' : 'internal',
      memory,
      disks: disks.map(({ target, device, path }) => {
        if (device !== 'disk') return { name: target, snapshot: 'no' };
        if (!diskOnly || path === undefined) return { name: target, snapshot: 'internal' };
        return { name: target, snapshot: 'external', source: overlayOf(path, name) };
      }),
      document,
      files: disks.flatMap(({ device, path }): StoredFile[] => {
        const file = device === 'disk' && path !== undefined ? files.find(path) : undefined;
        return file ? [{ ...file, content: file.content.copy() }] : [];
      }),
    };
  }

  /** The disks stay as they are; the guest writes into new files above them. */
  #goOnAbove(machine: Machine, { disks }: TakenSnapshot): void {
    const { files } = this.#hypervisor.storage;
    const before = machine.document.facts.disks;
    for (const { name, source } of disks) {
      const base = before.find((one) => one.target === name)?.path;
      if (source === undefined || base === undefined) continue;
      files.addImage(source, 'qcow2', files.find(base)?.capacity ?? 0, undefined, base);
    }
    this.#work.edit(
      machine,
      'both',
      (document) =>
        document.edited((edited) => {
          for (const [index, disk] of edited.read().devices.disks.entries()) {
            const overlay = disks.find((one) => one.name === disk.target.dev)?.source;
            if (overlay !== undefined)
              edited.change('disks', index, { driver: { type: 'qcow2' }, source: { file: overlay } });
          }
        }),
      true,
    );
  }

  revert(
    uuid: string,
    name: string,
    { state }: RevertOptions = {},
    context: WorkContext = {},
  ): Promise<void> {
    return this.#work.act('snapshotRevert', uuid, async (machine) => {
      const taken = machine.snapshots.get(name);
      const { document } = taken;
      if (!document)
        throw new GuestroomError('wrong_state', `The snapshot ${name} does not tell how the machine was`, {
          hint: 'It was made by an old version; its disks can be used in a new machine',
        });
      await longWork(this.#hypervisor.behaviour, context);
      this.#goBack(machine, taken, document, state);
    });
  }

  #goBack(
    machine: Machine,
    taken: TakenSnapshot,
    document: TestDocument,
    state: RevertOptions['state'],
  ): void {
    const hypervisor = this.#hypervisor;
    if (machine.active) hypervisor.stop(machine, 'from snapshot');
    for (const file of taken.files) hypervisor.storage.files.put({ ...file, content: file.content.copy() });
    const named = document.edited((one) => one.setName(machine.name));
    machine.config = named;
    machine.managedSave = undefined;
    machine.snapshots.goTo(taken.name);
    const wanted = state ?? (taken.memory ? (taken.state === 'paused' ? 'paused' : 'running') : undefined);
    if (wanted === undefined) {
      machine.state = 'shutoff';
      machine.reason = 'from snapshot';
    } else hypervisor.begin(machine, named, { paused: wanted === 'paused', reason: 'from snapshot' });
    if (wanted === 'paused') machine.reason = 'from snapshot';
    hypervisor.changed(machine, true);
    hypervisor.snapshotsChanged(machine);
  }

  delete(
    uuid: string,
    name: string,
    { children = false }: { children?: boolean } = {},
    context: WorkContext = {},
  ): Promise<void> {
    return this.#work.act('snapshotDelete', uuid, async (machine) => {
      machine.snapshots.get(name);
      await longWork(this.#hypervisor.behaviour, context);
      machine.snapshots.remove(name, children);
      this.#hypervisor.snapshotsChanged(machine);
    });
  }
}

interface Wish {
  name?: string;
  description?: string;
  diskOnly: boolean;
  quiesce: boolean;
}

function wishOf({ xml, name, description, diskOnly = false, quiesce = false }: NewSnapshot): Wish {
  const given: Pick<DomainSnapshot, 'name' | 'description'> & Partial<DomainSnapshot> =
    xml === undefined ? {} : domainSnapshot.read(xml);
  const wish = xml === undefined ? { name, description } : given;
  const external = given.disks?.some((disk) => disk.snapshot === 'external') ?? false;
  if (given.memory?.snapshot === 'external')
    throw new GuestroomError('unsupported', 'The made-up host keeps no memory in files of its own');
  return {
    ...(wish.name === undefined ? {} : { name: wish.name }),
    ...(wish.description === undefined ? {} : { description: wish.description }),
    diskOnly: diskOnly || external,
    quiesce,
  };
}

function checkName(name: string): void {
  if (name === '' || name.includes('/') || /\p{Cc}/u.test(name) || name.length > 200)
    throw new GuestroomError('invalid_argument', `Not a name for a snapshot: ${JSON.stringify(name)}`, {
      hint: 'Use a name without slashes, at most 200 characters',
    });
}

/** As libvirt names the file above a disk: the snapshot's name in place of the ending. */
const overlayOf = (path: string, name: string): string => `${path.replace(/\.[^./]*$/, '')}.${name}`;
