import { at, firstText, idText, line, listAt } from '../payload.ts';
import type { ToldReach, Translation } from '../provider.ts';
import { isFullName } from '../site.ts';

/** What GitHub tells of an App's reach, and the actions after which it may be another one. */
const events: Readonly<Record<string, readonly string[]>> = {
  installation: ['created', 'deleted', 'suspend', 'unsuspend', 'new_permissions_accepted'],
  installation_repositories: ['added', 'removed'],
  installation_target: ['renamed'],
  repository: ['created', 'deleted', 'renamed', 'transferred', 'archived', 'unarchived', 'privatized', 'publicized'],
};
const mostNames = 1000;

export const reachEvents: ReadonlySet<string> = new Set(Object.keys(events));

/** Nothing of it counts by itself: events overtake each other, so the host is asked what is so now. */
export function translateReach(event: string, payload: unknown): Translation {
  const action = line(at(payload, 'action'), 64);
  if (!events[event]?.includes(action)) return { ignored: `${event} action "${action}" changes nothing that is followed` };
  const installation = idText(at(payload, 'installation', 'id'));
  if (installation === undefined) return { ignored: `${event} ${action}: it does not come from an App` };
  const account = line(accountOf(payload), 100);
  const app = idText(at(payload, 'installation', 'app_id'));
  return {
    ignored: `${event} ${action}: GitHub is asked what the App may see of ${account}; the source says what came of it`,
    reach: {
      installation,
      ...(app === undefined ? {} : { app }),
      account,
      lost: lostBy(event, action, payload),
      deleted: deletedBy(event, action, payload),
      ...renamedBy(event, payload),
    },
  };
}

function accountOf(payload: unknown): string | undefined {
  return firstText(
    at(payload, 'installation', 'account', 'login'),
    at(payload, 'account', 'login'),
    at(payload, 'repository', 'owner', 'login'),
    at(payload, 'organization', 'login'),
  );
}

function lostBy(event: string, action: string, payload: unknown): string[] {
  if (event === 'installation' && (action === 'deleted' || action === 'suspend')) return namesIn(payload, 'repositories');
  return event === 'installation_repositories' ? namesIn(payload, 'repositories_removed') : [];
}

function deletedBy(event: string, action: string, payload: unknown): string[] {
  const name = event === 'repository' && action === 'deleted' ? at(payload, 'repository', 'full_name') : undefined;
  return typeof name === 'string' && isFullName(name) ? [name] : [];
}

/** A repository that is renamed keeps its owner, one that is transferred its name. */
function renamedBy(event: string, payload: unknown): Pick<ToldReach, 'renamed'> {
  if (event !== 'repository') return {};
  const from = at(payload, 'changes', 'owner', 'from');
  const owner = firstText(at(from, 'organization', 'login'), at(from, 'user', 'login'), at(payload, 'repository', 'owner', 'login'));
  const name = firstText(at(payload, 'changes', 'repository', 'name', 'from'), at(payload, 'repository', 'name'));
  const [id, former] = [idText(at(payload, 'repository', 'id')), `${owner}/${name}`];
  const changed = at(payload, 'changes', 'owner') !== undefined || at(payload, 'changes', 'repository', 'name') !== undefined;
  return id === undefined || !changed || !isFullName(former) ? {} : { renamed: { id, former } };
}

function namesIn(payload: unknown, list: string): string[] {
  const names = listAt(payload, list).map((one) => at(one, 'full_name'));
  return names.filter((name): name is string => typeof name === 'string' && isFullName(name)).slice(0, mostNames);
}
