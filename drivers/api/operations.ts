import * as v from 'valibot';
import type { DomainState, DomainSummary } from './model.ts';
import { Reason } from './reasons.ts';

export { Reason, reasonText } from './reasons.ts';

/** yes; no with a reason; ask: decided for each domain by its state, document or version. */
export type Verdict = { can: 'yes' } | { can: 'ask' } | { can: 'no'; reason: Reason };
export const Verdict = v.variant('can', [
  v.object({ can: v.literal('yes') }),
  v.object({ can: v.literal('ask') }),
  v.object({ can: v.literal('no'), reason: Reason }),
]);

export const yes: Verdict = { can: 'yes' };
export const ask: Verdict = { can: 'ask' };
export const no = (reason: Reason): Verdict => ({ can: 'no', reason });

/** What the domain's state must be; a rule returns why not, or undefined. */
type Rule = (domain: DomainSummary) => Reason | undefined;

const active: ReadonlySet<DomainState> = new Set(['running', 'blocked', 'paused', 'shutdown', 'pmsuspended']);
export const isActive = (state: DomainState): boolean => active.has(state);
const isRunning = (state: DomainState): boolean => state === 'running' || state === 'blocked';

const whenActive: Rule = (d) => (isActive(d.state) ? undefined : 'not_active');
const whenInactive: Rule = (d) => (isActive(d.state) ? 'not_off' : undefined);
const whenStartable: Rule = (d) => (isActive(d.state) ? 'already_active' : undefined);
const whenRunning: Rule = (d) =>
  isRunning(d.state) ? undefined : isActive(d.state) ? 'not_running' : 'not_active';
const whenPaused: Rule = (d) =>
  d.state === 'paused' || d.state === 'pmsuspended'
    ? undefined
    : isActive(d.state)
      ? 'not_paused'
      : 'not_active';
const whenAsleep: Rule = (d) => (d.state === 'pmsuspended' ? undefined : 'not_asleep');
const whenPersistent: Rule = (d) => (d.persistent ? undefined : 'transient');
const always: Rule = () => undefined;
const both =
  (...rules: Rule[]): Rule =>
  (d) => {
    for (const rule of rules) {
      const reason = rule(d);
      if (reason) return reason;
    }
    return undefined;
  };

/** Operations on one domain, each with the rule that its state must meet. Names are libvirt's. */
export const domainOperations = {
  start: whenStartable,
  startPaused: whenStartable,
  shutdown: whenRunning,
  reboot: whenRunning,
  reset: whenActive,
  destroy: whenActive,
  suspend: whenRunning,
  resume: whenPaused,
  /** Save into the driver's own place; the next start goes on from there. */
  managedSave: both(whenActive, whenPersistent),
  managedSaveRemove: (d) => (d.hasManagedSave ? undefined : 'no_managed_save'),
  /** Save into a file that the caller names. */
  save: whenActive,
  undefine: whenPersistent,
  rename: both(whenInactive, whenPersistent),
  setAutostart: whenPersistent,
  /** Title and description. */
  setMetadata: always,
  /** Balloon target of a running domain, or memory in the document. */
  setMemory: always,
  setMaxMemory: whenInactive,
  setVcpus: always,
  changeMedia: always,
  screenshot: whenActive,
  sendKey: whenActive,
  qemuMonitorCommand: whenActive,
  openConsole: whenActive,
  openGraphics: whenActive,
  /** Devices of a running domain, of its document, or of both. */
  attachDevice: always,
  detachDevice: always,
  updateDevice: always,
  blockResize: whenActive,
  snapshotCreate: always,
  snapshotRevert: whenPersistent,
  snapshotDelete: always,
  blockCopy: whenActive,
  blockPull: whenActive,
  blockCommit: whenActive,
  migrate: whenActive,
  injectNmi: whenActive,
  /** Sleep and hibernation of the guest, through its agent or firmware. */
  pmSuspend: whenRunning,
  pmWakeup: whenAsleep,
  coreDump: whenActive,
  agentCommand: whenRunning,
  guestInfo: whenRunning,
  setUserPassword: whenRunning,
  fsFreeze: whenRunning,
  fsTrim: whenRunning,
  interfaceAddresses: whenActive,
} as const satisfies Record<string, Rule>;
export type DomainOperation = keyof typeof domainOperations;
export const DomainOperation = v.picklist(
  Object.keys(domainOperations) as [DomainOperation, ...DomainOperation[]],
);

/** Operations of optional groups of a connection that are done to the node, by the group's name. */
const nodeGroups = {
  pools: [
    /** Make a pool persistent, or start a transient one. */
    'poolDefine',
    'poolCreate',
    'poolBuild',
    'poolStart',
    'poolDestroy',
    'poolUndefine',
    /** Delete what the pool is made of: its folder, volume group, partition table. */
    'poolDelete',
    'poolRefresh',
    'poolSetAutostart',
    'volumeDownload',
    'volumeResize',
    'volumeWipe',
  ],
  networks: [
    'networkDefine',
    'networkCreate',
    'networkStart',
    'networkDestroy',
    'networkUndefine',
    'networkSetAutostart',
    /** Change a part of a network without restarting it: a DHCP host, a port group. */
    'networkUpdate',
    'networkLeases',
  ],
  interfaces: ['interfaceDefine', 'interfaceStart', 'interfaceDestroy', 'interfaceUndefine'],
  nodeDevices: [
    'nodeDeviceList',
    'nodeDeviceCreate',
    'nodeDeviceDestroy',
    /** Take a device from the node's own driver so that a guest may have it, and back. */
    'nodeDeviceDetach',
    'nodeDeviceReattach',
    'nodeDeviceReset',
  ],
  secrets: ['secretDefine', 'secretSetValue', 'secretUndefine'],
} as const;

/** Operations on the connection itself. */
export const connectionOperations = [
  'define',
  'create',
  /** Start again from a file that `save` wrote. */
  'restore',
  'volumeCreate',
  'volumeClone',
  'volumeDelete',
  'volumeUpload',
  /** Read the first bytes of an image, to recognise it. */
  'volumeRead',
  /** List folders on the node. */
  'browse',
  ...nodeGroups.pools,
  ...nodeGroups.networks,
  ...nodeGroups.interfaces,
  ...nodeGroups.nodeDevices,
  ...nodeGroups.secrets,
] as const;
export type ConnectionOperation = (typeof connectionOperations)[number];
export const ConnectionOperation = v.picklist(connectionOperations);

export type Operation = DomainOperation | ConnectionOperation;
/** A driver answers for every operation; leaving one out does not compile. */
export type Verdicts = Record<Operation, Verdict>;

/** The operations of a connection's optional groups, by the group's name. */
const groups = {
  domainDevices: ['attachDevice', 'detachDevice', 'updateDevice', 'blockResize'],
  snapshots: ['snapshotCreate', 'snapshotRevert', 'snapshotDelete'],
  blockJobs: ['blockCopy', 'blockPull', 'blockCommit'],
  migration: ['migrate'],
  agent: ['agentCommand', 'guestInfo', 'setUserPassword', 'fsFreeze', 'fsTrim', 'interfaceAddresses'],
  ...nodeGroups,
} as const satisfies Record<string, readonly Operation[]>;
export type Group = keyof typeof groups;
export type GroupOperation<G extends Group> = (typeof groups)[G][number];

/** One verdict for all operations of these groups. */
export function verdictsOn<G extends Group>(
  verdict: Verdict,
  ...names: readonly G[]
): Record<GroupOperation<G>, Verdict> {
  const operations = names.flatMap((name): readonly Operation[] => groups[name]);
  return Object.fromEntries(operations.map((name) => [name, verdict])) as Record<GroupOperation<G>, Verdict>;
}

/** The combined verdict on one domain: the driver's, then the domain's own refusals, then its state. undefined means yes. */
export function refusal(
  operation: DomainOperation,
  verdicts: Verdicts,
  domain: DomainSummary,
): Reason | undefined {
  const verdict = verdicts[operation];
  if (verdict.can === 'no') return verdict.reason;
  const state = domainOperations[operation](domain);
  if (state) return state;
  return domain.refused?.[operation];
}
