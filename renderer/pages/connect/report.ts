import type { ErrorData } from '../../../drivers/api/errors.ts';
import type { StepRow } from '../../../preload/attempts.ts';

export interface Attempt {
  uri: string;
  /** Of Guestroom. */
  version: string | undefined;
  steps: readonly StepRow[];
  error: ErrorData | undefined;
  /** What was found, in one line. */
  found?: string | undefined;
  /** More that is known of it, a line each. */
  more?: readonly string[];
}

/** Parameters of an address that say where something is; whatever else stands there may be somebody's secret. */
const shown: ReadonlySet<string> = new Set([
  ...['socket', 'mode', 'auth', 'pkipath', 'no_verify'],
  ...['jump', 'keyfile', 'known_hosts', 'known_hosts_verify', 'sshauth', 'proxy', 'netcat'],
]);

/** The address without what could be a secret: a password before the host, values of parameters. */
export function withoutSecrets(uri: string): string {
  const [place = '', query] = uri.split(/\?(.*)/s);
  const open = place.replace(/^([^/]*:\/\/[^/:@]*):[^/@]*@/, '$1:…@');
  if (query === undefined) return open;
  const params = query.split('&').map((part) => {
    const [name = ''] = part.split('=');
    return shown.has(name) ? part : `${name}=…`;
  });
  return `${open}?${params.join('&')}`;
}

/** An attempt to connect as text for whoever helps: the same words in every language, and nothing that opens a door. */
export function attemptReport({ uri, version, steps, error, found, more = [] }: Attempt): string {
  const rows = steps.map(({ step, state, took, detail }) =>
    [step.padEnd(9), state.padEnd(8), took === undefined ? '-' : `${String(took)} ms`, detail ?? '']
      .join(' ')
      .trimEnd(),
  );
  return [
    `Guestroom ${version ?? ''}`.trim(),
    withoutSecrets(uri),
    ...rows,
    ...(error ? [`${error.code}: ${error.message}`, error.hint, error.detail] : []),
    found,
    ...more,
  ]
    .filter((line) => line !== undefined && line !== '')
    .join('\n');
}
