import type { Duplex } from 'node:stream';
import type { Change, Connection, Domains, OpenContext, Volumes } from '../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import type { NodeInfo, StatsSnapshot } from '../api/model.ts';
import type { Verdicts } from '../api/operations.ts';
import { DirectoryVolumes } from '../storage/directory-volumes.ts';
import { ImageTool } from '../storage/image-tool.ts';
import type { Trial } from './accelerator.ts';
import type { Activity } from './activity.ts';
import { versionText } from './capabilities.ts';
import { EmbeddedDomains } from './domains.ts';
import { hostCapabilities } from './host-capabilities.ts';
import { usesImage } from './image-users.ts';
import type { Inventory } from './inventory.ts';
import { takeStats } from './stats.ts';
import type { Toolbox } from './survey.ts';
import { verdictsOf } from './verdicts.ts';

/** What the connections of one process to one host share. */
export interface Shared {
  tools: Toolbox;
  inventory: Inventory;
  activity: Activity;
  /** Called once for each connection that ends. */
  release(): Promise<void>;
}

/** An open `qemu:///embed`. */
export class EmbeddedConnection implements Connection {
  readonly uri: string;
  readonly readOnly: boolean;
  readonly verdicts: Verdicts;
  readonly domains: Domains;
  readonly volumes: Volumes;
  readonly machine: Host;
  private readonly tools: Toolbox;
  private readonly inventory: Inventory;
  private readonly shared: Shared;
  private readonly context: OpenContext;
  private readonly closing = new AbortController();
  private readonly streams = new Set<Duplex>();
  private autostarting: Promise<void> | undefined;
  private trying: Promise<void> | undefined;

  private constructor(uri: string, shared: Shared, context: OpenContext, hasImageTool: boolean) {
    const { tools, inventory, activity } = shared;
    this.uri = uri;
    this.shared = shared;
    this.tools = tools;
    this.inventory = inventory;
    this.context = context;
    this.readOnly = context.readOnly;
    this.machine = tools.host;
    this.verdicts = verdictsOf(context.readOnly, hasImageTool);
    const checkOpen = (): void => this.checkOpen();
    this.domains = guarded(
      new EmbeddedDomains(tools, inventory, activity, context.log, context.readOnly, (stream) =>
        this.hold(stream),
      ),
      checkOpen,
    );
    this.volumes = guarded(
      new DirectoryVolumes({
        host: tools.host,
        tool: new ImageTool(tools.host, () => tools.binaries.programOrFail('qemu-img', 'qemu-utils')),
        folder: tools.layout.images,
        readOnly: context.readOnly,
        userOf: (path) => this.userOf(path),
      }),
      checkOpen,
    );
  }

  /** Starts what is to be started with the host. */
  static async open(uri: string, shared: Shared, context: OpenContext): Promise<EmbeddedConnection> {
    const hasImageTool = (await shared.tools.binaries.program('qemu-img')) !== undefined;
    const connection = new EmbeddedConnection(uri, shared, context, hasImageTool);
    if (!context.readOnly) {
      connection.autostarting = connection.startAutostart().catch((error: unknown) =>
        context.log.warn('Guests could not be started with the host', {
          error: toGuestroomError(error).message,
        }),
      );
    }
    return connection;
  }

  /** Without `accelerators` while they are tried for the first time since the host's boot: a change tells them later. */
  async node(): Promise<NodeInfo> {
    this.checkOpen();
    const binary = await this.tools.binaries.emulator(this.tools.host.arch);
    const trials = binary === undefined ? undefined : await this.tools.accelerators.known(binary);
    if (binary !== undefined && trials === undefined) this.trying ??= this.tryAccelerators(binary);
    return this.nodeWith(binary, trials);
  }

  private async tryAccelerators(binary: string): Promise<void> {
    try {
      const trials = await this.tools.accelerators.all(binary);
      if (this.closing.signal.aborted) return;
      this.inventory.changes.send({ kind: 'node', info: await this.nodeWith(binary, trials) });
    } catch (error) {
      this.context.log.warn('Hardware acceleration could not be tried', {
        error: toGuestroomError(error).message,
      });
    } finally {
      this.trying = undefined;
    }
  }

  private async nodeWith(
    binary: string | undefined,
    trials: readonly Trial[] | undefined,
  ): Promise<NodeInfo> {
    const { host, capabilities } = this.tools;
    const facts = await host.facts();
    const working = trials?.filter(({ works }) => works).map(({ accelerator }) => accelerator);
    const known = binary === undefined ? undefined : await capabilities.of(binary);
    return {
      ...facts,
      hostname: host.hostname,
      os: host.os,
      arch: host.arch,
      hypervisor: 'QEMU',
      ...(known === undefined ? {} : { hypervisorVersion: versionText(known.version) }),
      ...(working === undefined ? {} : { accelerators: working }),
    };
  }

  async capabilities(): Promise<string> {
    this.checkOpen();
    return hostCapabilities(this.tools);
  }

  async stats(): Promise<StatsSnapshot> {
    this.checkOpen();
    return takeStats(this.tools, this.inventory, this.context.log);
  }

  changes(signal: AbortSignal): AsyncIterable<Change> {
    this.checkOpen();
    return this.inventory.changes.listen(AbortSignal.any([signal, this.closing.signal]));
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    for (const stream of this.streams) stream.destroy();
    await this.autostarting;
    // its guest must not be left behind by a process that ends
    await this.trying;
    await this.shared.release();
  }

  /** Consoles and screens end with the connection that they were opened by. */
  private hold(stream: Duplex): void {
    this.streams.add(stream);
    stream.once('close', () => this.streams.delete(stream));
  }

  /** Once per boot of the host, whichever instance comes first. */
  private async startAutostart(): Promise<void> {
    const { host, layout, accelerators } = this.tools;
    const boot = (await accelerators.bootId()) ?? 'this-boot';
    const mark = host.files.join(layout.runtime, `autostarted-${boot.replace(/[^\w-]+/g, '_')}`);
    try {
      await host.files.write(mark, '', { exclusive: true });
    } catch (error) {
      if (toGuestroomError(error).code === 'exists') return;
      throw error;
    }
    for (const entry of [...this.inventory.entries.values()]) {
      if (this.closing.signal.aborted) return;
      if (!entry.notes.autostart || entry.guest) continue;
      try {
        await this.domains.start(entry.uuid);
      } catch (error) {
        const failure = toGuestroomError(error);
        this.context.log.warn('A guest could not be started with the host', {
          domain: entry.config?.name,
          error: failure.message,
        });
        await this.inventory.setNotes(entry, {
          reason: 'failed',
          problem: {
            message: `It could not be started with the host: ${failure.message}`,
            ...(failure.detail === undefined ? {} : { detail: failure.detail }),
            ...(failure.hint === undefined ? {} : { hint: failure.hint }),
            code: failure.code,
          },
        });
        this.inventory.announce(entry);
      }
    }
  }

  private async userOf(path: string): Promise<string | undefined> {
    for (const { guest } of this.inventory.entries.values()) {
      if (guest && (await usesImage(this.tools, guest.domain, path))) return guest.domain.name;
    }
    return undefined;
  }

  private checkOpen(): void {
    if (this.closing.signal.aborted)
      throw new GuestroomError('lost', 'The connection is closed', { hint: 'Connect to the host again' });
  }
}

/** The same object, whose methods reject once the connection is closed. */
function guarded<T extends object>(target: T, check: () => void): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        check();
        return Reflect.apply(value, object, args) as unknown;
      };
    },
  });
}
