import type { DomainState, DomainSummary } from '../api/model.ts';
import { isActive, type DomainOperation, type Reason } from '../api/operations.ts';
import type { SavedState, TestDocument } from './document.ts';
import { hashText } from './random.ts';
import type { Screen } from './screen.ts';
import { SnapshotTree } from './snapshot-tree.ts';
import { cpuSeconds, type Load } from './statistics.ts';

/** An open console or screen of a guest. */
export interface Attachment {
  /** The guest was paused or goes on. */
  freeze(frozen: boolean): void;
  end(): void;
}

const withoutAgent: Partial<Record<DomainOperation, Reason>> = {
  agentCommand: 'no_agent_channel',
  guestInfo: 'no_agent_channel',
  setUserPassword: 'no_agent_channel',
  fsFreeze: 'no_agent_channel',
  fsTrim: 'no_agent_channel',
};

/** One domain of the test hypervisor: its documents and its state. Transitions are the hypervisor's. */
export class Machine {
  readonly uuid: string;
  readonly seed: number;
  name: string;
  /** What the next start uses; undefined for a transient domain. */
  config: TestDocument | undefined;
  /** The document of the running guest. */
  live: TestDocument | undefined;
  id: number | null = null;
  state: DomainState = 'shutoff';
  /** A word of `reasonWords`. */
  reason = 'unknown';
  problem: DomainSummary['problem'];
  autostart = false;
  managedSave: SavedState | undefined;
  snapshots = new SnapshotTree();
  /** The operation that goes on now. */
  busy: DomainOperation | undefined;
  screen: Screen | undefined;
  /** Mount points whose file systems the agent holds still. */
  readonly frozen = new Set<string>();
  readonly attachments = new Set<Attachment>();
  #told: string | undefined;
  #startedAt: number | undefined;
  /** Seconds that it ran before the last pause. */
  #ranBefore = 0;
  #runningSince: number | undefined;

  constructor(uuid: string, document: TestDocument) {
    this.uuid = uuid;
    this.seed = hashText(uuid);
    this.name = document.facts.name;
  }

  get active(): boolean {
    return isActive(this.state);
  }

  get persistent(): boolean {
    return this.config !== undefined;
  }

  /** The document that counts now. */
  get document(): TestDocument {
    const document = this.live ?? this.config;
    if (!document) throw new Error(`domain ${this.name} has no document`);
    return document;
  }

  /** Its clock begins, or began `secondsAgo`. */
  begin(now: number, secondsAgo = 0): void {
    this.#startedAt = now - secondsAgo * 1000;
    this.#ranBefore = secondsAgo;
    this.#runningSince = now;
  }

  freeze(now: number): void {
    this.#ranBefore = this.seconds(now);
    this.#runningSince = undefined;
    for (const attachment of this.attachments) attachment.freeze(true);
  }

  thaw(now: number): void {
    this.#runningSince = now;
    for (const attachment of this.attachments) attachment.freeze(false);
  }

  end(): void {
    this.#startedAt = undefined;
    this.#runningSince = undefined;
    this.#ranBefore = 0;
    this.screen = undefined;
    this.frozen.clear();
    for (const attachment of [...this.attachments]) attachment.end();
    this.attachments.clear();
  }

  /** ms since 1970; undefined when it is off. */
  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  /** Run time of this start, without pauses. */
  seconds(now: number): number {
    const running = this.#runningSince === undefined ? 0 : (now - this.#runningSince) / 1000;
    return this.#ranBefore + Math.max(0, running);
  }

  cpuSeconds(now: number): number {
    const { vcpus } = this.document.facts;
    return cpuSeconds({ seed: this.seed, vcpus, seconds: this.seconds(now) });
  }

  load(now: number): Load {
    const { vcpus, memory, currentMemory, disks, cards } = this.document.facts;
    return {
      uuid: this.uuid,
      seed: this.seed,
      vcpus,
      memoryMax: memory,
      memoryCurrent: currentMemory,
      seconds: this.seconds(now),
      disks: disks.map((disk) => disk.target),
      interfaces: cards.map((card) => card.target),
    };
  }

  /** Keeps what others know of it; false when they knew that already. */
  remember(row: DomainSummary): boolean {
    const text = JSON.stringify(row);
    if (text === this.#told) return false;
    this.#told = text;
    return true;
  }

  summary(): DomainSummary {
    const { facts } = this.document;
    const refused = this.#refused();
    return {
      uuid: this.uuid,
      name: this.name,
      ...(facts.title === undefined ? {} : { title: facts.title }),
      ...(facts.note === undefined ? {} : { note: facts.note }),
      id: this.id,
      state: this.state,
      stateReason: this.reason,
      ...(this.problem === undefined ? {} : { problem: this.problem }),
      ...(this.#startedAt === undefined ? {} : { since: Math.round(this.#startedAt) }),
      persistent: this.persistent,
      autostart: this.autostart,
      hasManagedSave: this.managedSave !== undefined,
      type: facts.type,
      ...(facts.arch === undefined ? {} : { arch: facts.arch }),
      vcpus: facts.vcpus,
      memory: facts.memory,
      ...(facts.osId === undefined ? {} : { osId: facts.osId }),
      ...(refused === undefined ? {} : { refused }),
    };
  }

  #refused(): Partial<Record<DomainOperation, Reason>> | undefined {
    const { consoles, graphics, disks, agent } = this.document.facts;
    const refused: Partial<Record<DomainOperation, Reason>> = agent ? {} : { ...withoutAgent };
    if (consoles.length === 0) refused.openConsole = 'no_serial';
    if (graphics.length === 0) refused.openGraphics = refused.screenshot = refused.sendKey = 'no_graphics';
    else if (!graphics.some((one) => one.type === 'vnc')) refused.openGraphics = 'no_vnc';
    if (!disks.some((disk) => disk.device !== 'disk')) refused.changeMedia = 'no_removable';
    return Object.keys(refused).length === 0 ? undefined : refused;
  }
}
