import { describe, expect, it } from '@jest/globals';
import { triages, type Triage } from '@throughline/contracts';
import fc from 'fast-check';
import { triageChanges, TriageRefused } from './triage.ts';

const code = (from: Triage, to: Triage, reason?: string): string => {
  try {
    return String(triageChanges(from, to, reason));
  } catch (error) {
    return (error as TriageRefused).code;
  }
};

describe('triageChanges', () => {
  it('has one door for accepting a risk, and it is not this one', () => {
    expect(code('new', 'risk_accepted', 'because')).toBe('waiver_required');
    expect(code('risk_accepted', 'new')).toBe('waived');
  });

  it('asks why a finding is said to be no problem', () => {
    expect(code('new', 'false_positive')).toBe('reason_required');
    expect(code('new', 'not_affected', '  ')).toBe('reason_required');
    expect(code('new', 'false_positive', 'test data')).toBe('true');
    expect(code('new', 'in_triage')).toBe('true');
  });

  it('never makes a finding new again', () => {
    expect(code('in_triage', 'new')).toBe('not_new_again');
  });

  it('reaches risk_accepted and new from nowhere, whatever people do', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...triages), fc.option(fc.string(), { nil: undefined }))), (steps) => {
        let state: Triage = 'new';
        for (const [to, reason] of steps) {
          if (code(state, to, reason) !== 'true') continue;
          state = to;
          expect(['in_triage', 'exploitable', 'not_affected', 'false_positive']).toContain(state);
        }
      }),
    );
  });
});
