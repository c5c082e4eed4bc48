import { matches } from '../branch-pattern.ts';
import { ScmCallFailed, type ConnectTo } from '../client.ts';
import { at, listOf } from '../payload.ts';
import type { RequiredChecks } from '../required-check.ts';
import { callRest } from '../rest.ts';
import { projectPath } from './project-path.ts';

/** GitLab requires all of a pipeline, which our status is part of, or nothing of it; and only of merge requests. */
export function gitlabRequiredChecks(to: ConnectTo): RequiredChecks {
  return async (fullName, branch) => {
    const project = projectPath(fullName);
    const { found, json } = await callRest(to, { method: 'GET', path: [...project] });
    if (!found) throw new ScmCallFailed('there is no such project, or the token may not see it', false, 404);
    const required = at(json, 'only_allow_merge_if_pipeline_succeeds') === true;
    const pushes = required && (await takesPushes(to, project, branch));
    return { required, ...(pushes ? { exempt: ['pushes'] as const } : {}) };
  };
}

/** Whether anybody may push to the branch; of several rules for it the one that allows most counts. A token that may not see them says nothing. */
async function takesPushes(to: ConnectTo, project: readonly string[], branch: string): Promise<boolean> {
  try {
    const path = [...project, 'protected_branches'];
    const { found, json } = await callRest(to, { method: 'GET', path, query: { per_page: '100' } });
    const rules = listOf(json).filter((rule) => matches(at(rule, 'name'), branch));
    return found && (rules.length === 0 || rules.some((rule) => listOf(at(rule, 'push_access_levels')).some(opens)));
  } catch (error) {
    if (error instanceof ScmCallFailed && !error.retryable && (error.status === 403 || error.status === 401)) return false;
    throw error;
  }
}

/** 0 stands for nobody; a person, a group or a key that is named has a level, too. */
function opens(level: unknown): boolean {
  return at(level, 'access_level') !== 0;
}
