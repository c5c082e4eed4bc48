import { maybeTextIn, textIn, truthIn, type CiIssuerKind } from '../ci-issuer.ts';

/** Jobs of GitLab CI with `id_tokens`. */
export const gitlabCi: CiIssuerKind = {
  name: 'gitlab-ci',
  title: 'GitLab CI',
  idsOfHost: true,
  job(claims) {
    const source = textIn(claims, 'pipeline_source');
    const job = maybeTextIn(claims, 'job_id');
    const folder = textIn(claims, 'ref_type') === 'tag' ? 'tags' : 'heads';
    return {
      repositoryId: textIn(claims, 'project_id'),
      ownerId: textIn(claims, 'namespace_id'),
      repository: maybeTextIn(claims, 'project_path'),
      commit: textIn(claims, 'sha'),
      ref: maybeTextIn(claims, 'ref_path') ?? `refs/${folder}/${textIn(claims, 'ref')}`,
      refProtected: truthIn(claims, 'ref_protected'),
      workflow: maybeTextIn(claims, 'ci_config_ref_uri'),
      // A pipeline of a change request from a fork runs in the parent project.
      ...(byOutsiders.has(source) ? { outside: `it runs on ${source}` } : {}),
      ...(job === undefined ? {} : { run: `job ${job}` }),
    };
  },
};

const byOutsiders = new Set(['merge_request_event', 'external_pull_request_event', 'chat']);
