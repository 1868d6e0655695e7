import { GuestroomError } from '../../../drivers/api/errors.ts';
import { DomainDocument } from '../../../drivers/xml/domain/edit.ts';
import type { Disk, Spec } from '../../../drivers/xml/domain/types.ts';

import { buildDevice } from '../../../drivers/xml/domain/device.ts';
import { serialize } from '../../../drivers/xml/serialize.ts';
import { diskAddressOf } from '../addresses.ts';
import {
  type Command,
  type Options,
  UsageError,
  domainOption,
  flag,
  needed,
  number,
  text,
} from '../command.ts';
import { groupOf } from '../groups.ts';
import { longWork } from '../progress.ts';
import { attempt } from '../session.ts';
import { applyOf, changeOptions, persistentOption } from './words.ts';

const placed = { positional: true } as const;

/** The disk of this target, or whose image this is. */
export function findDisk(xml: string, word: string): { disk: Disk; element: string } | undefined {
  const document = DomainDocument.parse(xml);
  const { disks } = document.read().devices;
  const index = disks.findIndex(
    ({ target, source }) =>
      target.dev === word || [source?.file, source?.dev, source?.dir, source?.name].includes(word),
  );
  const disk = disks[index];
  return disk && { disk, element: serialize(document.element('disks', index)) };
}

export const noDisk = (word: string): UsageError =>
  new UsageError(`No disk found whose source path or target is ${word}`);

function sourceOf(options: Options, type: string): Spec<Disk>['source'] {
  // empty for a drive without a medium
  const name = options.text('source') ?? '';
  if (type === 'block') return name === '' ? undefined : { dev: name };
  if (type === 'file') return name === '' ? undefined : { file: name };
  const [protocol, host, transport, socket] = [
    'source-protocol',
    'source-host-name',
    'source-host-transport',
    'source-host-socket',
  ].map((option) => options.text(option));
  const [, hostName, port] = /^(.*?)(?::(\d+))?$/.exec(host ?? '') ?? [];
  return {
    name,
    ...(protocol === undefined ? {} : { protocol }),
    ...(host === undefined && socket === undefined
      ? {}
      : {
          hosts: [
            {
              ...(hostName === undefined || hostName === '' ? {} : { name: hostName }),
              ...(port === undefined ? {} : { port: Number(port) }),
              ...(transport === undefined ? {} : { transport }),
              ...(socket === undefined ? {} : { socket }),
            },
          ],
        }),
  };
}

/** The disk that attach-disk's options describe. */
function describedDisk(options: Options): string {
  const target = options.required('target');
  const sourceType = options.text('sourcetype');
  if (sourceType !== undefined && !['file', 'block', 'network'].includes(sourceType))
    throw new UsageError(`Unknown source type: '${sourceType}'`);
  if (options.given('source-protocol') && sourceType !== 'network')
    throw new UsageError('--source-protocol option requires --sourcetype network');
  const type = sourceType ?? ((options.text('source') ?? '').startsWith('/dev/') ? 'block' : 'file');
  const mode = options.text('mode');
  if (mode !== undefined && !['readonly', 'shareable'].includes(mode))
    throw new UsageError(`No support for ${mode} in command 'attach-disk'`);
  const source = sourceOf(options, type);
  const address = options.text('address');
  const iothread = options.count('iothread');
  const said = <K extends string>(key: K, option: string): { [P in K]?: string } => {
    const value = options.text(option);
    return value === undefined ? {} : ({ [key]: value } as { [P in K]?: string });
  };
  const driver: Spec<Disk>['driver'] = {
    ...said('name', 'driver'),
    ...said('type', 'subdriver'),
    ...said('cache', 'cache'),
    ...said('io', 'io'),
    ...(iothread === undefined ? {} : { iothread }),
  };
  return buildDevice('disks', {
    type,
    device: options.text('type') ?? 'disk',
    ...(options.flag('rawio') ? { rawio: true } : {}),
    ...(Object.keys(driver).length > 0 ? { driver } : {}),
    ...(source ? { source } : {}),
    target: { dev: target, ...said('bus', 'targetbus') },
    readonly: mode === 'readonly',
    shareable: mode === 'shareable',
    ...said('serial', 'serial'),
    ...said('alias', 'alias'),
    ...said('wwn', 'wwn'),
    ...(address === undefined
      ? {}
      : { address: diskAddressOf(address, target, options.flag('multifunction')) }),
  });
}

const attachDisk: Command = {
  name: 'attach-disk',
  group: 'domain',
  summary: 'attach disk device',
  description: 'Attach new disk device.',
  options: [
    domainOption,
    needed('source', 'source of disk device or name of network disk', 'file'),
    needed('target', 'target of disk device'),
    text('targetbus', 'target bus of disk device', placed),
    text('driver', 'driver of disk device', placed),
    text('subdriver', 'subdriver of disk device', placed),
    number('iothread', 'IOThread to be used by supported device', placed),
    text('cache', 'cache mode of disk device', placed),
    text('io', 'io policy of disk device', placed),
    text('type', 'target device type', { ...placed, complete: ['disk', 'cdrom', 'floppy', 'lun'] }),
    text('mode', 'mode of device reading and writing', { ...placed, complete: ['readonly', 'shareable'] }),
    text('sourcetype', 'type of source (block|file|network)', {
      ...placed,
      complete: ['block', 'file', 'network'],
    }),
    text('serial', 'serial of disk device', placed),
    text('wwn', 'wwn of disk device', placed),
    text('alias', 'custom alias name of disk device', placed),
    flag('rawio', 'needs rawio capability'),
    text('address', 'address of disk device', placed),
    flag('multifunction', 'use multifunction pci under specified address'),
    flag('print-xml', 'print XML document rather than attach the disk'),
    text('source-protocol', 'protocol used by disk device source', placed),
    text('source-host-name', 'host name for source of disk device', placed),
    text('source-host-transport', 'host transport for source of disk device', placed),
    text('source-host-socket', 'host socket for source of disk device', placed),
    persistentOption,
    ...changeOptions,
  ],
  async run(session, options) {
    const xml = describedDisk(options);
    if (options.flag('print-xml')) {
      session.print(`${xml}\n`);
      return undefined;
    }
    const domain = await session.domain(options.required('domain'));
    const apply = applyOf(options, domain, 'live');
    await attempt('Failed to attach disk', async () => {
      await session.allow('attachDevice', domain);
      await (await groupOf(session, 'domainDevices')).attach(domain.uuid, xml, apply);
    });
    session.say('Disk attached successfully\n');
    return undefined;
  },
};

const detachDisk: Command = {
  name: 'detach-disk',
  group: 'domain',
  summary: 'detach disk device',
  description: 'Detach disk device.',
  options: [
    domainOption,
    needed('target', 'target of disk device'),
    persistentOption,
    ...changeOptions,
    flag('print-xml', 'print XML document rather than detach the disk'),
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const apply = applyOf(options, domain, 'live');
    const target = options.required('target');
    const { domains } = await session.connection();
    const found = findDisk(await domains.xml(domain.uuid, { inactive: apply === 'config' }), target);
    if (!found) throw noDisk(target);
    if (options.flag('print-xml')) {
      session.print(found.element);
      return undefined;
    }
    await attempt('Failed to detach disk', async () => {
      await session.allow('detachDevice', domain);
      const devices = await groupOf(session, 'domainDevices');
      await longWork(session, 'Device', (context) =>
        devices.detach(domain.uuid, found.element, apply, context),
      );
    });
    session.say('Disk detached successfully\n');
    return undefined;
  },
};

const changeMedia: Command = {
  name: 'change-media',
  group: 'domain',
  summary: 'Change media of CD or floppy drive',
  description: 'Change media of CD or floppy drive.',
  options: [
    domainOption,
    needed('path', 'Fully-qualified path or target of disk device'),
    text('source', 'source of the media', { positional: true, complete: 'file' }),
    flag('eject', 'Eject the media'),
    flag('insert', 'Insert the media'),
    flag('update', 'Update the media'),
    flag(
      'current',
      'can be either or both of --live and --config, depends on implementation hypervisor driver',
    ),
    flag('live', 'alter live configuration of running domain'),
    flag('config', 'alter persistent configuration, effect observed on next boot'),
    flag('force', 'force media changing'),
    flag('print-xml', 'print XML document rather than change media'),
    flag('block', 'source media is a block device'),
  ],
  async run(session, options) {
    options.exclusive('eject', 'insert');
    options.exclusive('eject', 'update');
    options.exclusive('insert', 'update');
    options.exclusive('eject', 'block');
    const domain = await session.domain(options.required('domain'));
    const apply = applyOf(options, domain, 'current');
    const path = options.required('path');
    const { domains, domainDevices } = await session.connection();
    const xml = await domains.xml(domain.uuid, { inactive: apply === 'config' });
    const disk = findDisk(xml, path)?.disk;
    if (!disk || (disk.device !== 'cdrom' && disk.device !== 'floppy')) throw noDisk(path);
    // an emptied drive keeps libvirt's number of its source
    const { file, dev, name, volume } = disk.source ?? {};
    const filled = [file, dev, name, volume].some((image) => image !== undefined);
    const source = options.flag('eject') ? null : (options.text('source') ?? null);
    const insert = options.flag('insert');
    if (insert && filled) throw new UsageError(`The disk device '${path}' already has media`);
    if (insert && source === null) throw new UsageError('New disk media source was not specified');
    if (!insert && source === null && !filled)
      throw new UsageError(`The disk device '${path}' doesn't have media`);
    const target = disk.target.dev;
    const document = DomainDocument.parse(xml).setMedia(
      target,
      source,
      options.flag('block') ? 'block' : 'file',
    );
    const element = findDisk(document.toString(), target)?.element ?? '';
    if (options.flag('print-xml')) {
      session.print(element);
      return undefined;
    }
    const action = source === null ? 'eject' : insert ? 'insert' : 'update';
    await attempt(`Failed to complete action ${action} on media`, async () => {
      await session.allow('changeMedia', domain);
      if (options.flag('force')) {
        if (options.flag('live') || options.flag('config'))
          throw new GuestroomError('unsupported', 'Forcing reaches the running guest and its next start', {
            hint: 'Leave --live and --config out',
          });
        await domains.changeMedia(domain.uuid, target, source, { force: true });
      } else if (domainDevices) await domainDevices.update(domain.uuid, element, apply);
      else await domains.changeMedia(domain.uuid, target, source);
    });
    session.print(`Successfully ${action}${action.endsWith('e') ? 'd' : 'ed'} media.`);
    return undefined;
  },
};

export const diskCommands: readonly Command[] = [attachDisk, changeMedia, detachDisk];
