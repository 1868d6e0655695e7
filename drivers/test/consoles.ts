import type { Duplex } from 'node:stream';
import type { TestHypervisor } from './hypervisor.ts';
import type { Attachment, Machine } from './machine.ts';
import { streamPair } from './pair.ts';
import { serveRfb } from './rfb.ts';
import { Screen } from './screen.ts';
import { ShellSession } from './shell.ts';

/** The picture of a running guest, made when somebody first looks. */
export function screenOf(hypervisor: TestHypervisor, machine: Machine): Screen {
  const { facts } = machine.document;
  const subtitle = `${String(facts.vcpus)} CPUs, ${String(Math.round(facts.memory / 1024 ** 2))} MiB`;
  machine.screen ??= new Screen(machine.name, subtitle, () => machine.seconds(hypervisor.now()));
  return machine.screen;
}

/** A VNC client's end of the guest's screen. */
export function attachScreen(hypervisor: TestHypervisor, machine: Machine, password?: string): Duplex {
  const [near, far] = streamPair();
  const attachment: Attachment = { freeze: () => undefined, end: () => near.destroy() };
  machine.attachments.add(attachment);
  serveRfb(near, screenOf(hypervisor, machine), machine.name, password)
    .catch((error: unknown) => far.destroy(error instanceof Error ? error : new Error(String(error))))
    .finally(() => machine.attachments.delete(attachment));
  return far;
}

/** A terminal's end of the guest's serial line. */
export function attachConsole(
  hypervisor: TestHypervisor,
  machine: Machine,
  power: { poweroff(): void; reboot(): void },
): Duplex {
  const [near, far] = streamPair();
  const { vcpus, currentMemory } = machine.document.facts;
  const session = new ShellSession(
    near,
    {
      name: machine.name,
      vcpus,
      memory: currentMemory,
      seconds: () => machine.seconds(hypervisor.now()),
      ...power,
    },
    machine.state === 'paused',
  );
  machine.attachments.add(session);
  near.once('close', () => machine.attachments.delete(session));
  return far;
}
