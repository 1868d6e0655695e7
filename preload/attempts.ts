import * as v from 'valibot';
import { openSteps } from '../drivers/api/opening.ts';
import { ErrorData } from '../drivers/api/errors.ts';

/** What a window is told while a connection is opened: its steps, and what the other side asks the person. */

export const stepStates = ['ahead', 'active', 'waiting', 'done', 'skipped', 'failed'] as const;

/** One step of an attempt, in the order in which they come. */
export const StepRow = v.object({
  step: v.picklist(openSteps),
  /** waiting: for the person's answer; skipped: it was not needed. */
  state: v.picklist(stepStates),
  /** What was found: an address, a cipher, a version; of `list` the number of virtual machines. */
  detail: v.optional(v.string()),
  /** When it began (ms since 1970), while it goes on. */
  since: v.optional(v.number()),
  /** ms, once it has ended. */
  took: v.optional(v.number()),
});
export type StepRow = v.InferOutput<typeof StepRow>;

/** A connection that is only tried. It stays at its last row once it has ended. */
export const TrialRow = v.object({
  /** Questions that it asks carry it. */
  id: v.string(),
  state: v.picklist(['running', 'done', 'failed']),
  steps: v.array(StepRow),
  found: v.optional(
    v.object({
      hostname: v.string(),
      hypervisor: v.string(),
      hypervisorVersion: v.optional(v.string()),
      libvirtVersion: v.optional(v.string()),
      machines: v.number(),
      running: v.number(),
      readOnly: v.boolean(),
    }),
  ),
  error: v.optional(ErrorData),
});
export type TrialRow = v.InferOutput<typeof TrialRow>;

/** A login that the other side wants, until it is answered or not wanted any more. */
export const QuestionRow = v.object({
  id: v.string(),
  kind: v.literal('credentials'),
  /** The saved host that is being connected, or the trial. */
  node: v.optional(v.string()),
  trial: v.optional(v.string()),
  /** What asks, as a person knows it. */
  who: v.string(),
  realm: v.optional(v.string()),
  /** The name to begin with. */
  user: v.optional(v.string()),
  /** The answer before this one was refused. */
  again: v.boolean(),
  /** When it was asked, and until when it may be answered (ms since 1970). */
  since: v.number(),
  until: v.number(),
});
export type QuestionRow = v.InferOutput<typeof QuestionRow>;

export const QuestionEvent = v.variant('kind', [
  v.object({ kind: v.literal('snapshot'), questions: v.array(QuestionRow) }),
  v.object({ kind: v.literal('asked'), question: QuestionRow }),
  /** Answered, in whatever window, too late, or its attempt has ended. */
  v.object({ kind: v.literal('withdrawn'), ids: v.array(v.string()) }),
]);
export type QuestionEvent = v.InferOutput<typeof QuestionEvent>;
