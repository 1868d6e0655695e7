import type { DomainDevices } from '../../../drivers/api/domains.ts';
import { type Command, type OptionSpec, domainOption, needed, number } from '../command.ts';
import { ownText } from '../files.ts';
import { groupOf } from '../groups.ts';
import { longWork } from '../progress.ts';
import { attempt } from '../session.ts';
import { sizeOption } from '../sizes.ts';
import { applyOf, changeOptions, persistentOption } from './words.ts';

const fileOption: OptionSpec = needed('file', 'XML file', 'file');

/** A command that takes a device from a file. */
function fromFile(
  verb: 'attach' | 'detach' | 'update',
  texts: { summary: string; description: string; done: string },
  /** What a line without --live, --config and the like means. */
  plain: 'live' | 'current',
): Command {
  return {
    name: `${verb}-device`,
    group: 'domain',
    summary: texts.summary,
    description: texts.description,
    options: [domainOption, fileOption, persistentOption, ...changeOptions],
    async run(session, options) {
      const domain = await session.domain(options.required('domain'));
      const apply = applyOf(options, domain, plain);
      const file = options.required('file');
      const xml = await ownText(session, file);
      await attempt(`Failed to ${verb} device from ${file}`, async () => {
        await session.allow(`${verb}Device`, domain);
        const devices: DomainDevices = await groupOf(session, 'domainDevices');
        await longWork(session, 'Device', (context) =>
          verb === 'detach'
            ? devices.detach(domain.uuid, xml, apply, context)
            : devices[verb](domain.uuid, xml, apply),
        );
      });
      session.say(`${texts.done}\n`);
      return undefined;
    },
  };
}

const blockresize: Command = {
  name: 'blockresize',
  group: 'domain',
  summary: 'Resize block device of domain.',
  description: 'Resize block device of domain.',
  options: [
    domainOption,
    needed('path', 'Fully-qualified path of block device'),
    {
      ...number('size', 'New size of the block device, as scaled integer (default KiB)'),
      positional: true,
      required: true,
    },
  ],
  async run(session, options) {
    const path = options.required('path');
    const bytes = sizeOption(options.required('size'), 'size', 1024);
    const domain = await session.domain(options.required('domain'));
    await attempt(`Failed to resize block device '${path}'`, async () => {
      await session.allow('blockResize', domain);
      await (await groupOf(session, 'domainDevices')).blockResize(domain.uuid, path, bytes);
    });
    session.say(`Block device '${path}' is resized`);
    return undefined;
  },
};

export const deviceCommands: readonly Command[] = [
  fromFile(
    'attach',
    {
      summary: 'attach device from an XML file',
      description: 'Attach device from an XML <file>.',
      done: 'Device attached successfully',
    },
    'live',
  ),
  blockresize,
  fromFile(
    'detach',
    {
      summary: 'detach device from an XML file',
      description: 'Detach device from an XML <file>',
      done: 'Device detached successfully',
    },
    'live',
  ),
  fromFile(
    'update',
    {
      summary: 'update device from an XML file',
      description: 'Update device from an XML <file>.',
      done: 'Device updated successfully',
    },
    'current',
  ),
];
