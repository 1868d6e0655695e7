import { hostname } from 'node:os';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { Host, HostPaths, ProcessId } from '../../drivers/api/host.ts';
import { localFiles } from './local/files.ts';
import { localArch, localFacts, localLoad, localOs } from './local/machine.ts';
import { type Environment, localPaths, pathSource } from './local/paths.ts';
import { localProcesses } from './local/processes.ts';
import { localPrograms } from './local/programs.ts';
import { connectSocket, findFreePort, openTerminal } from './local/sockets.ts';

export interface LocalHostOptions {
  /** Folders to use in place of the account's own. */
  paths?: Partial<HostPaths>;
  /** The environment that folders are found by and programs get; default is ours. */
  env?: Environment;
}

/** This computer, which also knows who we are. */
export interface LocalHost extends Host {
  /** The identity of this very process. */
  self(): Promise<ProcessId>;
}

/** This computer. Options exist so that several can live on one machine, each in its own folders. */
export function createLocalHost(options: LocalHostOptions = {}): LocalHost {
  const os = localOs();
  const env = options.env ?? process.env;
  const programs = localPrograms(env, (pid) => processes.identify(pid));
  const processes = localProcesses(os, programs.exec);
  return {
    os,
    arch: localArch(),
    local: true,
    hostname: hostname(),
    paths: { ...localPaths(pathSource(os, env)), ...options.paths },
    ...programs,
    alive: processes.alive,
    signal: processes.signal,
    usage: processes.usage,
    connect: connectSocket,
    openDevice: openTerminal,
    freePort: findFreePort,
    files: localFiles,
    load: () => localLoad(os),
    facts: () => localFacts(os),
    async self() {
      const id = await processes.identify(process.pid);
      if (id) return id;
      throw new GuestroomError('internal', 'The system does not list this process');
    },
  };
}
