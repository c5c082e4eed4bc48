import { ownWork } from './own-work.ts';
import { findScmProvider } from './registry.ts';

const id = (digit: string): string => digit.repeat(40);
const site = { source: 's1', baseUrl: 'https://git.example' };
const repository = { full_name: 'acme/shop', clone_url: 'https://git.example/acme/shop.git', default_branch: 'main' };
const merged = (merger: number) => ({
  ...{ action: 'closed', repository, sender: { id: merger, login: 'x' } },
  pull_request: {
    ...{ number: 7, merged: true, merge_commit_sha: id('d'), base: { ref: 'main' } },
    ...{ user: { id: 1, login: 'ada' }, merged_by: { id: merger, login: 'ada' } },
  },
});
const approved = (reviewer: number) => ({
  ...{ action: 'submitted', repository, review: { state: 'APPROVED', commit_id: id('b'), user: { id: reviewer, login: 'ada' } } },
  pull_request: { number: 7, user: { id: 1, login: 'ada' } },
});
const completed = {
  eventType: 'git.pullrequest.merged',
  resource: {
    ...{ pullRequestId: 7, status: 'completed', targetRefName: 'refs/heads/main', lastMergeCommit: { commitId: id('d') } },
    ...{ createdBy: { id: 'u-1', uniqueName: 'ada' }, closedBy: { id: 'u-1', uniqueName: 'ada' } },
    completionOptions: { bypassPolicy: true, bypassReason: 'it burns' },
    repository: { name: 'shop', project: { name: 'acme' }, remoteUrl: 'https://git.example/acme/_git/shop' },
  },
};
const read = (kind: string, event: string, payload: object) => findScmProvider(kind)!.webhook.translate(event, payload, site);

describe('own work', () => {
  it.each([
    [{ id: 1 }, { id: 1 }, { own: true }],
    [{ uuid: '{a}' }, { uuid: '{a}' }, { own: true }],
    [{ id: 7 }, 7, { own: true }],
    [{ id: 1, login: 'ada' }, { id: 2, login: 'ada' }, {}],
    [{ login: 'ada' }, { login: 'ada' }, {}],
    [undefined, undefined, {}],
  ])('is told by the ids of accounts, never by names: %j and %j', (who, author, told) => {
    expect(ownWork(who, author)).toEqual(told);
  });

  it('is noted with a merge and a review', () => {
    expect(read('github', 'pull_request', merged(1))).toHaveProperty('facts.0.fields.own', true);
    expect(read('gitea', 'pull_request', merged(1))).toHaveProperty('facts.0.fields.own', true);
    expect(read('github', 'pull_request_review', approved(1))).toHaveProperty('facts.0.fields.own', true);
    expect(read('github', 'pull_request', merged(2))).not.toHaveProperty('facts.0.fields.own');
    expect(read('github', 'pull_request_review', approved(2))).not.toHaveProperty('facts.0.fields.own');
  });

  it('and a passed-over policy are told by Azure DevOps', () => {
    expect(read('azure-devops', completed.eventType, completed)).toMatchObject({ facts: [{ fields: { own: true, bypass: true } }] });
  });
});
