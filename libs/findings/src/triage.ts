import type { Triage } from '@throughline/contracts';

/** A triage that nobody may set this way. */
export class TriageRefused extends Error {
  constructor(
    readonly code: 'waiver_required' | 'waived' | 'reason_required' | 'not_new_again',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Whether a person's triage changes anything; throws `TriageRefused`. What says that a finding is no problem needs a
 * reason. Accepting a risk is a waiver: `risk_accepted` comes and goes with it and is never set here.
 */
export function triageChanges(from: Triage, to: Triage, reason: string | undefined): boolean {
  if (to === 'risk_accepted') throw new TriageRefused('waiver_required', 'accepting a risk needs an approver and an end: ask for a waiver');
  if (from === 'risk_accepted') throw new TriageRefused('waived', 'a waiver covers this finding: revoke the waiver to triage it again');
  if (from === to) return false;
  if (to === 'new') throw new TriageRefused('not_new_again', 'a finding that somebody looked at is not new again: use in_triage');
  if (to !== 'in_triage' && (reason ?? '').trim() === '') throw new TriageRefused('reason_required', `say why the finding is ${to}`);
  return true;
}
