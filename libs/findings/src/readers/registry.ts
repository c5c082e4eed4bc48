import { actionlint } from './actionlint/actionlint.ts';
import { bandit } from './bandit/bandit.ts';
import { checkov } from './checkov/checkov.ts';
import { detectSecrets } from './detect-secrets/detect-secrets.ts';
import { gitleaks } from './gitleaks/gitleaks.ts';
import { grype } from './grype/grype.ts';
import { hadolint } from './hadolint/hadolint.ts';
import { npmAudit } from './npm-audit/npm-audit.ts';
import { osvScanner } from './osv-scanner/osv-scanner.ts';
import { pipAudit } from './pip-audit/pip-audit.ts';
import type { ReportReader } from './reader.ts';
import { sarif } from './sarif/sarif.ts';
import { secretlint } from './secretlint/secretlint.ts';
import { semgrep } from './semgrep/semgrep.ts';
import { trivy } from './trivy/trivy.ts';
import { zizmor } from './zizmor/zizmor.ts';

/** Every format of reports; a new one is a folder and a line here. */
export const reportReaders: readonly ReportReader[] = [
  ...[sarif, gitleaks, trivy, grype, npmAudit, pipAudit, semgrep, osvScanner],
  ...[bandit, hadolint, zizmor, secretlint, checkov, detectSecrets, actionlint],
];
