import { at, listOf, time } from '../payload.ts';
import type { Site, Translation } from '../provider.ts';
import { pushesOf } from '../push.ts';
import { azureRepository } from './told.ts';

/** Reads a push: one update for each branch and tag that it moved; the commits are those of all together. */
export function translateAzurePush(payload: unknown, site: Site): Translation {
  const resource = at(payload, 'resource');
  const list = listOf(at(resource, 'refUpdates'));
  const told = list.map((update) => ({
    ref: at(update, 'name'),
    before: at(update, 'oldObjectId'),
    after: at(update, 'newObjectId'),
    pusher: ['uniqueName', 'displayName'].map((name) => at(resource, 'pushedBy', name)),
    commits: list.length === 1 ? at(resource, 'commits') : undefined,
    saidAt: time(at(resource, 'date')),
  }));
  const translation = pushesOf(told, { repository: azureRepository(payload, site), source: site.source, order: 'newest-first' });
  return 'ignored' in translation ? translation : { ...translation, unsure: true };
}
