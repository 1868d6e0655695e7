import type { Logger } from '../api/driver.ts';
import type { DomainSample, StatsSnapshot } from '../api/model.ts';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import { balloonId, hasBalloon } from './arguments/peripherals.ts';
import { diskId } from './arguments/disks.ts';
import { trimLogs } from './consoles.ts';
import type { RunningGuest } from './guest.ts';
import type { Inventory } from './inventory.ts';
import { asList, asNumber, asObject, asText } from './json.ts';
import type { Toolbox } from './survey.ts';

/** A guest that is stuck must not hold the figures of the others up. */
const patience = 1500;

/** All running guests in one pass: the processes at once, each monitor beside the others. */
export async function takeStats(tools: Toolbox, inventory: Inventory, log: Logger): Promise<StatsSnapshot> {
  const guests = [...inventory.entries.values()].flatMap(({ guest }) => (guest ? [guest] : []));
  const [load, usage] = await Promise.all([
    tools.host.load(),
    tools.host.usage(guests.map(({ facts }) => facts.process.pid)),
  ]);
  const domains = await Promise.all(
    guests.map(async (guest): Promise<DomainSample> => {
      const used = usage.get(guest.facts.process.pid);
      return {
        uuid: guest.facts.uuid,
        vcpus: guest.domain.vcpu.current ?? guest.domain.vcpu.count,
        memoryMax: guest.domain.memory,
        ...(used ? { cpuSeconds: used.cpuSeconds, memoryResident: used.residentBytes } : {}),
        ...(await memory(guest)),
        ...(await blocks(guest)),
        ...(await networks(tools, guest)),
      };
    }),
  );
  await Promise.all(
    guests.map(({ facts }) =>
      trimLogs(tools.host, facts.consoles, tools.layout.logs).catch((error: unknown) =>
        log.warn('The log of a console could not be shortened', {
          domain: facts.name,
          error: toGuestroomError(error).message,
        }),
      ),
    ),
  );
  return { time: Date.now(), node: load, domains };
}

/** The reply, or undefined where this guest cannot tell now: the sample goes without, those of others with theirs. */
async function ask(guest: RunningGuest, command: string, args?: Record<string, unknown>): Promise<unknown> {
  try {
    return await guest.execute(command, args, patience);
  } catch (error) {
    if (error instanceof GuestroomError) return undefined;
    throw error;
  }
}

async function memory(guest: RunningGuest): Promise<Partial<DomainSample>> {
  if (!hasBalloon({ domain: guest.domain })) return {};
  const current = asNumber(asObject(await ask(guest, 'query-balloon'))['actual']);
  const said = asObject(
    await ask(guest, 'qom-get', { path: `/machine/peripheral/${balloonId}`, property: 'guest-stats' }),
  );
  const stats = asObject(said['stats']);
  const total = asNumber(stats['stat-total-memory']);
  const available = asNumber(stats['stat-available-memory']) ?? asNumber(stats['stat-free-memory']);
  // a guest that has not reported yet says -1, as a number without sign
  const reported = (asNumber(said['last-update']) ?? 0) > 0 && total !== undefined && total < 2 ** 53;
  return {
    ...(current === undefined ? {} : { memoryCurrent: current }),
    ...(reported && available !== undefined && available <= total ? { memoryUsed: total - available } : {}),
  };
}

async function blocks(guest: RunningGuest): Promise<Partial<DomainSample>> {
  const targets = new Map(guest.domain.devices.disks.map(({ target }) => [diskId(target.dev), target.dev]));
  const disks: NonNullable<DomainSample['disks']> = [];
  let readOps = 0;
  let writeOps = 0;
  for (const item of asList(await ask(guest, 'query-blockstats'))) {
    const one = asObject(item);
    // the path of a device in QEMU's object tree ends with its id, for some followed by parts of it
    const target = (asText(one['qdev']) ?? '')
      .split('/')
      .map((part) => targets.get(part))
      .find((found) => found !== undefined);
    if (target === undefined) continue;
    const stats = asObject(one['stats']);
    disks.push({
      target,
      readBytes: asNumber(stats['rd_bytes']) ?? 0,
      writeBytes: asNumber(stats['wr_bytes']) ?? 0,
    });
    readOps += asNumber(stats['rd_operations']) ?? 0;
    writeOps += asNumber(stats['wr_operations']) ?? 0;
  }
  if (disks.length === 0) return {};
  return {
    disks,
    readOps,
    writeOps,
    readBytes: disks.reduce((sum, disk) => sum + disk.readBytes, 0),
    writeBytes: disks.reduce((sum, disk) => sum + disk.writeBytes, 0),
  };
}

/** The kernel counts what goes through a tap; of user networking QEMU tells no figures, so none are given. */
async function networks(tools: Toolbox, guest: RunningGuest): Promise<Partial<DomainSample>> {
  if (tools.host.os !== 'linux') return {};
  const interfaces: NonNullable<DomainSample['interfaces']> = [];
  for (const { type, target } of guest.domain.devices.interfaces) {
    const device = target?.dev;
    if (type !== 'ethernet' || device === undefined || !/^[\w.-]{1,15}$/.test(device)) continue;
    const count = async (name: string): Promise<number | undefined> => {
      const file = `/sys/class/net/${device}/statistics/${name}`;
      return (await tools.host.files.stat(file)) ? Number(await tools.host.files.readText(file)) : undefined;
    };
    // what the tap sends is what the guest receives
    const receiveBytes = await count('tx_bytes');
    const transmitBytes = await count('rx_bytes');
    if (receiveBytes !== undefined && transmitBytes !== undefined) {
      interfaces.push({ target: device, receiveBytes, transmitBytes });
    }
  }
  if (interfaces.length === 0) return {};
  return {
    interfaces,
    receiveBytes: interfaces.reduce((sum, one) => sum + one.receiveBytes, 0),
    transmitBytes: interfaces.reduce((sum, one) => sum + one.transmitBytes, 0),
  };
}
