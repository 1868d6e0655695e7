import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection, Logger } from '../../../drivers/api/driver.ts';
import type { Host, HostFiles, ProcessId } from '../../../drivers/api/host.ts';
import { isActive } from '../../../drivers/api/operations.ts';
import { parseUri } from '../../../drivers/api/uri.ts';
import { qemuDriver } from '../../../drivers/qemu/index.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';
import { document, type DocumentParts } from './plan.ts';

/** A host with folders of its own: nothing of it is the account's. */
export interface Ground {
  folder: string;
  host: Host;
  /** A host object of its own on the same folders, as another instance of the app has one. */
  another(): Host;
  open(host?: Host): Promise<Connection>;
  warnings: string[];
  end(): Promise<void>;
}

export async function makeGround(): Promise<Ground> {
  // sockets have short paths
  const folder = await mkdtemp(join(tmpdir(), 'gr-'));
  const paths = {
    data: join(folder, 'data'),
    config: join(folder, 'config'),
    state: join(folder, 'state'),
    cache: join(tmpdir(), 'guestroom-test-cache'),
    runtime: join(folder, 'run'),
  };
  const another = (): Host => createLocalHost({ paths });
  const host = another();
  const warnings: string[] = [];
  const log: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => void warnings.push(message),
  };
  const opened: Connection[] = [];
  const open = async (on = host): Promise<Connection> => {
    const connection = await qemuDriver.open(parseUri('qemu:///embed'), { host: on, readOnly: false, log });
    opened.push(connection);
    return connection;
  };
  return {
    folder,
    host,
    another,
    open,
    warnings,
    async end() {
      const last = await open(another());
      for (const { uuid, state } of await last.domains.list())
        if (isActive(state)) await last.domains.destroy(uuid);
      for (const connection of opened) await connection.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Why the tests with a real QEMU cannot run here; undefined where they can. */
export async function whyNot(): Promise<string | undefined> {
  const ground = await makeGround();
  try {
    const { state, summary } = await qemuDriver.probe(ground.host);
    return state === 'ready' ? undefined : summary;
  } finally {
    await rm(ground.folder, { recursive: true, force: true });
  }
}

/** Until it is so; the deadline only ends a test that would never do. */
export async function until(what: () => boolean | Promise<boolean>, milliseconds = 20_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error(`it did not come to pass: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The least that QEMU runs. */
export const small = (parts: DocumentParts = {}, name = 'guest'): string =>
  document(parts)
    .replace('256</memory>', '32</memory>')
    .replace('<name>guest', `<name>${name}`)
    .replace('<vcpu>2', '<vcpu>1');

/** The process of a running guest, as it is noted beside it. */
export async function processOf(ground: Ground, uuid: string): Promise<ProcessId> {
  const text = await readFile(join(ground.folder, 'run', 'qemu', `${uuid}.json`), 'utf8');
  return (JSON.parse(text) as { process: ProcessId }).process;
}

/** Ends QEMU by force, and waits until the system no longer has it. */
export async function kill(ground: Ground, qemu: ProcessId): Promise<void> {
  process.kill(qemu.pid, 'SIGKILL');
  await until(async () => !(await ground.host.alive(qemu)));
}

/** Another instance's host, some of whose file operations go another way. */
export function hostWith(ground: Ground, change: (files: HostFiles) => Partial<HostFiles>): Host {
  const host = ground.another();
  return { ...host, files: { ...host.files, ...change(host.files) } };
}
