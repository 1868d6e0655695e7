import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { ExitStatus, Host, ProcessId } from '../api/host.ts';
import { readDomain } from '../xml/domain/read.ts';
import type { Domain } from '../xml/domain/types.ts';
import { balloonId, hasBalloon } from './arguments/peripherals.ts';
import { consoleUses } from './arguments/characters.ts';
import { commandLine } from './arguments/command.ts';
import { diskId } from './arguments/disks.ts';
import { vncScreens } from './arguments/display.ts';
import { interfaceId } from './arguments/network.ts';
import type { GuestPlan } from './arguments/plan.ts';
import { problemOf } from './ending.ts';
import { checkForwards, withPorts } from './ports.ts';
import { takeClaim } from './claim.ts';
import { connectMonitor, within } from './guest.ts';
import { liveDocument } from './live-document.ts';
import { liveConsoles, liveScreens } from './live-endpoints.ts';
import { writeLive, type LiveFacts } from './live.ts';
import { beginRun, removeLogs, runLogTail } from './log.ts';
import type { QmpClient } from './qmp.ts';
import { incomingUri, loadState } from './saved-state.ts';
import { survey, type Toolbox } from './survey.ts';
import { startTpm } from './tpm.ts';

export interface StartRequest {
  document: string;
  uuid: string;
  id: number;
  paused?: boolean;
  emulate?: boolean;
  /** Go on from this state: a file of ours, and where in it the state begins. One that is for once goes with its use. */
  state?: { file: string; offset: number; once: boolean };
  signal?: AbortSignal;
  onProgress?: (done: number) => void;
}

export interface Started {
  facts: LiveFacts;
  document: string;
  domain: Domain;
  qmp: QmpClient;
  /** Resolves when it has ended, if we still run then. */
  exit: Promise<ExitStatus>;
}

/** How long QEMU may take from its start to its greeting. */
const greetingDeadline = 30_000;

/** Starts a guest. Whatever fails, everything that was made for it is removed again. */
export async function startGuest(tools: Toolbox, request: StartRequest): Promise<Started> {
  tools.layout.checkSocketLength();
  const { plan, findings, binary, domain } = await survey(tools, request.document, request.uuid, {
    emulate: request.emulate === true,
    incoming: request.state !== undefined,
  });
  findings.refuse('start');
  if (!plan || binary === undefined)
    throw new GuestroomError('internal', 'The document gives no command line');
  await checkForwards(tools, plan.domain);
  return withPorts(tools, plan.domain, (vncPorts) =>
    launch(tools, request, { ...plan, vncPorts }, binary, domain.name),
  );
}

async function launch(
  tools: Toolbox,
  request: StartRequest,
  plan: GuestPlan,
  binary: string,
  name: string,
): Promise<Started> {
  const { host, layout } = tools;
  const { places } = plan;
  const claim = await takeClaim(tools, request.uuid);
  let tpm: ProcessId | undefined;
  let process: ProcessId | undefined;
  let qmp: QmpClient | undefined;
  let ended: (exit: ExitStatus) => void = () => undefined;
  const exit = new Promise<ExitStatus>((resolve) => (ended = resolve));
  const hadNvram = (await host.files.stat(places.nvram)) !== undefined;
  const hadLog = (await host.files.stat(places.log)) !== undefined;
  const hadOwn = (await host.files.stat(places.own)) !== undefined;
  try {
    await host.files.makeFolder(places.own);
    await makeVariables(tools, plan);
    await writeSecrets(tools, plan);
    const consoles = consoleUses(plan);
    for (const { alias, interactive } of consoles) {
      if (interactive && plan.consoleLogs) {
        await host.files.makeFolder(layout.logs);
        await host.files.write(places.consoleLog(alias), '');
      }
    }
    tpm = await startTpm(tools, plan.domain, places);
    const args = commandLine(plan);
    const logStart = await beginRun(host, places.log);
    process = await host.launch(binary, args.list, {
      log: places.log,
      cwd: places.own,
      env: args.env,
      ended,
    });
    qmp = await waitForMonitor(tools, plan, process, logStart, exit);
    const facts: LiveFacts = {
      uuid: request.uuid,
      name,
      id: request.id,
      process,
      since: Date.now(),
      binary,
      accelerator: plan.accelerator,
      logStart,
      ...(tpm === undefined ? {} : { tpm }),
      consoles: await liveConsoles(plan, qmp),
      screens: liveScreens(plan),
    };
    await settle(plan, qmp);
    const document = liveDocument(request.document, plan, facts);
    await host.files.write(places.liveDocument, document);
    if (request.state) {
      await loadState(qmp, incomingUri(plan.capabilities.version, request.state.offset), request);
    }
    // known to others before it runs: whatever becomes of us, a guest that runs can be found
    await writeLive(host, places.liveFacts, facts);
    await goOn(host, request, qmp);
    await removeSecrets(tools, plan);
    await claim.release();
    return { facts, document, domain: readDomain(document), qmp, exit };
  } catch (error) {
    let failure = toGuestroomError(error);
    qmp?.close();
    if (process) {
      if (!(await host.alive(process)) && failure.code === 'lost') {
        failure = new GuestroomError('guest_died', `The virtual machine ended while it started`, {
          detail: await runLogTail(host, places.log),
          cause: error,
        });
      }
      await host.signal(process, 'SIGKILL');
    }
    if (tpm) await host.signal(tpm, 'SIGTERM');
    await host.files.remove(places.liveFacts);
    claim.stop();
    await host.files.removeTree(places.runtime);
    if (!hadLog) await removeLogs(host, layout.logs, request.uuid);
    if (!hadOwn) await host.files.removeTree(places.own);
    else if (!hadNvram) await host.files.remove(places.nvram);
    failure.domain ??= name;
    throw failure;
  }
}

async function makeVariables(tools: Toolbox, plan: GuestPlan): Promise<void> {
  const { firmware } = plan;
  const { files } = tools.host;
  if (firmware?.kind !== 'flash' || firmware.variables === undefined) return;
  if (await files.stat(firmware.variables)) return;
  if (firmware.template === undefined) {
    throw new GuestroomError('not_found', `The firmware's variables are not there: ${firmware.variables}`, {
      hint: "Name a template for them in the document, or use firmware='efi'",
    });
  }
  await files.makeFolder(files.dirname(firmware.variables));
  if (firmware.templateFormat === firmware.variablesFormat) {
    await files.write(firmware.variables, await files.read(firmware.template, 128 * 1024 * 1024));
    return;
  }
  const image = await tools.binaries.programOrFail('qemu-img', 'qemu-utils');
  const { status, stderr } = await tools.host.exec(image, [
    'convert',
    ...['-f', firmware.templateFormat, '-O', firmware.variablesFormat, firmware.template, firmware.variables],
  ]);
  if (status !== 0)
    throw new GuestroomError('program_failed', "The firmware's variables could not be made", {
      detail: stderr,
    });
}

async function writeSecrets(tools: Toolbox, plan: GuestPlan): Promise<void> {
  for (const { graphics, index } of vncScreens(plan.domain.devices.graphics)) {
    if (graphics.passwd !== undefined)
      await tools.host.files.write(plan.places.vncSecret(index), graphics.passwd);
  }
}

/** QEMU has read them by now. */
async function removeSecrets(tools: Toolbox, plan: GuestPlan): Promise<void> {
  for (const { index } of vncScreens(plan.domain.devices.graphics)) {
    await tools.host.files.remove(plan.places.vncSecret(index));
  }
}

/**
 * The first instruction. A state that is for once is out of the way by then: whatever happens next, no later start
 * meets disks with it that have changed since.
 */
async function goOn({ files }: Host, { state, paused }: StartRequest, qmp: QmpClient): Promise<void> {
  const file = state?.once === true ? state.file : undefined;
  const used = `${file ?? ''}.used`;
  if (file !== undefined) await files.rename(file, used);
  try {
    if (paused !== true) await qmp.execute('cont');
  } catch (error) {
    if (file !== undefined) await files.rename(used, file);
    throw error;
  }
  if (file !== undefined) await files.remove(used);
}

/** Until the monitor greets. A QEMU that ends before that says why in its log. */
async function waitForMonitor(
  tools: Toolbox,
  plan: GuestPlan,
  process: ProcessId,
  logStart: number,
  exit: Promise<ExitStatus>,
): Promise<QmpClient> {
  const { host } = tools;
  const deadline = Date.now() + greetingDeadline;
  for (;;) {
    try {
      return await connectMonitor(host, plan.places);
    } catch (error) {
      const failure = toGuestroomError(error);
      if (!['unreachable', 'not_found', 'lost'].includes(failure.code)) throw failure;
      if (!(await host.alive(process)))
        throw await diedEarly(tools, plan, logStart, await within(exit, 2000));
      if (Date.now() > deadline) {
        throw new GuestroomError('timeout', 'QEMU did not answer within 30 seconds', {
          detail: await runLogTail(host, plan.places.log, logStart),
        });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function diedEarly(
  tools: Toolbox,
  plan: GuestPlan,
  logStart: number,
  exit: ExitStatus | undefined,
): Promise<GuestroomError> {
  const said = await runLogTail(tools.host, plan.places.log, logStart);
  const problem = problemOf(said, plan.accelerator, {
    status: exit?.status ?? undefined,
    signal: exit?.signal ?? undefined,
  });
  const { code } = problem;
  const known =
    code === 'port_in_use' ||
    code === 'busy' ||
    code === 'denied' ||
    code === 'no_memory' ||
    code === 'not_found' ||
    code === 'accelerator' ||
    code === 'unsupported' ||
    code === 'invalid_argument' ||
    code === 'no_space';
  return new GuestroomError(known ? code : 'guest_died', problem.message, {
    detail: problem.detail,
    hint: problem.hint,
  });
}

/** What the command line cannot say: done before the guest runs its first instruction. */
async function settle(plan: GuestPlan, qmp: QmpClient): Promise<void> {
  const { domain } = plan;
  const { devices, currentMemory } = domain;
  if (hasBalloon(plan)) {
    if (currentMemory !== undefined && currentMemory < domain.memory && !plan.incoming) {
      await qmp.execute('balloon', { value: currentMemory });
    }
    const period = devices.memballoon?.statsPeriod ?? 10;
    if (period > 0) {
      await qmp.execute('qom-set', {
        path: `/machine/peripheral/${balloonId}`,
        property: 'guest-stats-polling-interval',
        value: period,
      });
    }
  }
  for (const [at, network] of devices.interfaces.entries()) {
    if (network.linkState === 'down') await qmp.execute('set_link', { name: interfaceId(at), up: false });
  }
  for (const disk of devices.disks) {
    const tune = disk.iotune;
    if (!tune || disk.source === undefined) continue;
    const maximum = (name: string, value: number | undefined): Record<string, number> =>
      value === undefined || value === 0 ? {} : { [name]: value };
    await qmp.execute('block_set_io_throttle', {
      id: diskId(disk.target.dev),
      bps: tune.totalBytesSec ?? 0,
      bps_rd: tune.readBytesSec ?? 0,
      bps_wr: tune.writeBytesSec ?? 0,
      iops: tune.totalIopsSec ?? 0,
      iops_rd: tune.readIopsSec ?? 0,
      iops_wr: tune.writeIopsSec ?? 0,
      ...maximum('bps_max', tune.totalBytesSecMax),
      ...maximum('bps_rd_max', tune.readBytesSecMax),
      ...maximum('bps_wr_max', tune.writeBytesSecMax),
      ...maximum('iops_max', tune.totalIopsSecMax),
      ...maximum('iops_rd_max', tune.readIopsSecMax),
      ...maximum('iops_wr_max', tune.writeIopsSecMax),
      ...maximum('iops_size', tune.sizeIopsSec),
    });
  }
  for (const { graphics } of vncScreens(devices.graphics)) {
    if (graphics.passwd === undefined || graphics.passwdValidTo === undefined) continue;
    const until = Date.parse(`${graphics.passwdValidTo.replace(/Z$/, '')}Z`);
    if (Number.isFinite(until)) {
      await qmp.execute('expire_password', { protocol: 'vnc', time: String(Math.floor(until / 1000)) });
    }
  }
}
