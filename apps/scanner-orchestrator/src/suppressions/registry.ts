import { dependencyCheck } from './readers/dependency-check.ts';
import { gitleaksConfig, gitleaksIgnore } from './readers/gitleaks.ts';
import { grype } from './readers/grype.ts';
import { ignoredPaths } from './readers/ignored-paths.ts';
import { inlineComments } from './readers/comments.ts';
import { npmAudit } from './readers/npm-audit.ts';
import { osvScanner } from './readers/osv-scanner.ts';
import { ruleLists } from './readers/rule-lists.ts';
import { secretsBaseline } from './readers/secrets-baseline.ts';
import { snyk } from './readers/snyk.ts';
import { trivyIgnore, trivyIgnoreYaml } from './readers/trivy.ts';
import type { SuppressionReader } from './suppression.ts';

/** Every form in which a repository asks a scanner to say nothing; a new one is a file and a line here. */
export const suppressionReaders: readonly SuppressionReader[] = [
  ...[gitleaksIgnore, gitleaksConfig, trivyIgnore, trivyIgnoreYaml, osvScanner, snyk, grype, npmAudit],
  ...[secretsBaseline, ignoredPaths, ruleLists, dependencyCheck, inlineComments],
];

/** Changes with what the readers make of a file: what was read before is then read again. */
export const readersVersion = 1;
