import { createHash } from 'node:crypto';
import { hostname as osHostName, userInfo } from 'node:os';
import type { Logger } from '../../../drivers/api/driver.ts';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { LocalHost } from '../local-host.ts';
import type { Environment } from '../local/paths.ts';
import {
  applyStatements,
  expandHostName,
  expandTilde,
  noSettings,
  readConfigFile,
  type Settings,
} from './config-file.ts';
import { sshPort } from './known-hosts.ts';

/** What OpenSSH's configuration says about a host. Paths are absolute. */
export interface HostConfig {
  hostName: string;
  port: number;
  user: string;
  /** Private keys in the order in which they are tried; those that stand there by default need not be there. */
  identityFiles: string[];
  /** The agent is asked for these keys only. */
  identitiesOnly: boolean;
  /** The agent's socket; undefined is that of the environment. */
  identityAgent: string | undefined;
  /** Jump hosts, each [user@]host[:port] or ssh://…, the first one first. */
  proxyJump: string[];
  proxyCommand: string | undefined;
  /** The name by which its key is known. */
  hostKeyAlias: string | undefined;
  /** The person's and the system's lists of known hosts. */
  knownHosts: string[];
  /** Seconds. */
  connectTimeout?: number;
}

export interface ConfigOptions {
  host: LocalHost;
  /** In place of the person's and the system's configuration. */
  configFile?: string | undefined;
  log?: Logger | undefined;
  env?: Environment | undefined;
}

/** A host as a person names it, with what they name beside it: that wins over every file. */
interface Given {
  user: string | undefined;
  port: number | undefined;
}

/** A configuration may run programs (`Match exec`), and look up names. */
const patience = 5000;

/** Rejects with `invalid_argument` for names that could be something else than a name, and for a broken configuration. */
export async function hostConfig(alias: string, given: Given, options: ConfigOptions): Promise<HostConfig> {
  checkHostName(alias);
  if (given.user !== undefined) checkUserName(given.user);
  const settings = (await askOpenSsh(alias, given, options)) ?? (await readSettings(alias, given, options));
  return resolve(settings, alias, options);
}

/** What a shell could take for more than a name: `Match exec` hands names to one, as OpenSSH's own check has it since 9.6. */
export function checkHostName(name: string): void {
  if (name === '' || /^-|[\s\p{Cc}'"`$\\;&<>|(){}]/u.test(name)) {
    throw new GuestroomError('invalid_argument', `This is no name of a host: ${printable(name)}`, {
      hint: 'Write a name or an address, as in qemu+ssh://user@host.example/system',
    });
  }
}

export function checkUserName(name: string): void {
  if (name === '' || /^-|[\s\p{Cc}'"`;&<>|(){}]|\\$/u.test(name)) {
    throw new GuestroomError('invalid_argument', `This is no name of an account: ${printable(name)}`, {
      hint: 'Write the name before the host, as in qemu+ssh://user@host.example/system',
    });
  }
}

const printable = (name: string): string => (name === '' ? '(empty)' : name.replace(/\p{Cc}/gu, '�'));

/** What `ssh -G` says; undefined where there is no OpenSSH that can say it. */
async function askOpenSsh(
  alias: string,
  { user, port }: Given,
  { host, configFile }: ConfigOptions,
): Promise<Settings | undefined> {
  const args = [
    '-G',
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    '--',
    alias,
  ];
  try {
    const { status, stdout, stderr } = await host.exec('ssh', args, { timeout: patience });
    if (status === 0) return parseAnswer(stdout);
    // OpenSSH before 6.8, and other programs of that name
    if (/\b(illegal|unknown|invalid) option\b/i.test(stderr)) return undefined;
    throw new GuestroomError('invalid_argument', `OpenSSH does not accept its configuration for ${alias}`, {
      detail: stderr.trim(),
      hint: 'Correct the configuration until `ssh -G` accepts it',
    });
  } catch (thrown) {
    if (toGuestroomError(thrown).code === 'program_missing') return undefined;
    throw thrown;
  }
}

/** The answer of `ssh -G`: a keyword and its value on each line. */
function parseAnswer(text: string): Settings {
  const settings = noSettings();
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, keyword = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (keyword === 'identityfile') settings.identityFiles.push(value);
    else values.set(keyword, value);
  }
  const port = Number(values.get('port'));
  const timeout = Number(values.get('connecttimeout'));
  const paths = (keyword: string): string[] | undefined => splitPaths(values.get(keyword));
  return {
    ...settings,
    // already expanded: a % in it is one
    hostName: values.get('hostname')?.replaceAll('%', '%%'),
    user: values.get('user'),
    port: port || undefined,
    identitiesOnly: values.get('identitiesonly') === 'yes',
    identityAgent: values.get('identityagent'),
    proxyJump: values.get('proxyjump'),
    proxyCommand: values.get('proxycommand'),
    hostKeyAlias: values.get('hostkeyalias'),
    userKnownHosts: paths('userknownhostsfile'),
    globalKnownHosts: paths('globalknownhostsfile'),
    connectTimeout: timeout || undefined,
  };
}

/** Paths that are written one after another without quotes: one begins where something absolute does, so that names with spaces stay whole. */
const splitPaths = (text: string | undefined): string[] | undefined =>
  text?.split(/ (?=[/~%$]|[A-Za-z]:[\\/]|__PROGRAMDATA__|none$)/);

/** The same from the files themselves. */
async function readSettings(
  alias: string,
  given: Given,
  { host, configFile, log, env = process.env }: ConfigOptions,
): Promise<Settings> {
  const { files, paths } = host;
  const settings: Settings = { ...noSettings(), ...given };
  const own = files.join(paths.home, '.ssh');
  const system = systemFolder(host, env);
  const sources =
    configFile === undefined
      ? [
          { file: files.join(own, 'config'), folder: own },
          { file: files.join(system, 'ssh_config'), folder: system },
        ]
      : [{ file: configFile, folder: own }];
  for (const { file, folder } of sources) {
    const statements = await readConfigFile(file, { files, home: paths.home, folder });
    if (statements) applyStatements(settings, statements, alias, log);
    else if (configFile !== undefined)
      throw new GuestroomError('not_found', `There is no SSH configuration at ${configFile}`);
  }
  return settings;
}

const systemFolder = ({ os, files }: LocalHost, env: Environment): string =>
  os === 'win32' ? files.join(env['ProgramData'] ?? 'C:\\ProgramData', 'ssh') : '/etc/ssh';

/** The order in which we try them; -sk keys need the touch of a token, which ssh2 cannot ask for. */
const defaultKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const allDefaultKeys = [...defaultKeys, 'id_ecdsa_sk', 'id_ed25519_sk', 'id_xmss', 'id_dsa'];

function resolve(settings: Settings, alias: string, options: ConfigOptions): HostConfig {
  const { host, env = process.env } = options;
  const { files, paths } = host;
  // the % of an address like fe80::1%eth0 is no token
  const hostName = (
    settings.hostName === undefined ? alias : expandHostName(settings.hostName, alias)
  ).toLowerCase();
  const port = settings.port ?? sshPort;
  const user = settings.user ?? userInfo().username;
  const hostKeyAlias = settings.hostKeyAlias?.toLowerCase();
  const jump = settings.proxyJump?.toLowerCase() === 'none' ? undefined : settings.proxyJump;
  const tokens = tokensFor({ alias, hostName, port, user, hostKeyAlias, jump, home: paths.home });
  const ssh = files.join(paths.home, '.ssh');
  const absolute = (written: string): string => {
    const path = expandTokens(expandTilde(written, paths.home, files), tokens, env);
    const placed = path.replace('__PROGRAMDATA__', () => env['ProgramData'] ?? 'C:\\ProgramData');
    return files.isAbsolute(placed) ? placed : files.join(paths.home, placed);
  };
  const named = (written: readonly string[]): string[] =>
    written.filter((path) => !/^none$/i.test(path)).map(absolute);

  const system = systemFolder(host, env);
  const isDefault = (path: string): boolean => allDefaultKeys.some((name) => path === `~/.ssh/${name}`);
  const byDefault = settings.identityFiles.length === 0 || isWholeDefault(settings.identityFiles, isDefault);
  const knownHosts = [
    ...named(settings.userKnownHosts ?? ['known_hosts', 'known_hosts2'].map((name) => files.join(ssh, name))),
    ...named(
      settings.globalKnownHosts ??
        ['ssh_known_hosts', 'ssh_known_hosts2'].map((name) => files.join(system, name)),
    ),
  ];
  const command = settings.proxyCommand;
  return {
    hostName,
    port,
    user,
    identityFiles: byDefault
      ? defaultKeys.map((name) => files.join(ssh, name))
      : named(settings.identityFiles),
    identitiesOnly: settings.identitiesOnly ?? false,
    identityAgent: agentOf(settings.identityAgent, absolute, env),
    proxyJump: jump === undefined ? [] : jump.split(',').map((hop) => expandTokens(hop.trim(), tokens, {})),
    proxyCommand: command === undefined || /^none$/i.test(command) ? undefined : command,
    hostKeyAlias,
    knownHosts,
    ...(settings.connectTimeout === undefined ? {} : { connectTimeout: settings.connectTimeout }),
  };
}

/** `ssh -G` does not tell its own list from one that somebody wrote; nobody writes all of it. */
const isWholeDefault = (written: readonly string[], isDefault: (path: string) => boolean): boolean =>
  written.length >= 4 && written.every(isDefault);

/** A path, `none`, or undefined for that of the environment. */
function agentOf(
  written: string | undefined,
  absolute: (path: string) => string,
  env: Environment,
): string | undefined {
  if (written === undefined || written === 'SSH_AUTH_SOCK') return undefined;
  if (/^none$/i.test(written)) return 'none';
  const variable = /^\$(\w+)$/.exec(written)?.[1];
  return variable === undefined ? absolute(written) : (env[variable] ?? 'none');
}

interface TokenSource {
  alias: string;
  hostName: string;
  port: number;
  user: string;
  hostKeyAlias: string | undefined;
  jump: string | undefined;
  home: string;
}

function tokensFor(source: TokenSource): ReadonlyMap<string, () => string> {
  const { alias, hostName, port, user, hostKeyAlias, jump = '', home } = source;
  const local = osHostName();
  return new Map([
    ['%', () => '%'],
    [
      'C',
      () =>
        createHash('sha1')
          .update(`${local}${hostName}${String(port)}${user}${jump}`)
          .digest('hex'),
    ],
    ['d', () => home],
    ['h', () => hostName],
    ['i', () => String(process.getuid?.() ?? 0)],
    ['j', () => jump],
    ['k', () => hostKeyAlias ?? alias],
    ['L', () => local.split('.')[0] ?? ''],
    ['l', () => local],
    ['n', () => alias],
    ['p', () => String(port)],
    ['r', () => user],
    ['u', () => userInfo().username],
  ]);
}

/** Replaces %-tokens and ${VARIABLES} of the environment. */
function expandTokens(text: string, tokens: ReadonlyMap<string, () => string>, env: Environment): string {
  const unknown = (what: string): GuestroomError =>
    new GuestroomError('invalid_argument', `The SSH configuration has ${what}: ${text}`, {
      hint: 'Correct it in ~/.ssh/config',
    });
  return text.replace(/%(.?)|\$\{(\w*)\}/gs, (_, token?: string, variable?: string) => {
    if (variable !== undefined) {
      const value = env[variable];
      if (value === undefined) throw unknown(`an unknown variable, ${variable}`);
      return value;
    }
    const value = tokens.get(token ?? '');
    if (!value) throw unknown(`an unknown token, %${token ?? ''}`);
    return value();
  });
}
