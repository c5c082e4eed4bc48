import { findScmProvider } from './registry.ts';
import type { Site } from './provider.ts';

const site: Site = { source: 's1', baseUrl: 'https://git.example' };
const id = (digit: string): string => digit.repeat(40);
const repository = { full_name: 'acme/shop', clone_url: 'https://git.example/acme/shop.git', default_branch: 'main' };
const reviewed = {
  action: 'submitted',
  repository,
  sender: { login: 'eve' },
  pull_request: { number: 7, head: { sha: id('c') } },
  review: { state: 'APPROVED', commit_id: id('b'), user: { login: 'bob' } },
};
const github = findScmProvider('github')!.webhook;
const gitea = findScmProvider('gitea')!.webhook;

describe('a review', () => {
  it('says who thinks what of which commit', () => {
    expect(github.translate('pull_request_review', reviewed, site)).toMatchObject({
      facts: [
        {
          type: 'change.reviewed',
          fields: { repository: 'git.example/acme/shop', source: 's1', number: 7, commit: id('b'), reviewer: 'bob', state: 'approved' },
        },
      ],
    });
  });

  it.each([
    [{ action: 'dismissed' }, 'dismissed'],
    [{ review: { ...reviewed.review, state: 'changes_requested' } }, 'changes_requested'],
    [{ review: { ...reviewed.review, state: 'commented' } }, 'commented'],
  ])('%j is %s', (more, state) => {
    expect(github.translate('pull_request_review', { ...reviewed, ...more }, site)).toHaveProperty('facts.0.fields.state', state);
  });

  it.each([{ action: 'edited' }, { review: { ...reviewed.review, state: 'pending' } }, { review: { state: 'constructor' } }])(
    'ignores %j',
    (more) => {
      expect(github.translate('pull_request_review', { ...reviewed, ...more }, site)).toEqual({ ignored: expect.stringMatching(/\w/) });
    },
  );

  it.each([
    ['pull_request_approved', 'approved'],
    ['pull_request_review_rejected', 'changes_requested'],
  ])('of Gitea is told by the event %s', (event, state) => {
    const payload = { ...reviewed, action: 'reviewed', review: { type: 'x', content: '' } };

    expect(gitea.translate(event, payload, site)).toMatchObject({ facts: [{ fields: { commit: id('c'), reviewer: 'eve', state } }] });
  });
});

describe('a merge queue', () => {
  const asked = {
    action: 'checks_requested',
    repository,
    sender: { login: 'bot' },
    merge_group: {
      head_sha: id('d'),
      head_ref: 'refs/heads/gh-readonly-queue/main/pr-7-x',
      base_sha: id('a'),
      base_ref: 'refs/heads/main',
      head_commit: { id: id('d'), message: 'Merge', author: { name: 'Ada' } },
    },
  };

  it('gets its commit judged like a pushed one', () => {
    expect(github.translate('merge_group', asked, site)).toMatchObject({
      facts: [
        {
          type: 'change.pushed',
          fields: { ref: asked.merge_group.head_ref, before: id('a'), after: id('d'), commits: [{ title: 'Merge' }] },
        },
      ],
    });
  });

  it('that is over asks for nothing', () => {
    expect(github.translate('merge_group', { ...asked, action: 'destroyed' }, site)).toEqual({
      ignored: expect.stringContaining('asks for nothing'),
    });
  });
});
