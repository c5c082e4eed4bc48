import { at, listOf } from '../payload.ts';
import type { Site, Translation } from '../provider.ts';
import { pushesOf, type ToldPush } from '../push.ts';
import { cloudRepository } from './told.ts';

const folders: Readonly<Record<string, string>> = { branch: 'refs/heads/', tag: 'refs/tags/', annotated_tag: 'refs/tags/' };

/** A push to Bitbucket Cloud: one change for each branch and tag that it moved. */
export function translateCloudPush(payload: unknown, site: Site): Translation {
  const told = listOf(at(payload, 'push', 'changes')).map((change) => toldOf(payload, change));
  return pushesOf(told, { repository: cloudRepository(payload, site), source: site.source, order: 'newest-first' });
}

function toldOf(payload: unknown, change: unknown): ToldPush {
  const [old, now] = [at(change, 'old'), at(change, 'new')];
  return {
    ref: refOf(now ?? old),
    before: at(old, 'target', 'hash'),
    after: at(now, 'target', 'hash'),
    deleted: now === null || at(change, 'closed') === true,
    forced: at(change, 'forced'),
    pusher: ['nickname', 'username', 'display_name'].map((name) => at(payload, 'actor', name)),
    commits: at(change, 'commits'),
  };
}

function refOf(place: unknown): unknown {
  const [type, name] = [at(place, 'type'), at(place, 'name')];
  if (typeof name !== 'string' || typeof type !== 'string') return undefined;
  return `${Object.hasOwn(folders, type) ? folders[type] : `refs/${type}/`}${name}`;
}
