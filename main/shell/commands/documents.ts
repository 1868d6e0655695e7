import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import { type Command, type OptionSpec, domainOption, flag } from '../command.ts';
import { type Session, attempt } from '../session.ts';
import { printable } from '../table.ts';
import { attachConsole } from './consoles.ts';

const fileOption: OptionSpec = {
  name: 'file',
  kind: 'text',
  positional: true,
  required: true,
  help: 'file containing an XML domain description',
  complete: 'file',
};

/** Reads the file and says, element by element, what the hypervisor will do otherwise than written. */
async function readDocument(session: Session, file: string): Promise<string> {
  const { connection, host } = await session.opened();
  let xml: string;
  try {
    xml = await host.files.readText(session.path(file, host));
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    const why =
      error.code === 'not_found'
        ? 'No such file or directory'
        : error.code === 'denied'
          ? 'Permission denied'
          : error.message;
    throw new GuestroomError(error.code, `Failed to open file '${file}': ${why}`, { cause: thrown });
  }
  for (const remark of await connection.domains.check(xml)) {
    if (remark.level !== 'fatal') session.warn(`${remark.path}: ${printable(remark.message)}`);
  }
  return xml;
}

export const define: Command = {
  name: 'define',
  group: 'domain',
  summary: "define (but don't start) a domain from an XML file",
  options: [fileOption],
  async run(session, options) {
    const file = options.required('file');
    const xml = await readDocument(session, file);
    const domain = await attempt(`Failed to define domain from ${file}`, async () =>
      (await session.connection()).domains.define(xml),
    );
    session.say(`Domain '${printable(domain.name)}' defined from ${file}\n`);
    return undefined;
  },
};

export const create: Command = {
  name: 'create',
  group: 'domain',
  summary: 'create a domain from an XML file',
  options: [
    fileOption,
    flag('console', 'attach to console after creation'),
    flag('paused', 'leave the guest paused after creation'),
    flag('emulate', 'run with emulation although the document asks for acceleration'),
  ],
  async run(session, options) {
    const file = options.required('file');
    const xml = await readDocument(session, file);
    const domain = await attempt(`Failed to create domain from ${file}`, async () =>
      (await session.connection()).domains.create(xml, {
        paused: options.flag('paused'),
        emulate: options.flag('emulate'),
      }),
    );
    session.say(`Domain '${printable(domain.name)}' created from ${file}\n`);
    return options.flag('console') ? attachConsole(session, domain) : undefined;
  },
};

export const dumpxml: Command = {
  name: 'dumpxml',
  group: 'domain',
  summary: 'domain information in XML',
  description: 'Output the domain information as an XML dump to stdout.',
  options: [
    domainOption,
    flag('inactive', 'show inactive defined XML'),
    flag('security-info', 'include security sensitive information in XML dump'),
    flag('update-cpu', 'update guest CPU according to host CPU'),
    flag('migratable', 'provide XML suitable for migrations'),
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const { domains } = await session.connection();
    const xml = await domains.xml(domain.uuid, {
      inactive: options.flag('inactive'),
      secure: options.flag('security-info'),
      updateCpu: options.flag('update-cpu'),
      migratable: options.flag('migratable'),
    });
    session.printDocument(xml);
    return undefined;
  },
};
