import { commandsGiven, noCommandIn } from '../given-commands.ts';
import { at, firstText, idText, needed, positive } from '../payload.ts';
import type { Site, Translation } from '../provider.ts';
import { cloudRepository, dataCenterRepository } from './told.ts';

/** Reads a comment on a pull request of Bitbucket Cloud; accounts are known by their UUID. */
export function translateCloudComment(payload: unknown, site: Site): Translation {
  const [comment, actor] = [at(payload, 'comment'), at(payload, 'actor')];
  const author = at(comment, 'user') ?? actor;
  const text = at(comment, 'content', 'raw');
  const none = noCommandIn({ text, changed: at(comment, 'deleted') === true, bot: (at(author, 'type') ?? 'user') !== 'user' });
  if (none !== undefined) return { ignored: none };
  const account = needed(firstText(at(author, 'uuid')), 'comment.user.uuid', 'the UUID of an account');
  if (at(actor, 'uuid') !== account) return { ignored: 'the comment was written for somebody else' };
  return commandsGiven(cloudRepository(payload, site), String(text), {
    number: needed(positive(at(payload, 'pullrequest', 'id')), 'pullrequest.id', 'a whole number'),
    comment: needed(idText(at(comment, 'id')), 'comment.id', 'an id'),
    account,
    login: firstText(at(author, 'nickname'), at(author, 'display_name')),
  });
}

/** Reads a comment on a pull request of Bitbucket Data Center. */
export function translateDataCenterComment(payload: unknown, site: Site): Translation {
  const [comment, actor] = [at(payload, 'comment'), at(payload, 'actor')];
  const author = at(comment, 'author');
  const text = at(comment, 'text');
  const changed = at(comment, 'createdDate') !== at(comment, 'updatedDate');
  const none = noCommandIn({ text, changed, bot: (at(author, 'type') ?? 'NORMAL') !== 'NORMAL' });
  if (none !== undefined) return { ignored: none };
  const account = needed(idText(at(author, 'id')), 'comment.author.id', 'the id of an account');
  if (idText(at(actor, 'id')) !== account) return { ignored: 'the comment was written for somebody else' };
  return commandsGiven(dataCenterRepository(payload, site), String(text), {
    number: needed(positive(at(payload, 'pullRequest', 'id')), 'pullRequest.id', 'a whole number'),
    comment: needed(idText(at(comment, 'id')), 'comment.id', 'an id'),
    account,
    login: firstText(at(author, 'name'), at(author, 'displayName')),
  });
}
