import { storagePool, type StoragePoolSpec } from '../../../drivers/xml/storage/pool.ts';
import { type Command, type OptionSpec, type Options, UsageError, flag, needed, text } from '../command.ts';
import { ownText } from '../files.ts';
import { printable } from '../table.ts';
import { changePool, poolTypes } from './pools.ts';

const fileOption = needed('file', 'file containing an XML pool description', 'file');
const buildOption = flag('build', 'build the pool as normal');
const placed = { positional: true } as const;

/** How `-as` commands describe a pool. */
const descriptionOptions: readonly OptionSpec[] = [
  needed('name', 'name of the pool'),
  needed('type', 'type of the pool', poolTypes),
  flag('print-xml', "print XML document, but don't define/create"),
  text('source-host', 'source-host for underlying storage', placed),
  text('source-path', 'source path for underlying storage', placed),
  text('source-dev', 'source device for underlying storage', placed),
  text('source-name', 'source name for underlying storage', placed),
  text('target', 'target for underlying storage', placed),
  text('source-format', 'format for underlying storage', placed),
  text('auth-type', 'auth type to be used for underlying storage', placed),
  text('auth-username', 'auth username to be used for underlying storage', placed),
  text('secret-usage', 'auth secret usage to be used for underlying storage', placed),
  text('secret-uuid', 'auth secret UUID to be used for underlying storage', placed),
  text('adapter-name', 'adapter name to be used for underlying storage', placed),
  text('adapter-wwnn', 'adapter wwnn to be used for underlying storage', placed),
  text('adapter-wwpn', 'adapter wwpn to be used for underlying storage', placed),
  text('adapter-parent', 'adapter parent scsi_hostN to be used for underlying vHBA storage', placed),
  text(
    'adapter-parent-wwnn',
    'adapter parent scsi_hostN wwnn to be used for underlying vHBA storage',
    placed,
  ),
  text(
    'adapter-parent-wwpn',
    'adapter parent scsi_hostN wwpn to be used for underlying vHBA storage',
    placed,
  ),
  text(
    'adapter-parent-fabric-wwn',
    'adapter parent scsi_hostN fabric_wwn to be used for underlying vHBA storage',
    placed,
  ),
  text('source-protocol-ver', 'nfsvers value for NFS pool mount option', placed),
  text('source-initiator', 'initiator iqn for underlying storage', placed),
];

/** The document that the options describe. */
function describedPool(options: Options): string {
  const said = (name: string): string | undefined => options.text(name);
  const set = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
    value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
  const [host, device, target] = [said('source-host'), said('source-dev'), said('target')];
  const spec: StoragePoolSpec = {
    type: options.required('type'),
    name: options.required('name'),
    source: {
      ...(host === undefined ? {} : { hosts: [{ name: host }] }),
      ...(device === undefined ? {} : { devices: [{ path: device }] }),
      ...set('dir', said('source-path')),
      ...set('name', said('source-name')),
      ...set('initiator', said('source-initiator')),
      ...set('format', said('source-format')),
      ...set('protocolVersion', said('source-protocol-ver')),
      ...set('adapter', adapterOf(said)),
      ...set('auth', authOf(said)),
    },
    ...(target === undefined ? {} : { target: { path: target } }),
  };
  return storagePool.build(spec);
}

type Said = (name: string) => string | undefined;
type Source = NonNullable<StoragePoolSpec['source']>;

function adapterOf(said: Said): Source['adapter'] {
  const [name, wwnn, wwpn] = [said('adapter-name'), said('adapter-wwnn'), said('adapter-wwpn')];
  if (name !== undefined) return { type: 'scsi_host', name };
  if (wwnn === undefined || wwpn === undefined) return undefined;
  const [parent, parentWwnn, parentWwpn, parentFabricWwn] = [
    said('adapter-parent'),
    said('adapter-parent-wwnn'),
    said('adapter-parent-wwpn'),
    said('adapter-parent-fabric-wwn'),
  ];
  return {
    type: 'fc_host',
    wwnn,
    wwpn,
    ...(parent === undefined ? {} : { parent }),
    ...(parentWwnn === undefined || parentWwpn === undefined ? {} : { parentWwnn, parentWwpn }),
    ...(parentFabricWwn === undefined ? {} : { parentFabricWwn }),
  };
}

function authOf(said: Said): Source['auth'] {
  const [type, username] = [said('auth-type'), said('auth-username')];
  const [secretUsage, secretUuid] = [said('secret-usage'), said('secret-uuid')];
  if ([type, username, secretUsage, secretUuid].every((part) => part === undefined)) return undefined;
  if (
    type === undefined ||
    username === undefined ||
    (secretUsage === undefined) === (secretUuid === undefined)
  )
    throw new UsageError(
      '--auth-type, --auth-username and one of --secret-usage and --secret-uuid go together',
    );
  return {
    type,
    username,
    ...(secretUuid === undefined ? {} : { secretUuid }),
    ...(secretUsage === undefined ? {} : { secretUsage }),
  };
}

const fromFile = (
  verb: 'define' | 'create',
  summary: string,
  description: string,
  more: readonly OptionSpec[],
): Command => ({
  name: `pool-${verb}`,
  group: 'pool',
  summary,
  description,
  options: [fileOption, ...more],
  async run(session, options) {
    const file = options.required('file');
    const xml = await ownText(session, file);
    const operation = verb === 'define' ? 'poolDefine' : 'poolCreate';
    const made = await changePool(session, operation, `Failed to ${verb} pool from ${file}`, (pools) =>
      verb === 'define' ? pools.define(xml) : pools.create(xml, { build: options.flag('build') }),
    );
    session.say(`Pool ${printable(made.name)} ${verb}d from ${file}\n`);
    return undefined;
  },
});

const fromOptions = (
  verb: 'define' | 'create',
  summary: string,
  description: string,
  more: readonly OptionSpec[],
): Command => ({
  name: `pool-${verb}-as`,
  group: 'pool',
  summary,
  description,
  options: [...descriptionOptions, ...more],
  async run(session, options) {
    const xml = describedPool(options);
    if (options.flag('print-xml')) {
      session.printDocument(xml);
      return undefined;
    }
    const name = options.required('name');
    const operation = verb === 'define' ? 'poolDefine' : 'poolCreate';
    const made = await changePool(session, operation, `Failed to ${verb} pool ${name}`, (pools) =>
      verb === 'define' ? pools.define(xml) : pools.create(xml, { build: options.flag('build') }),
    );
    session.say(`Pool ${printable(made.name)} ${verb}d\n`);
    return undefined;
  },
});

export const poolDocumentCommands: readonly Command[] = [
  fromOptions('create', 'create a pool from a set of args', 'Create a pool.', [buildOption]),
  fromFile('create', 'create a pool from an XML file', 'Create a pool.', [buildOption]),
  fromOptions('define', 'define a pool from a set of args', 'Define a pool.', []),
  fromFile(
    'define',
    'define an inactive persistent storage pool or modify an existing persistent one from an XML file',
    'Define or modify a persistent storage pool.',
    [],
  ),
];
