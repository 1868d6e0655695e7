import { DomainDocument } from '../xml/domain/edit.ts';
import { readDomain } from '../xml/domain/read.ts';
import type { Domain } from '../xml/domain/types.ts';
import { consolesOf, summarize } from '../xml/summary.ts';

/** What QEMU's guest agent listens at inside. */
export const agentChannel = 'org.qemu.guest_agent.0';

/** What the test hypervisor itself needs to know of a domain document. */
export interface Facts {
  name: string;
  uuid: string | undefined;
  title: string | undefined;
  /** First lines of the description. */
  note: string | undefined;
  osId: string | undefined;
  type: string;
  arch: string | undefined;
  vcpus: number;
  maxVcpus: number;
  /** Bytes. */
  memory: number;
  currentMemory: number;
  disks: readonly { target: string; device: string; path: string | undefined }[];
  /** Network cards: their names on the host, and the network that they are plugged into. */
  cards: readonly { target: string; mac: string; source: string | undefined }[];
  /** Aliases of terminals that one can type at. */
  consoles: readonly string[];
  graphics: readonly { type: string; password: string | undefined }[];
  /** It has a channel for a guest agent. */
  agent: boolean;
  onPoweroff: string;
  onReboot: string;
}

/** A domain document that is written, and read, only when somebody asks. Never changes: edits make another one. */
export class TestDocument {
  #facts: Facts | undefined;
  #xml: string | undefined;
  readonly #write: () => string;

  private constructor(write: () => string, facts: Facts | undefined) {
    this.#write = write;
    this.#facts = facts;
  }

  /** Reads a document that somebody wrote; throws `xml_invalid` for what is not a domain. */
  static parse(xml: string): TestDocument {
    return new TestDocument(() => xml, factsOf(readDomain(xml)));
  }

  /** A document whose facts are known before it is written. */
  static lazy(facts: Facts, write: () => string): TestDocument {
    return new TestDocument(write, facts);
  }

  get facts(): Facts {
    this.#facts ??= factsOf(readDomain(this.xml));
    return this.#facts;
  }

  get xml(): string {
    this.#xml ??= this.#write();
    return this.#xml;
  }

  /** The live form of a running guest: nothing is read or written until somebody asks. */
  withId(id: number): TestDocument {
    return TestDocument.lazy(this.facts, () => {
      const document = DomainDocument.parse(this.xml);
      document.update({ id });
      return document.toString();
    });
  }

  /** Another document with what `change` changed. Its errors come now. */
  edited(change: (document: DomainDocument) => void): TestDocument {
    const document = DomainDocument.parse(this.xml);
    change(document);
    return TestDocument.parse(document.toString());
  }

  /** As it may be shown to anybody. */
  withoutSecrets(): string {
    return this.facts.graphics.some((one) => one.password !== undefined)
      ? DomainDocument.parse(this.xml).removeSecrets().toString()
      : this.xml;
  }
}

/** A guest that `save` or a managed save wrote to the disk. */
export interface SavedState {
  document: TestDocument;
  paused: boolean;
}

function factsOf(domain: Domain): Facts {
  const { name, uuid, title, note, osId, type, arch, vcpus, memory } = summarize(domain);
  const { devices } = domain;
  return {
    name,
    uuid,
    title,
    note,
    osId,
    type,
    arch,
    vcpus,
    maxVcpus: domain.vcpu.count,
    memory,
    currentMemory: Math.min(domain.currentMemory ?? memory, memory),
    disks: devices.disks.map(({ target, device, source }) => ({
      target: target.dev,
      device,
      path: source?.file ?? source?.dev,
    })),
    cards: devices.interfaces.map((one, index) => ({
      target: one.target?.dev ?? `vnet${String(index)}`,
      mac: one.mac ?? '',
      source: one.type === 'network' ? one.source?.network : undefined,
    })),
    consoles: [
      ...consolesOf(domain).flatMap((one) => (one.kind !== 'graphics' && one.interactive ? [one.alias] : [])),
      ...devices.channels.flatMap((one, index) =>
        (one.type === 'unix' || one.type === 'pty') && one.target?.name !== agentChannel
          ? [one.alias ?? `channel${String(index)}`]
          : [],
      ),
    ],
    graphics: devices.graphics.map((one) => ({ type: one.type, password: one.passwd })),
    agent: devices.channels.some(({ target }) => target?.name === agentChannel),
    onPoweroff: domain.onPoweroff ?? 'destroy',
    onReboot: domain.onReboot ?? 'restart',
  };
}
