import type { Duplex } from 'node:stream';
import { type DocumentForm, refuseLibvirtForms } from '../api/document-form.ts';
import type {
  Apply,
  DocumentRemark,
  Domains,
  SpiceAddress,
  StartOptions,
  UndefineOptions,
  WorkContext,
} from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import type { DomainSummary } from '../api/model.ts';
import { readDomain } from '../xml/domain/read.ts';
import { trouble } from './behaviour.ts';
import { attachConsole, attachScreen, screenOf } from './consoles.ts';
import { remarksOn, settle } from './definition.ts';
import type { DomainWork } from './domain-work.ts';
import type { TestHypervisor } from './hypervisor.ts';
import { keycodesText } from './keys.ts';
import type { Machine } from './machine.ts';
import { Saving } from './saving.ts';

/** libvirt's domain calls on the made-up host: the rules of operations.ts first, then the transition. */
export class TestDomains implements Domains {
  readonly #work: DomainWork;
  readonly #saving: Saving;

  constructor(work: DomainWork) {
    this.#work = work;
    this.#saving = new Saving(work);
  }

  get #hypervisor(): TestHypervisor {
    return this.#work.hypervisor;
  }

  async list(): Promise<DomainSummary[]> {
    this.#work.checkOpen();
    return Array.from(this.#hypervisor.machines(), (machine) => machine.summary());
  }

  async get(uuid: string): Promise<DomainSummary> {
    return this.#work.look(uuid).summary();
  }

  async xml(uuid: string, options: DocumentForm = {}): Promise<string> {
    refuseLibvirtForms(options);
    const machine = this.#work.look(uuid);
    const document = options.inactive ? (machine.config ?? machine.document) : machine.document;
    if (!options.secure) return document.withoutSecrets();
    this.#work.allow('define');
    return document.xml;
  }

  async check(xml: string): Promise<DocumentRemark[]> {
    this.#work.checkOpen();
    return remarksOn(xml);
  }

  async define(xml: string): Promise<DomainSummary> {
    this.#work.allow('define');
    const { uuid, document } = settle(xml, this.#hypervisor);
    await trouble(this.#hypervisor.behaviour, 'define', document.facts.name);
    return this.#hypervisor.define(uuid, document).summary();
  }

  async create(xml: string, options: StartOptions = {}): Promise<DomainSummary> {
    this.#work.allow('create');
    const { uuid, document } = settle(xml, this.#hypervisor);
    if (this.#hypervisor.find(uuid)?.active)
      throw new GuestroomError('wrong_state', `${document.facts.name} is already running`, { domain: uuid });
    await trouble(this.#hypervisor.behaviour, 'create', document.facts.name);
    const paused = options.paused ?? false;
    return this.#hypervisor.launch(uuid, document, { paused, reason: 'booted' }).summary();
  }

  start(uuid: string, options: StartOptions = {}): Promise<void> {
    return this.#work.act(options.paused ? 'startPaused' : 'start', uuid, (machine) => {
      const config = machine.document;
      const saved = options.forceBoot ? undefined : machine.managedSave;
      machine.managedSave = undefined;
      const paused = options.paused ?? saved?.paused ?? false;
      this.#hypervisor.begin(machine, saved?.document ?? config, {
        paused,
        reason: saved ? 'restored' : 'booted',
      });
    });
  }

  shutdown(uuid: string): Promise<void> {
    return this.#work.act('shutdown', uuid, (machine) => this.#powerOff(machine, 'shutdown'));
  }

  reboot(uuid: string): Promise<void> {
    return this.#work.act('reboot', uuid, (machine) => this.#restart(machine));
  }

  reset(uuid: string): Promise<void> {
    return this.#work.act('reset', uuid, (machine) => this.#hypervisor.reboot(machine));
  }

  destroy(uuid: string): Promise<void> {
    return this.#work.act('destroy', uuid, (machine) => this.#hypervisor.stop(machine, 'destroyed'));
  }

  suspend(uuid: string): Promise<void> {
    return this.#work.act('suspend', uuid, (machine) => this.#hypervisor.suspend(machine));
  }

  resume(uuid: string): Promise<void> {
    return this.#work.act('resume', uuid, (machine) => this.#hypervisor.resume(machine));
  }

  managedSave(uuid: string, context: WorkContext = {}): Promise<void> {
    return this.#saving.managedSave(uuid, context);
  }

  managedSaveRemove(uuid: string): Promise<void> {
    return this.#saving.managedSaveRemove(uuid);
  }

  save(uuid: string, path: string, context: WorkContext = {}): Promise<void> {
    return this.#saving.save(uuid, path, context);
  }

  restore(path: string, context: WorkContext = {}): Promise<DomainSummary> {
    return this.#saving.restore(path, context);
  }

  undefine(uuid: string, options: UndefineOptions = {}): Promise<void> {
    return this.#work.act('undefine', uuid, (machine) => {
      const own = new Set(machine.document.facts.disks.map((disk) => disk.path));
      const foreign = options.volumes?.find((path) => !own.has(path));
      if (foreign !== undefined)
        throw new GuestroomError('invalid_argument', `${foreign} does not belong to ${machine.name}`, {
          hint: 'Only disks of this virtual machine can be deleted with it',
        });
      if (machine.active && (options.volumes?.length ?? 0) > 0)
        throw new GuestroomError('wrong_state', 'The disks of a running virtual machine cannot be deleted', {
          hint: 'Shut it down first',
        });
      this.#hypervisor.undefine(machine);
      for (const path of options.volumes ?? []) this.#hypervisor.storage.files.remove(path);
    });
  }

  rename(uuid: string, name: string): Promise<void> {
    return this.#work.act('rename', uuid, (machine) => {
      if (name === machine.name) return;
      if (this.#hypervisor.named(name))
        throw new GuestroomError('exists', `Another virtual machine is called ${name}`, {
          hint: 'Choose another name',
        });
      this.#hypervisor.rename(machine, name);
    });
  }

  setAutostart(uuid: string, autostart: boolean): Promise<void> {
    return this.#work.act('setAutostart', uuid, (machine) => {
      if (machine.autostart === autostart) return;
      machine.autostart = autostart;
      this.#hypervisor.changed(machine);
    });
  }

  setMetadata(uuid: string, change: { title?: string; description?: string }): Promise<void> {
    return this.#work.act('setMetadata', uuid, (machine) => {
      this.#work.edit(
        machine,
        'both',
        (document) =>
          document.edited((one) => {
            if (change.title !== undefined) one.setTitle(change.title);
            if (change.description !== undefined) one.setDescription(change.description);
          }),
        true,
      );
    });
  }

  setMemory(uuid: string, bytes: number, apply: Apply): Promise<void> {
    return this.#work.act('setMemory', uuid, (machine) => {
      const document = apply === 'config' ? (machine.config ?? machine.document) : machine.document;
      if (bytes > document.facts.memory)
        throw new GuestroomError('invalid_argument', 'This is more than the maximum memory', {
          hint: 'Raise the maximum first: that needs the virtual machine to be off',
        });
      this.#checkSize(bytes);
      this.#work.edit(machine, apply, (document) => document.edited((one) => one.setCurrentMemory(bytes)));
    });
  }

  setMaxMemory(uuid: string, bytes: number): Promise<void> {
    return this.#work.act('setMaxMemory', uuid, (machine) => {
      this.#checkSize(bytes);
      this.#work.edit(machine, 'config', (document) => document.edited((one) => one.setMemory(bytes)));
    });
  }

  #checkSize(bytes: number): void {
    if (!Number.isSafeInteger(bytes) || bytes < 1024)
      throw new GuestroomError('invalid_argument', `Not a size of memory: ${String(bytes)} bytes`);
  }

  setVcpus(uuid: string, count: number, apply: Apply): Promise<void> {
    return this.#work.act('setVcpus', uuid, (machine) => {
      if (!Number.isInteger(count) || count < 1 || count > 4096)
        throw new GuestroomError('invalid_argument', `Not a number of CPUs: ${String(count)}`);
      const maximum = machine.document.facts.maxVcpus;
      if (apply !== 'config' && count > maximum)
        throw new GuestroomError('invalid_argument', `A running guest gets at most ${String(maximum)} CPUs`, {
          hint: 'Change the document instead; it counts from the next start',
        });
      this.#work.edit(machine, apply, (document) =>
        document.edited((one) => one.setVcpus(Math.max(count, document.facts.maxVcpus), count)),
      );
    });
  }

  changeMedia(
    uuid: string,
    target: string,
    path: string | null,
    _options?: { force?: boolean },
  ): Promise<void> {
    return this.#work.act('changeMedia', uuid, (machine) => {
      if (path !== null) this.#hypervisor.storage.files.file(path);
      this.#work.edit(
        machine,
        'both',
        (document) => document.edited((one) => one.setMedia(target, path)),
        true,
      );
    });
  }

  injectNmi(uuid: string): Promise<void> {
    return this.#work.act('injectNmi', uuid, () => undefined);
  }

  pmSuspend(uuid: string, target: 'mem' | 'disk' | 'hybrid'): Promise<void> {
    return this.#work.act('pmSuspend', uuid, (machine) =>
      target === 'disk'
        ? this.#hypervisor.stop(machine, 'shutdown')
        : this.#hypervisor.suspend(machine, 'pmsuspended'),
    );
  }

  pmWakeup(uuid: string): Promise<void> {
    return this.#work.act('pmWakeup', uuid, (machine) => this.#hypervisor.resume(machine));
  }

  coreDump(uuid: string, path: string, context: WorkContext = {}): Promise<void> {
    return this.#saving.coreDump(uuid, path, context);
  }

  screenshot(uuid: string): Promise<Uint8Array> {
    return this.#work.act('screenshot', uuid, (machine) => screenOf(this.#hypervisor, machine).png());
  }

  sendKey(uuid: string, keycodes: readonly number[], _hold?: number): Promise<void> {
    return this.#work.act('sendKey', uuid, (machine) => {
      const wrong = keycodes.find((code) => !Number.isInteger(code) || code < 1 || code > 767);
      if (wrong !== undefined || keycodes.length === 0)
        throw new GuestroomError('invalid_argument', 'These are not Linux input event codes');
      const screen = screenOf(this.#hypervisor, machine);
      for (const character of keycodesText(keycodes)) screen.type(character);
    });
  }

  async qemuMonitorCommand(uuid: string): Promise<string> {
    this.#work.look(uuid);
    this.#work.allow('qemuMonitorCommand');
    throw new GuestroomError('unsupported', 'The test hypervisor has no QEMU monitor');
  }

  openConsole(uuid: string, alias?: string): Promise<Duplex> {
    return this.#work.act('openConsole', uuid, (machine) => {
      if (alias !== undefined && !machine.document.facts.consoles.includes(alias))
        throw new GuestroomError('not_found', `${machine.name} has no console ${alias}`, { domain: uuid });
      return attachConsole(this.#hypervisor, machine, {
        poweroff: () => this.#powerOff(machine, 'shutdown'),
        reboot: () => this.#restart(machine),
      });
    });
  }

  openGraphics(uuid: string, index?: number): Promise<{ stream: Duplex; password?: string }> {
    return this.#work.act('openGraphics', uuid, (machine) => {
      const { graphics } = machine.document.facts;
      const chosen = index === undefined ? graphics.find((one) => one.type === 'vnc') : graphics[index];
      if (chosen?.type !== 'vnc')
        throw new GuestroomError('not_found', `${machine.name} has no VNC screen ${String(index)}`);
      const { password } = chosen;
      const stream = attachScreen(this.#hypervisor, machine, password);
      return password === undefined ? { stream } : { stream, password };
    });
  }

  /** Where its document says: of a made-up screen nothing listens there unless somebody lets something. */
  async spiceAddress(uuid: string): Promise<SpiceAddress> {
    const { document } = this.#work.look(uuid);
    const screen = readDomain(document.xml).devices.graphics.find(({ type }) => type === 'spice');
    if (!screen) throw new GuestroomError('not_found', 'There is no SPICE screen', { domain: uuid });
    const [listen] = screen.listens;
    const unix = listen?.socket ?? screen.socket;
    const { port = -1, tlsPort = -1, passwd } = screen;
    const secret = this.#work.verdicts.define.can !== 'no' && passwd !== undefined;
    return {
      ...(unix === undefined ? { host: listen?.address ?? screen.listen ?? '127.0.0.1' } : { unix }),
      ...(port > 0 ? { port } : {}),
      ...(tlsPort > 0 ? { tlsPort } : {}),
      ...(secret ? { password: passwd } : {}),
    };
  }

  #powerOff(machine: Machine, reason: string): void {
    const { onPoweroff } = machine.document.facts;
    if (onPoweroff === 'restart') this.#hypervisor.reboot(machine);
    else if (onPoweroff === 'preserve') this.#hypervisor.suspend(machine);
    else this.#hypervisor.stop(machine, reason);
  }

  #restart(machine: Machine): void {
    const { onReboot } = machine.document.facts;
    if (onReboot === 'destroy') this.#hypervisor.stop(machine, 'shutdown');
    else if (onReboot === 'preserve') this.#hypervisor.suspend(machine);
    else this.#hypervisor.reboot(machine);
  }
}
