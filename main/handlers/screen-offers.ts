import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import { type Reason, isActive } from '../../drivers/api/operations.ts';
import { reachesInside } from '../../drivers/api/uri.ts';
import { readDomain } from '../../drivers/xml/domain/read.ts';
import type { Graphics } from '../../drivers/xml/domain/types.ts';
import { withVncScreen } from '../../drivers/xml/domain/vnc-screen.ts';
import type { ScreenOffers, Target } from '../../preload/rows.ts';
import { isLoopback, spiceFromHere } from '../consoles/spice-target.ts';
import type { ViewerTarget } from '../consoles/viewer-file.ts';
import type { Core } from '../core.ts';
import { refusedFor } from '../../drivers/api/refusals.ts';
import type { Found } from '../nodes/nodes.ts';

/** What can be done for a machine whose screen cannot be shown in the window. */
export async function screenOffers({ nodes, platform }: Core, { node, uuid }: Target): Promise<ScreenOffers> {
  const found = nodes.domain(node, uuid);
  const reason = refusedVnc(found);
  const planned =
    isActive(found.domain.state) && found.domain.persistent ? await plannedVnc(found) : undefined;
  const inside = planned === undefined || listensInside(planned);
  const program = found.connection.domains.spiceAddress && (await platform.viewer?.find());
  return {
    ...(reason === undefined ? {} : { addVnc: reason }),
    vncNext: planned !== undefined,
    ...(inside && !reachesInside(found.node.uri) ? { outOfReach: true } : {}),
    ...(program === undefined ? {} : { viewer: await viewerOffer(found) }),
  };
}

/** Adds a VNC screen to the definition: a running guest has it from its next start. */
export async function addVnc({ nodes }: Core, { node, uuid }: Target): Promise<void> {
  const found = nodes.domain(node, uuid);
  const reason = refusedVnc(found);
  if (reason !== undefined) throw refusedFor(reason, { node, domain: found.domain.name });
  const { domains } = found.connection;
  // with its passwords, which would be gone from the definition otherwise
  const xml = await domains.xml(uuid, { inactive: true, secure: true });
  const changed = withVncScreen(xml, found.node.uri.embedded);
  if (changed !== xml) await domains.define(changed);
}

/** Opens the SPICE screen in remote-viewer on this computer. The password goes from the node to its file, nowhere else. */
export async function openViewer({ nodes, platform }: Core, { node, uuid }: Target): Promise<void> {
  const found = nodes.domain(node, uuid);
  const { viewer } = platform;
  if (viewer === undefined || found.connection.domains.spiceAddress === undefined)
    throw refusedFor('driver_lacks', { node, domain: found.domain.name });
  await viewer.open(await viewerTarget(found));
}

/** Why the definition cannot be changed. */
function refusedVnc({ connection, domain }: Found): Reason | undefined {
  const verdict = connection.verdicts.define;
  if (verdict.can === 'no') return verdict.reason;
  return domain.persistent ? undefined : 'transient';
}

/** The VNC screen that the next start brings. */
async function plannedVnc({ connection, domain }: Found): Promise<Graphics | undefined> {
  const { devices } = readDomain(await connection.domains.xml(domain.uuid, { inactive: true }));
  return devices.graphics.find(({ type }) => type === 'vnc');
}

/** On its node's loopback or a socket there; libvirt's own choice is the loopback, too. */
function listensInside({ listens: [listen], listen: address, socket }: Graphics): boolean {
  if ((listen?.socket ?? socket) !== undefined || listen?.type === 'socket') return true;
  return isLoopback(listen?.address ?? address ?? '127.0.0.1');
}

async function viewerOffer(found: Found): Promise<NonNullable<ScreenOffers['viewer']>> {
  try {
    await viewerTarget(found);
    return {};
  } catch (thrown) {
    return { error: toGuestroomError(thrown).toData() };
  }
}

async function viewerTarget({ connection, domain, node }: Found): Promise<ViewerTarget> {
  const about = { node: node.id, domain: domain.name };
  if (!isActive(domain.state)) throw refusedFor('not_active', about);
  const address = await connection.domains.spiceAddress?.(domain.uuid);
  if (address === undefined)
    throw new GuestroomError('not_found', 'There is no SPICE screen', { domain: domain.uuid });
  const { uri } = node;
  return { ...spiceFromHere(address, uri.local ? undefined : uri.host), title: domain.name };
}
