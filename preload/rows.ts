import type { Schema } from '@orpc/contract';
import * as v from 'valibot';
import { ErrorData } from '../drivers/api/errors.ts';
import { DomainSummary, NodeInfo, Uuid } from '../drivers/api/model.ts';
import { ConnectionOperation, DomainOperation, Reason, Verdict } from '../drivers/api/operations.ts';
import { StepRow } from './attempts.ts';

/**
 * What the calls carry between window and main. Main's own results are typed but not validated again (`trusted`):
 * a list of 10,000 rows would be walked twice for nothing. What comes from a window is always validated.
 */
export const trusted = <T extends v.GenericSchema>(schema: T): Trusted<T> => ({
  schema,
  '~standard': {
    version: 1,
    vendor: 'guestroom',
    validate: (value) => ({ value: value as v.InferOutput<T> }),
  },
});
export type Trusted<T extends v.GenericSchema> = Schema<v.InferOutput<T>, v.InferOutput<T>> & {
  readonly schema: T;
};

export const NodeId = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/));
export const Target = v.object({ node: NodeId, uuid: Uuid });
export type Target = v.InferOutput<typeof Target>;

export const nodeStates = ['disconnected', 'connecting', 'connected', 'waiting', 'failed'] as const;

/** A saved or connected host as the window shows it. */
export const NodeRow = v.object({
  id: NodeId,
  name: v.string(),
  uri: v.string(),
  /** Title of the driver: QEMU, Test hypervisor, … */
  driver: v.string(),
  local: v.boolean(),
  /** ssh, tls, tcp; undefined for a socket on this computer. */
  transport: v.optional(v.string()),
  autoconnect: v.boolean(),
  readOnly: v.boolean(),
  state: v.picklist(nodeStates),
  /** Why it failed or was lost. */
  error: v.optional(ErrorData),
  /** Steps of the attempt that goes on, or of the last one that failed. */
  steps: v.optional(v.array(StepRow)),
  /** When the next attempt begins (ms since 1970), in state waiting. */
  retryAt: v.optional(v.number()),
  info: v.optional(NodeInfo),
  /** A terminal can be opened on the host itself. */
  terminal: v.optional(v.boolean()),
  /** Its files are those of this computer; absent while nobody knows. */
  ownFiles: v.optional(v.boolean()),
  /** Of a host over SSH: whole ms of a question and its answer. Changes that a person would not notice are not told. */
  roundTrip: v.optional(v.number()),
  verdicts: v.optional(v.record(v.union([DomainOperation, ConnectionOperation]), Verdict)),
});
export type NodeRow = v.InferOutput<typeof NodeRow>;

/** The inventory as events. A subscriber gets reset, the nodes, their domains in chunks, ready; then deltas. A reset may come again. */
export const InventoryEvent = v.variant('kind', [
  v.object({ kind: v.literal('reset') }),
  v.object({ kind: v.literal('node'), node: NodeRow }),
  v.object({ kind: v.literal('node-removed'), node: NodeId }),
  /** A part of the snapshot, or all domains of a node that has just connected: upserts. */
  v.object({ kind: v.literal('domains'), node: NodeId, domains: v.array(DomainSummary) }),
  v.object({ kind: v.literal('domain'), node: NodeId, domain: DomainSummary }),
  v.object({ kind: v.literal('domain-removed'), node: NodeId, uuid: Uuid }),
  /** All rows of the node are gone (it was disconnected). */
  v.object({ kind: v.literal('domains-removed'), node: NodeId }),
  /** Its document changed: an open XML page reads it anew. */
  v.object({ kind: v.literal('document'), node: NodeId, uuid: Uuid }),
  v.object({ kind: v.literal('ready') }),
]);
export type InventoryEvent = v.InferOutput<typeof InventoryEvent>;
export const InventoryBatch = v.object({ revision: v.number(), events: v.array(InventoryEvent) });
export type InventoryBatch = v.InferOutput<typeof InventoryBatch>;

const Rate = v.nullable(v.number());
/** One point of a domain's or node's curve. null where the hypervisor does not tell. */
export const SamplePoint = v.object({
  /** ms since 1970 */
  time: v.number(),
  /** Share of all its vCPUs (a node: of all its CPUs), 0 to 1. */
  cpu: Rate,
  /** Bytes. */
  memory: Rate,
  memoryMax: Rate,
  /** Bytes per second. */
  read: Rate,
  write: Rate,
  receive: Rate,
  transmit: Rate,
});
export type SamplePoint = v.InferOutput<typeof SamplePoint>;

/** The newest points; on subscription also up to 20 older ones each, oldest first. */
export const SampleBatch = v.array(
  v.object({
    node: NodeId,
    /** null is the node itself */ uuid: v.nullable(Uuid),
    points: v.array(SamplePoint),
  }),
);
export type SampleBatch = v.InferOutput<typeof SampleBatch>;

/** Columns of equal length, oldest first. */
export const History = v.object({
  time: v.array(v.number()),
  cpu: v.array(Rate),
  memory: v.array(Rate),
  memoryMax: v.array(Rate),
  read: v.array(Rate),
  write: v.array(Rate),
  receive: v.array(Rate),
  transmit: v.array(Rate),
});
export type History = v.InferOutput<typeof History>;

/** What a domain page shows beside the row: facts read from its live document. */
export const DomainDetail = v.object({
  summary: DomainSummary,
  description: v.optional(v.string()),
  machine: v.optional(v.string()),
  firmware: v.picklist(['bios', 'efi']),
  secureBoot: v.boolean(),
  tpm: v.optional(v.string()),
  cpu: v.optional(v.string()),
  /** Sockets, cores, threads. */
  topology: v.optional(v.object({ sockets: v.number(), cores: v.number(), threads: v.number() })),
  currentMemory: v.number(),
  disks: v.array(
    v.object({
      target: v.string(),
      device: v.picklist(['disk', 'cdrom', 'floppy', 'lun']),
      bus: v.optional(v.string()),
      source: v.optional(v.string()),
      format: v.optional(v.string()),
      readonly: v.boolean(),
      removable: v.boolean(),
    }),
  ),
  interfaces: v.array(
    v.object({
      mac: v.optional(v.string()),
      model: v.optional(v.string()),
      type: v.string(),
      source: v.optional(v.string()),
      /** As text: "tcp 127.0.0.1:2222 → 22". */
      forwards: v.array(v.string()),
    }),
  ),
  graphics: v.array(
    v.object({ index: v.number(), type: v.string(), label: v.string(), openable: v.boolean() }),
  ),
  consoles: v.array(
    v.object({ alias: v.string(), kind: v.string(), label: v.string(), openable: v.boolean() }),
  ),
  video: v.optional(v.string()),
  /** Where its process writes; a path on the node. */
  log: v.optional(v.string()),
});
export type DomainDetail = v.InferOutput<typeof DomainDetail>;

/** For a machine whose screens cannot be shown in the window. */
export const ScreenOffers = v.object({
  /** Why no VNC screen can be added; missing when it can. */
  addVnc: v.optional(Reason),
  /** It runs, and its definition has a VNC screen: the next start brings it. */
  vncNext: v.boolean(),
  /** The VNC screen that is there or would be added is not reached by this connection. */
  outOfReach: v.optional(v.boolean()),
  /** There when remote-viewer is installed on the person's computer; with why it cannot show this screen now. */
  viewer: v.optional(v.object({ error: v.optional(ErrorData) })),
});
export type ScreenOffers = v.InferOutput<typeof ScreenOffers>;

export const DocumentRemark = v.object({
  path: v.string(),
  message: v.string(),
  level: v.picklist(['fatal', 'ignored', 'changed']),
  line: v.optional(v.number()),
});
export type DocumentRemark = v.InferOutput<typeof DocumentRemark>;

/** A disk that would be lost with its domain. */
export const OwnedVolume = v.object({
  node: NodeId,
  uuid: Uuid,
  path: v.string(),
  target: v.string(),
  allocation: v.optional(v.number()),
  /** Why it should be kept: read-only, shared, also used by another domain, not there, or nobody can tell what it is. */
  keep: v.optional(
    v.picklist(['readonly', 'shareable', 'used_by_other', 'missing', 'removable', 'backing', 'unreadable']),
  ),
  usedBy: v.optional(v.string()),
});
export type OwnedVolume = v.InferOutput<typeof OwnedVolume>;

/** What the hypervisor keeps for a domain beside its disks, and deletes with it: snapshots always, the rest unless told otherwise. */
export const OwnedState = v.object({
  node: NodeId,
  uuid: Uuid,
  /** UEFI variables: boot entries, Secure Boot keys. */
  nvram: v.boolean(),
  /** State of an emulated TPM, with the keys in it. */
  tpm: v.boolean(),
  /** How many snapshots of it are listed. */
  snapshots: v.number(),
});
export type OwnedState = v.InferOutput<typeof OwnedState>;

export const taskKinds = [
  'create',
  'save',
  'managedSave',
  'restore',
  'undefine',
  'clone',
  'upload',
  'download',
] as const;
export const taskSteps = [
  'check',
  'pool',
  'volume',
  'copy',
  'convert',
  'seed',
  'upload',
  'download',
  'verify',
  'define',
  'network',
  'start',
  'save',
  'restore',
  'delete',
  'undo',
  'done',
] as const;

export const TaskRow = v.object({
  id: v.string(),
  kind: v.picklist(taskKinds),
  /** Names for the title: {name}, {file}. */
  subject: v.string(),
  node: v.optional(NodeId),
  uuid: v.optional(Uuid),
  state: v.picklist(['running', 'done', 'failed', 'cancelled']),
  step: v.optional(v.picklist(taskSteps)),
  /** What the step works on: a file name, "1.2 of 3.4 GiB". */
  detail: v.optional(v.string()),
  /** Bytes of a transfer, and how many came through each second of late. */
  bytes: v.optional(v.object({ done: v.number(), total: v.number(), rate: v.optional(v.number()) })),
  /** 0 to 1; absent where it cannot be known. */
  progress: v.optional(v.number()),
  /** Seconds left, where it can be told. */
  remaining: v.optional(v.number()),
  startedAt: v.number(),
  endedAt: v.optional(v.number()),
  cancellable: v.boolean(),
  error: v.optional(ErrorData),
  /** What a transfer that is done has made. */
  made: v.optional(
    v.object({
      path: v.string(),
      sha256: v.optional(v.string()),
      /** The host has told the same checksum; absent where it had none to tell. */
      verified: v.optional(v.boolean()),
    }),
  ),
});
export type TaskRow = v.InferOutput<typeof TaskRow>;
export const TaskEvent = v.variant('kind', [
  v.object({ kind: v.literal('snapshot'), tasks: v.array(TaskRow) }),
  v.object({ kind: v.literal('task'), task: TaskRow }),
  v.object({ kind: v.literal('removed'), ids: v.array(v.string()) }),
]);
export type TaskEvent = v.InferOutput<typeof TaskEvent>;

export const Settings = v.object({
  theme: v.picklist(['system', 'light', 'dark']),
  language: v.picklist(['system', 'en', 'zh-CN']),
  /** How a screen is first shown. */
  consoleScale: v.picklist(['fit', 'one']),
  confirmForceOff: v.boolean(),
  treeSparklines: v.boolean(),
  sidebarWidth: v.pipe(v.number(), v.minValue(160), v.maxValue(640)),
  sidebarHidden: v.boolean(),
  /** Open tabs as routes, and the chosen one. */
  tabs: v.array(v.pipe(v.string(), v.maxLength(300))),
  tab: v.optional(v.pipe(v.string(), v.maxLength(300))),
  /** Hidden columns of the table. */
  hiddenColumns: v.array(v.string()),
});
export type Settings = v.InferOutput<typeof Settings>;

export const Probe = v.object({
  driver: v.string(),
  title: v.string(),
  state: v.picklist(['ready', 'stopped', 'denied', 'missing']),
  uri: v.string(),
  version: v.optional(v.string()),
  summary: v.string(),
  command: v.optional(v.string()),
  accelerators: v.optional(v.array(v.string())),
  lookedFor: v.array(v.string()),
  /** The saved node that already uses it. */
  node: v.optional(NodeId),
});
export type Probe = v.InferOutput<typeof Probe>;

export const AppInfo = v.object({
  name: v.string(),
  version: v.string(),
  host: v.picklist(['electron', 'browser']),
  platform: v.string(),
  hostname: v.string(),
  runtime: v.string(),
  /** The host has its own file dialogs and windows. */
  dialogs: v.boolean(),
  windows: v.boolean(),
  folders: v.object({ data: v.string(), config: v.string(), state: v.string(), runtime: v.string() }),
});
export type AppInfo = v.InferOutput<typeof AppInfo>;

/** Answer for each target of a bulk action, in the order asked. */
export const Outcome = v.object({
  node: NodeId,
  uuid: Uuid,
  ok: v.boolean(),
  error: v.optional(ErrorData),
  task: v.optional(v.string()),
  reason: v.optional(Reason),
});
export type Outcome = v.InferOutput<typeof Outcome>;
