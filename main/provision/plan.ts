import type { DocumentRemark } from '../../drivers/api/driver.ts';
import { toGuestroomError } from '../../drivers/api/errors.ts';
import { buildDomain } from '../../drivers/xml/domain/build.ts';
import { DomainDocument } from '../../drivers/xml/domain/edit.ts';
import { readDomain } from '../../drivers/xml/domain/read.ts';
import type { Domain } from '../../drivers/xml/domain/types.ts';
import type { Choices, CloudInit, DiskFormat, PlanPreview, PlanStep, Problem } from '../../preload/create.ts';
import { DiskBus } from '../../preload/create.ts';
import { folderOf, resolve } from './defaults.ts';
import type { Resolved } from './defaults.ts';
import type { Facts, NewPool } from './facts.ts';
import { machineSpec } from './machine.ts';
import { fileNameFrom, freeFile, freeName, hostNameFrom, pathIn } from './names.ts';
import { checkVirtualNetworks, networkSteps, networksOf } from './networks.ts';
import type { NetworkStart } from './networks.ts';
import { Problems } from './problem-list.ts';
import { checkConnection, findProblems } from './problems.ts';

/** One thing to do, in order; each undoes itself when a later one fails. */
export type Step =
  | {
      readonly kind: 'volumeCreate';
      readonly pool: string;
      readonly name: string;
      readonly path: string;
      readonly format: DiskFormat;
      readonly size: number;
    }
  | {
      readonly kind: 'volumeClone';
      readonly source: string;
      /** The copy has another format than its source. */
      readonly converts: boolean;
      readonly pool: string;
      readonly name: string;
      readonly path: string;
      readonly format: DiskFormat;
      /** Left out: as large as its source. */
      readonly size?: number;
    }
  | {
      readonly kind: 'seed';
      readonly pool: string;
      readonly name: string;
      readonly path: string;
      readonly cloud: CloudInit;
      readonly hostname: string;
      readonly instanceId: string;
    }
  | NewPool
  | { readonly kind: 'define' }
  | NetworkStart
  | { readonly kind: 'start' };

/** What choices come to. Holds the person's password until it is hashed: never sent to a window, never logged. */
export interface Plan {
  readonly name: string;
  readonly uuid: string;
  /** The domain's document. */
  readonly document: string;
  readonly steps: readonly Step[];
  readonly problems: readonly Problem[];
  readonly resolved: Resolved;
}

/** Choices and facts → document, steps and every problem. Pure: it asks nobody and changes nothing. */
export function plan(choices: Choices, facts: Facts): Plan {
  const resolved = resolve(choices, facts);
  if (choices.source.kind === 'xml') return planDocument(choices.source.text, choices, facts, resolved);
  const steps = stepsOf(choices, resolved, facts);
  const seed = steps.find((step) => step.kind === 'seed')?.path;
  const problems = findProblems(choices, resolved, facts);
  return {
    name: resolved.values.name,
    uuid: facts.fresh.uuid,
    document: documentOf(choices, resolved, facts, seed, problems),
    steps,
    problems,
    resolved,
  };
}

function documentOf(
  choices: Choices,
  resolved: Resolved,
  facts: Facts,
  seed: string | undefined,
  problems: Problem[],
): string {
  try {
    return buildDomain(machineSpec(choices, resolved, facts, seed));
  } catch (thrown) {
    const { message } = toGuestroomError(thrown);
    // a character that no document can hold: the preview shows the rest
    problems.push({ field: '', code: 'xml_bad', params: { message }, level: 'error' });
    return '';
  }
}

function stepsOf(choices: Choices, { values, media }: Resolved, facts: Facts): Step[] {
  const { source } = choices;
  const { disk } = values;
  const steps: Step[] = [];
  const inPlace = source.kind === 'image' && source.mode === 'inPlace';
  const pool = disk.pool;
  if (!disk.none && !inPlace && pool !== undefined && disk.path !== undefined) {
    const place = { pool, name: fileOf(disk.path), path: disk.path, format: disk.format as DiskFormat };
    if (source.kind === 'image' || source.kind === 'cloud') {
      const grows = disk.size > (media?.capacity ?? 0);
      const converts = media?.format !== disk.format;
      const size = grows ? { size: disk.size } : {};
      steps.push({ kind: 'volumeClone', source: source.path, converts, ...place, ...size });
    } else steps.push({ kind: 'volumeCreate', ...place, size: disk.size });
  }
  const folder = folderOf(pool, facts);
  if (source.kind === 'cloud' && pool !== undefined && folder !== undefined) {
    const taken = facts.volumes.get(pool) ?? new Set<string>();
    const name = freeFile(`${fileNameFrom(values.name)}-seed`, 'iso', taken);
    const { kind: _kind, path: _path, ...cloud } = source;
    steps.push({
      kind: 'seed',
      pool,
      name,
      path: pathIn(folder, name),
      cloud,
      hostname: hostNameFrom(values.name),
      instanceId: `guestroom-${facts.fresh.uuid}`,
    });
  }
  const { newPool } = facts;
  if (newPool && steps.some((step) => 'pool' in step && step.pool === newPool.name)) steps.unshift(newPool);
  const { kind, source: network } = values.network;
  const networks = kind === 'network' && network !== undefined ? [network] : [];
  steps.push({ kind: 'define' }, ...startSteps(networks, values.start, facts, choices));
  return steps;
}

/** The last steps: the machine's networks that are off, and the machine. */
export function startSteps(
  networks: readonly string[],
  starts: boolean,
  facts: Facts,
  choices: Choices,
): Step[] {
  if (!starts) return [];
  return [...networkSteps(networks, facts, choices.network?.autostart ?? false), { kind: 'start' }];
}

function fileOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** A machine from a document that the person brought: nothing is made but the definition. */
function planDocument(text: string, choices: Choices, facts: Facts, resolved: Resolved): Plan {
  const problems = new Problems();
  checkConnection(facts, problems);
  const domain = tryRead(text, problems);
  const starts = choices.start ?? true;
  const networks = domain ? networksOf(domain) : [];
  const steps: Step[] = [{ kind: 'define' }, ...startSteps(networks, starts, facts, choices)];
  if (!domain)
    return { name: '', uuid: facts.fresh.uuid, document: text, steps, problems: problems.list, resolved };
  const { host, names } = facts;
  checkVirtualNetworks(networks, starts, facts, problems, { field: 'source.text', level: 'warning' });
  if (names.has(domain.name))
    problems.error('source.text', 'name_taken', { host, name: domain.name }, freeName(domain.name, names));
  const { uuid } = facts.fresh;
  return {
    name: domain.name,
    uuid: domain.uuid ?? uuid,
    // a machine without a UUID gets it here, so that it is known before it is made; the rest stays as it is written
    document: domain.uuid === undefined ? DomainDocument.parse(text).setUuid(uuid).toString() : text,
    steps,
    problems: problems.list,
    resolved: { ...resolved, values: valuesOf(domain, resolved, choices) },
  };
}

function tryRead(text: string, problems: Problems): Domain | undefined {
  if (text.trim() === '') {
    problems.error('source.text', 'source_missing');
    return undefined;
  }
  try {
    return readDomain(text);
  } catch (thrown) {
    const { message, detail } = toGuestroomError(thrown);
    problems.error('source.text', 'xml_bad', { message });
    const last = problems.list.at(-1);
    const line = /line (\d+)/.exec(detail ?? message)?.[1];
    if (last && line !== undefined) last.line = Number(line);
    return undefined;
  }
}

function valuesOf(domain: Domain, resolved: Resolved, choices: Choices): Resolved['values'] {
  const { os, devices } = domain;
  const [disk] = devices.disks.filter(({ device }) => device === 'disk');
  const [nic] = devices.interfaces;
  const kind = (['user', 'network', 'bridge'] as const).find((known) => known === nic?.type) ?? 'none';
  const source = nic?.source?.network ?? nic?.source?.bridge;
  const path = disk?.source?.file ?? disk?.source?.dev;
  const bus = DiskBus.options.find((known) => known === disk?.target.bus) ?? 'virtio';
  const secure = os.firmwareFeatures.some(({ name, enabled }) => name === 'secure-boot' && enabled);
  return {
    ...resolved.values,
    name: domain.name,
    ...(domain.osId === undefined ? {} : { system: domain.osId }),
    arch: os.arch ?? resolved.values.arch,
    machine: os.machine ?? '',
    firmware:
      os.firmware === 'efi' || os.loader?.type === 'pflash' ? (secure ? 'efi-secure' : 'efi') : 'bios',
    tpm: devices.tpms.length > 0,
    type: domain.type,
    cpu: domain.cpu?.model?.name ?? domain.cpu?.mode ?? '',
    vcpus: domain.vcpu.current ?? domain.vcpu.count,
    memory: domain.memory,
    disk: {
      none: disk === undefined,
      size: 0,
      format: disk?.driver?.type ?? '',
      bus,
      ...(path === undefined ? {} : { path }),
    },
    network: {
      kind,
      ...(source === undefined ? {} : { source }),
      model: nic?.model ?? '',
      mac: nic?.mac ?? '',
      forwards: [],
    },
    graphics: devices.graphics.some(({ type }) => type === 'vnc') ? 'vnc' : 'none',
    video: devices.videos[0]?.model?.type ?? 'none',
    sound: devices.sounds.length > 0,
    extras: [],
    start: choices.start ?? true,
  };
}

/** Remarks of the driver on the document as problems: fatal ones stop, the others are shown. */
export function remarkProblems(remarks: readonly DocumentRemark[]): Problem[] {
  return remarks.map(({ path, message, level, line }) => ({
    field: 'document',
    code: 'document',
    params: { path: path === '' ? 'domain' : path, message },
    level: level === 'fatal' ? 'error' : 'warning',
    ...(line === undefined ? {} : { line }),
  }));
}

/** The plan as a window may see it. */
export function previewOf({ document, steps, problems, resolved }: Plan): PlanPreview {
  const { values, offers, media, recognised } = resolved;
  return {
    document,
    values,
    offers,
    steps: steps.map((step) => previewStep(step, values.name)),
    problems: [...problems],
    ...(media === undefined ? {} : { media }),
    recognised,
  };
}

function previewStep(step: Step, name: string): PlanStep {
  switch (step.kind) {
    case 'volumeCreate':
      return { kind: step.kind, target: step.path, format: step.format, size: step.size };
    case 'volumeClone': {
      const { kind, path, source, format, size } = step;
      return { kind, target: path, source, format, ...(size === undefined ? {} : { size }) };
    }
    case 'seed':
      return { kind: step.kind, target: step.path };
    case 'poolMake':
    case 'poolStart':
      return { kind: step.kind, target: step.name, source: step.folder };
    case 'networkStart':
      return { kind: step.kind, target: step.name, ...(step.autostart ? { autostart: true } : {}) };
    case 'define':
    case 'start':
      return { kind: step.kind, target: name };
  }
}
