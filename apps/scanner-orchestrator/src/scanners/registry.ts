import { actionlint } from './actionlint/actionlint.ts';
import { bandit } from './bandit/bandit.ts';
import { checkov } from './checkov/checkov.ts';
import { dependencies } from './dependencies/dependencies.ts';
import { detectSecrets } from './detect-secrets/detect-secrets.ts';
import { gitleaks } from './gitleaks/gitleaks.ts';
import { hadolint } from './hadolint/hadolint.ts';
import { manifests } from './manifests/manifests.ts';
import { njsscan } from './njsscan/njsscan.ts';
import type { Scanner } from './scanner.ts';
import { secretlint } from './secretlint/secretlint.ts';
import { semgrep } from './semgrep/semgrep.ts';
import { zizmor } from './zizmor/zizmor.ts';

/** Every scanner of the platform; a new one is a folder and a line here. */
export const scanners: readonly Scanner[] = [
  ...[secretlint, dependencies, manifests, bandit, zizmor, hadolint],
  // These are heavy or built on the machine, and only run where somebody has asked for them.
  ...[njsscan, semgrep, checkov, detectSecrets, gitleaks, actionlint],
];
