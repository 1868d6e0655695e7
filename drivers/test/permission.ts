import { GuestroomError, type ErrorCode } from '../api/errors.ts';
import type { DomainSummary } from '../api/model.ts';
import {
  ask,
  no,
  reasonText,
  refusal,
  verdictsOn,
  yes,
  type ConnectionOperation,
  type DomainOperation,
  type Reason,
  type Verdict,
  type Verdicts,
} from '../api/operations.ts';

const can: Verdicts = {
  start: yes,
  startPaused: yes,
  shutdown: yes,
  reboot: yes,
  reset: yes,
  destroy: yes,
  suspend: yes,
  resume: yes,
  managedSave: yes,
  managedSaveRemove: yes,
  save: yes,
  undefine: yes,
  rename: yes,
  setAutostart: yes,
  setMetadata: yes,
  setMemory: yes,
  setMaxMemory: yes,
  setVcpus: yes,
  changeMedia: ask,
  screenshot: ask,
  sendKey: ask,
  // there is no QEMU behind it
  qemuMonitorCommand: no('driver_lacks'),
  openConsole: ask,
  openGraphics: ask,
  injectNmi: yes,
  pmSuspend: yes,
  pmWakeup: yes,
  coreDump: yes,
  ...verdictsOn(yes, 'domainDevices', 'snapshots'),
  ...verdictsOn(ask, 'agent'),
  // leases are known without an agent
  interfaceAddresses: yes,
  ...verdictsOn(no('driver_lacks'), 'blockJobs', 'migration'),
  define: yes,
  create: yes,
  restore: yes,
  volumeCreate: yes,
  volumeClone: yes,
  volumeDelete: yes,
  volumeUpload: yes,
  volumeRead: yes,
  browse: yes,
  ...verdictsOn(yes, 'pools', 'networks', 'interfaces', 'nodeDevices', 'secrets'),
  // made-up devices have no driver that they could be taken from
  nodeDeviceDetach: no('driver_lacks'),
  nodeDeviceReattach: no('driver_lacks'),
  nodeDeviceReset: no('driver_lacks'),
};

/** What a read-only connection may do besides looking, as libvirt has it. */
const harmless: ReadonlySet<string> = new Set([
  'volumeRead',
  'browse',
  'networkLeases',
  'nodeDeviceList',
  'interfaceAddresses',
]);

export function verdictsFor(readOnly: boolean): Verdicts {
  if (!readOnly) return can;
  const verdicts = Object.entries(can).map(([operation, verdict]): [string, Verdict] => [
    operation,
    verdict.can === 'no' || harmless.has(operation) ? verdict : no('read_only'),
  ]);
  return Object.fromEntries(verdicts) as Verdicts;
}

/** How a reason is told as an error: what the driver or the document lacks is `unsupported`, the rest a matter of state. */
const codes: Partial<Record<Reason, ErrorCode>> = {
  driver_lacks: 'unsupported',
  version_lacks: 'unsupported',
  tool_missing: 'unsupported',
  no_graphics: 'unsupported',
  no_vnc: 'unsupported',
  no_serial: 'unsupported',
  no_removable: 'unsupported',
  no_balloon: 'unsupported',
  no_agent_channel: 'unsupported',
  daemon_lacks: 'unsupported',
  read_only: 'read_only',
  busy: 'busy',
};

function refused(operation: string, reason: Reason, domain?: DomainSummary): GuestroomError {
  return new GuestroomError(codes[reason] ?? 'wrong_state', reasonText[reason], {
    detail: domain ? `${operation}: ${domain.name} is ${domain.state}` : operation,
    domain: domain?.uuid,
  });
}

/** Throws when no domain of this connection could do it. */
export function allowAtAll(operation: DomainOperation | ConnectionOperation, verdicts: Verdicts): void {
  const verdict = verdicts[operation];
  if (verdict.can === 'no') throw refused(operation, verdict.reason);
}

/** Throws when this domain cannot do it now. */
export function allowOn(operation: DomainOperation, verdicts: Verdicts, domain: DomainSummary): void {
  const reason = refusal(operation, verdicts, domain);
  if (reason) throw refused(operation, reason, domain);
}
