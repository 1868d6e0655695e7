import type { Duplex } from 'node:stream';
import type { DocumentForm } from '../api/document-form.ts';
import type {
  Apply,
  DocumentRemark,
  DomainInfo,
  Domains,
  DumpOptions,
  SpiceAddress,
  StartOptions,
  UndefineOptions,
  WorkContext,
} from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import type { DomainSummary } from '../api/model.ts';
import type { DomainOperation } from '../api/operations.ts';
import { nameProblem } from '../xml/domain/name.ts';
import { readDomain } from '../xml/domain/read.ts';
import { affectsWhereItIs } from './affect.ts';
import type { Consoles } from './consoles.ts';
import type { Daemon } from './daemon.ts';
import type { DomainAccess } from './domain-access.ts';
import { domainXml, tellsSecrets } from './domain-document.ts';
import type { DomainEvents } from './domain-events.ts';
import { domainInfo } from './domain-info.ts';
import type { DomainRows } from './domain-rows.ts';
import { starting } from './failures.ts';
import { domainOf, uuidText } from './identity.ts';
import { mediumDevice } from './medium.ts';
import {
  DomainCreateFlags,
  DomainDeviceModifyFlags,
  DomainMetadataType,
  NodeSuspendTarget,
} from './rpc/enums.gen.ts';
import type { Saving } from './saving.ts';
import type { Sizing } from './sizing.ts';
import type { Undefining } from './undefining.ts';

export interface DomainParts {
  daemon: Daemon;
  rows: DomainRows;
  events: DomainEvents;
  access: DomainAccess;
  consoles: Consoles;
  saving: Saving;
  sizing: Sizing;
  undefining: Undefining;
  /** Folder of the hypervisor's logs on the node, where it has one for each domain and we can read it. */
  logs: string | undefined;
}

const suspendTargets = {
  mem: NodeSuspendTarget.MEM,
  disk: NodeSuspendTarget.DISK,
  hybrid: NodeSuspendTarget.HYBRID,
} as const;

/** Domains of a libvirt daemon. */
export class LibvirtDomains implements Domains {
  readonly #parts: DomainParts;
  readonly #daemon: Daemon;
  readonly #access: DomainAccess;

  constructor(parts: DomainParts) {
    this.#parts = parts;
    this.#daemon = parts.daemon;
    this.#access = parts.access;
  }

  list(options: { documents?: boolean } = {}): Promise<DomainSummary[]> {
    return this.#parts.rows.all(options);
  }

  get(uuid: string): Promise<DomainSummary> {
    return this.#parts.rows.one(uuid);
  }

  async xml(uuid: string, options: DocumentForm = {}): Promise<string> {
    if (tellsSecrets(options)) this.#access.allowAtAll('define');
    return domainXml(this.#daemon, uuid, options);
  }

  async logPath(uuid: string): Promise<string | undefined> {
    const { logs, rows } = this.#parts;
    return logs === undefined
      ? undefined
      : `${logs}/${(rows.known(uuid) ?? (await rows.one(uuid))).name}.log`;
  }

  /** The daemon checks a document when it is defined; before that we can only tell whether it is one. */
  check(xml: string): Promise<DocumentRemark[]> {
    try {
      readDomain(xml);
      return Promise.resolve([]);
    } catch (error) {
      if (!(error instanceof GuestroomError)) throw error;
      const line = /line (\d+)/.exec(error.detail ?? '')?.[1];
      return Promise.resolve([
        {
          path: 'domain',
          message: error.message,
          level: 'fatal',
          ...(line === undefined ? {} : { line: Number(line) }),
        },
      ]);
    }
  }

  async define(xml: string): Promise<DomainSummary> {
    this.#access.allowAtAll('define');
    checkNameIn(xml);
    const { dom } = await this.#daemon.slowly('DOMAIN_DEFINE_XML_FLAGS', { xml, flags: 0 });
    return this.#after(uuidText(dom.uuid));
  }

  async create(xml: string, options: StartOptions = {}): Promise<DomainSummary> {
    this.#access.allowAtAll('create');
    checkNameIn(xml);
    const flags = startFlags(options);
    const { dom } = await starting(this.#daemon.slowly('DOMAIN_CREATE_XML', { xml_desc: xml, flags }));
    return this.#after(uuidText(dom.uuid));
  }

  start(uuid: string, options: StartOptions = {}): Promise<void> {
    return this.#access.act(options.paused ? 'startPaused' : 'start', uuid, async () => {
      const args = { dom: domainOf(uuid), flags: startFlags(options) };
      await starting(this.#daemon.slowly('DOMAIN_CREATE_WITH_FLAGS', args, { domain: uuid }));
    });
  }

  shutdown(uuid: string): Promise<void> {
    return this.#do('shutdown', uuid, 'DOMAIN_SHUTDOWN_FLAGS');
  }

  reboot(uuid: string): Promise<void> {
    return this.#do('reboot', uuid, 'DOMAIN_REBOOT');
  }

  reset(uuid: string): Promise<void> {
    return this.#do('reset', uuid, 'DOMAIN_RESET');
  }

  destroy(uuid: string): Promise<void> {
    // it ends what hangs, so it must not wait behind that
    return this.#access.act('destroy', uuid, async () => {
      const args = { dom: domainOf(uuid), flags: 0 };
      await this.#daemon.call('DOMAIN_DESTROY_FLAGS', args, { domain: uuid });
    });
  }

  suspend(uuid: string): Promise<void> {
    return this.#do('suspend', uuid, 'DOMAIN_SUSPEND');
  }

  resume(uuid: string): Promise<void> {
    return this.#access.act('resume', uuid, async ({ state }) => {
      const dom = domainOf(uuid);
      const about = { domain: uuid };
      if (state === 'pmsuspended') await this.#daemon.call('DOMAIN_PM_WAKEUP', { dom, flags: 0 }, about);
      else await this.#daemon.call('DOMAIN_RESUME', { dom }, about);
    });
  }

  managedSave(uuid: string, context: WorkContext = {}): Promise<void> {
    return this.#access.act('managedSave', uuid, () => this.#parts.saving.managedSave(uuid, context));
  }

  managedSaveRemove(uuid: string): Promise<void> {
    return this.#do('managedSaveRemove', uuid, 'DOMAIN_MANAGED_SAVE_REMOVE');
  }

  save(uuid: string, path: string, context: WorkContext = {}): Promise<void> {
    return this.#access.act('save', uuid, () => this.#parts.saving.save(uuid, path, context));
  }

  async restore(path: string): Promise<DomainSummary> {
    this.#access.allowAtAll('restore');
    return this.#after(await this.#parts.saving.restore(path));
  }

  undefine(uuid: string, options: UndefineOptions = {}): Promise<void> {
    return this.#access.act('undefine', uuid, (row) => this.#parts.undefining.undefine(row, options));
  }

  rename(uuid: string, name: string): Promise<void> {
    const problem = nameProblem(name);
    if (problem !== undefined) return Promise.reject(new GuestroomError('invalid_argument', problem));
    return this.#access.act(
      'rename',
      uuid,
      async (row) => {
        if (name === row.name) return;
        const args = { dom: domainOf(uuid), new_name: name, flags: 0 };
        await this.#daemon.call('DOMAIN_RENAME', args, { domain: uuid });
      },
      true,
    );
  }

  setAutostart(uuid: string, autostart: boolean): Promise<void> {
    return this.#access.act('setAutostart', uuid, async () => {
      const args = { dom: domainOf(uuid), autostart: autostart ? 1 : 0 };
      await this.#daemon.call('DOMAIN_SET_AUTOSTART', args, { domain: uuid });
    });
  }

  setMetadata(uuid: string, change: { title?: string; description?: string }): Promise<void> {
    return this.#access.act(
      'setMetadata',
      uuid,
      async (row) => {
        const flags = affectsWhereItIs(row);
        const set = (type: number, text: string) =>
          this.#daemon.call(
            'DOMAIN_SET_METADATA',
            // an empty text takes the element out
            { dom: domainOf(uuid), type, metadata: text === '' ? null : text, key: null, uri: null, flags },
            { domain: uuid },
          );
        if (change.title !== undefined) await set(DomainMetadataType.TITLE, change.title);
        if (change.description !== undefined) await set(DomainMetadataType.DESCRIPTION, change.description);
      },
      true,
    );
  }

  setMemory(uuid: string, bytes: number, apply: Apply): Promise<void> {
    const { sizing } = this.#parts;
    return this.#access.act('setMemory', uuid, () => sizing.setMemory(uuid, bytes, apply), true);
  }

  setMaxMemory(uuid: string, bytes: number): Promise<void> {
    const { sizing } = this.#parts;
    return this.#access.act('setMaxMemory', uuid, () => sizing.setMaxMemory(uuid, bytes), true);
  }

  setVcpus(uuid: string, count: number, apply: Apply): Promise<void> {
    const { sizing } = this.#parts;
    return this.#access.act('setVcpus', uuid, () => sizing.setVcpus(uuid, count, apply), true);
  }

  changeMedia(
    uuid: string,
    target: string,
    path: string | null,
    options: { force?: boolean } = {},
  ): Promise<void> {
    return this.#access.act(
      'changeMedia',
      uuid,
      async (row) => {
        const flags = affectsWhereItIs(row) | (options.force ? DomainDeviceModifyFlags.FORCE : 0);
        const xml = mediumDevice(await this.xml(uuid), target, path);
        const args = { dom: domainOf(uuid), xml, flags };
        await this.#daemon.slowly('DOMAIN_UPDATE_DEVICE_FLAGS', args, { domain: uuid });
      },
      true,
    );
  }

  async screenshot(uuid: string): Promise<Uint8Array> {
    await this.#access.allow('screenshot', uuid);
    return this.#parts.consoles.screenshot(uuid);
  }

  async sendKey(uuid: string, keycodes: readonly number[], hold = 100): Promise<void> {
    await this.#access.allow('sendKey', uuid);
    await this.#parts.consoles.sendKey(uuid, keycodes, hold);
  }

  async qemuMonitorCommand(uuid: string, command: string, kind: 'qmp' | 'hmp'): Promise<string> {
    await this.#access.allow('qemuMonitorCommand', uuid);
    return this.#parts.consoles.monitor(uuid, command, kind);
  }

  async openConsole(uuid: string, alias?: string, options: { force?: boolean } = {}): Promise<Duplex> {
    await this.#access.allow('openConsole', uuid);
    return this.#parts.consoles.open(uuid, alias, options.force === true);
  }

  async openGraphics(uuid: string, index?: number): Promise<{ stream: Duplex; password?: string }> {
    await this.#access.allow('openGraphics', uuid);
    return this.#parts.consoles.graphics(uuid, index);
  }

  async spiceAddress(uuid: string): Promise<SpiceAddress> {
    return this.#parts.consoles.spice(uuid);
  }

  injectNmi(uuid: string): Promise<void> {
    return this.#do('injectNmi', uuid, 'DOMAIN_INJECT_NMI');
  }

  pmSuspend(uuid: string, target: 'mem' | 'disk' | 'hybrid'): Promise<void> {
    return this.#access.act('pmSuspend', uuid, async () => {
      await this.#daemon.slowly(
        'DOMAIN_PM_SUSPEND_FOR_DURATION',
        { dom: domainOf(uuid), target: suspendTargets[target], duration: 0n, flags: 0 },
        { domain: uuid },
      );
    });
  }

  pmWakeup(uuid: string): Promise<void> {
    return this.#do('pmWakeup', uuid, 'DOMAIN_PM_WAKEUP');
  }

  coreDump(uuid: string, path: string, context: WorkContext = {}, options: DumpOptions = {}): Promise<void> {
    const { saving } = this.#parts;
    return this.#access.act('coreDump', uuid, () => saving.coreDump(uuid, path, context, options));
  }

  info(uuid: string): Promise<DomainInfo> {
    return domainInfo(this.#daemon, uuid);
  }

  /** The row after a call that made or changed the domain; it is told before this resolves. */
  async #after(uuid: string): Promise<DomainSummary> {
    await this.#parts.events.refresh(uuid, true);
    return this.#parts.rows.known(uuid) ?? (await this.#parts.rows.one(uuid));
  }

  #do<P extends SimpleCall>(operation: DomainOperation, uuid: string, name: P): Promise<void> {
    return this.#access.act(operation, uuid, async () => {
      const args = { dom: domainOf(uuid), flags: 0 };
      await this.#daemon.slowly(name, args, { domain: uuid });
    });
  }
}

/** Calls that take a domain, perhaps flags, of which none is set, and answer nothing. */
type SimpleCall =
  | 'DOMAIN_SHUTDOWN_FLAGS'
  | 'DOMAIN_REBOOT'
  | 'DOMAIN_RESET'
  | 'DOMAIN_SUSPEND'
  | 'DOMAIN_MANAGED_SAVE_REMOVE'
  | 'DOMAIN_INJECT_NMI'
  | 'DOMAIN_PM_WAKEUP';

function startFlags(options: StartOptions): number {
  if (options.emulate)
    throw new GuestroomError('unsupported', 'libvirt cannot run it with emulation just this once', {
      hint: 'Change the domain type in its document to qemu',
    });
  return (
    (options.paused ? DomainCreateFlags.START_PAUSED : 0) |
    (options.forceBoot ? DomainCreateFlags.START_FORCE_BOOT : 0)
  );
}

/** A name that is no file name would be one of a file elsewhere. Throws `xml_invalid` for what is no domain document, too. */
function checkNameIn(xml: string): void {
  const { name } = readDomain(xml);
  if (name === '.' || name === '..')
    throw new GuestroomError('invalid_argument', nameProblem(name) ?? 'This name cannot be used');
}
