import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { Ask } from '../../../drivers/api/questions.ts';
import type { HostKeys } from './host-keys.ts';
import { fingerprint, nameInFile, refusal } from './known-hosts.ts';
import type { Hop } from './route.ts';

export interface CheckParts {
  hop: Hop;
  hostKeys: HostKeys;
  ask: Ask | undefined;
  signal: AbortSignal;
}

/**
 * Whether the host is who it should be. Resolves with the key's type and fingerprint; rejects with `host_key` for a key that
 * has changed, was revoked or is not accepted. Only a key that nobody knows is asked about.
 */
export async function checkHostKey(
  key: Uint8Array,
  { hop, hostKeys, ask, signal }: CheckParts,
): Promise<string> {
  const { name, port } = hop.keyName;
  const who = nameInFile(name, port);
  const shown = fingerprint(key);
  const text = `${shown.type} ${shown.text}`;
  const verdict = await hostKeys.check({ name, port, files: hop.knownHosts, key });
  if (verdict.kind === 'known') return text;
  const refused = refusal(verdict, who, key);
  if (refused) throw refused;
  if (!ask) {
    throw new GuestroomError('host_key', `The key of ${who} is not known yet`, {
      detail: text,
      hint: 'Connect once where it can be asked about, or add the key to ~/.ssh/known_hosts',
    });
  }
  const answer = await ask(
    { kind: 'host-key', who, keyType: shown.type, fingerprint: shown.text, again: false },
    signal,
  );
  if (answer?.trust === 'always') await hostKeys.remember(name, port, key);
  else if (answer?.trust === 'once') hostKeys.trustOnce(name, port, key);
  else {
    throw new GuestroomError('host_key', `The key of ${who} was not accepted`, {
      detail: text,
      hint: 'Try again to see it once more',
    });
  }
  return text;
}
