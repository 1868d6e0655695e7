// The suites of npm test: what each needs, and what a run's report adds up to.

import { stripVTControlCharacters } from 'node:util';

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

/**
 * What vitest's JSON report adds up to. A run that ended badly without a failed test (a file that could not be read, a
 * stray error) is one failure, and so is a run without any test.
 * @param {string | undefined} report
 * @param {number | null} status
 * @returns {Count}
 */
export function countReport(report, status) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(report);
  const broken = testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ file) =>
      file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + broken;
  const empty = numPassedTests + failed === 0;
  return {
    passed: numPassedTests,
    failed: failed === 0 && (status !== 0 || empty) ? 1 : failed,
    skipped: numPendingTests + numTodoTests,
  };
}

/**
 * What failed, for the end of a long output: the test, its file and the first lines of the reason.
 * @param {string | undefined} report vitest's JSON report
 * @returns {string[]}
 */
export function failures(report) {
  if (report === undefined) return [];
  /** @typedef {{ status: string, fullName: string, failureMessages?: string[] }} Test */
  /** @type {{ testResults: { name: string, status: string, message?: string, assertionResults: Test[] }[] }} */
  const { testResults } = JSON.parse(report);
  const brief = (/** @type {string} */ text) =>
    stripVTControlCharacters(text).split('\n').slice(0, 12).join('\n    ');
  return testResults.flatMap(({ name, status, message, assertionResults }) =>
    status === 'failed' && assertionResults.length === 0
      ? [`${name}: could not be run\n    ${brief(message ?? '')}`]
      : assertionResults
          .filter((test) => test.status === 'failed')
          .map((test) => `${name}: ${test.fullName}\n    ${brief(test.failureMessages?.join('\n') ?? '')}`),
  );
}

/** Steps of npm run check, by their closing lines. @param {string} output @param {number | null} status @returns {Count} */
export function countSteps(output, status) {
  // a step's own colours may end on our line
  const plain = stripVTControlCharacters(output);
  const passed = plain.match(/^ok {5}/gm)?.length ?? 0;
  const failed = plain.match(/^FAILED /gm)?.length ?? 0;
  return { passed, failed: failed === 0 && status !== 0 ? 1 : failed, skipped: 0 };
}

/** The last line of npm test. @param {readonly Count[]} counts */
export function totalLine(counts) {
  const sum = (/** @type {keyof Count} */ key) => counts.reduce((total, count) => total + count[key], 0);
  const skipped = sum('skipped');
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
