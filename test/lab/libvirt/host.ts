import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { Host } from '../../../drivers/api/host.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';
import type { Libvirtd } from './libvirtd.ts';

/** This computer as one sees it who shares the lab's view: libvirt's usual places are the lab's. */
export function hostOf(lab: Pick<Libvirtd, 'outside'>): Host {
  const local = createLocalHost();
  const { files } = local;
  const at = lab.outside;
  return {
    ...local,
    connect: (address) => local.connect('unix' in address ? { unix: at(address.unix) } : address),
    files: {
      ...files,
      stat: (path) => files.stat(at(path)),
      list: (path) => files.list(at(path)),
      read: (path, max) => files.read(at(path), max),
      readText: (path, max) => files.readText(at(path), max),
      readAt: (path, offset, length) => files.readAt(at(path), offset, length),
      access: (path, mode) => files.access(at(path), mode),
      watch: (path, changed) => files.watch(at(path), changed),
    },
  };
}

/** An account without rights and groups, with folders of its own. */
export const nobody = 65_534;

/** A host as that account meets it: what it runs and opens, it does as that account. */
export async function hostOfNobody(folder: string, lab?: Pick<Libvirtd, 'outside'>): Promise<Host> {
  const base = lab ? hostOf(lab) : createLocalHost();
  const at = (path: string): string => lab?.outside(path) ?? path;
  const home = join(folder, 'home');
  const runtime = join(folder, 'run');
  for (const path of [home, runtime, join(runtime, 'libvirt'), join(folder, 'state')])
    await mkdir(path, { recursive: true, mode: 0o700 });
  await promisify(execFile)('chown', ['-R', String(nobody), folder]);
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: home, XDG_RUNTIME_DIR: runtime };
  const own = createLocalHost({ env, paths: { home, state: join(folder, 'state') } });
  const words = (file: string, args: readonly string[]): string[] => [
    ...[`--reuid=${String(nobody)}`, `--regid=${String(nobody)}`, '--clear-groups', '--', file, ...args],
  ];
  const may = async (flag: string, path: string): Promise<boolean> =>
    (await own.exec('setpriv', words('test', [flag, at(path)]))).status === 0;
  const { files } = base;
  return {
    ...base,
    paths: own.paths,
    exec: (file, args, options) => own.exec('setpriv', words(file, args), options),
    launch: (file, args, options) => own.launch('setpriv', words(file, args), options),
    connect: (address) => asNobody(() => base.connect(address)),
    files: {
      ...files,
      readText: async (path, max) => {
        if (await may('-r', path)) return files.readText(path, max);
        throw new GuestroomError('denied', `Permission denied: ${path}`);
      },
      // the system answers this one for the real account, which is still root
      access: (path, mode) => may({ read: '-r', write: '-w', execute: '-x' }[mode], path),
    },
  };
}

/** The whole process is that account while the work begins: a socket's connect is done by then, and only its end is waited for. */
function asNobody<Value>(work: () => Promise<Value>): Promise<Value> {
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([]);
  process.setegid?.(nobody);
  process.seteuid?.(nobody);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
  }
}
