/** Passed and failed tests of a Jest JSON report; a suite that could not run counts as one failed test. */
export function ofJest(text) {
  const report = JSON.parse(text);
  return { passed: report.numPassedTests, failed: report.numFailedTests + report.numRuntimeErrorTestSuites };
}

/** Passed and failed tests of a TAP report of `node --test`. */
export function ofNodeTest(text) {
  const number = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  const passed = number('pass');
  const failed = number('fail') + number('cancelled');
  if (Number.isNaN(passed) || Number.isNaN(failed)) throw new Error('the report has no counts');
  return { passed, failed };
}
