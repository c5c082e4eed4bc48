import type { CiIssuerKind } from './ci-issuer.ts';
import { githubActions } from './github-actions/github-actions.ts';
import { gitlabCi } from './gitlab-ci/gitlab-ci.ts';
import { oidc } from './oidc/oidc.ts';

/** Build systems whose tokens are taken; a new one is a folder and a line here. */
export const ciIssuerKinds: readonly CiIssuerKind[] = [githubActions, gitlabCi, oidc];
