import { ScmCallFailed, type ConnectTo } from '../client.ts';
import { at, idText, isRef, listOf } from '../payload.ts';
import type { RequiredChecks } from '../required-check.ts';
import { callRest, repositoryPath } from '../rest.ts';
import { version } from './version.ts';

/** By the protection of the branch and by the rule sets that hold for it: each may ask for the check, and all have to be content. */
export function githubRequiredChecks(to: ConnectTo): RequiredChecks {
  return async (fullName, branch, check) => {
    if (!isRef(`refs/heads/${branch}`)) return { required: false, apps: [] };
    const repository = repositoryPath(fullName);
    const named = branch.split('/');
    const answer = await callRest(to, { method: 'GET', path: [...repository, 'branches', ...named], headers: version });
    if (!answer.found) throw new ScmCallFailed(`there is no branch ${branch}, or the token may not see it`, false, 404);
    // Older servers have no rule sets.
    const rules = await callRest(to, {
      method: 'GET',
      path: [...repository, 'rules', 'branches', ...named],
      query: { per_page: '100' },
      headers: version,
    });
    const [byProtection, byRules] = [ofProtection(answer.json, check), ofRules(rules.json, check)];
    const asked = [...byProtection, ...byRules];
    // Whom a rule set exempts it does not tell; the protection of a branch says whether it holds for administrators.
    const spares = byProtection.length > 0 && byRules.length === 0 && sparesAdministrators(answer.json);
    const apps = [...new Set(asked.flatMap((app) => app ?? []))];
    return { required: asked.length > 0, apps, ...(spares ? { exempt: ['administrators'] as const } : {}) };
  };
}

/** The App of each requirement; undefined for one that takes anybody's word. */
type Asked = readonly (string | undefined)[];

function ofProtection(branch: unknown, check: string): Asked {
  const asked = at(branch, 'protection', 'required_status_checks');
  if (at(branch, 'protected') === false || at(asked, 'enforcement_level') === 'off') return [];
  const checks = listOf(at(asked, 'checks')).filter((one) => at(one, 'context') === check);
  if (checks.length > 0) return checks.map((one) => appOf(at(one, 'app_id')));
  return listOf(at(asked, 'contexts')).includes(check) ? [undefined] : [];
}

function sparesAdministrators(branch: unknown): boolean {
  return at(branch, 'protection', 'required_status_checks', 'enforcement_level') === 'non_admins';
}

function ofRules(rules: unknown, check: string): Asked {
  return listOf(rules)
    .filter((rule) => at(rule, 'type') === 'required_status_checks')
    .flatMap((rule) => listOf(at(rule, 'parameters', 'required_status_checks')))
    .filter((one) => at(one, 'context') === check)
    .map((one) => appOf(at(one, 'integration_id')));
}

/** -1 stands for any App. */
function appOf(id: unknown): string | undefined {
  const text = idText(id);
  return text === '-1' ? undefined : text;
}
