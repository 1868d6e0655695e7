import { GuestroomError } from '../api/errors.ts';
import type { ProcessId } from '../api/host.ts';
import type { Domain } from '../xml/domain/types.ts';
import type { Places } from './places.ts';
import { runLogTail } from './log.ts';
import type { Toolbox } from './survey.ts';

/** How long swtpm may take to listen. */
const deadline = 10_000;

/** True when the guest's TPM is a program of ours. */
export const hasTpmProgram = (domain: Domain): boolean =>
  (domain.devices.tpms[0]?.backend?.type ?? 'passthrough') === 'emulator';

/**
 * Starts the program that emulates a TPM and waits until it listens. Its state stays with the guest. It ends by itself
 * when QEMU closes the connection.
 */
export async function startTpm(
  tools: Toolbox,
  domain: Domain,
  places: Places,
): Promise<ProcessId | undefined> {
  if (!hasTpmProgram(domain)) return undefined;
  const { host } = tools;
  const version = domain.devices.tpms[0]?.backend?.version ?? '2.0';
  const program = await tools.binaries.programOrFail('swtpm', 'swtpm swtpm-tools');
  const fresh = !(await host.files.stat(places.tpmState));
  await host.files.makeFolder(places.tpmState);
  if (fresh) await manufacture(tools, places, version, domain.devices.tpms[0]?.backend?.pcrBanks ?? []);
  const process = await host.launch(
    program,
    [
      'socket',
      ...['--ctrl', `type=unixio,path=${places.tpmSocket},mode=0600`],
      ...['--tpmstate', `dir=${places.tpmState},mode=0600`],
      '--terminate',
      ...(version === '1.2' ? [] : ['--tpm2']),
    ],
    { log: places.tpmLog },
  );
  const end = Date.now() + deadline;
  while (!(await host.files.stat(places.tpmSocket))) {
    const alive = await host.alive(process);
    if (!alive || Date.now() > end) {
      if (alive) await host.signal(process, 'SIGKILL');
      throw new GuestroomError('program_failed', 'The TPM emulator did not start', {
        detail: await runLogTail(host, places.tpmLog),
        hint: 'Look into its log, or remove the TPM from the document',
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return process;
}

/** Gives a new TPM its keys and certificates, as a manufacturer would; without swtpm_setup it starts blank. */
async function manufacture(
  tools: Toolbox,
  places: Places,
  version: string,
  banks: readonly string[],
): Promise<void> {
  const setup = await tools.binaries.program('swtpm_setup');
  if (setup === undefined) return;
  const args = [
    ...['--tpmstate', places.tpmState, '--overwrite'],
    ...(version === '1.2' ? [] : ['--tpm2']),
    ...(banks.length === 0 || version === '1.2' ? [] : ['--pcr-banks', banks.join(',')]),
  ];
  const { status, stdout, stderr } = await tools.host.exec(setup, args, { timeout: 60_000 });
  if (status !== 0) {
    await tools.host.files.removeTree(places.tpmState);
    throw new GuestroomError('program_failed', 'The TPM could not be prepared', {
      detail: `${stdout}${stderr}`.trim().slice(-4000),
      hint: 'Install swtpm-tools, or remove the TPM from the document',
    });
  }
}
