import type { Watchdog } from '../../xml/domain/types.ts';
import { pciPlace, platformOfPlan, virtioModel, virtioOptions } from './addresses.ts';
import type { Arguments } from './options.ts';
import type { GuestPlan } from './plan.ts';

export const balloonId = 'balloon0';

/** Random numbers, TPM, memory balloon, watchdog, panic notifier. */
export function addPeripherals(args: Arguments, plan: GuestPlan): void {
  addRandom(args, plan);
  addTpm(args, plan);
  addBalloon(args, plan);
  plan.domain.devices.watchdogs.forEach((watchdog, index) => addWatchdog(args, plan, watchdog, index));
  const platform = platformOfPlan(plan);
  plan.domain.devices.panics.forEach(({ model, address }, index) => {
    const path = `devices/panic[${String(index + 1)}]`;
    if (model === 'pvpanic')
      args.device('pvpanic-pci', { id: `panic${String(index)}`, ...pciPlace(plan, address) }, path);
    else if ((model === undefined || model === 'isa') && platform.x86) {
      args.device('pvpanic', { ioport: address?.type === 'isa' ? address.iobase : undefined }, path);
    }
  });
}

function addRandom(args: Arguments, plan: GuestPlan): void {
  plan.domain.devices.rngs.forEach((rng, index) => {
    const source = `rng-source${String(index)}`;
    if (rng.backend?.model === 'random') {
      args.object('rng-random', { id: source, filename: rng.backend.path ?? '/dev/urandom' });
    } else args.object('rng-builtin', { id: source });
    args.device(
      virtioModel(plan, 'rng', rng.model),
      {
        rng: source,
        id: `rng${String(index)}`,
        'max-bytes': rng.rate?.bytes,
        period: rng.rate === undefined ? undefined : (rng.rate.period ?? 1000),
        ...virtioOptions(rng.driver),
        ...pciPlace(plan, rng.address),
      },
      `devices/rng[${String(index + 1)}]`,
    );
  });
}

function addTpm(args: Arguments, plan: GuestPlan): void {
  const tpm = plan.domain.devices.tpms[0];
  if (!tpm) return;
  const platform = platformOfPlan(plan);
  const model =
    tpm.model ?? (platform.family === 'pseries' ? 'tpm-spapr' : platform.x86 ? 'tpm-tis' : 'tpm-tis-device');
  if (tpm.backend?.type === 'passthrough') {
    args.option('-tpmdev', 'passthrough', {
      id: 'tpm0-backend',
      path: tpm.backend.devicePath ?? '/dev/tpm0',
    });
  } else {
    const path = tpm.backend?.type === 'external' ? tpm.backend.source?.path : undefined;
    args.option('-chardev', 'socket', { id: 'chartpm0', path: path ?? plan.places.tpmSocket });
    args.option('-tpmdev', 'emulator', { id: 'tpm0-backend', chardev: 'chartpm0' });
  }
  args.device(
    platform.x86 || platform.family === 'pseries' ? model : 'tpm-tis-device',
    { tpmdev: 'tpm0-backend', id: 'tpm0' },
    'devices/tpm[1]',
  );
}

/** Documents that do not mention the balloon get one, as libvirt's do; `none` is respected. */
export function hasBalloon(plan: Pick<GuestPlan, 'domain'>): boolean {
  const model = plan.domain.devices.memballoon?.model ?? 'virtio';
  return model.startsWith('virtio');
}

function addBalloon(args: Arguments, plan: GuestPlan): void {
  if (!hasBalloon(plan)) return;
  const balloon = plan.domain.devices.memballoon;
  args.device(
    virtioModel(plan, 'balloon', balloon?.model),
    {
      id: balloonId,
      'deflate-on-oom': balloon?.autodeflate,
      'free-page-reporting': balloon?.freePageReporting,
      ...virtioOptions(balloon?.driver),
      ...pciPlace(plan, balloon?.address),
    },
    balloon === undefined ? undefined : 'devices/memballoon',
  );
}

function addWatchdog(args: Arguments, plan: GuestPlan, watchdog: Watchdog, index: number): void {
  const path = `devices/watchdog[${String(index + 1)}]`;
  const { family } = platformOfPlan(plan);
  if (watchdog.model === 'itco') {
    // the chip is a part of the machine; its strap decides whether it may reset the guest
    if (family === 'q35') args.add('-global', 'ICH9-LPC.noreboot=off');
    return;
  }
  args.device(watchdog.model, { id: `watchdog${String(index)}`, ...pciPlace(plan, watchdog.address) }, path);
}
