import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { DomainSummary } from '../../../drivers/api/model.ts';
import { DomainDocument } from '../../../drivers/xml/domain/edit.ts';

import type { Interface, Spec } from '../../../drivers/xml/domain/types.ts';
import { buildDevice } from '../../../drivers/xml/domain/device.ts';
import { serialize } from '../../../drivers/xml/serialize.ts';
import { pciAddressOf } from '../addresses.ts';
import { type Command, type Options, UsageError, domainOption, flag, needed, text } from '../command.ts';
import { groupOf } from '../groups.ts';
import { longWork } from '../progress.ts';
import { Attempt, type Session, attempt } from '../session.ts';
import { applyOf, changeOptions, persistentOption } from './words.ts';

const placed = { positional: true } as const;

/** average[,peak[,burst[,floor]]] */
function rateOf(text: string, name: 'inbound' | 'outbound'): NonNullable<Interface['bandwidth']>['inbound'] {
  const fields = text.split(',');
  if (fields.length > 4) throw new UsageError(`Rate string '${text}' has too many fields`);
  const numbers = fields.map((field, index) => {
    if (field === '' && index > 0) return undefined;
    if (!/^\d+$/.test(field)) throw new UsageError(`field '${field}' is malformed`);
    return Number(field);
  });
  const [average, peak, burst, floor] = numbers;
  if (name === 'outbound' && floor !== undefined) throw new UsageError('outbound floor is unsupported yet');
  return {
    ...(average === undefined ? {} : { average }),
    ...(peak === undefined ? {} : { peak }),
    ...(burst === undefined ? {} : { burst }),
    ...(floor === undefined ? {} : { floor }),
  };
}

function sourceOf(options: Options, type: string): Spec<Interface>['source'] {
  const source = options.required('source');
  const mode = options.text('source-mode');
  if (mode !== undefined && !['server', 'client'].includes(mode))
    throw new UsageError(`Invalid source mode: ${mode}`);
  if (type === 'network') return { network: source };
  if (type === 'bridge') return { bridge: source };
  if (type === 'direct') return { dev: source };
  if (type === 'hostdev') {
    const pciAddress = pciAddressOf(source);
    if (!pciAddress) throw new UsageError(`cannot parse pci address '${source}' for network interface`);
    return { pciAddress };
  }
  if (type !== 'vhostuser') throw new UsageError(`No support for ${type} in command 'attach-interface'`);
  if (mode === undefined) throw new UsageError('source-mode is mandatory');
  return { type: 'unix', path: source, mode };
}

/** The interface that attach-interface's options describe. */
function describedInterface(options: Options): string {
  const type = options.required('type');
  const source = sourceOf(options, type);
  const [target, mac, script, model, alias, inbound, outbound] = [
    'target',
    'mac',
    'script',
    'model',
    'alias',
    'inbound',
    'outbound',
  ].map((name) => options.text(name));
  const bandwidth = {
    ...(inbound === undefined ? {} : { inbound: rateOf(inbound, 'inbound') }),
    ...(outbound === undefined ? {} : { outbound: rateOf(outbound, 'outbound') }),
  } as NonNullable<Spec<Interface>['bandwidth']>;
  return buildDevice('interfaces', {
    type,
    ...(options.flag('managed') ? { managed: true } : {}),
    ...(source ? { source } : {}),
    ...(target === undefined ? {} : { target: { dev: target } }),
    ...(mac === undefined ? {} : { mac }),
    ...(script === undefined ? {} : { script }),
    ...(model === undefined ? {} : { model }),
    ...(alias === undefined ? {} : { alias }),
    ...(Object.keys(bandwidth).length > 0 ? { bandwidth } : {}),
  });
}

const attachInterface: Command = {
  name: 'attach-interface',
  group: 'domain',
  summary: 'attach network interface',
  description: 'Attach new network interface.',
  options: [
    domainOption,
    needed('type', 'network interface type', ['network', 'bridge', 'direct', 'hostdev', 'vhostuser']),
    needed('source', 'source of network interface', 'network'),
    text('target', 'target network name', placed),
    text('mac', 'MAC address', placed),
    text('script', 'script used to bridge network interface', placed),
    text('model', 'model type', placed),
    text('alias', 'custom alias name of interface device', placed),
    text('inbound', "control domain's incoming traffics", placed),
    text('outbound', "control domain's outgoing traffics", placed),
    persistentOption,
    ...changeOptions,
    flag('print-xml', 'print XML document rather than attach the interface'),
    flag('managed', 'libvirt will automatically detach/attach the device from/to host'),
    text('source-mode', 'mode attribute of <source/> element', placed),
  ],
  async run(session, options) {
    const xml = describedInterface(options);
    if (options.flag('print-xml')) {
      session.print(`${xml}\n`);
      return undefined;
    }
    const domain = await session.domain(options.required('domain'));
    const apply = applyOf(options, domain, 'live');
    await attempt('Failed to attach interface', async () => {
      await session.allow('attachDevice', domain);
      await (await groupOf(session, 'domainDevices')).attach(domain.uuid, xml, apply);
    });
    session.say('Interface attached successfully\n');
    return undefined;
  },
};

/** The element of the one interface that is meant. */
async function chosenInterface(
  session: Session,
  options: Options,
  domain: DomainSummary,
  inactive: boolean,
): Promise<string> {
  const { domains } = await session.connection();
  const document = DomainDocument.parse(await domains.xml(domain.uuid, { inactive }));
  const type = options.required('type');
  const mac = options.text('mac')?.toLowerCase();
  const all = document
    .read()
    .devices.interfaces.map((each, index) => ({ ...each, index }))
    .filter((each) => each.type === type);
  const fit = mac === undefined ? all : all.filter((each) => each.mac?.toLowerCase() === mac);
  const [first] = fit;
  if (fit.length === 1 && first) return serialize(document.element('interfaces', first.index));
  const why =
    all.length === 0
      ? `No interface found whose type is ${type}`
      : mac === undefined
        ? `Domain has ${String(all.length)} interfaces. Please specify which one to detach using --mac`
        : fit.length === 0
          ? `No interface with MAC address ${options.required('mac')} was found`
          : `Domain has multiple interfaces matching MAC address ${options.required('mac')}. You must use detach-device and specify the device pci address to remove it.`;
  throw new Attempt(why, new GuestroomError('not_found', 'Failed to detach interface'));
}

const detachInterface: Command = {
  name: 'detach-interface',
  group: 'domain',
  summary: 'detach network interface',
  description: 'Detach network interface.',
  options: [
    domainOption,
    needed('type', 'network interface type'),
    text('mac', 'MAC address', placed),
    persistentOption,
    ...changeOptions,
    flag('print-xml', 'print XML document rather than detach the interface'),
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const apply = applyOf(options, domain, 'live');
    // the guest and its next start may know it under different addresses
    const places = apply === 'both' ? (['live', 'config'] as const) : [apply];
    for (const place of places) {
      const element = await chosenInterface(session, options, domain, place === 'config');
      if (options.flag('print-xml')) {
        session.print(element);
        return undefined;
      }
      await attempt('Failed to detach interface', async () => {
        await session.allow('detachDevice', domain);
        const devices = await groupOf(session, 'domainDevices');
        await longWork(session, 'Device', (context) => devices.detach(domain.uuid, element, place, context));
      });
    }
    session.say('Interface detached successfully\n');
    return undefined;
  },
};

export const domainInterfaceCommands: readonly Command[] = [attachInterface, detachInterface];
