import { parseDocument } from '../../drivers/xml/document.ts';
import { childNamed, childrenNamed, textOf } from '../../drivers/xml/tree.ts';

/** What a host runs of one architecture, by its capabilities document. */
export interface GuestKind {
  /** hvm, exe, xen, … */
  readonly osType: string;
  readonly arch: string;
  /** Machine names and aliases; empty where the document names none. */
  readonly machines: readonly string[];
  /** Most processors of a machine, by its name. */
  readonly maxCpus: ReadonlyMap<string, number>;
  /** Domain types: kvm, qemu, … */
  readonly types: readonly string[];
}

/** The guests of libvirt's capabilities document. */
export function readGuestKinds(capabilities: string): GuestKind[] {
  const { root } = parseDocument(capabilities, 'capabilities');
  const kinds: GuestKind[] = [];
  for (const guest of childrenNamed(root, 'guest')) {
    const osType = childNamed(guest, 'os_type');
    for (const arch of childrenNamed(guest, 'arch')) {
      const domains = childrenNamed(arch, 'domain');
      const machines = [arch, ...domains].flatMap((parent) => childrenNamed(parent, 'machine'));
      kinds.push({
        osType: osType ? textOf(osType).trim() : 'hvm',
        arch: arch.getAttribute('name') ?? '',
        machines: [...new Set(machines.map((machine) => textOf(machine).trim()))],
        maxCpus: new Map(
          machines.flatMap((machine) => {
            const max = Number(machine.getAttribute('maxCpus') ?? '0');
            return max > 0 ? [[textOf(machine).trim(), max]] : [];
          }),
        ),
        types: domains.map((domain) => domain.getAttribute('type') ?? '').filter((type) => type !== ''),
      });
    }
  }
  return kinds;
}
