import { filled, missing, positive, unitSize, uuid, type Scalar } from '../codec/scalars.ts';
import { MarkupScanner } from '../scan.ts';
import { namespaces } from '../tree.ts';
import type { RowCharacter, RowDevices, RowSource } from './row-types.ts';

/** Where in a domain document the scanner is; `other` is everywhere that a row takes nothing from. */
type Place =
  'domain' | 'os' | 'metadata' | 'libosinfo' | 'devices' | 'character' | 'video' | 'text' | 'other';

/** Elements of `<domain>` whose text is taken. */
const texts: ReadonlySet<string> = new Set(['name', 'uuid', 'title', 'description', 'memory', 'vcpu']);
const holders: ReadonlySet<string> = new Set(['os', 'metadata', 'devices']);

type CharacterKind = 'serials' | 'parallels' | 'consoles' | 'channels';
const characters: ReadonlyMap<string, CharacterKind> = new Map([
  ['serial', 'serials'],
  ['parallel', 'parallels'],
  ['console', 'consoles'],
  ['channel', 'channels'],
]);

/**
 * What a row is made from, read off the text without a tree. undefined for what is not well-formed, is no domain, says
 * something impossible, or is so rare that it is not worth the code: the tree reader tells what is the matter, or reads it.
 */
export function scanRow(xml: string): RowSource | undefined {
  const scanner = new MarkupScanner(xml);
  const row = new RowScan(scanner);
  for (;;) {
    switch (scanner.next()) {
      case 'open':
        if (!row.open()) return undefined;
        break;
      case 'text':
        row.text();
        break;
      case 'close':
        row.close();
        break;
      case 'end':
        return row.result();
      case 'strange':
        return undefined;
    }
  }
}

class RowScan {
  readonly #scanner: MarkupScanner;
  readonly #places: Place[] = [];
  /** First elements of their names, of which only the first counts. */
  readonly #seen = new Set<string>();
  readonly #texts = new Map<string, string>();
  #taking = '';
  #type: string | undefined;
  #memoryUnit: string | undefined;
  #vcpuCurrent: string | undefined;
  #arch: string | undefined;
  #osId: string | undefined;
  #character: RowCharacter | undefined;
  #video: RowDevices['videos'][number] | undefined;
  readonly #devices: RowDevices = {
    disks: [],
    serials: [],
    parallels: [],
    consoles: [],
    channels: [],
    graphics: [],
    videos: [],
  };

  constructor(scanner: MarkupScanner) {
    this.#scanner = scanner;
  }

  /** False where the tree reader must be asked. */
  open(): boolean {
    const places = this.#places;
    this.#scanner.wantsText = false;
    const place = places.length === 0 ? this.#root() : this.#enter(places[places.length - 1] ?? 'other');
    if (place === undefined) return false;
    places.push(place);
    this.#scanner.wantsText = place === 'text';
    return true;
  }

  text(): void {
    this.#texts.set(this.#taking, (this.#texts.get(this.#taking) ?? '') + this.#scanner.text);
  }

  close(): void {
    const places = this.#places;
    places.pop();
    this.#scanner.wantsText = places[places.length - 1] === 'text';
  }

  #root(): Place | undefined {
    const { name, namespace } = this.#scanner;
    this.#type = this.#scanner.attribute('type');
    return name === 'domain' && namespace === undefined ? 'domain' : undefined;
  }

  #enter(outer: Place): Place | undefined {
    const { name, namespace } = this.#scanner;
    if (outer === 'metadata' || outer === 'libosinfo') {
      return namespace === namespaces['libosinfo'] ? this.#enterLibosinfo(outer, name) : 'other';
    }
    if (namespace !== undefined) return 'other';
    switch (outer) {
      case 'domain':
        return this.#enterDomain(name);
      case 'os':
        if (name === 'type' && this.#isFirst('os/type')) this.#arch = this.#scanner.attribute('arch');
        return 'other';
      case 'devices':
        return this.#enterDevice(name);
      case 'character':
        if (name === 'target' && this.#character && !this.#character.target)
          this.#character.target = this.#target();
        return 'other';
      case 'video':
        return this.#enterVideo(name);
      default:
        return 'other';
    }
  }

  #isFirst(what: string): boolean {
    if (this.#seen.has(what)) return false;
    this.#seen.add(what);
    return true;
  }

  #enterDomain(name: string): Place {
    const isText = texts.has(name);
    if ((!isText && !holders.has(name)) || !this.#isFirst(name)) return 'other';
    if (name === 'memory') this.#memoryUnit = this.#scanner.attribute('unit');
    if (name === 'vcpu') this.#vcpuCurrent = this.#scanner.attribute('current');
    if (!isText) return name as Place;
    this.#taking = name;
    this.#texts.set(name, '');
    return 'text';
  }

  #enterLibosinfo(outer: 'metadata' | 'libosinfo', name: string): Place {
    if (outer === 'metadata')
      return name === 'libosinfo' && this.#isFirst('libosinfo') ? 'libosinfo' : 'other';
    if (name === 'os' && this.#isFirst('libosinfo/os')) this.#osId = this.#scanner.attribute('id');
    return 'other';
  }

  #enterDevice(name: string): Place | undefined {
    const scanner = this.#scanner;
    const devices = this.#devices;
    const kind = characters.get(name);
    if (kind !== undefined) {
      this.#character = { type: scanner.attribute('type') ?? 'pty' };
      devices[kind].push(this.#character);
      return 'character';
    }
    if (name === 'disk') devices.disks.push({ device: scanner.attribute('device') ?? 'disk' });
    else if (name === 'graphics') {
      const type = scanner.attribute('type');
      if (type === undefined) return undefined;
      devices.graphics.push({ type });
    } else if (name === 'video') {
      this.#video = {};
      devices.videos.push(this.#video);
      return 'video';
    } else if (name === 'memballoon' && !devices.memballoon) {
      const model = scanner.attribute('model');
      if (model === undefined) return undefined;
      devices.memballoon = { model };
    }
    return 'other';
  }

  #enterVideo(name: string): Place | undefined {
    if (name !== 'model' || !this.#video || this.#video.model) return 'other';
    const type = this.#scanner.attribute('type');
    if (type === undefined) return undefined;
    this.#video.model = { type };
    return 'other';
  }

  #target(): NonNullable<RowCharacter['target']> {
    const type = this.#scanner.attribute('type');
    const name = this.#scanner.attribute('name');
    return { ...(type === undefined ? {} : { type }), ...(name === undefined ? {} : { name }) };
  }

  result(): RowSource | undefined {
    const type = take(filled, this.#type);
    const name = take(filled, this.#texts.get('name'));
    const id = take(uuid, this.#texts.get('uuid'));
    const arch = take(filled, this.#arch);
    const memory = this.#memory();
    const vcpu = this.#vcpu();
    if (type.value === undefined || name.value === undefined || id.impossible) return undefined;
    if (memory === undefined || vcpu === undefined) return undefined;
    const title = this.#texts.get('title');
    const description = this.#texts.get('description');
    return {
      type: type.value,
      name: name.value,
      ...(id.value === undefined ? {} : { uuid: id.value }),
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      ...(this.#osId === undefined ? {} : { osId: this.#osId }),
      memory,
      vcpu,
      os: arch.value === undefined ? {} : { arch: arch.value },
      devices: this.#devices,
    };
  }

  /** undefined, too, where only NUMA cells tell it. */
  #memory(): number | undefined {
    const raw = this.#texts.get('memory')?.trim() ?? '';
    const unit = unitSize(this.#memoryUnit ?? 'KiB');
    if (!/^\d+$/.test(raw) || unit === undefined) return undefined;
    const total = Number(raw) * unit;
    return Number.isSafeInteger(total) ? total : undefined;
  }

  #vcpu(): RowSource['vcpu'] | undefined {
    const raw = this.#texts.get('vcpu');
    if (raw === undefined) return { count: 1 };
    const count = take(positive, raw);
    const current = take(positive, this.#vcpuCurrent);
    if (count.value === undefined || current.impossible) return undefined;
    return { count: count.value, ...(current.value === undefined ? {} : { current: current.value }) };
  }
}

function take<T>(scalar: Scalar<T>, raw: string | undefined): { value: T | undefined; impossible: boolean } {
  const parsed = raw === undefined ? missing : scalar.parse(raw);
  return { value: parsed === missing ? undefined : parsed, impossible: parsed === undefined };
}
