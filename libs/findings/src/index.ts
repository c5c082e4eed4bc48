export * from './finding.ts';
export { isMasked } from './masked.ts';
export { findingFromSarifResult, type SarifContext } from './sarif.ts';
export type { RuleSet } from './sarif-rule.ts';
export { normaliseSnippet } from './snippet.ts';
