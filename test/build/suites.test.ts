import { describe, expect, it } from 'vitest';
import { missingPackages } from '../../build/packages.mjs';
import { countReport, countSteps, failures, totalLine } from '../../build/suites.mjs';

const report = (counts: object, files: object[] = []) =>
  JSON.stringify({
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: files,
    ...counts,
  });

describe('npm test', () => {
  it('adds up what the suites say', () => {
    expect(countReport(report({ numPassedTests: 5, numPendingTests: 1 }), 0)).toEqual({
      passed: 5,
      failed: 0,
      skipped: 1,
    });
    expect(countReport(report({ numPassedTests: 5, numFailedTests: 2 }), 1).failed).toBe(2);
  });

  it('counts a run that broke as a failure, though no test failed', () => {
    expect(countReport(undefined, 1).failed).toBe(1);
    expect(countReport(report({ numPassedTests: 5 }), 1).failed).toBe(1);
    expect(countReport(report({}), 0).failed).toBe(1);
    const unreadable = [{ status: 'failed', assertionResults: [] }];
    expect(countReport(report({ numPassedTests: 5 }, unreadable), 1).failed).toBe(1);
  });

  it('names what failed, with the reason, for the end of a long output', () => {
    const files = [
      {
        name: '/house/a.test.ts',
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: 'a guest starts' },
          {
            status: 'failed',
            fullName: 'a guest stops',
            failureMessages: ['\u001b[31mexpected off\u001b[39m'],
          },
        ],
      },
      { name: '/house/b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
    ];
    expect(failures(report({}, files))).toEqual([
      '/house/a.test.ts: a guest stops\n    expected off',
      '/house/b.test.ts: could not be run\n    no such module',
    ]);
    expect(failures(undefined)).toEqual([]);
  });

  it('counts the steps of the checks', () => {
    const output = 'ok     prettier (1.0 s)\nFAILED eslint (2.0 s)\nok     tsc (3.0 s)\n';
    expect(countSteps(output, 1)).toEqual({ passed: 2, failed: 1, skipped: 0 });
    expect(countSteps('', 1).failed).toBe(1);
    // svelte-check leaves a colour behind
    expect(countSteps('\u001b[39mok     svelte-check (1.0 s)', 0).passed).toBe(1);
  });

  it('ends with one line', () => {
    const counts = [
      { passed: 3, failed: 0, skipped: 0 },
      { passed: 4, failed: 1, skipped: 0 },
    ];
    expect(totalLine(counts)).toBe('7 passed, 1 failed');
    expect(totalLine([...counts, { passed: 0, failed: 0, skipped: 2 }])).toBe(
      '7 passed, 1 failed, 2 skipped',
    );
  });

  it('knows which packages a suite lacks', () => {
    expect(missingPackages('browser', () => false)).toContain('chromium');
    expect(missingPackages('browser', () => true)).toEqual([]);
    expect(missingPackages('live', (path) => path !== '/usr/bin/swtpm')).toEqual(['swtpm']);
    expect(missingPackages('live', (path) => path !== '/usr/sbin/libvirtd')).toEqual(['libvirt-daemon']);
  });
});
