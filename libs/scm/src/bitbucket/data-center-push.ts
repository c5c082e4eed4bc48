import { at, listOf, time } from '../payload.ts';
import type { Site, Translation } from '../provider.ts';
import { pushesOf, type ToldPush } from '../push.ts';
import { dataCenterRepository } from './told.ts';

/** A push to Bitbucket Data Center: one change for each branch and tag that it moved; commits are told by newer ones, for a single change. */
export function translateDataCenterPush(payload: unknown, site: Site): Translation {
  const list = listOf(at(payload, 'changes'));
  const told = list.map((change) => toldOf(payload, change, list.length === 1));
  const translation = pushesOf(told, { repository: dataCenterRepository(payload, site), source: site.source, order: 'newest-first' });
  if ('ignored' in translation) return translation;
  // What an annotated tag points to is not the commit but the tag: only the server tells the commit.
  const tags = translation.facts.some(({ type, fields }) => type === 'change.pushed' && fields.ref.startsWith('refs/tags/'));
  return tags ? { ...translation, unsure: true } : translation;
}

function toldOf(payload: unknown, change: unknown, single: boolean): ToldPush {
  return {
    ref: at(change, 'refId') ?? at(change, 'ref', 'id'),
    before: at(change, 'fromHash'),
    after: at(change, 'toHash'),
    deleted: at(change, 'type') === 'DELETE',
    pusher: ['name', 'slug', 'displayName'].map((name) => at(payload, 'actor', name)),
    commits: single ? at(payload, 'commits') : undefined,
    saidAt: time(at(payload, 'date')),
  };
}
