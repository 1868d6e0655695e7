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

/** How the connection to a host was made, or the last attempt to make it ended. */
export const ConnectionDetails = v.object({
  steps: v.array(StepRow),
  /** Since when (ms since 1970); undefined: it is not connected. */
  connected: v.optional(v.number()),
  /** Over SSH: user@host[:port] of every host on the way, the host itself last. */
  hops: v.array(v.string()),
});
export type ConnectionDetails = v.InferOutput<typeof ConnectionDetails>;

/** What every question has. Texts of a host are bounded and have no control characters. */
const asked = {
  id: v.string(),
  /** The saved host that is being connected, or the trial. */
  node: v.optional(v.string()),
  trial: v.optional(v.string()),
  /** What asks, as a person knows it. */
  who: v.string(),
  /** The answer before this one was refused. */
  again: v.boolean(),
  /** When it was asked, and until when it may be answered (ms since 1970). */
  since: v.number(),
  until: v.number(),
};

/** What the other side wants from the person, until it is answered or not wanted any more. */
export const QuestionRow = v.variant('kind', [
  v.object({
    ...asked,
    kind: v.literal('credentials'),
    realm: v.optional(v.string()),
    /** The name to begin with. */
    user: v.optional(v.string()),
  }),
  v.object({
    ...asked,
    kind: v.literal('secrets'),
    about: v.picklist(['password', 'passphrase', 'prompts']),
    user: v.optional(v.string()),
    /** The key file that a passphrase opens. */
    file: v.optional(v.string()),
    /** What is asked for, in the host's own words for `prompts`. Echo: it may be seen as it is typed. */
    prompts: v.array(v.object({ text: v.string(), echo: v.boolean() })),
    /** The host's own words before them; may have several lines. */
    instruction: v.optional(v.string()),
    /** Whether the answer can be kept in the system's key store. */
    remember: v.picklist(['possible', 'not-here']),
    /** Why it cannot, as a sentence, where there is a reason to tell. */
    reason: v.optional(v.string()),
  }),
  v.object({
    ...asked,
    kind: v.literal('host-key'),
    /** ED25519, ECDSA, RSA. */
    keyType: v.string(),
    /** SHA256: and base64. */
    fingerprint: v.string(),
  }),
]);
export type QuestionRow = v.InferOutput<typeof QuestionRow>;

/** At most so many secrets in one question. */
export const mostPrompts = 32;
const Secret = v.pipe(v.string(), v.maxLength(4096));

/** What the person says to a question of the same kind. */
export const QuestionAnswer = v.variant('kind', [
  v.object({
    kind: v.literal('credentials'),
    user: v.pipe(v.string(), v.maxLength(255)),
    password: Secret,
  }),
  v.object({
    kind: v.literal('secrets'),
    /** As many as were asked for, in their order. */
    secrets: v.pipe(v.array(Secret), v.maxLength(mostPrompts)),
    /** In the system's key store, once the host has taken it. */
    remember: v.boolean(),
  }),
  v.object({
    kind: v.literal('host-key'),
    /** once: until the program ends. */
    trust: v.picklist(['once', 'always']),
  }),
]);
export type QuestionAnswer = v.InferOutput<typeof QuestionAnswer>;

export const QuestionEvent = v.variant('kind', [
  v.object({ kind: v.literal('snapshot'), questions: v.array(QuestionRow) }),
  v.object({ kind: v.literal('asked'), question: QuestionRow }),
  /** Answered, in whatever window, too late, or its attempt has ended. */
  v.object({ kind: v.literal('withdrawn'), ids: v.array(v.string()) }),
]);
export type QuestionEvent = v.InferOutput<typeof QuestionEvent>;
