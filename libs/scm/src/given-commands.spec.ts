import { httpReceiver } from '@throughline/testing';
import { findScmProvider } from './registry.ts';

const text = 'I looked.\n/throughline rerun';
const github = {
  action: 'created',
  repository: { full_name: 'acme/shop', clone_url: 'https://git.example/acme/shop.git' },
  sender: { id: 7, login: 'ada' },
  issue: { number: 12, pull_request: { url: 'x' } },
  comment: { id: 99, body: text, user: { id: 7, login: 'ada', type: 'User' }, performed_via_github_app: null },
};
const gitlab = {
  object_kind: 'note',
  user: { id: 7, username: 'ada' },
  project: { path_with_namespace: 'acme/shop', git_http_url: 'https://git.example/acme/shop.git' },
  object_attributes: { id: 99, note: text, noteable_type: 'MergeRequest', author_id: 7, action: 'create', system: false },
  merge_request: { iid: 12 },
};
const cloud = {
  actor: { uuid: '7', nickname: 'ada', type: 'user' },
  repository: { full_name: 'acme/shop' },
  pullrequest: { id: 12 },
  comment: { id: 99, content: { raw: text }, user: { uuid: '7', nickname: 'ada', type: 'user' } },
};
const dataCenter = {
  actor: { id: 7, name: 'ada', type: 'NORMAL' },
  pullRequest: { id: 12, toRef: { repository: { slug: 'shop', project: { key: 'acme' } } } },
  comment: { id: 99, text, author: { id: 7, name: 'ada', type: 'NORMAL' }, createdDate: 1, updatedDate: 1 },
};
const azure = {
  eventType: 'ms.vss-code.git-pullrequest-comment-event',
  resource: {
    comment: {
      ...{ content: text, author: { id: '7', uniqueName: 'ada' }, commentType: 'text', publishedDate: 'a', lastContentUpdatedDate: 'a' },
      _links: { self: { href: 'https://git.example/x/_apis/git/repositories/1/pullRequests/12/threads/9/comments/1' } },
    },
    pullRequest: {
      pullRequestId: 12,
      repository: { name: 'shop', project: { name: 'acme' }, remoteUrl: 'https://git.example/acme/_git/shop' },
    },
  },
};

/** Changes one place of a payload. */
function changed(payload: object, path: string, value: unknown): object {
  const copy = structuredClone(payload) as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop()!;
  let here = copy;
  for (const name of names) here = here[name] as Record<string, unknown>;
  here[last] = value;
  return copy;
}

const hosts = [
  ['github', 'issue_comment', github, 'https://git.example', 'comment.body'],
  ['gitea', 'issue_comment', github, 'https://git.example', 'comment.body'],
  ['gitlab', 'note', gitlab, 'https://git.example', 'object_attributes.note'],
  ['bitbucket', 'pullrequest:comment_created', cloud, 'https://bitbucket.org', 'comment.content.raw'],
  ['bitbucket', 'pr:comment:added', dataCenter, 'https://git.example', 'comment.text'],
  ['azure-devops', 'ms.vss-code.git-pullrequest-comment-event', azure, 'https://git.example', 'resource.comment.content'],
] as const;

describe.each(hosts)('a comment of %s as %s', (kind, event, payload, baseUrl, place) => {
  const read = (told: object) => findScmProvider(kind)!.webhook.translate(event, told, { source: 's', baseUrl });

  it('gives its commands, with the account that never changes', () => {
    const comment = kind === 'azure-devops' ? '9/1' : '99';

    expect(read(payload)).toMatchObject({
      repository: { fullName: 'acme/shop' },
      facts: [],
      given: { number: 12, comment, account: '7', login: 'ada', commands: [{ verb: 'rerun' }] },
    });
  });

  it.each(['Looks good to me', '> /throughline rerun', '', undefined])('without one is ignored: %j', (words) => {
    expect(read(changed(payload, place, words))).toEqual({ ignored: 'the comment holds no command' });
  });

  it('that we wrote ourselves is ignored', () => {
    const own = `/throughline rerun\n\n[//]: # (throughline tl.example change 12)`;

    expect(read(changed(payload, place, own))).toEqual({ ignored: 'the comment is our own' });
  });
});

describe('a command', () => {
  it.each([
    ['changed', 'github', 'issue_comment', changed(github, 'action', 'edited')],
    ['deleted', 'github', 'issue_comment', changed(github, 'action', 'deleted')],
    ['by a bot', 'github', 'issue_comment', changed(github, 'comment.user.type', 'Bot')],
    ['by an App in the name of somebody', 'github', 'issue_comment', changed(github, 'comment.performed_via_github_app', { id: 1 })],
    ['told by somebody else', 'github', 'issue_comment', changed(github, 'sender.id', 8)],
    ['on an issue', 'github', 'issue_comment', changed(github, 'issue.pull_request', null)],
    ['changed', 'gitlab', 'note', changed(gitlab, 'object_attributes.action', 'update')],
    ['on an issue', 'gitlab', 'note', changed(gitlab, 'object_attributes.noteable_type', 'Issue')],
    ['by a bot of the project', 'gitlab', 'note', changed(gitlab, 'user.username', 'project_5_bot_ab12')],
    ['by another user', 'gitlab', 'note', changed(gitlab, 'user.id', 8)],
    ['by an app', 'bitbucket', 'pullrequest:comment_created', changed(cloud, 'comment.user.type', 'AppUser')],
    ['by another actor', 'bitbucket', 'pullrequest:comment_created', changed(cloud, 'actor.uuid', '8')],
    ['by a service', 'bitbucket', 'pr:comment:added', changed(dataCenter, 'comment.author.type', 'SERVICE')],
    ['changed', 'bitbucket', 'pr:comment:added', changed(dataCenter, 'comment.updatedDate', 2)],
    ['changed', 'azure-devops', azure.eventType, changed(azure, 'resource.comment.lastContentUpdatedDate', 'b')],
    ['by the system', 'azure-devops', azure.eventType, changed(azure, 'resource.comment.commentType', 'system')],
  ])('%s is none: %s %s', (_, kind, event, payload) => {
    const baseUrl = kind === 'bitbucket' && event.startsWith('pullrequest') ? 'https://bitbucket.org' : 'https://git.example';

    expect(findScmProvider(kind)!.webhook.translate(event, payload, { source: 's', baseUrl })).toEqual({
      ignored: expect.stringMatching(/\w/),
    });
  });

  it('needs the id of an account', () => {
    const site = { source: 's', baseUrl: 'https://git.example' };

    expect(() => findScmProvider('github')!.webhook.translate('issue_comment', changed(github, 'comment.user.id', 0), site)).toThrow(
      /user\.id/,
    );
  });
});

describe('a command at Azure DevOps', () => {
  const given = { number: 12, comment: '9/1', account: '7', login: 'ada', commands: [{ verb: 'rerun' as const }] };
  const { comment } = azure.resource;

  it.each([
    ['is there as it was told', comment, true],
    ['has other words there', { ...comment, content: '/throughline rerun all' }, false],
    ['is by another account there', { ...comment, author: { id: '8' } }, false],
    ['was changed there', { ...comment, lastContentUpdatedDate: 'b' }, false],
    ['was taken back', { ...comment, isDeleted: true }, false],
  ])('%s: counts %#', async (_, found, counts) => {
    const server = await httpReceiver();
    server.answer = () => ({ status: 200, body: JSON.stringify(found) });

    expect(await findScmProvider('azure-devops')!.confirmGiven!({ apiUrl: server.origin }, 'acme/shop', given)).toBe(counts);
    expect(server.requests[0]!.path).toContain('/pullRequests/12/threads/9/comments/1');
    await server.close();
  });
});
