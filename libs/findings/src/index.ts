export {
  applyRun,
  detectionOrder,
  detectionOver,
  firstDetection,
  progressAfter,
  type AppliedRun,
  type DetectionChange,
} from './detection.ts';
export * from './finding.ts';
export { present } from './foreign.ts';
export { identityKeys, vulnerabilityKey, withoutVersion, type IdentityKey } from './identity.ts';
export { isMasked, secretPreview } from './masked.ts';
export { MappingRefused, type MappingFlaw } from './mapping/mapping-refused.ts';
export { maxMappingBytes, readMapping } from './mapping/read-mapping.ts';
export type { RawFinding, Redacted } from './raw.ts';
export { headBytes } from './readers/head.ts';
export { readReport, mostRejected } from './readers/read-report.ts';
export type { OpenReport, ReadLine, Rejection, ReportReader } from './readers/reader.ts';
export { recogniseReport, reportFormats, type Recognised } from './readers/recognise.ts';
export { reportReaders } from './readers/registry.ts';
export { ReportRefused, type Place as ReportPlace } from './readers/report-refused.ts';
export { bandit as banditReport } from './readers/bandit/bandit.ts';
export { checkov as checkovReport } from './readers/checkov/checkov.ts';
export { actionlint as actionlintReport } from './readers/actionlint/actionlint.ts';
export { detectSecrets as detectSecretsReport } from './readers/detect-secrets/detect-secrets.ts';
export { gitleaks as gitleaksReport } from './readers/gitleaks/gitleaks.ts';
export { hadolint as hadolintReport } from './readers/hadolint/hadolint.ts';
export { secretTitle } from './readers/secretlint/secret-title.ts';
export { semgrep as semgrepReport } from './readers/semgrep/semgrep.ts';
export { zizmor as zizmorReport } from './readers/zizmor/zizmor.ts';
export { repositoryPath } from './readers/repository-path.ts';
export { riskOf, type Risk, type RiskFactor, type RiskFacts } from './risk.ts';
export { normaliseSnippet } from './snippet.ts';
export { findingFormats } from './writers/registry.ts';
export { sarifResult, sarifRule, sarifSchema, sarifSourceRoot } from './writers/sarif.ts';
export type { ExportHead, FindingFormat, FindingWriter } from './writers/writer.ts';
export { TriageRefused, triageChanges } from './triage.ts';
export { recogniseSbom, sbomFormats } from './sbom/formats.ts';
export { readSbom } from './sbom/read-sbom.ts';
export { mostComponents, type Dependency, type Sbom, type SbomFormat, type SbomHead } from './sbom/sbom.ts';
export { readVex } from './vex/read-vex.ts';
export { mostVexStatements, type VexDocument, type VexStatement } from './vex/vex.ts';
export { vexFormats } from './vex/vex-formats.ts';
export { VexUnsayable, type VexSaying } from './vex/vex-saying.ts';
export { namedBy } from './sbom/package-of.ts';
