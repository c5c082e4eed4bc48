import { matches } from '../branch-pattern.ts';
import type { ConnectTo } from '../client.ts';
import { at, listOf } from '../payload.ts';
import type { Exempt, RequiredChecks } from '../required-check.ts';
import { callRest, repositoryPath } from '../rest.ts';

/** By the rules for its branches; names of branches and of checks are patterns there. */
export function giteaRequiredChecks(to: ConnectTo): RequiredChecks {
  return async (fullName, branch, check) => {
    const { json } = await callRest(to, { method: 'GET', path: [...repositoryPath(fullName), 'branch_protections'] });
    const rules = listOf(json).filter((rule) => matches(at(rule, 'rule_name') ?? at(rule, 'branch_name'), branch));
    const asking = rules.filter((rule) => at(rule, 'enable_status_check') === true);
    const requiring = asking.filter((rule) => listOf(at(rule, 'status_check_contexts')).some((pattern) => matches(pattern, check)));
    const exempt = exemptBy(requiring);
    return { required: requiring.length > 0, ...(exempt.length > 0 ? { exempt } : {}) };
  };
}

/** Which of several rules counts depends on the version: only what all of them say is said. */
function exemptBy(rules: readonly unknown[]): Exempt[] {
  const all = (says: (rule: unknown) => boolean): boolean => rules.length > 0 && rules.every(says);
  return [
    // Older versions do not know it, and merge for administrators whatever is required.
    ...(all((rule) => at(rule, 'block_admin_merge_override') === false) ? (['administrators'] as const) : []),
    ...(all(takesPushes) ? (['pushes'] as const) : []),
  ];
}

function takesPushes(rule: unknown): boolean {
  if (at(rule, 'enable_push') !== true) return false;
  const named = ['push_whitelist_usernames', 'push_whitelist_teams'].some((list) => listOf(at(rule, list)).length > 0);
  return at(rule, 'enable_push_whitelist') !== true || named || at(rule, 'push_whitelist_deploy_keys') === true;
}
