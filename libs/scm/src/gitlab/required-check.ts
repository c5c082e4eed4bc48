import { ScmCallFailed, type ConnectTo } from '../client.ts';
import { at } from '../payload.ts';
import type { RequiredChecks } from '../required-check.ts';
import { callRest } from '../rest.ts';
import { projectPath } from './project-path.ts';

/** GitLab requires all of a pipeline, which our status is part of, or nothing of it. */
export function gitlabRequiredChecks(to: ConnectTo): RequiredChecks {
  return async (fullName) => {
    const { found, json } = await callRest(to, { method: 'GET', path: [...projectPath(fullName)] });
    if (!found) throw new ScmCallFailed('there is no such project, or the token may not see it', false, 404);
    return { required: at(json, 'only_allow_merge_if_pipeline_succeeds') === true };
  };
}
