import type { NodeDevices } from '../../../drivers/api/devices.ts';
import type { NodeDevice } from '../../../drivers/api/model.ts';
import type { GroupOperation } from '../../../drivers/api/operations.ts';
import { type Command, type OptionSpec, UsageError, flag, needed, text } from '../command.ts';
import { ownText } from '../files.ts';
import { changeIn } from '../groups.ts';
import type { Session } from '../session.ts';
import { printable } from '../table.ts';
import { drawTree } from '../tree.ts';

/** libvirt's names of what a device can be. */
const capabilities = [
  'system',
  'pci',
  'usb_device',
  'usb',
  'net',
  'scsi_host',
  'scsi_target',
  'scsi',
  'storage',
  'fc_host',
  'vports',
  'scsi_generic',
  'drm',
  'mdev_types',
  'mdev',
  'ccw',
  'css',
  'vdpa',
  'ap_card',
  'ap_queue',
  'ap_matrix',
  'vpd',
] as const;

const deviceOption: OptionSpec = needed('device', 'device key', 'node-device');

const act = changeIn('nodeDevices');

const listDevices = (session: Session): Promise<NodeDevice[]> =>
  act(session, 'nodeDeviceList', 'Failed to list node devices', (devices) => devices.list());

const nodedevList: Command = {
  name: 'nodedev-list',
  group: 'nodedev',
  summary: 'enumerate devices on this host',
  options: [
    flag('tree', 'list devices in a tree'),
    text('cap', 'capability names, separated by comma', { positional: true, complete: capabilities }),
  ],
  async run(session, options) {
    const wanted = options.text('cap')?.split(',');
    if (options.flag('tree') && wanted)
      throw new UsageError('Option --tree is incompatible with --cap and --inactive');
    if (wanted?.some((word) => !capabilities.some((known) => known === word)))
      throw new UsageError('Invalid capability type');
    const devices = (await listDevices(session))
      .filter((device) => wanted === undefined || device.capabilities.some((word) => wanted.includes(word)))
      // by the numbers of their letters, unlike other lists
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const names = devices.map(({ name }) => name);
    if (options.flag('tree')) {
      const parents = new Map(devices.map(({ name, parent }) => [name, parent]));
      session.print(drawTree(names, (name) => parents.get(name)));
    } else {
      session.print(names.map((name) => `${printable(name)}\n`).join(''));
    }
    return undefined;
  },
};

const nodedevDumpxml: Command = {
  name: 'nodedev-dumpxml',
  group: 'nodedev',
  summary: 'node device details in XML',
  description: 'Output the node device details as an XML dump to stdout.',
  options: [{ ...deviceOption, help: 'device name' }],
  async run(session, options) {
    const name = options.required('device');
    const xml = await act(session, 'nodeDeviceList', `Could not find matching device '${name}'`, (devices) =>
      devices.xml(name),
    );
    session.printDocument(xml);
    return undefined;
  },
};

const simple = (
  verb: string,
  operation: GroupOperation<'nodeDevices'>,
  texts: { summary: string; description: string; failed: string; done: string },
  work: (devices: NodeDevices, name: string, driver: string | undefined) => Promise<void>,
  more: readonly OptionSpec[] = [],
): Command => ({
  name: `nodedev-${verb}`,
  group: 'nodedev',
  summary: texts.summary,
  description: texts.description,
  options: [deviceOption, ...more],
  async run(session, options) {
    const name = options.required('device');
    // the hypervisors differ in what they say of a device that is not there
    await act(session, 'nodeDeviceList', `Could not find matching device '${name}'`, (devices) =>
      devices.xml(name),
    );
    await act(session, operation, texts.failed.replace('%s', name), (devices) =>
      work(devices, name, options.text('driver')),
    );
    session.say(`${texts.done.replace('%s', printable(name))}\n`);
    return undefined;
  },
});

const nodedevCreate: Command = {
  name: 'nodedev-create',
  group: 'nodedev',
  summary: 'create a device defined by an XML file on the node',
  description:
    'Create a device on the node.  Note that this command creates devices on the physical host that can then be assigned to a virtual machine.',
  options: [needed('file', 'file containing an XML description of the device', 'file')],
  async run(session, options) {
    const file = options.required('file');
    const xml = await ownText(session, file);
    const name = await act(
      session,
      'nodeDeviceCreate',
      `Failed to create node device from ${file}`,
      (devices) => devices.create(xml),
    );
    session.say(`Node device ${printable(name)} created from ${file}\n`);
    return undefined;
  },
};

export const nodeDeviceCommands: readonly Command[] = [
  nodedevCreate,
  simple(
    'destroy',
    'nodeDeviceDestroy',
    {
      summary: 'destroy (stop) a device on the node',
      description:
        'Destroy a device on the node.  Note that this command destroys devices on the physical host',
      failed: "Failed to destroy node device '%s'",
      done: "Destroyed node device '%s'",
    },
    (devices, name) => devices.destroy(name),
  ),
  simple(
    'detach',
    'nodeDeviceDetach',
    {
      summary: 'detach node device from its device driver',
      description: 'Detach node device from its device driver before assigning to a domain.',
      failed: 'Failed to detach device %s',
      done: 'Device %s detached',
    },
    (devices, name, driver) => devices.detach(name, driver),
    [
      text('driver', "pci device assignment backend driver (e.g. 'vfio' or 'xen')", {
        positional: true,
        complete: ['vfio', 'xen'],
      }),
    ],
  ),
  nodedevDumpxml,
  nodedevList,
  simple(
    'reattach',
    'nodeDeviceReattach',
    {
      summary: 'reattach node device to its device driver',
      description: 'Reattach node device to its device driver once released by the domain.',
      failed: 'Failed to re-attach device %s',
      done: 'Device %s re-attached',
    },
    (devices, name) => devices.reattach(name),
  ),
  simple(
    'reset',
    'nodeDeviceReset',
    {
      summary: 'reset node device',
      description: 'Reset node device before or after assigning to a domain.',
      failed: 'Failed to reset device %s',
      done: 'Device %s reset',
    },
    (devices, name) => devices.reset(name),
  ),
];
