import { at, commit, firstText, line, needed } from '../payload.ts';
import { postedStatus } from '../posted-status.ts';
import type { Site, Translation } from '../provider.ts';
import { statusContext } from '../status.ts';
import { keyOf } from './status.ts';
import { cloudRepository } from './told.ts';

const states: ReadonlyMap<unknown, 'passed' | 'pending'> = new Map([
  ['SUCCESSFUL', 'passed'],
  ['INPROGRESS', 'pending'],
]);

/** Reads the build status of a commit; only its links name the commit. */
export function translateCloudStatus(payload: unknown, site: Site): Translation {
  const status = at(payload, 'commit_status');
  const key = line(at(status, 'key'), 100);
  if (key !== keyOf(statusContext)) return { ignored: `the status "${key}" is not ours` };
  const [, id] = /\/commit\/([0-9a-f]{40})(?:\/|$)/.exec(String(at(status, 'links', 'commit', 'href'))) ?? [];
  return postedStatus(cloudRepository(payload, site), site, {
    commit: needed(commit(at(status, 'commit', 'hash')) ?? commit(id), 'commit_status.links.commit.href', 'the address of a commit'),
    state: states.get(at(status, 'state')) ?? 'failed',
    description: at(status, 'description'),
    url: at(status, 'url'),
    by: line(firstText(at(payload, 'actor', 'nickname'), at(payload, 'actor', 'display_name')), 200),
  });
}
