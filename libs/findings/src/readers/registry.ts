import { mapped } from '../mapping/built-in.ts';
import { actionlint } from './actionlint/actionlint.ts';
import { bandit } from './bandit/bandit.ts';
import { burp } from './burp/burp.ts';
import { checkov } from './checkov/checkov.ts';
import { clair4 } from './clair-4/clair-4.ts';
import { csaf } from './csaf/csaf.ts';
import { cyclonedx } from './cyclonedx/cyclonedx.ts';
import { dependencyCheck } from './dependency-check/dependency-check.ts';
import { detectSecrets } from './detect-secrets/detect-secrets.ts';
import { gitleaks } from './gitleaks/gitleaks.ts';
import { govulncheck } from './govulncheck/govulncheck.ts';
import { grype } from './grype/grype.ts';
import { hadolint } from './hadolint/hadolint.ts';
import { inToto } from './in-toto/in-toto.ts';
import { junit } from './junit/junit.ts';
import { kubescape } from './kubescape/kubescape.ts';
import { nessus } from './nessus/nessus.ts';
import { npmAudit } from './npm-audit/npm-audit.ts';
import { openvex } from './openvex/openvex.ts';
import { osvScanner } from './osv-scanner/osv-scanner.ts';
import { pipAudit } from './pip-audit/pip-audit.ts';
import { prowler } from './prowler/prowler.ts';
import type { ReportReader } from './reader.ts';
import { sarif } from './sarif/sarif.ts';
import { secretlint } from './secretlint/secretlint.ts';
import { semgrep } from './semgrep/semgrep.ts';
import { snyk } from './snyk/snyk.ts';
import { spdx3 } from './spdx-3/spdx-3.ts';
import { spdx } from './spdx/spdx.ts';
import { trivyOperator } from './trivy-operator/trivy-operator.ts';
import { trivy } from './trivy/trivy.ts';
import { yarnAudit } from './yarn-audit/yarn-audit.ts';
import { zap } from './zap/zap.ts';
import { zizmor } from './zizmor/zizmor.ts';

const unwrapped: readonly ReportReader[] = [
  ...[sarif, gitleaks, trivy, grype, npmAudit, pipAudit, semgrep, osvScanner],
  ...[bandit, hadolint, zizmor, secretlint, checkov, detectSecrets, actionlint],
  ...[
    snyk,
    govulncheck,
    kubescape,
    trivyOperator,
    yarnAudit,
    zap,
    dependencyCheck,
    openvex,
    cyclonedx,
    csaf,
    spdx,
    spdx3,
    prowler,
    junit,
    nessus,
    burp,
    clair4,
  ],
  ...['dockle', 'gosec', 'tfsec', 'kube-bench', 'trufflehog', 'harbor', 'gitlab', 'github-secrets', 'github-vulnerability'].map(mapped),
  ...['brakeman', 'kics', 'nuclei', 'sonarqube', 'anchore-engine', 'clair', 'jfrog-xray', 'jfrog-scan', 'nessus-csv', 'prowler-v2'].map(
    mapped,
  ),
  ...['checkstyle', 'pmd', 'spotbugs'].map(mapped),
];

/** Every format of reports; a new one is a folder and a line above. */
export const reportReaders: readonly ReportReader[] = [...unwrapped, inToto(unwrapped)];
