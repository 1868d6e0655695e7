import { Readable } from 'node:stream';
import type { Connection } from '../../drivers/api/driver.ts';
import { toGuestroomError } from '../../drivers/api/errors.ts';
import { isActive, refusal } from '../../drivers/api/operations.ts';
import type { BulkOperation } from '../../preload/contract.ts';
import type { Outcome, Target } from '../../preload/rows.ts';
import type { Core } from '../core.ts';
import { refusedFor } from '../../drivers/api/refusals.ts';
import { bounded } from '../../drivers/api/bounded.ts';
import { domainDetail } from './detail.ts';
import { Documents } from './documents.ts';
import type { Implementer } from './implementer.ts';
import { ownedVolumes } from './owned-volumes.ts';
import { documentToEdit, editedDocument } from './screen-passwords.ts';
import { startNetworks } from './start-networks.ts';

/** Operations that run at once when many domains are acted on. */
const atOnce = 16;

export function domainsHandlers(os: Implementer, core: Core) {
  const { nodes, inventory, tasks, consoles } = core;
  const documents = new Documents();
  return os.domains.router({
    detail: os.domains.detail.handler(async ({ input: { node, uuid } }) => {
      const { connection, domain } = nodes.domain(node, uuid);
      const [xml, log] = await Promise.all([
        connection.domains.xml(uuid),
        connection.domains.logPath?.(uuid),
      ]);
      return domainDetail(domain, documents.read(xml), log);
    }),
    xml: os.domains.xml.handler(async ({ input: { node, uuid, inactive } }) => {
      const { connection } = nodes.domain(node, uuid);
      return { xml: inactive ? await documentToEdit(connection, uuid) : await connection.domains.xml(uuid) };
    }),
    check: os.domains.check.handler(({ input: { node, xml } }) =>
      nodes.connection(node).connection.domains.check(xml),
    ),
    define: os.domains.define.handler(async ({ input: { node, xml } }) => {
      const { connection } = nodes.connection(node, 'define');
      return connection.domains.define(await editedDocument(connection, xml, inventory.domains(node)));
    }),
    create: os.domains.create.handler(({ input: { node, xml, paused } }) =>
      nodes.connection(node, 'create').connection.domains.create(xml, { paused: paused ?? false }),
    ),
    act: os.domains.act.handler(({ input: { operation, targets, emulate, forceBoot, networks } }) =>
      bounded(targets, atOnce, (target) =>
        act(core, operation, target, {
          emulate: emulate ?? false,
          forceBoot: forceBoot ?? false,
          networks: networks ?? false,
        }),
      ),
    ),
    volumes: os.domains.volumes.handler(async ({ input: { targets } }) => {
      const byNode = new Map<string, Set<string>>();
      for (const { node, uuid } of targets) {
        const wanted = byNode.get(node) ?? new Set();
        byNode.set(node, wanted.add(nodes.domain(node, uuid).domain.uuid));
      }
      const owned = await bounded([...byNode], 4, ([node, wanted]) =>
        ownedVolumes(node, nodes.connection(node).connection, wanted, inventory.domains(node), documents),
      );
      return {
        volumes: owned.flatMap(({ volumes }) => volumes),
        states: owned.flatMap(({ states }) => states),
      };
    }),
    undefine: os.domains.undefine.handler(({ input: { node, uuid, volumes, keepNvram, destroy } }) => {
      const { connection, domain } = nodes.allowed(node, uuid, 'undefine');
      const force = destroy === true && isActive(domain.state);
      if (force) nodes.allowed(node, uuid, 'destroy');
      const start = { kind: 'undefine', subject: domain.name, node, uuid, cancellable: false } as const;
      const { id } = tasks.start(start, async ({ step }) => {
        step('delete');
        if (force) await connection.domains.destroy(uuid);
        await connection.domains.undefine(uuid, { volumes: volumes ?? [], keepNvram: keepNvram ?? false });
      });
      return { task: id };
    }),
    rename: os.domains.rename.handler(({ input: { node, uuid, name } }) =>
      nodes.allowed(node, uuid, 'rename').connection.domains.rename(uuid, name),
    ),
    setAutostart: os.domains.setAutostart.handler(({ input: { node, uuid, autostart } }) =>
      nodes.allowed(node, uuid, 'setAutostart').connection.domains.setAutostart(uuid, autostart),
    ),
    setMetadata: os.domains.setMetadata.handler(({ input: { node, uuid, title, description } }) =>
      nodes.allowed(node, uuid, 'setMetadata').connection.domains.setMetadata(uuid, {
        ...(title === undefined ? {} : { title }),
        ...(description === undefined ? {} : { description }),
      }),
    ),
    setMemory: os.domains.setMemory.handler(({ input: { node, uuid, bytes, apply } }) =>
      nodes.allowed(node, uuid, 'setMemory').connection.domains.setMemory(uuid, bytes, apply),
    ),
    setMaxMemory: os.domains.setMaxMemory.handler(({ input: { node, uuid, bytes } }) =>
      nodes.allowed(node, uuid, 'setMaxMemory').connection.domains.setMaxMemory(uuid, bytes),
    ),
    setVcpus: os.domains.setVcpus.handler(({ input: { node, uuid, count, apply } }) =>
      nodes.allowed(node, uuid, 'setVcpus').connection.domains.setVcpus(uuid, count, apply),
    ),
    changeMedia: os.domains.changeMedia.handler(({ input: { node, uuid, target, path, force } }) =>
      nodes
        .allowed(node, uuid, 'changeMedia')
        .connection.domains.changeMedia(uuid, target, path, { force: force ?? false }),
    ),
    save: os.domains.save.handler(({ input: { node, uuid, path } }) => {
      const { connection, domain } = nodes.allowed(node, uuid, 'save');
      const { id } = tasks.start(
        { kind: 'save', subject: domain.name, node, uuid, heavy: true },
        async ({ signal, step, progress }) => {
          step('save');
          await connection.domains.save(uuid, path, { signal, onProgress: progress });
        },
      );
      return { task: id };
    }),
    restore: os.domains.restore.handler(({ input: { node, path } }) => {
      const { connection, host } = nodes.connection(node, 'restore');
      const { id } = tasks.start(
        { kind: 'restore', subject: host.files.basename(path), node, heavy: true },
        async ({ signal, step, progress }) => {
          step('restore');
          await connection.domains.restore(path, { signal, onProgress: progress });
        },
      );
      return { task: id };
    }),
    screenshot: os.domains.screenshot.handler(async ({ input: { node, uuid } }) => {
      const { connection } = nodes.allowed(node, uuid, 'screenshot');
      const picture = await connection.domains.screenshot(uuid);
      return { ticket: consoles.offer(Readable.from([picture], { objectMode: false })) };
    }),
    sendKey: os.domains.sendKey.handler(({ input: { node, uuid, keycodes, hold } }) =>
      nodes.allowed(node, uuid, 'sendKey').connection.domains.sendKey(uuid, keycodes, hold),
    ),
    monitor: os.domains.monitor.handler(async ({ input: { node, uuid, command, kind } }) => {
      const { connection } = nodes.allowed(node, uuid, 'qemuMonitorCommand');
      return { reply: await connection.domains.qemuMonitorCommand(uuid, command, kind) };
    }),
  });
}

interface ActOptions {
  emulate: boolean;
  forceBoot: boolean;
  /** Its virtual networks first, where they are off. */
  networks: boolean;
}

async function act(
  { nodes, tasks }: Core,
  operation: BulkOperation,
  { node, uuid }: Target,
  options: ActOptions,
): Promise<Outcome> {
  try {
    const { connection, domain } = nodes.domain(node, uuid);
    const reason = refusal(operation, connection.verdicts, domain);
    if (reason) {
      const error = refusedFor(reason, { node, domain: domain.name });
      return { node, uuid, ok: false, reason, error: error.toData() };
    }
    if (operation === 'managedSave') {
      const { id } = tasks.start(
        { kind: 'managedSave', subject: domain.name, node, uuid, heavy: true },
        async ({ signal, step, progress }) => {
          step('save');
          await connection.domains.managedSave(uuid, { signal, onProgress: progress });
        },
      );
      return { node, uuid, ok: true, task: id };
    }
    if (options.networks) await startNetworks(connection, uuid);
    await perform(connection, operation, uuid, options);
    return { node, uuid, ok: true };
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    error.node ??= node;
    error.domain ??= uuid;
    return { node, uuid, ok: false, error: error.toData() };
  }
}

function perform(
  { domains }: Connection,
  operation: Exclude<BulkOperation, 'managedSave'>,
  uuid: string,
  { networks: _done, ...options }: ActOptions,
): Promise<void> {
  switch (operation) {
    case 'start':
      return domains.start(uuid, options);
    case 'startPaused':
      return domains.start(uuid, { ...options, paused: true });
    case 'shutdown':
      return domains.shutdown(uuid);
    case 'reboot':
      return domains.reboot(uuid);
    case 'reset':
      return domains.reset(uuid);
    case 'destroy':
      return domains.destroy(uuid);
    case 'suspend':
      return domains.suspend(uuid);
    case 'resume':
      return domains.resume(uuid);
    case 'managedSaveRemove':
      return domains.managedSaveRemove(uuid);
  }
}
