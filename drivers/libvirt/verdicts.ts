import {
  ask,
  no,
  yes,
  verdictsOn,
  type Group,
  type Operation,
  type Reason,
  type Verdict,
  type Verdicts,
} from '../api/operations.ts';

/** Parts of a daemon that are daemons of their own, and may be missing. */
export type Part = 'pools' | 'networks' | 'interfaces' | 'nodeDevices' | 'secrets';

export interface Abilities {
  /** virConnectGetType: QEMU, LXC, Xen, TEST, VBOX, BHYVE, CH, … */
  type: string;
  readOnly: boolean;
  /** Parts that this daemon does not have. */
  lacking: ReadonlySet<Part>;
  /** The node's own files are in our reach. */
  files: boolean;
}

/** Everything, as QEMU's driver has it; what depends on the guest's devices or version is asked domain by domain. */
const all: Verdicts = {
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
  sendKey: yes,
  qemuMonitorCommand: yes,
  openConsole: ask,
  openGraphics: ask,
  injectNmi: yes,
  pmSuspend: ask,
  pmWakeup: yes,
  coreDump: yes,
  ...verdictsOn(ask, 'domainDevices', 'snapshots', 'blockJobs', 'migration', 'agent'),
  define: yes,
  create: yes,
  restore: yes,
  volumeCreate: yes,
  volumeClone: yes,
  volumeDelete: yes,
  volumeUpload: yes,
  volumeRead: yes,
  browse: yes,
  ...verdictsOn(yes, 'pools', 'networks', 'secrets'),
  ...verdictsOn(ask, 'interfaces', 'nodeDevices'),
};

const groupsOfQemu: readonly Group[] = ['snapshots', 'blockJobs', 'migration', 'agent'];
const inGroups = (...groups: readonly Group[]): Operation[] =>
  Object.keys(verdictsOn(yes, ...groups)) as Operation[];

/** What hypervisors lack beside QEMU's, by their driver in libvirt 9 to 11. Of one that is not here, the daemon's own answer counts. */
const lacks: Readonly<Record<string, readonly Operation[]>> = {
  TEST: [
    'qemuMonitorCommand',
    'openConsole',
    'openGraphics',
    ...inGroups('blockJobs', 'migration'),
    'agentCommand',
    'blockResize',
    'updateDevice',
    'changeMedia',
    'startPaused',
    'volumeUpload',
    'volumeDownload',
    'volumeRead',
    'volumeResize',
    'volumeWipe',
  ],
  LXC: [
    ...inGroups(...groupsOfQemu),
    'managedSave',
    'managedSaveRemove',
    'save',
    'restore',
    'reset',
    'rename',
    'screenshot',
    'sendKey',
    'qemuMonitorCommand',
    'openGraphics',
    'injectNmi',
    'pmSuspend',
    'pmWakeup',
    'coreDump',
    'changeMedia',
    'setVcpus',
    'blockResize',
    'startPaused',
  ],
  Xen: [
    ...inGroups('snapshots', 'blockJobs', 'agent'),
    'reset',
    'rename',
    'screenshot',
    'sendKey',
    'qemuMonitorCommand',
    'injectNmi',
    'blockResize',
  ],
  VBOX: [
    ...inGroups('blockJobs', 'migration', 'agent'),
    'managedSave',
    'managedSaveRemove',
    'restore',
    'startPaused',
    'rename',
    'setAutostart',
    'qemuMonitorCommand',
    'openConsole',
    'injectNmi',
    'pmSuspend',
    'pmWakeup',
    'coreDump',
    'blockResize',
  ],
  CH: [
    ...inGroups(...groupsOfQemu, 'domainDevices'),
    'managedSave',
    'managedSaveRemove',
    'rename',
    'screenshot',
    'sendKey',
    'qemuMonitorCommand',
    'openGraphics',
    'injectNmi',
    'pmSuspend',
    'pmWakeup',
    'coreDump',
    'changeMedia',
    'setMemory',
    'setMaxMemory',
    'startPaused',
  ],
  BHYVE: [
    ...inGroups(...groupsOfQemu, 'domainDevices'),
    'managedSave',
    'managedSaveRemove',
    'save',
    'restore',
    'suspend',
    'resume',
    'rename',
    'screenshot',
    'sendKey',
    'qemuMonitorCommand',
    'injectNmi',
    'pmSuspend',
    'pmWakeup',
    'coreDump',
    'changeMedia',
    'setMemory',
    'setMaxMemory',
    'setVcpus',
    'setMetadata',
    'startPaused',
  ],
};

/** Volumes are the pools' business. */
const ofPools: readonly Operation[] = ['volumeCreate', 'volumeClone', 'volumeDelete', 'volumeUpload'];

/** Looking, and what changes nothing; the rest needs a connection that may write. To libvirt a download does, too. */
const harmless: ReadonlySet<string> = new Set<Operation>([
  'browse',
  'networkLeases',
  'nodeDeviceList',
  'interfaceAddresses',
]);

/** What this connection can do, and why not. */
export function verdictsOf({ type, readOnly, lacking, files }: Abilities): Verdicts {
  const refused = new Map<Operation, Reason>();
  for (const operation of lacks[type] ?? []) refused.set(operation, 'driver_lacks');
  for (const part of lacking) for (const operation of inGroups(part)) refused.set(operation, 'daemon_lacks');
  if (lacking.has('pools')) for (const operation of ofPools) refused.set(operation, 'daemon_lacks');
  if (!files) refused.set('browse', 'driver_lacks');
  if (!files && lacking.has('pools')) refused.set('volumeRead', 'daemon_lacks');
  const verdicts = (Object.entries(all) as [Operation, Verdict][]).map(
    ([operation, verdict]): [Operation, Verdict] => {
      const reason = refused.get(operation);
      if (reason !== undefined) return [operation, no(reason)];
      if (!readOnly || harmless.has(operation)) return [operation, verdict];
      // a file may be ours to read without the daemon
      return [operation, operation === 'volumeRead' && files ? ask : no('read_only')];
    },
  );
  return Object.fromEntries(verdicts) as Verdicts;
}
