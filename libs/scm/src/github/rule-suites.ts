import { ScmCallFailed, type ConnectTo } from '../client.ts';
import { at, isRef, listOf } from '../payload.ts';
import { callRest, repositoryPath } from '../rest.ts';
import type { RuleBypasses } from '../rule-bypass.ts';
import { version } from './version.ts';

/** What was passed over in the last week, a hundred at most; longer ago is no news. */
const passedOver = { time_period: 'week', rule_suite_result: 'bypass', per_page: '100' };

/** By the rule suites of the branch, which only a token that may read the administration of the repository is shown. */
export function githubRuleBypasses(to: ConnectTo): RuleBypasses {
  return async (fullName, ref, commit) => {
    if (!isRef(ref)) return undefined;
    const suites = await suitesOf(to, fullName, ref);
    return suites?.some((suite) => at(suite, 'result') === 'bypass' && at(suite, 'ref') === ref && at(suite, 'after_sha') === commit);
  };
}

/** Undefined where they are not shown: older servers have none, and most tokens may not see them. */
async function suitesOf(to: ConnectTo, fullName: string, ref: string): Promise<readonly unknown[] | undefined> {
  const path = [...repositoryPath(fullName), 'rulesets', 'rule-suites'];
  try {
    const answer = await callRest(to, { method: 'GET', path, query: { ref, ...passedOver }, headers: version });
    return answer.found ? listOf(answer.json) : undefined;
  } catch (error) {
    if (error instanceof ScmCallFailed && !error.retryable && (error.status === 403 || error.status === 401)) return undefined;
    throw error;
  }
}
