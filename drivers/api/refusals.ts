import { type ErrorCode, type ErrorOptions, GuestroomError } from './errors.ts';
import type { DomainSummary } from './model.ts';
import { type DomainOperation, type Operation, refusal, type Verdicts } from './operations.ts';
import { type Reason, reasonText } from './reasons.ts';

/** What the hypervisor, the host or the domain itself lacks is `unsupported`; where nothing stands here it is a matter of state. */
const codes: Partial<Record<Reason, ErrorCode>> = {
  driver_lacks: 'unsupported',
  version_lacks: 'unsupported',
  daemon_lacks: 'unsupported',
  tool_missing: 'unsupported',
  no_graphics: 'unsupported',
  no_vnc: 'unsupported',
  no_serial: 'unsupported',
  no_removable: 'unsupported',
  no_balloon: 'unsupported',
  no_agent_channel: 'unsupported',
  read_only: 'read_only',
  busy: 'busy',
};

/** A verdict's reason as an error. */
export const refusedFor = (reason: Reason, options?: ErrorOptions): GuestroomError =>
  new GuestroomError(codes[reason] ?? 'wrong_state', reasonText[reason], options);

/** Throws where nothing on this connection could have it done. */
export function allowAtAll(operation: Operation, verdicts: Verdicts): void {
  const verdict = verdicts[operation];
  if (verdict.can === 'no') throw refusedFor(verdict.reason, { detail: operation });
}

/** Throws where this domain cannot have it done now. */
export function allowOn(operation: DomainOperation, verdicts: Verdicts, domain: DomainSummary): void {
  const reason = refusal(operation, verdicts, domain);
  if (reason === undefined) return;
  throw refusedFor(reason, {
    detail: `${operation}: ${domain.name} is ${domain.state}`,
    domain: domain.uuid,
  });
}
