import { commandsGiven, noCommandIn } from '../given-commands.ts';
import { at, firstText, idText, line, needed, positive } from '../payload.ts';
import type { Site, Translation } from '../provider.ts';
import { repositoryAt } from '../site.ts';
import { toldByGitlab } from './push.ts';

/** Reads a note on a merge request. Versions before 16.6 do not say whether it was written or changed, but when. */
export function translateNote(payload: unknown, site: Site): Translation {
  const note = at(payload, 'object_attributes');
  const text = at(note, 'note');
  const action = at(note, 'action');
  const changed = action === undefined ? at(note, 'created_at') !== at(note, 'updated_at') : action !== 'create';
  const bot = at(note, 'system') === true || /^(?:project|group)_\d+_bot/.test(line(at(payload, 'user', 'username'), 100));
  const none = noCommandIn({ text, changed, bot });
  if (none !== undefined) return { ignored: none };
  if (at(note, 'noteable_type') !== 'MergeRequest') return { ignored: 'the note is on no merge request' };
  const account = needed(idText(at(note, 'author_id')), 'object_attributes.author_id', 'the id of an account');
  const who = idText(at(payload, 'user', 'id'));
  if (who !== undefined && who !== account) return { ignored: 'the note was written for somebody else' };
  return commandsGiven(repositoryAt(toldByGitlab(payload), site), String(text), {
    number: needed(positive(at(payload, 'merge_request', 'iid')), 'merge_request.iid', 'a whole number'),
    comment: needed(idText(at(note, 'id')), 'object_attributes.id', 'an id'),
    account,
    login: firstText(at(payload, 'user', 'username'), at(payload, 'user', 'name')),
  });
}
