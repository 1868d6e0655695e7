import { ask, no, verdictsOn, yes, type Verdict, type Verdicts } from '../api/operations.ts';

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
