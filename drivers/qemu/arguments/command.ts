import { bootIndexes } from './boot.ts';
import { addCharacters } from './characters.ts';
import { addControllers } from './controllers.ts';
import { addDisk } from './disks.ts';
import { addScreens, addSound } from './display.ts';
import { addMachine } from './machine.ts';
import { addInterface } from './network.ts';
import { Arguments } from './options.ts';
import { addPeripherals } from './peripherals.ts';
import type { GuestPlan } from './plan.ts';
import { addProcessor } from './processor.ts';

/** The command line for a guest: pure, so that the same plan always gives the same list. */
export function commandLine(plan: GuestPlan): Arguments {
  const args = new Arguments();
  const { devices, qemu } = plan.domain;
  const boot = bootIndexes(plan.domain);
  addMachine(args, plan);
  addProcessor(args, plan);
  plan.places.monitors.forEach((path, index) => {
    const id = `monitor${String(index)}`;
    args.option('-chardev', 'socket', { id, path, server: true, wait: false });
    args.option('-mon', undefined, { chardev: id, id: `qmp${String(index)}`, mode: 'control' });
  });
  addControllers(args, plan);
  devices.disks.forEach((disk, at) => addDisk(args, plan, disk, `devices/disk[${String(at + 1)}]`, boot));
  devices.interfaces.forEach((network, at) =>
    addInterface(args, plan, network, at, `devices/interface[${String(at + 1)}]`, boot),
  );
  addCharacters(args, plan);
  addSound(args, plan);
  addScreens(args, plan);
  addPeripherals(args, plan);
  if (qemu) {
    args.addLast(...qemu.args);
    for (const { name, value } of qemu.env) args.env[name] = value ?? '';
  }
  return args;
}
