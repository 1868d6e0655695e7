import { GuestroomError } from '../../../drivers/api/errors.ts';
import { type Command, type OptionSpec, type Options, UsageError, flag, needed, text } from '../command.ts';
import { ownFile, ownText } from '../files.ts';
import { changeIn, groupOf } from '../groups.ts';
import { readHidden } from '../keys.ts';
import { findSecret } from '../objects.ts';
import { type Session, attempt } from '../session.ts';
import { formatTable } from '../table.ts';
import { either } from './words.ts';

const secretOption: OptionSpec = needed('secret', 'secret UUID', 'secret');

const change = changeIn('secrets');

const secretList: Command = {
  name: 'secret-list',
  group: 'secret',
  summary: 'list secrets',
  description: 'Returns a list of secrets',
  options: [
    flag('ephemeral', 'list ephemeral secrets'),
    flag('no-ephemeral', 'list non-ephemeral secrets'),
    flag('private', 'list private secrets'),
    flag('no-private', 'list non-private secrets'),
  ],
  async run(session, options) {
    const secrets = await attempt('Failed to list secrets', async () =>
      (await groupOf(session, 'secrets')).list(),
    );
    const rows = secrets
      .filter(
        (secret) =>
          either(options, 'ephemeral', 'no-ephemeral', secret.ephemeral) &&
          either(options, 'private', 'no-private', secret.private),
      )
      .toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1))
      .map(({ uuid, usage, usageId = '' }) => [uuid, usage === 'none' ? 'Unused' : `${usage} ${usageId}`]);
    session.print(formatTable(['UUID', 'Usage'], rows, session.quiet));
    return undefined;
  },
};

const secretDumpxml: Command = {
  name: 'secret-dumpxml',
  group: 'secret',
  summary: 'secret attributes in XML',
  description: 'Output attributes of a secret as an XML dump to stdout.',
  options: [secretOption],
  async run(session, options) {
    const { uuid } = await findSecret(session, options.required('secret'));
    session.printDocument(await (await groupOf(session, 'secrets')).xml(uuid));
    return undefined;
  },
};

const secretDefine: Command = {
  name: 'secret-define',
  group: 'secret',
  summary: 'define or modify a secret from an XML file',
  description: 'Define or modify a secret.',
  options: [needed('file', 'file containing secret attributes in XML', 'file')],
  async run(session, options) {
    const file = options.required('file');
    const xml = await ownText(session, file);
    const { uuid } = await change(
      session,
      'secretDefine',
      `Failed to set attributes from ${file}`,
      (secrets) => secrets.define(xml),
    );
    session.say(`Secret ${uuid} created\n`);
    return undefined;
  },
};

const secretUndefine: Command = {
  name: 'secret-undefine',
  group: 'secret',
  summary: 'undefine a secret',
  description: 'Undefine a secret.',
  options: [secretOption],
  async run(session, options) {
    const { uuid } = await findSecret(session, options.required('secret'));
    await change(session, 'secretUndefine', `Failed to delete secret ${uuid}`, (secrets) =>
      secrets.undefine(uuid),
    );
    session.say(`Secret ${uuid} deleted\n`);
    return undefined;
  },
};

const secretSetValue: Command = {
  name: 'secret-set-value',
  group: 'secret',
  summary: 'set a secret value',
  description: 'Set a secret value.',
  options: [
    secretOption,
    text('file', 'read secret from file', { complete: 'file' }),
    flag('plain', 'read the secret from file without converting from base64'),
    flag('interactive', 'read the secret from the terminal'),
    text('base64', 'base64-encoded secret value', { positional: true }),
  ],
  async run(session, options) {
    options.exclusive('file', 'base64');
    options.exclusive('plain', 'base64');
    options.exclusive('interactive', 'base64');
    options.exclusive('interactive', 'plain');
    options.exclusive('interactive', 'file');
    const { uuid } = await findSecret(session, options.required('secret'));
    const value = await valueOf(session, options);
    await change(session, 'secretSetValue', 'Failed to set secret value', (secrets) =>
      secrets.setValue(uuid, value),
    );
    session.say('Secret value set\n');
    return undefined;
  },
};

async function valueOf(session: Session, options: Options): Promise<Uint8Array> {
  const [file, base64] = [options.text('file'), options.text('base64')];
  if (file !== undefined) {
    const content = await ownFile(session, file);
    return options.flag('plain') ? content : decoded(content.toString('latin1'));
  }
  if (base64 !== undefined) {
    // other programs see the words of a command line
    session.terminal.stderr.write('error: Passing secret value as command-line argument is insecure!\n');
    return decoded(base64);
  }
  if (!options.flag('interactive')) throw new UsageError('Input secret value is missing');
  session.print('Enter new value for secret:');
  const typed = await readHidden(session.terminal);
  if (typed === undefined) throw new GuestroomError('cancelled', 'Failed to read secret');
  return Buffer.from(typed, 'utf8');
}

/** Refuses what is no base64 without showing it. */
function decoded(text: string): Uint8Array {
  const letters = text.replace(/\s/g, '');
  if (!/^(?:[\w+/-]{4})*(?:[\w+/-]{2}(?:==)?|[\w+/-]{3}=?)?$/.test(letters))
    throw new GuestroomError('invalid_argument', 'The secret is not written in base64', {
      hint: 'Give the file as it is with --plain',
    });
  return Buffer.from(letters, 'base64');
}

export const secretCommands: readonly Command[] = [
  secretDefine,
  secretDumpxml,
  secretList,
  secretSetValue,
  secretUndefine,
];
