import type { DomainSummary } from '../api/model.ts';
import type { CharacterDevice, Domain, Os, Vcpu } from './domain/types.ts';

/** What of a row in a list the document alone tells; `uuid` is missing where the document has none yet. */
export type DocumentSummary = Pick<DomainSummary, 'name' | 'type' | 'vcpus' | 'memory'> &
  Partial<Pick<DomainSummary, 'uuid' | 'title' | 'note' | 'arch' | 'osId'>>;

const noteLength = 200;

/** What of a domain document a summary takes. */
export interface Summarized extends Pick<
  Domain,
  'type' | 'name' | 'uuid' | 'title' | 'description' | 'osId' | 'memory'
> {
  vcpu: Pick<Vcpu, 'count' | 'current'>;
  os: Pick<Os, 'arch'>;
}

export function summarize(domain: Summarized): DocumentSummary {
  const note = domain.description?.trim();
  const title = domain.title?.trim();
  return {
    name: domain.name,
    type: domain.type,
    vcpus: domain.vcpu.current ?? domain.vcpu.count,
    memory: domain.memory,
    ...(domain.uuid === undefined ? {} : { uuid: domain.uuid }),
    ...(title ? { title } : {}),
    ...(note ? { note: shorten(note) } : {}),
    ...(domain.os.arch === undefined ? {} : { arch: domain.os.arch }),
    ...(domain.osId === undefined ? {} : { osId: domain.osId }),
  };
}

/** Never cuts a character in two. */
function shorten(text: string): string {
  return text.length <= noteLength
    ? text
    : text.slice(0, noteLength - 1).replace(/[\uD800-\uDBFF]$/, '') + '…';
}

/** Something that a window can show: a screen, or a terminal. */
export type ConsoleFacts =
  | {
      kind: 'graphics';
      /** vnc, spice, … */
      type: string;
      /** Position among the graphics of the document. */
      index: number;
      /** A password is asked for. */
      password: boolean;
    }
  | {
      kind: 'serial' | 'parallel' | 'console';
      /** pty, unix, tcp, … */
      type: string;
      /** Position among the devices of its kind. */
      index: number;
      /** The device's alias; in a document of a domain that is off, the one that libvirt's drivers will give it. */
      alias: string;
      /** serial, virtio, isa-serial, … */
      target: string | undefined;
      port: number;
      /** Bytes can be exchanged with it; false for a file, null and the like. */
      interactive: boolean;
    };

const interactiveTypes: ReadonlySet<string> = new Set(['pty', 'unix', 'tcp', 'dev', 'nmdm', 'spiceport']);

/**
 * Screens first, then terminals. The first console of a fully virtualised guest is the first serial port under
 * another name, so it is not listed twice.
 */
export function consolesOf(domain: Domain): ConsoleFacts[] {
  const { graphics, serials, parallels, consoles } = domain.devices;
  return [
    ...graphics.map((screen, index) => ({
      kind: 'graphics' as const,
      type: screen.type,
      index,
      password: screen.passwd !== undefined && screen.passwd !== '',
    })),
    ...serials.map((device, index) => terminal('serial', device, index)),
    ...consoles.flatMap((device, index) =>
      index === 0 && serials.length > 0 && (device.target?.type ?? 'serial') === 'serial'
        ? []
        : [terminal('console', device, index)],
    ),
    ...parallels.map((device, index) => terminal('parallel', device, index)),
  ];
}

function terminal(
  kind: 'serial' | 'parallel' | 'console',
  device: CharacterDevice,
  index: number,
): ConsoleFacts {
  return {
    kind,
    type: device.type,
    index,
    alias: device.alias ?? `${kind}${String(index)}`,
    target: device.target?.type,
    port: device.target?.port ?? index,
    interactive: interactiveTypes.has(device.type),
  };
}
