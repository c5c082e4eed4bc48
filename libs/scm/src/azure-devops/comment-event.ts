import type { ConnectTo } from '../client.ts';
import { commandsGiven, noCommandIn } from '../given-commands.ts';
import { commandsIn } from '../command-lines.ts';
import { at, firstText, needed, positive } from '../payload.ts';
import type { GivenCommands, Site, Translation } from '../provider.ts';
import { readAzure } from './client.ts';
import { personOf } from './pull-request.ts';
import { azureRepository } from './told.ts';

/** Where a comment is below its pull request, `<thread>/<comment>`. */
const placeForm = /\/threads\/(\d{1,10})\/comments\/(\d{1,10})$/;

/** Reads a comment on a pull request. Nothing signs it: what it says is looked at on the server before it counts. */
export function translateAzureComment(payload: unknown, site: Site): Translation {
  const [comment, request] = [at(payload, 'resource', 'comment'), at(payload, 'resource', 'pullRequest')];
  const text = at(comment, 'content');
  const none = noCommandIn({ text, changed: wasChanged(comment), bot: at(comment, 'commentType') === 'system' });
  if (none !== undefined) return { ignored: none };
  const [, thread, id] = placeForm.exec(String(at(comment, '_links', 'self', 'href'))) ?? [];
  const place = thread === undefined ? undefined : `${thread}/${id}`;
  const told = commandsGiven(azureRepository({ resource: request }, site), String(text), {
    number: needed(positive(at(request, 'pullRequestId')), 'resource.pullRequest.pullRequestId', 'a whole number'),
    comment: needed(place, 'resource.comment._links.self.href', 'the address of a comment: let the subscription send all resource details'),
    account: needed(firstText(at(comment, 'author', 'id')), 'resource.comment.author.id', 'the id of an account'),
    login: personOf(at(comment, 'author')),
  });
  return { ...told, unsure: true };
}

/** Whether the server has this comment, by this account, with these words and never changed. */
export async function isAzureComment(to: ConnectTo, fullName: string, given: GivenCommands): Promise<boolean> {
  const [thread = '', id = ''] = given.comment.split('/');
  const found = await readAzure(to, fullName, 'pullRequests', String(given.number), 'threads', thread, 'comments', id);
  const text = at(found, 'content');
  if (at(found, 'author', 'id') !== given.account || typeof text !== 'string') return false;
  const same = JSON.stringify(commandsIn(text)) === JSON.stringify(given.commands);
  return same && !wasChanged(found) && at(found, 'isDeleted') !== true && at(found, 'commentType') !== 'system';
}

function wasChanged(comment: unknown): boolean {
  const [written, changed] = [at(comment, 'publishedDate'), at(comment, 'lastContentUpdatedDate')];
  return changed !== undefined && written !== changed;
}
