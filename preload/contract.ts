import { eventIterator, oc } from '@orpc/contract';
import * as v from 'valibot';
import { DomainSummary, Folder, Pool, Uuid, Volume } from '../drivers/api/model.ts';
import { ConnectionDetails, QuestionAnswer, QuestionEvent, TrialRow } from './attempts.ts';
import { Choices, GuestSystem, Media, PlanPreview } from './create.ts';
import { ExportedHost, Importable, ImportOutcome, maxExport, maxImport } from './importing.ts';
import { UploadPlaces, UploadTarget } from './transfer.ts';
import {
  AppInfo,
  DocumentRemark,
  DomainDetail,
  History,
  InventoryBatch,
  NodeId,
  Outcome,
  OwnedState,
  OwnedVolume,
  Probe,
  SampleBatch,
  ScreenOffers,
  Settings,
  Target,
  TaskEvent,
  trusted,
} from './rows.ts';

/** Everything a window may ask of main, once. Adding a call is one entry here and one handler method. */

const Path = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(4096),
  v.check((path) => !path.includes('\0'), 'no NUL'),
);
const Uri = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));
const Name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(255));
const Xml = v.pipe(v.string(), v.maxLength(1024 * 1024));
const Apply = v.picklist(['live', 'config', 'both']);
const onTarget = <T extends v.ObjectEntries>(entries: T) => v.object({ ...Target.entries, ...entries });
const Ticket = v.object({ ticket: v.string() });
const characters = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000));
const TerminalSize = { columns: characters, rows: characters };
const TaskId = v.object({ task: v.string() });

/** Operations that need no further word, for one target or many. */
export const BulkOperation = v.picklist([
  'start',
  'startPaused',
  'shutdown',
  'reboot',
  'reset',
  'destroy',
  'suspend',
  'resume',
  'managedSave',
  'managedSaveRemove',
]);
export type BulkOperation = v.InferOutput<typeof BulkOperation>;

export const contract = {
  app: {
    info: oc.output(trusted(AppInfo)),
    /** Opens one of our own pages in the system's browser; never an address from elsewhere. */
    openLink: oc.input(v.object({ link: v.picklist(['website', 'issues', 'licence']) })),
    /** The system's own file dialog, where AppInfo.dialogs says there is one; null when it was cancelled. */
    chooseFile: oc
      .input(v.object({ purpose: v.picklist(['iso', 'image', 'kernel', 'xml', 'any']), title: Name }))
      .output(trusted(v.object({ path: v.nullable(v.string()) }))),
    /** The system's own dialog for a new file of this name; null when it was cancelled. */
    chooseTarget: oc
      .input(v.object({ name: Name, title: Name }))
      .output(trusted(v.object({ path: v.nullable(v.string()) }))),
    /** A folder of this computer, where AppInfo.dialogs says that there are no dialogs; null is the place to begin. */
    browse: oc.input(v.object({ path: v.nullable(Path) })).output(trusted(Folder)),
    /** Opens a route in its own window, where AppInfo.windows says so. */
    openWindow: oc.input(v.object({ route: v.pipe(v.string(), v.regex(/^\/[a-z0-9/:_?=&-]{0,300}$/i)) })),
    notices: oc.output(trusted(v.object({ text: v.string() }))),
  },

  settings: {
    watch: oc.output(
      eventIterator(trusted(v.object({ settings: Settings, warning: v.optional(v.string()) }))),
    ),
    set: oc.input(v.partial(Settings)),
  },

  nodes: {
    /** What is on this computer, for the first-run page. */
    probe: oc.output(trusted(v.array(Probe))),
    /** Tries a connection without saving it. The feed ends with the outcome; leaving it stops the attempt. */
    test: oc
      .input(v.object({ uri: Uri, readOnly: v.optional(v.boolean(), false) }))
      .output(eventIterator(trusted(TrialRow))),
    /** Saves a node and connects it. */
    add: oc
      .input(
        v.object({
          name: v.optional(Name),
          uri: Uri,
          autoconnect: v.optional(v.boolean(), true),
          readOnly: v.optional(v.boolean(), false),
        }),
      )
      .output(trusted(v.object({ node: NodeId }))),
    update: oc.input(
      v.object({
        node: NodeId,
        name: v.optional(Name),
        autoconnect: v.optional(v.boolean()),
        readOnly: v.optional(v.boolean()),
      }),
    ),
    /** Forgets the node; nothing on it changes. */
    remove: oc.input(v.object({ node: NodeId })),
    connect: oc.input(v.object({ node: NodeId })),
    disconnect: oc.input(v.object({ node: NodeId })),
    /** How it was connected, step by step. */
    details: oc.input(v.object({ node: NodeId })).output(trusted(ConnectionDetails)),
    capabilities: oc.input(v.object({ node: NodeId })).output(trusted(v.object({ xml: v.string() }))),
    /** Hosts that other programs of this account know. */
    importable: oc.output(trusted(Importable)),
    /** Saves many without connecting them; answers for each in its order. */
    import: oc
      .input(
        v.object({
          entries: v.pipe(
            v.array(v.object({ name: Name, uri: Uri, readOnly: v.optional(v.boolean(), false) })),
            v.maxLength(maxImport),
          ),
        }),
      )
      .output(trusted(v.array(ImportOutcome))),
    /** The list of hosts as the text of a file, without any secret. */
    exported: oc.output(trusted(v.object({ text: v.string() }))),
    /** What such a text holds; nothing is added. */
    readExport: oc
      .input(v.object({ text: v.pipe(v.string(), v.maxLength(maxExport)) }))
      .output(trusted(v.object({ hosts: v.array(ExportedHost) }))),
  },

  inventory: {
    watch: oc.output(eventIterator(trusted(InventoryBatch))),
  },

  samples: {
    /** Rows that are on the screen; subscribe anew when they change. uuid null is the node itself. */
    watch: oc
      .input(
        v.object({
          targets: v.pipe(v.array(v.object({ node: NodeId, uuid: v.nullable(Uuid) })), v.maxLength(500)),
        }),
      )
      .output(eventIterator(trusted(SampleBatch))),
    /** The last `seconds` (up to 3600), at most `points` of them. */
    history: oc
      .input(
        v.object({
          node: NodeId,
          uuid: v.nullable(Uuid),
          seconds: v.pipe(v.number(), v.minValue(10), v.maxValue(3600)),
          points: v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(2000)),
        }),
      )
      .output(trusted(History)),
  },

  domains: {
    detail: oc.input(Target).output(trusted(DomainDetail)),
    xml: oc
      .input(onTarget({ inactive: v.optional(v.boolean()) }))
      .output(trusted(v.object({ xml: v.string() }))),
    /** What the driver would not honour or would change in this document. */
    check: oc.input(v.object({ node: NodeId, xml: Xml })).output(trusted(v.array(DocumentRemark))),
    define: oc.input(v.object({ node: NodeId, xml: Xml })).output(trusted(DomainSummary)),
    /** Starts a transient domain from a document. */
    create: oc
      .input(v.object({ node: NodeId, xml: Xml, paused: v.optional(v.boolean()) }))
      .output(trusted(DomainSummary)),
    act: oc
      .input(
        v.object({
          operation: BulkOperation,
          targets: v.pipe(v.array(Target), v.minLength(1), v.maxLength(10_000)),
          /** Run with emulation this once although the document asks for acceleration. */
          emulate: v.optional(v.boolean()),
          /** Discard a saved state and boot. */
          forceBoot: v.optional(v.boolean()),
          /** Start the virtual networks that it needs and that are off before it. */
          networks: v.optional(v.boolean()),
        }),
      )
      .output(trusted(v.array(Outcome))),
    /** The disks of these domains, which of them should be kept, and which domains have state of their own besides. */
    volumes: oc
      .input(v.object({ targets: v.pipe(v.array(Target), v.minLength(1), v.maxLength(1000)) }))
      .output(trusted(v.object({ volumes: v.array(OwnedVolume), states: v.array(OwnedState) }))),
    undefine: oc
      .input(
        onTarget({
          volumes: v.optional(v.array(Path)),
          keepNvram: v.optional(v.boolean()),
          destroy: v.optional(v.boolean()),
        }),
      )
      .output(trusted(TaskId)),
    rename: oc.input(onTarget({ name: Name })),
    setAutostart: oc.input(onTarget({ autostart: v.boolean() })),
    setMetadata: oc.input(
      onTarget({
        title: v.optional(v.pipe(v.string(), v.maxLength(255))),
        description: v.optional(v.pipe(v.string(), v.maxLength(65_536))),
      }),
    ),
    setMemory: oc.input(onTarget({ bytes: v.pipe(v.number(), v.integer(), v.minValue(1)), apply: Apply })),
    setMaxMemory: oc.input(onTarget({ bytes: v.pipe(v.number(), v.integer(), v.minValue(1)) })),
    setVcpus: oc.input(
      onTarget({ count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096)), apply: Apply }),
    ),
    changeMedia: oc.input(onTarget({ target: Name, path: v.nullable(Path), force: v.optional(v.boolean()) })),
    save: oc.input(onTarget({ path: Path })).output(trusted(TaskId)),
    restore: oc.input(v.object({ node: NodeId, path: Path })).output(trusted(TaskId)),
    /** A ticket for the bytes of a PNG picture. */
    screenshot: oc.input(Target).output(trusted(Ticket)),
    /** Linux input event codes. */
    sendKey: oc.input(
      onTarget({
        keycodes: v.pipe(
          v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(767))),
          v.minLength(1),
          v.maxLength(16),
        ),
        hold: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(10_000))),
      }),
    ),
    monitor: oc
      .input(
        onTarget({
          command: v.pipe(v.string(), v.minLength(1), v.maxLength(65_536)),
          kind: v.picklist(['qmp', 'hmp']),
        }),
      )
      .output(trusted(v.object({ reply: v.string() }))),
  },

  consoles: {
    /** A single-use ticket, good for 30 seconds, for the byte stream of a serial device. */
    serial: oc.input(onTarget({ alias: v.optional(v.string()) })).output(trusted(Ticket)),
    /** The same for a VNC screen. Main logs in to the guest's screen itself: the stream asks the window for no password. */
    graphics: oc
      .input(onTarget({ index: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))) }))
      .output(trusted(Ticket)),
    /** What can be done where none of the screens can be shown in the window. */
    offers: oc.input(Target).output(trusted(ScreenOffers)),
    /** Adds a VNC screen to the definition; a running guest has it from its next start. */
    addVnc: oc.input(Target),
    /** A shell on the host itself, where NodeRow.terminal says so; the ticket is for its bytes, the id for its size. */
    terminal: oc
      .input(v.object({ node: NodeId, ...TerminalSize }))
      .output(trusted(v.object({ ticket: v.string(), id: v.string() }))),
    /** The terminal in the window has another size. Nothing happens when its shell has ended. */
    resizeTerminal: oc.input(v.object({ id: v.pipe(v.string(), v.maxLength(64)), ...TerminalSize })),
    /** Opens the SPICE screen in remote-viewer on the person's own computer. */
    openViewer: oc.input(Target),
  },

  volumes: {
    pools: oc.input(v.object({ node: NodeId })).output(trusted(v.array(Pool))),
    list: oc.input(v.object({ node: NodeId, pool: Name })).output(trusted(v.array(Volume))),
    lookup: oc.input(v.object({ node: NodeId, path: Path })).output(trusted(Volume)),
    /** A folder on the node; null is the place to begin. */
    browse: oc.input(v.object({ node: NodeId, path: v.nullable(Path) })).output(trusted(Folder)),
    /** What an installation medium or image is, by its own content. */
    recognise: oc.input(v.object({ node: NodeId, path: Path })).output(trusted(Media)),
  },

  transfers: {
    places: oc.input(v.object({ node: NodeId })).output(trusted(UploadPlaces)),
    /** A file of this computer, chosen by app.chooseFile or found by app.browse, into a pool or folder of the node. */
    upload: oc.input(v.object({ node: NodeId, from: Path, to: UploadTarget })).output(trusted(TaskId)),
    /** A file or volume of the node into a new file of this computer, chosen by app.chooseTarget where there are dialogs. */
    download: oc
      .input(v.object({ node: NodeId, from: v.object({ path: Path }), to: Path }))
      .output(trusted(TaskId)),
  },

  provision: {
    systems: oc.input(v.object({ node: NodeId })).output(trusted(v.array(GuestSystem))),
    /** Choices so far → what would be made, with defaults filled in and every problem. Changes nothing. */
    plan: oc.input(v.object({ node: NodeId, choices: Choices })).output(trusted(PlanPreview)),
    /** Makes it, as a task. `document` is the person's own version of the plan's document. */
    create: oc
      .input(v.object({ node: NodeId, choices: Choices, document: v.optional(Xml) }))
      .output(trusted(v.object({ task: v.string(), uuid: Uuid }))),
  },

  tasks: {
    watch: oc.output(eventIterator(trusted(TaskEvent))),
    cancel: oc.input(v.object({ task: v.string() })),
    /** Takes ended tasks off the list; without ids all of them. */
    clear: oc.input(v.object({ tasks: v.optional(v.array(v.string())) })),
  },

  questions: {
    /** Logins, secrets and keys that hosts ask about, in every window until one of them has answered. */
    watch: oc.output(eventIterator(trusted(QuestionEvent))),
    /**
     * null: the person cancels. Not taken: another window has answered, or nobody asks any more. An answer of another kind, or
     * with another number of secrets, is refused, and the question stays.
     */
    answer: oc
      .input(
        v.object({
          question: v.pipe(v.string(), v.maxLength(64)),
          answer: v.nullable(QuestionAnswer),
        }),
      )
      .output(trusted(v.object({ taken: v.boolean() }))),
  },
};
export type Contract = typeof contract;
