import type { ConnectTo } from '../client.ts';
import { at, listOf } from '../payload.ts';
import type { RequiredChecks } from '../required-check.ts';
import { callRest, repositoryPath } from '../rest.ts';

/** By the rules for its branches; names of branches and of checks are patterns there. */
export function giteaRequiredChecks(to: ConnectTo): RequiredChecks {
  return async (fullName, branch, check) => {
    const { json } = await callRest(to, { method: 'GET', path: [...repositoryPath(fullName), 'branch_protections'] });
    const rules = listOf(json).filter((rule) => matches(at(rule, 'rule_name') ?? at(rule, 'branch_name'), branch));
    const asking = rules.filter((rule) => at(rule, 'enable_status_check') === true);
    return { required: asking.some((rule) => listOf(at(rule, 'status_check_contexts')).some((pattern) => matches(pattern, check))) };
  };
}

function matches(pattern: unknown, name: string): boolean {
  if (typeof pattern !== 'string' || pattern.length > 255) return false;
  const parts = pattern.split('*');
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return pattern === name;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, from);
    if (found < 0 || found + part.length > name.length - last.length) return false;
    from = found + part.length;
  }
  return true;
}
