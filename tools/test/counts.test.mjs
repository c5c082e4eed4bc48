import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ofJest, ofNodeTest } from './counts.mjs';

describe('counting tests', () => {
  it('counts a suite that did not run as failed', () => {
    const report = JSON.stringify({ numPassedTests: 4, numFailedTests: 1, numRuntimeErrorTestSuites: 2 });
    assert.deepEqual(ofJest(report), { passed: 4, failed: 3 });
  });

  it('reads the last lines of TAP and refuses a report without them', () => {
    assert.deepEqual(ofNodeTest('# tests 5\n# pass 3\n# fail 1\n# cancelled 1\n'), { passed: 3, failed: 2 });
    assert.throws(() => ofNodeTest('TAP version 13\n'), /no counts/);
  });
});
