import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { ConnectionUri } from '../../../drivers/api/uri.ts';
import type { LocalHost } from '../local-host.ts';
import { type ConfigOptions, type HostConfig, hostConfig } from './config.ts';
import { expandTilde } from './config-file.ts';
import type { KeyName } from './host-keys.ts';
import { type Jump, jumpOfCommand, parseJumps } from './jumps.ts';
import { sshPort } from './known-hosts.ts';

const loginMethods = ['agent', 'privkey', 'keyboard-interactive', 'password'] as const;
export type LoginMethod = (typeof loginMethods)[number];

/** A host on the way, with all that is needed to log in there. */
export interface Hop {
  /** What the person wrote. */
  written: string;
  host: string;
  port: number;
  user: string;
  /** Absolute. */
  identityFiles: string[];
  /** A key file was named: only that one is meant. */
  explicitKey: boolean;
  /** The agent is asked for keys of `identityFiles` only. */
  identitiesOnly: boolean;
  /** The agent's socket, where there is one. */
  agent: string | undefined;
  /** In the order in which they are tried. */
  methods: LoginMethod[];
  /** Whose key it is in a list of known hosts. */
  keyName: KeyName;
  /** Lists of known hosts beside our own. */
  knownHosts: string[];
}

export interface Route {
  /** Jump hosts first, the host itself last. */
  hops: Hop[];
  /** How libvirt's socket is reached there: libvirt's own helper, nc, or whichever is there. */
  proxy: 'auto' | 'netcat' | 'native';
  /** The program that stands for nc there: an absolute path. */
  netcat: string | undefined;
}

const maxHops = 8;

/** The way to the host of a URI, by OpenSSH's configuration and the URI's own parameters, which win. Rejects with `invalid_argument`, or `unsupported` for what is refused with its reason. */
export async function routeTo(uri: ConnectionUri, options: ConfigOptions): Promise<Route> {
  const { params } = uri;
  refuseParams(params);
  const alias = uri.host ?? 'localhost';
  const config = await hostConfig(alias, { user: uri.user, port: uri.port }, options);
  const last = withParams(hopOf(alias, config, options), params, options.host);
  const jump = params.get('jump');
  const before =
    jump === undefined
      ? await hopsBefore(config, [idOf(config)], options)
      : await hopsOf(parseJumps(jump), [idOf(config)], options);
  return { hops: limited([...before, last]), proxy: proxyOf(params), netcat: netcatOf(params) };
}

function limited(hops: Hop[]): Hop[] {
  if (hops.length <= maxHops) return hops;
  throw new GuestroomError('invalid_argument', `The way to the host has more than ${String(maxHops)} hops`, {
    detail: hops.map(({ written }) => written).join(' → '),
    hint: 'Look at ProxyJump in ~/.ssh/config',
  });
}

const idOf = ({ user, hostName, port }: HostConfig): string => `${user}@${hostName}:${String(port)}`;

/** The jump hosts that the configuration of a host asks for. `chain`: the hosts that this one leads to. */
async function hopsBefore(
  config: HostConfig,
  chain: readonly string[],
  options: ConfigOptions,
): Promise<Hop[]> {
  const { proxyCommand, proxyJump } = config;
  if (proxyJump.length > 0) return hopsOf(proxyJump.flatMap(parseJumps), chain, options);
  if (proxyCommand === undefined) return [];
  const jump = jumpOfCommand(proxyCommand);
  if (jump) return hopsOf([jump], chain, options);
  throw new GuestroomError('unsupported', 'A ProxyCommand of the SSH configuration is not run', {
    detail: proxyCommand,
    hint: 'Use a jump host: ProxyJump in ~/.ssh/config, or ?jump=user@host in the URI (jump=none for the direct way)',
  });
}

/** A list of jump hosts. As in OpenSSH only the first one is reached by its own configuration, each other one through the one before it. */
async function hopsOf(
  jumps: readonly Jump[],
  chain: readonly string[],
  options: ConfigOptions,
): Promise<Hop[]> {
  const hops: Hop[] = [];
  const seen = [...chain];
  for (const [index, { written, host, user, port }] of jumps.entries()) {
    const config = await hostConfig(host, { user, port }, options);
    const id = idOf(config);
    if (seen.includes(id) || seen.length >= maxHops) throw goesRound(seen.includes(id), id, written);
    seen.push(id);
    if (index === 0) hops.push(...(await hopsBefore(config, seen, options)));
    hops.push(hopOf(written, config, options));
  }
  return hops;
}

const goesRound = (round: boolean, id: string, written: string): GuestroomError =>
  new GuestroomError(
    'invalid_argument',
    round
      ? `The way to the host goes round: ${id} comes twice`
      : `The way to the host has more than ${String(maxHops)} hops`,
    { hint: `Write “ProxyJump none” for ${written} in ~/.ssh/config if it is reached directly` },
  );

function hopOf(written: string, config: HostConfig, { host, env = process.env }: ConfigOptions): Hop {
  const { hostName, hostKeyAlias, port, user, identityFiles, identitiesOnly, identityAgent } = config;
  const usual = host.os === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : undefined;
  const agent = identityAgent ?? (env['SSH_AUTH_SOCK'] || usual);
  return {
    written,
    host: hostName,
    port,
    user,
    identityFiles,
    explicitKey: false,
    identitiesOnly,
    agent: agent === 'none' ? undefined : agent,
    methods: [...loginMethods],
    keyName: hostKeyAlias === undefined ? { name: hostName, port } : { name: hostKeyAlias, port: sshPort },
    knownHosts: config.knownHosts,
  };
}

function withParams(hop: Hop, params: ConnectionUri['params'], host: LocalHost): Hop {
  const keyfile = pathParam(params, 'keyfile', host);
  const knownHosts = pathParam(params, 'known_hosts', host);
  return {
    ...hop,
    ...(keyfile === undefined ? {} : { identityFiles: [keyfile], explicitKey: true, identitiesOnly: true }),
    ...(knownHosts === undefined ? {} : { knownHosts: [knownHosts] }),
    methods: methodsOf(params) ?? hop.methods,
  };
}

/** A file on this computer. */
function pathParam(
  params: ConnectionUri['params'],
  name: string,
  { files, paths }: LocalHost,
): string | undefined {
  const written = params.get(name);
  if (written === undefined) return undefined;
  const path = expandTilde(written, paths.home, files);
  if (files.isAbsolute(path)) return path;
  throw invalid(
    `${name} is not the full path of a file: ${written || '(empty)'}`,
    `Write ${name}=/path/to/file`,
  );
}

const invalid = (message: string, hint: string): GuestroomError =>
  new GuestroomError('invalid_argument', message, { hint });

/** undefined where the URI does not say. `none` is what every login begins with. */
function methodsOf(params: ConnectionUri['params']): LoginMethod[] | undefined {
  const text = params.get('sshauth');
  if (text === undefined) return undefined;
  const methods = new Set<LoginMethod>();
  for (const name of text.split(',').map((word) => word.trim().toLowerCase())) {
    const method = loginMethods.find((known) => known === name);
    if (method) methods.add(method);
    else if (name !== 'none')
      throw invalid(
        `There is no way to log in that is called ${name || '(empty)'}`,
        `sshauth takes ${loginMethods.join(', ')} and none, with commas between them`,
      );
  }
  return [...methods];
}

const proxies = ['auto', 'netcat', 'native'] as const;

function proxyOf(params: ConnectionUri['params']): Route['proxy'] {
  const text = params.get('proxy') ?? 'auto';
  const proxy = proxies.find((known) => known === text.toLowerCase());
  if (proxy) return proxy;
  throw invalid(`There is no proxy that is called ${text || '(empty)'}`, `proxy takes ${proxies.join(', ')}`);
}

/** A program over there, whose system we do not know yet; libvirt runs on none with drive letters. */
function netcatOf(params: ConnectionUri['params']): string | undefined {
  const path = params.get('netcat');
  if (path === undefined || /^\/[^\0]+$/.test(path)) return path;
  throw invalid(
    `netcat is not the full path of a program: ${path || '(empty)'}`,
    'Write netcat=/usr/bin/nc, or leave it out',
  );
}

function refuseParams(params: ConnectionUri['params']): void {
  const unverified = (name: string): GuestroomError =>
    new GuestroomError('unsupported', 'The key of a host is always checked', {
      hint: `Leave ${name} out; the key is asked about at the first time`,
    });
  if (!['', '0'].includes(params.get('no_verify') ?? '')) throw unverified('no_verify');
  const verify = params.get('known_hosts_verify')?.toLowerCase() ?? 'normal';
  if (verify === 'ignore') throw unverified('known_hosts_verify=ignore');
  if (verify !== 'normal' && verify !== 'auto')
    throw invalid(
      `There is no way to check keys that is called ${verify}`,
      'known_hosts_verify takes normal and auto',
    );
  if (params.has('command')) {
    throw new GuestroomError('unsupported', 'Guestroom speaks SSH itself and runs no other program for it', {
      hint: 'Leave command out',
    });
  }
}
