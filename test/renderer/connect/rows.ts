import type { QuestionRow, StepRow, TrialRow } from '../../../preload/attempts.ts';
import type { Probe } from '../../../preload/rows.ts';

export const probe = (rest: Partial<Probe> & Pick<Probe, 'uri'>): Probe => ({
  driver: 'qemu',
  title: 'QEMU',
  state: 'ready',
  summary: 'It runs virtual machines',
  lookedFor: [],
  ...rest,
});

type Row<Kind extends QuestionRow['kind']> = Extract<QuestionRow, { kind: Kind }>;

export const question = (rest: Partial<Row<'credentials'>> = {}): Row<'credentials'> => ({
  id: 'q1',
  kind: 'credentials',
  who: 'libvirt on rack-9:16514',
  again: false,
  since: Date.now(),
  until: Date.now() + 120_000,
  ...rest,
});

export const secrets = (rest: Partial<Row<'secrets'>> = {}): Row<'secrets'> => ({
  ...{ id: 'q1', kind: 'secrets', about: 'password', who: 'ada@rack-9', again: false },
  ...{ prompts: [{ text: '', echo: false }], remember: 'not-here' },
  ...{ since: Date.now(), until: Date.now() + 120_000 },
  ...rest,
});

export const hostKey = (rest: Partial<Row<'host-key'>> = {}): Row<'host-key'> => ({
  ...{ id: 'q1', kind: 'host-key', who: '[rack-9]:2222', keyType: 'ED25519', again: false },
  ...{ fingerprint: 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU' },
  ...{ since: Date.now(), until: Date.now() + 120_000 },
  ...rest,
});

export const steps = (...states: [StepRow['step'], StepRow['state'], Partial<StepRow>?][]): StepRow[] =>
  states.map(([step, state, rest]) => ({ step, state, ...rest }));

export const trial = (rest: Partial<TrialRow> = {}): TrialRow => ({
  id: 't1',
  state: 'running',
  steps: steps(
    ['reach', 'done', { took: 12, detail: 'rack-9:16514' }],
    ['login', 'active'],
    ['list', 'ahead'],
  ),
  ...rest,
});
