import { maybeTextIn, textIn, truthIn, type CiIssuerKind } from '../ci-issuer.ts';

/** Any other build system that says in its tokens which repository, commit and ref a job runs on. */
export const oidc: CiIssuerKind = {
  name: 'oidc',
  title: 'OpenID Connect',
  job(claims, named) {
    const full = textIn(claims, named.ref ?? 'ref');
    return {
      repositoryId: textIn(claims, named.repositoryId ?? 'repository_id'),
      ownerId: textIn(claims, named.ownerId ?? 'owner_id'),
      repository: maybeTextIn(claims, named.repository ?? 'repository'),
      commit: textIn(claims, named.commit ?? 'sha'),
      ref: full.startsWith('refs/') ? full : `refs/heads/${full}`,
      refProtected: truthIn(claims, 'ref_protected'),
      workflow: maybeTextIn(claims, named.workflow ?? 'workflow'),
    };
  },
};
