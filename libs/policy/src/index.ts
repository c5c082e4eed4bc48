export * from './assemble.ts';
export * from './bundle/bundle.ts';
export { EnvelopeRefused, keyIdOf, opened as openEnvelope, signed as signEnvelope, type Envelope } from './bundle/envelope.ts';
export { canonicalJson, digestOf } from './canonical.ts';
export { runCases, type CaseOutcome } from './cases.ts';
export { maxDocumentBytes, readPolicy, readPolicyValue } from './document.ts';
export { evaluate, type Outcome, type Waived } from './evaluate.ts';
export * from './evidence.ts';
export * from './facts.ts';
export { evaluator, type Input } from './input.ts';
export * from './judge.ts';
export { packInput, unpackInput, type PackedInput } from './packed-input.ts';
export { compilePolicy, policyDigest, type Policy, type PolicyDocument } from './policy.ts';
export { placeOf, type NamedFinding, type Reason } from './reason.ts';
export { PolicyRefused, type Flaw } from './refusal.ts';
export { completedScans, sampleFacts, sampleFinding } from './samples.ts';
export { plainText } from './template.ts';
export {
  daysToFix,
  longestWaiverDays,
  loosens,
  tierDefaults,
  toleranceOf,
  unassigned,
  type Exposure,
  type Stance,
  type Tier,
  type Tolerance,
} from './tolerance.ts';
export { waives, type WaivableFinding, type Waiver } from './waiver.ts';
export { weakens } from './weakening.ts';
