import { toGuestroomError } from '../api/errors.ts';
import { claimIsStale } from './claim.ts';
import type { DocumentStore } from './documents.ts';
import { readLive, type LiveFacts } from './live.ts';
import { removeLogs } from './log.ts';
import type { Toolbox } from './survey.ts';

/**
 * Removes what a run left, unless a new run has begun meanwhile. What a guest keeps from run to run goes with it only
 * where no document is stored: one that cannot be read is one, too.
 */
export async function clearRun(
  { host, layout }: Toolbox,
  store: DocumentStore,
  facts: LiveFacts,
  died: boolean,
): Promise<void> {
  const { files } = host;
  const places = layout.of(facts.uuid);
  if (facts.tpm) await host.signal(facts.tpm, 'SIGTERM');
  const now = await readLive(host, places.liveFacts);
  if (now?.process.pid !== facts.process.pid || now.process.started !== facts.process.started) return;
  if (await claimIsStale(files, places)) await files.remove(places.claim);
  try {
    await files.write(places.claim, '', { exclusive: true });
  } catch (error) {
    const { code } = toGuestroomError(error);
    // another instance is at it
    if (code === 'exists' || code === 'not_found') return;
    throw error;
  }
  const transient = (await store.stamp(facts.uuid)) === undefined;
  await files.remove(places.liveFacts);
  await files.removeTree(places.runtime);
  if (!transient) return;
  if (now.keepNvram !== true) await files.removeTree(places.own);
  // the log of one that died is left to look into
  if (!died) await removeLogs(host, layout.logs, facts.uuid);
}
