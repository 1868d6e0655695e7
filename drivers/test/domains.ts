import type { Duplex } from 'node:stream';
import type {
  Apply,
  DocumentRemark,
  Domains,
  StartOptions,
  UndefineOptions,
  WorkContext,
} from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import type { DomainSummary } from '../api/model.ts';
import type { ConnectionOperation, DomainOperation, Verdicts } from '../api/operations.ts';
import { failsHere, longWorkSteps, pause } from './behaviour.ts';
import { attachConsole, attachScreen, screenOf } from './consoles.ts';
import type { TestDocument } from './document.ts';
import type { TestHypervisor } from './hypervisor.ts';
import { keycodesText } from './keys.ts';
import type { Machine } from './machine.ts';
import { allowAtAll, allowOn } from './permission.ts';
import { remarksOn, settle, type Settled } from './definition.ts';

/** libvirt's domain calls on the made-up host: the rules of operations.ts first, then the transition. */
export class TestDomains implements Domains {
  readonly #hypervisor: TestHypervisor;
  readonly #verdicts: Verdicts;
  readonly #checkOpen: () => void;

  /** `checkOpen` throws once the connection is closed. */
  constructor(hypervisor: TestHypervisor, verdicts: Verdicts, checkOpen: () => void) {
    this.#hypervisor = hypervisor;
    this.#verdicts = verdicts;
    this.#checkOpen = checkOpen;
  }

  async list(): Promise<DomainSummary[]> {
    this.#checkOpen();
    return Array.from(this.#hypervisor.machines(), (machine) => machine.summary());
  }

  async get(uuid: string): Promise<DomainSummary> {
    return this.#look(uuid).summary();
  }

  async xml(uuid: string, options: { inactive?: boolean; secure?: boolean } = {}): Promise<string> {
    const machine = this.#look(uuid);
    const document = options.inactive ? (machine.config ?? machine.document) : machine.document;
    if (!options.secure) return document.withoutSecrets();
    if (this.#verdicts.define.can === 'no') allowAtAll('define', this.#verdicts);
    return document.xml;
  }

  async check(xml: string): Promise<DocumentRemark[]> {
    this.#checkOpen();
    return remarksOn(xml);
  }

  async define(xml: string): Promise<DomainSummary> {
    this.#allowHere('define');
    const { uuid, document } = this.#settle(xml);
    await this.#trouble('define', document.facts.name);
    return this.#hypervisor.define(uuid, document).summary();
  }

  async create(xml: string, options: StartOptions = {}): Promise<DomainSummary> {
    this.#allowHere('create');
    const { uuid, document } = this.#settle(xml);
    if (this.#hypervisor.find(uuid)?.active)
      throw new GuestroomError('wrong_state', `${document.facts.name} is already running`, { domain: uuid });
    await this.#trouble('create', document.facts.name);
    const paused = options.paused ?? false;
    return this.#hypervisor.launch(uuid, document, { paused, reason: 'booted' }).summary();
  }

  start(uuid: string, options: StartOptions = {}): Promise<void> {
    return this.#act(options.paused ? 'startPaused' : 'start', uuid, (machine) => {
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
    return this.#act('shutdown', uuid, (machine) => this.#powerOff(machine, 'shutdown'));
  }

  reboot(uuid: string): Promise<void> {
    return this.#act('reboot', uuid, (machine) => this.#restart(machine));
  }

  reset(uuid: string): Promise<void> {
    return this.#act('reset', uuid, (machine) => this.#hypervisor.reboot(machine));
  }

  destroy(uuid: string): Promise<void> {
    return this.#act('destroy', uuid, (machine) => this.#hypervisor.stop(machine, 'destroyed'));
  }

  suspend(uuid: string): Promise<void> {
    return this.#act('suspend', uuid, (machine) => this.#hypervisor.suspend(machine));
  }

  resume(uuid: string): Promise<void> {
    return this.#act('resume', uuid, (machine) => this.#hypervisor.resume(machine));
  }

  managedSave(uuid: string, context: WorkContext = {}): Promise<void> {
    return this.#act('managedSave', uuid, async (machine) => {
      await this.#longWork(context);
      machine.managedSave = { document: machine.document, paused: machine.state === 'paused' };
      this.#hypervisor.stop(machine, 'saved');
    });
  }

  managedSaveRemove(uuid: string): Promise<void> {
    return this.#act('managedSaveRemove', uuid, (machine) => {
      machine.managedSave = undefined;
      this.#hypervisor.changed(machine);
    });
  }

  save(uuid: string, path: string, context: WorkContext = {}): Promise<void> {
    return this.#act('save', uuid, async (machine) => {
      const { storage } = this.#hypervisor;
      this.#checkNewFile(path);
      await this.#longWork(context);
      const size = machine.document.facts.currentMemory;
      storage.put({
        path,
        kind: 'file',
        format: 'raw',
        capacity: size,
        allocation: Math.floor(size / 4),
        modified: Date.now(),
        head: Buffer.from('GuestroomTestSave'),
        saved: { uuid: machine.uuid, document: machine.document, paused: machine.state === 'paused' },
      });
      this.#hypervisor.stop(machine, 'saved');
    });
  }

  /** A saved state may be written over, another file not. */
  #checkNewFile(path: string): void {
    const { storage } = this.#hypervisor;
    const there = storage.find(path);
    if (!path.startsWith('/') || storage.isFolder(path))
      throw new GuestroomError('invalid_argument', `Not the path of a file on the host: ${path}`, {
        hint: 'Give a full path with a file name',
      });
    if (there && !there.saved)
      throw new GuestroomError('exists', `Another file is already there: ${path}`, {
        hint: 'Choose another name',
      });
  }

  async restore(path: string, context: WorkContext = {}): Promise<DomainSummary> {
    this.#allowHere('restore');
    const { saved } = this.#hypervisor.storage.file(path);
    if (!saved)
      throw new GuestroomError('invalid_argument', `Not the saved state of a virtual machine: ${path}`, {
        hint: 'Choose a file that “save” wrote',
      });
    const { uuid, document, paused } = saved;
    const check = () => {
      const known = this.#hypervisor.find(uuid);
      if (known?.active)
        throw new GuestroomError('wrong_state', `${known.name} is already running`, { domain: uuid });
      const namesake = this.#hypervisor.named(document.facts.name);
      if (namesake && namesake !== known)
        throw new GuestroomError('exists', `Another virtual machine is called ${namesake.name}`);
    };
    check();
    await this.#longWork(context);
    check();
    return this.#hypervisor.launch(uuid, document, { paused, reason: 'restored' }).summary();
  }

  undefine(uuid: string, options: UndefineOptions = {}): Promise<void> {
    return this.#act('undefine', uuid, (machine) => {
      const own = new Set(machine.document.facts.disks.map((disk) => disk.path));
      const foreign = options.volumes?.find((path) => !own.has(path));
      if (foreign !== undefined)
        throw new GuestroomError('invalid_argument', `${foreign} does not belong to ${machine.name}`, {
          hint: 'Only disks of this virtual machine can be deleted with it',
        });
      this.#hypervisor.undefine(machine);
      for (const path of options.volumes ?? []) this.#hypervisor.storage.remove(path);
    });
  }

  rename(uuid: string, name: string): Promise<void> {
    return this.#act('rename', uuid, (machine) => {
      if (name === machine.name) return;
      if (this.#hypervisor.named(name))
        throw new GuestroomError('exists', `Another virtual machine is called ${name}`, {
          hint: 'Choose another name',
        });
      this.#hypervisor.rename(machine, name);
    });
  }

  setAutostart(uuid: string, autostart: boolean): Promise<void> {
    return this.#act('setAutostart', uuid, (machine) => {
      if (machine.autostart === autostart) return;
      machine.autostart = autostart;
      this.#hypervisor.changed(machine);
    });
  }

  setMetadata(uuid: string, change: { title?: string; description?: string }): Promise<void> {
    return this.#act('setMetadata', uuid, (machine) => {
      this.#edit(
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
    return this.#act('setMemory', uuid, (machine) => {
      const document = apply === 'config' ? (machine.config ?? machine.document) : machine.document;
      if (bytes > document.facts.memory)
        throw new GuestroomError('invalid_argument', 'This is more than the maximum memory', {
          hint: 'Raise the maximum first: that needs the virtual machine to be off',
        });
      this.#checkSize(bytes);
      this.#edit(machine, apply, (document) => document.edited((one) => one.setCurrentMemory(bytes)));
    });
  }

  setMaxMemory(uuid: string, bytes: number): Promise<void> {
    return this.#act('setMaxMemory', uuid, (machine) => {
      this.#checkSize(bytes);
      this.#edit(machine, 'config', (document) => document.edited((one) => one.setMemory(bytes)));
    });
  }

  #checkSize(bytes: number): void {
    if (!Number.isSafeInteger(bytes) || bytes < 1024)
      throw new GuestroomError('invalid_argument', `Not a size of memory: ${String(bytes)} bytes`);
  }

  setVcpus(uuid: string, count: number, apply: Apply): Promise<void> {
    return this.#act('setVcpus', uuid, (machine) => {
      if (!Number.isInteger(count) || count < 1 || count > 4096)
        throw new GuestroomError('invalid_argument', `Not a number of CPUs: ${String(count)}`);
      const maximum = machine.document.facts.maxVcpus;
      if (apply !== 'config' && count > maximum)
        throw new GuestroomError('invalid_argument', `A running guest gets at most ${String(maximum)} CPUs`, {
          hint: 'Change the document instead; it counts from the next start',
        });
      this.#edit(machine, apply, (document) =>
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
    return this.#act('changeMedia', uuid, (machine) => {
      if (path !== null) this.#hypervisor.storage.file(path);
      this.#edit(machine, 'both', (document) => document.edited((one) => one.setMedia(target, path)), true);
    });
  }

  injectNmi(uuid: string): Promise<void> {
    return this.#act('injectNmi', uuid, () => undefined);
  }

  pmSuspend(uuid: string, target: 'mem' | 'disk' | 'hybrid'): Promise<void> {
    return this.#act('pmSuspend', uuid, (machine) =>
      target === 'disk'
        ? this.#hypervisor.stop(machine, 'shutdown')
        : this.#hypervisor.suspend(machine, 'pmsuspended'),
    );
  }

  pmWakeup(uuid: string): Promise<void> {
    return this.#act('pmWakeup', uuid, (machine) => this.#hypervisor.resume(machine));
  }

  coreDump(uuid: string, path: string, context: WorkContext = {}): Promise<void> {
    return this.#act('coreDump', uuid, async (machine) => {
      const { storage } = this.#hypervisor;
      this.#checkNewFile(path);
      await this.#longWork(context);
      const size = machine.document.facts.currentMemory;
      storage.put({
        path,
        kind: 'file',
        format: 'raw',
        capacity: size,
        allocation: size,
        modified: Date.now(),
        head: Buffer.from([0x7f, 0x45, 0x4c, 0x46]),
      });
    });
  }

  screenshot(uuid: string): Promise<Uint8Array> {
    return this.#act('screenshot', uuid, (machine) => screenOf(this.#hypervisor, machine).png());
  }

  sendKey(uuid: string, keycodes: readonly number[], _hold?: number): Promise<void> {
    return this.#act('sendKey', uuid, (machine) => {
      const wrong = keycodes.find((code) => !Number.isInteger(code) || code < 1 || code > 767);
      if (wrong !== undefined || keycodes.length === 0)
        throw new GuestroomError('invalid_argument', 'These are not Linux input event codes');
      const screen = screenOf(this.#hypervisor, machine);
      for (const character of keycodesText(keycodes)) screen.type(character);
    });
  }

  async qemuMonitorCommand(uuid: string): Promise<string> {
    this.#look(uuid);
    allowAtAll('qemuMonitorCommand', this.#verdicts);
    throw new GuestroomError('unsupported', 'The test hypervisor has no QEMU monitor');
  }

  openConsole(uuid: string, alias?: string): Promise<Duplex> {
    return this.#act('openConsole', uuid, (machine) => {
      if (alias !== undefined && !machine.document.facts.consoles.includes(alias))
        throw new GuestroomError('not_found', `${machine.name} has no console ${alias}`, { domain: uuid });
      return attachConsole(this.#hypervisor, machine, {
        poweroff: () => this.#powerOff(machine, 'shutdown'),
        reboot: () => this.#restart(machine),
      });
    });
  }

  openGraphics(uuid: string, index?: number): Promise<{ stream: Duplex; password?: string }> {
    return this.#act('openGraphics', uuid, (machine) => {
      const { graphics } = machine.document.facts;
      const chosen = index === undefined ? graphics.find((one) => one.type === 'vnc') : graphics[index];
      if (chosen?.type !== 'vnc')
        throw new GuestroomError('not_found', `${machine.name} has no VNC screen ${String(index)}`);
      const { password } = chosen;
      const stream = attachScreen(this.#hypervisor, machine, password);
      return password === undefined ? { stream } : { stream, password };
    });
  }

  #look(uuid: string): Machine {
    this.#checkOpen();
    return this.#hypervisor.machine(uuid);
  }

  #allowHere(operation: ConnectionOperation): void {
    this.#checkOpen();
    allowAtAll(operation, this.#verdicts);
  }

  #settle(xml: string): Settled {
    return settle(xml, this.#hypervisor);
  }

  /** Delays and failures that the URI asked for. */
  async #trouble(operation: string, name: string, signal?: AbortSignal): Promise<void> {
    const { behaviour } = this.#hypervisor;
    if (behaviour.delay > 0) await pause(behaviour.delay, signal);
    if (failsHere(behaviour, operation, name))
      throw new GuestroomError('program_failed', `The made-up host refuses to ${operation} ${name}`, {
        hint: 'The connection’s address asks for this failure',
      });
  }

  async #longWork({ signal, onProgress }: WorkContext): Promise<void> {
    const { pace } = this.#hypervisor.behaviour;
    for (let step = 1; step <= longWorkSteps; step += 1) {
      await pause(pace, signal);
      onProgress?.(step / longWorkSteps);
    }
  }

  async #act<T>(
    operation: DomainOperation,
    uuid: string,
    work: (machine: Machine) => T | Promise<T>,
  ): Promise<T> {
    this.#checkOpen();
    allowAtAll(operation, this.#verdicts);
    const machine = this.#hypervisor.machine(uuid);
    if (machine.busy)
      throw new GuestroomError('busy', `${machine.name} is busy: ${machine.busy} goes on`, { domain: uuid });
    const row = machine.summary();
    allowOn(operation, this.#verdicts, row);
    machine.remember(row);
    machine.busy = operation;
    try {
      await this.#trouble(operation, machine.name);
      return await work(machine);
    } catch (error) {
      if (error instanceof GuestroomError) error.domain ??= uuid;
      throw error;
    } finally {
      machine.busy = undefined;
    }
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

  /** Edits the live document, the next start's, or both; `whereItIs` leaves out the one that is not there. */
  #edit(
    machine: Machine,
    apply: Apply,
    edit: (document: TestDocument) => TestDocument,
    whereItIs = false,
  ): void {
    const { live, config } = machine;
    if (!whereItIs && apply !== 'config' && !live)
      throw new GuestroomError('wrong_state', 'The virtual machine is off', {
        hint: 'Change its document instead',
      });
    if (!whereItIs && apply !== 'live' && !config)
      throw new GuestroomError('wrong_state', 'The virtual machine is temporary: it has no next start');
    const nextLive = live && apply !== 'config' ? edit(live) : live;
    const nextConfig = config && apply !== 'live' ? edit(config) : config;
    machine.live = nextLive;
    machine.config = nextConfig;
    this.#hypervisor.changed(machine, true);
  }
}
