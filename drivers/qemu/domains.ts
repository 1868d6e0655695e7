import type { Duplex } from 'node:stream';
import { type DocumentForm, refuseLibvirtForms } from '../api/document-form.ts';
import type {
  Apply,
  DocumentRemark,
  Domains,
  StartOptions,
  UndefineOptions,
  WorkContext,
} from '../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { DomainSummary } from '../api/model.ts';
import { reasonText } from '../api/operations.ts';
import { DomainDocument } from '../xml/domain/edit.ts';
import { hasBalloon } from './arguments/peripherals.ts';
import { connectEndpoint } from './consoles.ts';
import { hasOpenFormats, pinFormats, readDefinition, undefine } from './definition.ts';
import { qcodeOf } from './keys.ts';
import { changeLiveMedium, checkMedium, findDrive } from './media.ts';
import { shutdownAction } from './reactions.ts';
import { readStateHeader } from './saved-state.ts';
import { saveGuest } from './saving.ts';
import { takeScreenshot } from './screenshot.ts';
import { DomainWork, wrongState } from './domain-work.ts';
import { survey } from './survey.ts';

const noUuid = '00000000-0000-0000-0000-000000000000';

const lacks = (): Promise<never> =>
  Promise.reject(new GuestroomError('unsupported', reasonText.driver_lacks));

/** Every operation on domains. Changes of one domain follow each other; ending it by force goes before. */
export class EmbeddedDomains extends DomainWork implements Domains {
  list(): Promise<DomainSummary[]> {
    return Promise.resolve(
      [...this.inventory.entries.values()].map((entry) => this.inventory.summary(entry)),
    );
  }

  async get(uuid: string): Promise<DomainSummary> {
    return this.inventory.summary(this.inventory.get(uuid));
  }

  async xml(uuid: string, options: DocumentForm = {}): Promise<string> {
    refuseLibvirtForms(options);
    const entry = this.inventory.get(uuid);
    const live = options.inactive === true ? undefined : entry.guest?.document;
    const text = live ?? entry.text ?? entry.guest?.document ?? '';
    if (options.secure === true) {
      this.refuseReadOnly();
      return text;
    }
    return DomainDocument.parse(text).removeSecrets().toString();
  }

  async logPath(uuid: string): Promise<string> {
    return this.tools.layout.of(this.inventory.get(uuid).uuid).log;
  }

  async check(xml: string): Promise<DocumentRemark[]> {
    try {
      return (await survey(this.tools, xml, noUuid, { looking: true })).findings.remarks();
    } catch (error) {
      const { code, message, detail } = toGuestroomError(error);
      if (code !== 'xml_invalid' && code !== 'too_large') throw error;
      const line = /line (\d+)/.exec(detail ?? '')?.[1];
      return [{ path: '', message, level: 'fatal', ...(line === undefined ? {} : { line: Number(line) }) }];
    }
  }

  async define(xml: string): Promise<DomainSummary> {
    this.refuseReadOnly();
    await this.inventory.rescan();
    const { uuid, text } = await readDefinition(this.tools, this.inventory, xml);
    return this.exclusive(uuid, 'define', async () => {
      await this.inventory.store.write(uuid, text);
      const entry = await this.inventory.load(uuid);
      if (!entry) throw new GuestroomError('internal', 'The document that was written is gone');
      return this.inventory.summary(entry);
    });
  }

  async create(xml: string, options: StartOptions = {}): Promise<DomainSummary> {
    this.refuseReadOnly();
    await this.inventory.rescan();
    const { uuid, text } = await readDefinition(this.tools, this.inventory, xml);
    return this.exclusive(uuid, 'create', async () => {
      const known = this.inventory.entries.get(uuid);
      if (known?.guest) throw wrongState('already_active', known.guest.facts.name);
      const entry = await this.run(uuid, text, options);
      return this.inventory.summary(entry);
    });
  }

  async start(uuid: string, options: StartOptions = {}): Promise<void> {
    this.refuseReadOnly();
    await this.inventory.rescan();
    const entry = this.require(uuid, options.paused === true ? 'startPaused' : 'start');
    await this.exclusive(uuid, 'start', async () => {
      if (entry.text === undefined) throw wrongState('transient', uuid);
      const text = await this.closeFormats(uuid, await this.latest(uuid));
      const saved = this.tools.layout.of(uuid).savedState;
      if (entry.saved && options.forceBoot === true) await this.discard(entry);
      await this.inventory.setNotes(entry, { problem: undefined });
      try {
        if (entry.saved) {
          const header = await readStateHeader(this.tools.host, saved);
          if (options.emulate === true && !header.emulate) {
            throw new GuestroomError(
              'accelerator',
              'The saved state was made with hardware acceleration and cannot go on without',
              {
                hint: 'Discard the saved state, then start with emulation',
              },
            );
          }
          const state = { ...header, once: true };
          await this.run(uuid, header.document, { ...options, emulate: header.emulate }, saved, state);
          entry.saved = false;
          this.inventory.announce(entry);
        } else await this.run(uuid, text, options);
      } catch (error) {
        const failure = toGuestroomError(error);
        // what stands in the way of the next start, too, is shown with the machine
        if (failure.code === 'accelerator' || failure.code === 'guest_died') {
          await this.inventory.setNotes(entry, {
            reason: 'failed',
            problem: {
              message: failure.message,
              ...(failure.detail === undefined ? {} : { detail: failure.detail }),
              ...(failure.hint === undefined ? {} : { hint: failure.hint }),
              code: failure.code,
            },
          });
        }
        this.inventory.announce(entry);
        throw failure;
      }
    });
  }

  /** A disk that came after the document: what it is is decided before a guest writes to it. */
  private async closeFormats(uuid: string, text: string): Promise<string> {
    const document = DomainDocument.parse(text);
    if (!hasOpenFormats(document.read())) return text;
    const found = await survey(this.tools, text, uuid);
    found.findings.refuse('define');
    pinFormats(document, found);
    const pinned = document.toString();
    if (pinned === text) return text;
    await this.inventory.store.write(uuid, pinned);
    await this.inventory.load(uuid);
    return pinned;
  }

  async shutdown(uuid: string): Promise<void> {
    const guest = this.running(uuid, 'shutdown');
    if (await guest.isRebooting()) {
      await guest.setRebooting(false);
      await guest.execute('set-action', { shutdown: shutdownAction(guest) });
    }
    await guest.execute('system_powerdown');
  }

  /**
   * Without an agent inside there is one polite way to reboot: the power button, and when the guest has shut down
   * QEMU, told to stop instead of ending, is reset and goes on.
   */
  async reboot(uuid: string): Promise<void> {
    const guest = this.running(uuid, 'reboot');
    await guest.setRebooting(true);
    await guest.execute('set-action', { shutdown: 'pause' });
    await guest.execute('system_powerdown');
  }

  async reset(uuid: string): Promise<void> {
    const guest = this.running(uuid, 'reset');
    await guest.execute('system_reset');
    if (guest.state === 'shutdown') await guest.execute('cont');
  }

  async injectNmi(uuid: string): Promise<void> {
    await this.running(uuid, 'injectNmi').execute('inject-nmi');
  }

  readonly pmSuspend = lacks;
  readonly pmWakeup = lacks;
  readonly coreDump = lacks;

  async destroy(uuid: string): Promise<void> {
    await this.running(uuid, 'destroy').destroy('destroyed');
  }

  async suspend(uuid: string): Promise<void> {
    await this.running(uuid, 'suspend').execute('stop');
    await this.settle(uuid);
  }

  async resume(uuid: string): Promise<void> {
    const guest = this.running(uuid, 'resume');
    // left by a save that was broken off before the guest ended: it would be of another moment than the disks
    await this.discard(this.inventory.get(uuid));
    await guest.execute(guest.state === 'pmsuspended' ? 'system_wakeup' : 'cont');
    await this.settle(uuid);
  }

  async managedSave(uuid: string, context: WorkContext = {}): Promise<void> {
    const guest = this.running(uuid, 'managedSave');
    await this.exclusive(uuid, 'managedSave', () =>
      saveGuest(this.tools, guest, this.tools.layout.of(uuid).savedState, context),
    );
  }

  async managedSaveRemove(uuid: string): Promise<void> {
    const entry = this.require(uuid, 'managedSaveRemove');
    await this.exclusive(uuid, 'managedSaveRemove', () => this.discard(entry));
    this.inventory.announce(entry);
  }

  async save(uuid: string, path: string, context: WorkContext = {}): Promise<void> {
    const guest = this.running(uuid, 'save');
    const { files } = this.tools.host;
    if (!files.isAbsolute(path)) {
      throw new GuestroomError('invalid_argument', `The path must begin at the root: ${path}`);
    }
    if ((await files.stat(files.dirname(path)))?.kind !== 'folder') {
      throw new GuestroomError('not_found', `There is no folder ${files.dirname(path)}`);
    }
    if ((await files.stat(path))?.kind === 'folder') {
      throw new GuestroomError('invalid_argument', `This is a folder: ${path}`);
    }
    await this.exclusive(uuid, 'save', () => saveGuest(this.tools, guest, path, context));
  }

  async restore(path: string, context: WorkContext = {}): Promise<DomainSummary> {
    this.refuseReadOnly();
    await this.inventory.rescan();
    const header = await readStateHeader(this.tools.host, path);
    const { uuid, text } = await readDefinition(this.tools, this.inventory, header.document);
    return this.exclusive(uuid, 'restore', async () => {
      const known = this.inventory.entries.get(uuid);
      if (known?.guest) throw wrongState('already_active', known.guest.facts.name);
      const entry = await this.run(uuid, text, { emulate: header.emulate }, path, header, context);
      return this.inventory.summary(entry);
    });
  }

  async undefine(uuid: string, options: UndefineOptions = {}): Promise<void> {
    const entry = this.require(uuid, 'undefine');
    await this.exclusive(uuid, 'undefine', () => undefine(this.tools, this.inventory, entry, options));
  }

  async rename(uuid: string, name: string): Promise<void> {
    const entry = this.require(uuid, 'rename');
    const other = this.inventory.byName(name);
    if (other && other !== entry) {
      throw new GuestroomError('exists', `The name '${name}' is taken by another virtual machine`, {
        hint: 'Choose another name',
      });
    }
    if (entry.saved) throw wrongState('has_managed_save', name);
    await this.edit(entry, (document) => document.setName(name));
  }

  async setAutostart(uuid: string, autostart: boolean): Promise<void> {
    const entry = this.require(uuid, 'setAutostart');
    await this.inventory.setNotes(entry, { autostart });
    this.inventory.announce(entry);
  }

  async setMetadata(uuid: string, change: { title?: string; description?: string }): Promise<void> {
    const entry = this.require(uuid, 'setMetadata');
    const apply = (document: DomainDocument): void => {
      if (change.title !== undefined) document.setTitle(change.title);
      if (change.description !== undefined) document.setDescription(change.description);
    };
    await this.edit(entry, apply);
  }

  async setMemory(uuid: string, bytes: number, apply: Apply): Promise<void> {
    const entry = this.require(uuid, 'setMemory');
    const { live, config } = this.targets(entry, apply);
    const most = Math.min(live?.domain.memory ?? Infinity, (config && entry.config?.memory) || Infinity);
    if (!Number.isInteger(bytes) || bytes < 1024 * 1024 || bytes > most) {
      throw new GuestroomError(
        'invalid_argument',
        'Memory must be between 1 MiB and the maximum of the virtual machine',
        {
          hint: 'Shut it down and raise the maximum to give it more',
        },
      );
    }
    if (live) {
      if (!hasBalloon({ domain: live.domain }))
        throw new GuestroomError('unsupported', reasonText.no_balloon);
      await live.execute('balloon', { value: bytes });
    }
    if (config) await this.edit(entry, (document) => document.setCurrentMemory(bytes), 'config');
  }

  async setMaxMemory(uuid: string, bytes: number): Promise<void> {
    const entry = this.require(uuid, 'setMaxMemory');
    if (!Number.isInteger(bytes) || bytes < 1024 * 1024) {
      throw new GuestroomError('invalid_argument', 'A guest needs at least 1 MiB of memory');
    }
    await this.edit(entry, (document) => document.setMemory(bytes), 'config');
  }

  async setVcpus(uuid: string, count: number, apply: Apply): Promise<void> {
    const entry = this.require(uuid, 'setVcpus');
    if (this.targets(entry, apply).live) {
      throw new GuestroomError('unsupported', 'This driver cannot plug CPUs into a running virtual machine', {
        hint: 'Change its configuration: it counts from the next start on',
      });
    }
    await this.edit(entry, (document) => document.setVcpus(count), 'config');
  }

  async changeMedia(
    uuid: string,
    target: string,
    path: string | null,
    options: { force?: boolean } = {},
  ): Promise<void> {
    const entry = this.require(uuid, 'changeMedia');
    this.refuseByDomain(uuid, 'changeMedia');
    findDrive(this.inventory.domainOf(entry), target);
    const kind = path === null ? undefined : (await this.tools.host.files.stat(path))?.kind;
    const format = path === null ? undefined : await checkMedium(this.tools.host, path);
    if (entry.guest)
      await changeLiveMedium(this.tools.host, entry.guest, target, path, options.force === true);
    await this.edit(entry, (document) => {
      const { disks } = document.read().devices;
      const at = disks.findIndex((disk) => disk.target.dev === target);
      if (at < 0) return;
      document.setMedia(target, path, kind === 'device' ? 'block' : 'file');
      const driver = disks[at]?.driver;
      if (driver?.type !== undefined && format !== undefined) {
        document.change('disks', at, { driver: { ...driver, type: format } });
      }
    });
  }

  async screenshot(uuid: string): Promise<Uint8Array> {
    const guest = this.running(uuid, 'screenshot');
    this.refuseByDomain(uuid, 'screenshot');
    return takeScreenshot(this.tools.host, guest, this.tools.layout.of(uuid));
  }

  async sendKey(uuid: string, keycodes: readonly number[], hold = 100): Promise<void> {
    const guest = this.running(uuid, 'sendKey');
    if (keycodes.length === 0 || keycodes.length > 16) {
      throw new GuestroomError('invalid_argument', 'Between 1 and 16 keys can be pressed together');
    }
    const keys = keycodes.map((code) => ({ type: 'qcode', data: qcodeOf(code) }));
    await guest.execute('send-key', { keys, 'hold-time': Math.max(1, Math.round(hold)) });
  }

  async qemuMonitorCommand(uuid: string, command: string, kind: 'qmp' | 'hmp'): Promise<string> {
    const guest = this.running(uuid, 'qemuMonitorCommand');
    if (kind === 'hmp') {
      const answer = await guest.execute('human-monitor-command', { 'command-line': command });
      return typeof answer === 'string' ? answer : '';
    }
    return guest.executeText(command);
  }

  async openConsole(uuid: string, alias?: string): Promise<Duplex> {
    const guest = this.running(uuid, 'openConsole');
    this.refuseByDomain(uuid, 'openConsole');
    const { consoles } = guest.facts;
    // a console that is the first serial port goes by both names
    const wanted = alias === 'console0' && !consoles.some((one) => one.alias === alias) ? 'serial0' : alias;
    const found =
      wanted === undefined
        ? (consoles.find(({ kind }) => kind === 'serial') ?? consoles.find(({ kind }) => kind === 'console'))
        : consoles.find((one) => one.alias === wanted);
    if (!found) {
      throw new GuestroomError(
        'not_found',
        alias === undefined ? reasonText.no_serial : `There is no console ${alias} that can be opened`,
      );
    }
    const stream = await this.activity.hub(this.tools.host, guest, found).open();
    this.hold(stream);
    return stream;
  }

  async openGraphics(uuid: string, index?: number): Promise<{ stream: Duplex; password?: string }> {
    const guest = this.running(uuid, 'openGraphics');
    this.refuseByDomain(uuid, 'openGraphics');
    const screen = guest.facts.screens.find((one) => index === undefined || one.index === index);
    if (!screen) throw new GuestroomError('not_found', reasonText.no_graphics);
    const password = guest.domain.devices.graphics[screen.index]?.passwd;
    const stream = await connectEndpoint(this.tools.host, screen.endpoint);
    this.hold(stream);
    return { stream, ...(password === undefined ? {} : { password }) };
  }
}
