import { commandsGiven, noCommandIn } from './given-commands.ts';
import { at, idText, line, needed, positive } from './payload.ts';
import type { Site, Translation } from './provider.ts';
import { repositoryAt, toldByGithubForm } from './site.ts';

/** Reads a comment below a pull request in the form that GitHub gave it, where a pull request is an issue. */
export function translateIssueComment(payload: unknown, site: Site): Translation {
  const [action, comment] = [line(at(payload, 'action'), 64), at(payload, 'comment')];
  const text = at(comment, 'body');
  const bot = at(comment, 'user', 'type') === 'Bot' || (at(comment, 'performed_via_github_app') ?? null) !== null;
  const none = noCommandIn({ text, changed: action !== 'created', bot });
  if (none !== undefined) return { ignored: none };
  if ((at(payload, 'issue', 'pull_request') ?? null) === null) return { ignored: 'the comment is on an issue' };
  const account = needed(idText(at(comment, 'user', 'id')), 'comment.user.id', 'the id of an account');
  if (idText(at(payload, 'sender', 'id')) !== account) return { ignored: 'the comment was written for somebody else' };
  return commandsGiven(repositoryAt(toldByGithubForm(payload), site), String(text), {
    number: needed(positive(at(payload, 'issue', 'number')), 'issue.number', 'a whole number'),
    comment: needed(idText(at(comment, 'id')), 'comment.id', 'an id'),
    account,
    login: at(comment, 'user', 'login'),
  });
}
