export { applyRun, detectionOrder, detectionOver, progressAfter, type AppliedRun, type DetectionChange } from './detection.ts';
export * from './finding.ts';
export { identityKeys, vulnerabilityKey, type IdentityKey } from './identity.ts';
export { isMasked } from './masked.ts';
export { riskOf, type Risk, type RiskFactor, type RiskFacts } from './risk.ts';
export { findingFromSarifResult, type SarifContext } from './sarif.ts';
export type { RuleSet } from './sarif-rule.ts';
export { normaliseSnippet } from './snippet.ts';
export { TriageRefused, triageChanges } from './triage.ts';
