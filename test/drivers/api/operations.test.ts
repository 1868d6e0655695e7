import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { domainStates, DomainSummary, type DomainState } from '../../../drivers/api/model.ts';
import {
  ask,
  connectionOperations,
  domainOperations,
  isActive,
  no,
  reasonText,
  refusal,
  yes,
  type DomainOperation,
  type Operation,
  type Reason,
  type Verdicts,
} from '../../../drivers/api/operations.ts';
import { allowAtAll, allowOn, refusedFor } from '../../../drivers/api/refusals.ts';

const operations = Object.keys(domainOperations) as DomainOperation[];
const all: Operation[] = [...operations, ...connectionOperations];
const everything = Object.fromEntries(all.map((operation) => [operation, yes])) as Verdicts;

const domain = (state: DomainState, change: Partial<DomainSummary> = {}): DomainSummary => ({
  uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f',
  name: 'test',
  id: isActive(state) ? 1 : null,
  state,
  persistent: true,
  autostart: false,
  hasManagedSave: false,
  type: 'test',
  vcpus: 1,
  memory: 1024,
  ...change,
});

describe('what a state allows', () => {
  const allowed: Record<DomainState, DomainOperation[]> = {
    running: ['shutdown', 'reboot', 'reset', 'destroy', 'suspend', 'managedSave', 'save', 'openConsole'],
    blocked: ['shutdown', 'reboot', 'reset', 'destroy', 'suspend', 'managedSave', 'save', 'openConsole'],
    paused: ['reset', 'destroy', 'resume', 'managedSave', 'save', 'openConsole'],
    pmsuspended: ['reset', 'destroy', 'resume', 'managedSave', 'save', 'openConsole'],
    shutdown: ['reset', 'destroy', 'managedSave', 'save', 'openConsole'],
    shutoff: ['start', 'startPaused', 'rename', 'setMaxMemory'],
    crashed: ['start', 'startPaused', 'rename', 'setMaxMemory'],
  };
  const ruled = new Set(Object.values(allowed).flat());

  test.each(domainStates)('%s', (state) => {
    const possible = operations.filter(
      (operation) => ruled.has(operation) && refusal(operation, everything, domain(state)) === undefined,
    );
    expect(new Set(possible)).toEqual(new Set(allowed[state]));
  });

  test('a temporary machine is neither undefined, renamed, autostarted nor kept', () => {
    const transient = domain('running', { persistent: false });
    for (const operation of ['undefine', 'setAutostart', 'managedSave'] as const)
      expect(refusal(operation, everything, transient)).toBe('transient');
    expect(refusal('rename', everything, domain('shutoff', { persistent: false }))).toBe('transient');
    expect(refusal('save', everything, transient)).toBeUndefined();
  });

  test('a saved state can be discarded only where there is one', () => {
    expect(refusal('managedSaveRemove', everything, domain('shutoff'))).toBe('no_managed_save');
    expect(
      refusal('managedSaveRemove', everything, domain('shutoff', { hasManagedSave: true })),
    ).toBeUndefined();
  });

  test('the reason names what is nearest: off, paused or running', () => {
    expect(refusal('suspend', everything, domain('shutoff'))).toBe('not_active');
    expect(refusal('suspend', everything, domain('paused'))).toBe('not_running');
    expect(refusal('resume', everything, domain('running'))).toBe('not_paused');
    expect(refusal('start', everything, domain('paused'))).toBe('already_active');
    expect(refusal('rename', everything, domain('running'))).toBe('not_off');
  });
});

describe('how verdicts combine', () => {
  test('the driver’s no comes first, then the state, then the machine’s own refusal', () => {
    const lacking: Verdicts = { ...everything, openGraphics: no('driver_lacks') };
    const refusing = { refused: { openGraphics: 'no_vnc' as const } };
    expect(refusal('openGraphics', lacking, domain('shutoff', refusing))).toBe('driver_lacks');
    expect(refusal('openGraphics', everything, domain('shutoff', refusing))).toBe('not_active');
    expect(refusal('openGraphics', everything, domain('running', refusing))).toBe('no_vnc');
    const asking: Verdicts = { ...everything, openGraphics: ask };
    expect(refusal('openGraphics', asking, domain('running'))).toBeUndefined();
  });

  test('every reason has a text for the person', () => {
    for (const text of Object.values(reasonText)) expect(text).toMatch(/^\p{Lu}.{5,}[^.]$/u);
  });

  test('a refusal always comes from the list of reasons', () => {
    const known = new Set<string>(Object.keys(reasonText));
    for (const operation of operations)
      for (const state of domainStates)
        for (const persistent of [true, false]) {
          const reason: Reason | undefined = refusal(operation, everything, domain(state, { persistent }));
          expect(reason === undefined || known.has(reason)).toBe(true);
        }
  });
});

describe('refusals as errors', () => {
  const refused = (work: () => void): unknown => {
    try {
      work();
    } catch (error) {
      return error;
    }
    return undefined;
  };

  test('tell what is lacking from what only the state forbids', () => {
    expect(refusedFor('driver_lacks')).toMatchObject({
      code: 'unsupported',
      message: reasonText.driver_lacks,
    });
    expect(refusedFor('no_vnc')).toMatchObject({ code: 'unsupported' });
    expect(refusedFor('not_active')).toMatchObject({ code: 'wrong_state' });
    expect(refusedFor('read_only', { node: 'one' })).toMatchObject({ code: 'read_only', node: 'one' });
  });

  test('name the operation, and the machine with its state', () => {
    const readOnly: Verdicts = { ...everything, define: no('read_only') };
    expect(refused(() => allowAtAll('define', readOnly))).toMatchObject({
      code: 'read_only',
      detail: 'define',
    });
    expect(refused(() => allowAtAll('define', everything))).toBeUndefined();
    const off = domain('shutoff');
    expect(refused(() => allowOn('suspend', everything, off))).toMatchObject({
      code: 'wrong_state',
      message: reasonText.not_active,
      detail: 'suspend: test is shutoff',
      domain: off.uuid,
    });
    expect(refused(() => allowOn('suspend', everything, domain('running')))).toBeUndefined();
  });
});

describe('types', () => {
  test('a driver that forgets an operation does not compile', () => {
    const { start: _start, ...forgetful } = everything;
    // @ts-expect-error an operation is missing
    const incomplete: Verdicts = forgetful;
    // @ts-expect-error a word that is no operation
    const invented: Verdicts = { ...everything, teleport: yes };
    // @ts-expect-error a no without a reason
    const silent: Verdicts = { ...everything, start: { can: 'no' } };
    expect([incomplete, invented, silent].map((one) => Object.keys(one).length)).toEqual([
      all.length - 1,
      all.length + 1,
      all.length,
    ]);
  });

  test('a row of the list fits its own schema', () => {
    expect(v.parse(DomainSummary, domain('running'))).toEqual(domain('running'));
    expect(v.safeParse(DomainSummary, domain('running', { uuid: 'not one' })).success).toBe(false);
  });
});
