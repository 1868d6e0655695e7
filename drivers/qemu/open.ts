import type { OpenContext, ProbeResult } from '../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import { formatUri, sshParams, type ConnectionUri } from '../api/uri.ts';
import { installCommand } from './binaries.ts';
import { versionText } from './capabilities.ts';
import { Activity } from './activity.ts';
import { EmbeddedConnection } from './connection.ts';
import { Inventory } from './inventory.ts';
import { Toolbox } from './survey.ts';

const toolboxes = new WeakMap<Host, Toolbox>();

/** What was found out about a host is shared by its connections. */
function toolboxOf(host: Host): Toolbox {
  let tools = toolboxes.get(host);
  if (!tools) toolboxes.set(host, (tools = new Toolbox(host)));
  return tools;
}

interface Slot {
  ready: Promise<{ tools: Toolbox; inventory: Inventory; activity: Activity }>;
  users: number;
}

/** Connections of one process to one host look at it with the same eyes: one monitor for each guest. */
const slots = { change: new WeakMap<Host, Slot>(), look: new WeakMap<Host, Slot>() };

async function openShared(uri: string, context: OpenContext): Promise<EmbeddedConnection> {
  const { host, readOnly, log } = context;
  const map = readOnly ? slots.look : slots.change;
  let slot = map.get(host);
  if (!slot) {
    const tools = toolboxOf(host);
    const inventory = new Inventory(tools, log, readOnly);
    const ready = inventory.open().then(() => ({ tools, inventory, activity: new Activity() }));
    map.set(host, (slot = { ready, users: 0 }));
  }
  const used = slot;
  used.users++;
  let released = false;
  const release = async (): Promise<void> => {
    if (released) return;
    released = true;
    if (--used.users > 0) return;
    if (map.get(host) === used) map.delete(host);
    await used.ready.then(
      ({ inventory }) => inventory.close(),
      () => log.debug('A connection that did not open was given up'),
    );
  };
  try {
    const { tools, inventory, activity } = await used.ready;
    return await EmbeddedConnection.open(uri, { tools, inventory, activity, release }, context);
  } catch (error) {
    await release();
    throw toGuestroomError(error);
  }
}

/** Opens this host, or joins those of this process who have it open. */
export async function open(uri: ConnectionUri, context: OpenContext): Promise<EmbeddedConnection> {
  for (const name of uri.params.keys()) {
    // the way to the host, and its folder there
    if (!uri.local && (sshParams.has(name) || name === 'root')) continue;
    throw new GuestroomError('invalid_argument', `The address has a parameter that is not known: ${name}`, {
      hint: 'Write qemu:///embed',
    });
  }
  if (context.signal?.aborted === true) throw new GuestroomError('cancelled', 'Cancelled');
  return openShared(formatUri(uri), context);
}

/** What is installed on a host, without a trial that would take seconds. */
export async function probe(host: Host): Promise<ProbeResult> {
  const tools = toolboxOf(host);
  const uri = 'qemu:///embed';
  const lookedFor = await tools.binaries.searched();
  const command = installCommand(host.os, host.arch);
  const others = await tools.binaries.architectures();
  const binary = (await tools.binaries.emulator(host.arch)) ?? (await firstOf(tools, others));
  if (binary === undefined) {
    return { state: 'missing', uri, summary: 'QEMU is not installed', command, lookedFor };
  }
  try {
    const { version } = await tools.capabilities.of(binary);
    // a trial may take seconds: a page that somebody waits for tells only what is already known
    const trials = await tools.accelerators.known(binary);
    const working = trials?.filter(({ works }) => works).map(({ accelerator }) => accelerator);
    const failed = trials?.find(({ works }) => !works)?.reason;
    const best = working?.[0];
    const how = best === undefined ? '' : best === 'tcg' ? ' with emulation' : ` with ${best.toUpperCase()}`;
    const why = best === 'tcg' && failed !== undefined ? `: ${failed}` : '';
    const tool = await tools.binaries.program('qemu-img');
    const lacking = tool === undefined ? '. qemu-img is missing: disks cannot be made' : '';
    return {
      state: 'ready',
      uri,
      version: versionText(version),
      summary: `QEMU ${versionText(version)} runs virtual machines${how}${why}${lacking}`,
      ...(tool === undefined ? { command } : {}),
      ...(working === undefined ? {} : { accelerators: working }),
      lookedFor,
    };
  } catch (error) {
    const failure = toGuestroomError(error);
    return { state: 'missing', uri, summary: failure.message, command, lookedFor };
  }
}

async function firstOf(tools: Toolbox, architectures: readonly string[]): Promise<string | undefined> {
  const [first] = architectures;
  return first === undefined ? undefined : tools.binaries.emulator(first);
}
