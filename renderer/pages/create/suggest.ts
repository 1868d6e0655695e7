import type { Problem } from '../../../preload/create.ts';
import { t } from '../../i18n/index.svelte.ts';
import type { CreateState } from './create.svelte.ts';
import { problemSentence, suggestionLabel } from './fields.ts';

/** What a Field takes of a problem: the sentence at its place and the way out. */
export interface FieldNote {
  error: string | undefined;
  warning: string | undefined;
  action: { label: string; run: () => void } | undefined;
}

export function noteAt(state: CreateState, field: string): FieldNote {
  const problem = state.problemAt(field);
  if (!problem) return { error: undefined, warning: undefined, action: undefined };
  const label = suggestionLabel(problem);
  const sentence = problemSentence(problem);
  const text = label === undefined ? sentence : t.create.sentence(sentence);
  const action = label === undefined ? undefined : { label, run: () => takeSuggestion(state, problem) };
  return problem.level === 'error'
    ? { error: text, warning: undefined, action }
    : { error: undefined, warning: text, action };
}

/** Puts the suggested value into the field that has the problem. */
export function takeSuggestion(state: CreateState, { field, suggestion }: Problem): void {
  if (suggestion === undefined) return;
  const [head = '', key = '', index] = field.split('.');
  if (head === 'disk') state.setDisk({ [key]: suggestion }, field);
  else if (head === 'source') state.setSource({ [key]: suggestion }, field);
  else if (head === 'network' && key === 'forwards') {
    const at = Number(index);
    const forwards = state.choices.network?.forwards ?? [];
    const part = typeof suggestion === 'number' ? { hostPort: suggestion } : { address: String(suggestion) };
    state.setNetwork({ forwards: forwards.map((one, i) => (i === at ? { ...one, ...part } : one)) }, field);
  } else if (head === 'network') state.setNetwork({ [key]: suggestion }, field);
  else state.set({ [head]: suggestion }, field);
}
