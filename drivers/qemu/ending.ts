import type { ExitStatus, Host } from '../api/host.ts';
import type { DomainSummary } from '../api/model.ts';
import { asObject, asText } from './json.ts';
import { explainFailure, significantLine } from './failures.ts';
import { runLogTail } from './log.ts';
import type { LiveFacts } from './live.ts';
import type { Places } from './places.ts';

export type Problem = NonNullable<DomainSummary['problem']>;

/** How a guest ended, as a list shows it. */
export interface GuestEnd {
  /** libvirt's word: shutdown, destroyed, crashed, saved, failed. */
  reason: string;
  problem?: Problem;
}

/** Why a guest's process is gone: by what we did, what QEMU announced, what it left behind and what it said. */
export async function describeEnd(
  host: Host,
  places: Places,
  facts: LiveFacts,
  shutdownReason: string | undefined,
  exit: ExitStatus | undefined,
): Promise<GuestEnd> {
  if (facts.ending === 'crashed') {
    const said = await runLogTail(host, places.log, facts.logStart);
    return {
      reason: 'crashed',
      problem: problemOf(said, facts.accelerator, { status: undefined, signal: undefined }),
    };
  }
  if (facts.ending !== undefined) return { reason: facts.ending };
  switch (shutdownReason) {
    case 'guest-shutdown':
    case 'guest-reset':
    case 'subsystem-reset':
      return { reason: 'shutdown' };
    case 'host-qmp-quit':
    case 'host-ui':
    case 'host-signal':
      return { reason: 'destroyed' };
    case 'guest-panic':
      return {
        reason: 'crashed',
        problem: { message: 'The system inside crashed (kernel panic)', code: 'guest_died' },
      };
    default:
      break;
  }
  const said = await runLogTail(host, places.log, facts.logStart);
  const orderly = (await host.files.stat(places.pidFile)) === undefined;
  const signal = exit?.signal ?? undefined;
  const status = exit?.status ?? undefined;
  if (orderly && (status === undefined || status === 0)) {
    return { reason: /terminating on signal/.test(said) ? 'destroyed' : 'shutdown' };
  }
  return { reason: 'crashed', problem: problemOf(said, facts.accelerator, { status, signal }) };
}

export function problemOf(
  said: string,
  accelerator: string,
  end: { status: number | undefined; signal: string | undefined },
): Problem {
  const how =
    end.signal !== undefined
      ? `ended by ${end.signal}`
      : end.status !== undefined
        ? `exit status ${String(end.status)}`
        : 'ended by force';
  const error = explainFailure(said, 'QEMU ended by itself', 'guest_died');
  if (accelerator !== 'tcg' && /internal error|kvm run failed/i.test(said)) {
    return {
      message: `The virtual machine died under hardware acceleration (${accelerator.toUpperCase()}): ${significantLine(said)}`,
      detail: `${said.trim()}\n${how}`,
      hint: 'Start it with emulation: slower, but it runs on every computer',
      code: 'accelerator',
    };
  }
  return {
    message: said.trim() === '' ? `QEMU ended without a word (${how})` : `${error.message} (${how})`,
    ...(said.trim() === '' ? {} : { detail: said.trim().slice(-4000) }),
    hint: error.hint ?? 'Start it again; if it ends again, look into its log',
    code: error.code,
  };
}

/** A problem as it was stored. */
export function readProblem(value: unknown): Problem | undefined {
  const json = asObject(value);
  const message = asText(json['message']);
  if (message === undefined) return undefined;
  const detail = asText(json['detail']);
  const hint = asText(json['hint']);
  const code = asText(json['code']);
  return {
    message,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    ...(code === undefined ? {} : { code }),
  };
}
