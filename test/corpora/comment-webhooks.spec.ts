import { createHmac } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { findScmProvider, type Translation } from '@throughline/scm';
import { corpusText, describeCorpus } from './corpora.ts';

const secret = 'a secret of the hook';

type Kind = 'github' | 'gitea' | 'gitlab' | 'bitbucket';

interface Sample {
  readonly kind: Kind;
  readonly file: string;
  readonly event: string;
  /** Where its text is. */
  readonly text: readonly string[];
  /** What a command in its place would be. */
  readonly becomes: 'given' | 'ignored';
}

const ofGithub = ['comment', 'body'];
const octokit = (file: string): Sample => ({
  ...{
    kind: 'github',
    file: `github-octokit/issue_comment/${file}.payload.json`,
    event: 'issue_comment',
    text: ofGithub,
    becomes: 'ignored',
  },
});

/** Comments on issues, changed and deleted ones are nobody's commands. */
const samples: readonly Sample[] = [
  ...['created', 'created.1', 'created.with-installation', 'created.with-organization', 'deleted', 'edited.with-organization'].map(octokit),
  { kind: 'github', file: 'go-playground/github/pull-request-issue-comment.json', event: 'issue_comment', text: ofGithub, becomes: 'given' },
  { kind: 'gitea', file: 'go-playground/gitea/issue-comment-event.json', event: 'issue_comment', text: ofGithub, becomes: 'ignored' },
  { kind: 'gitea', file: 'go-playground/gogs/issue-comment-event.json', event: 'issue_comment', text: ofGithub, becomes: 'ignored' },
  { kind: 'gitlab', file: 'gitlab/note_merge_request.json', event: 'Note Hook', text: ['object_attributes', 'note'], becomes: 'given' },
  { kind: 'gitlab', file: 'gitlab/note_commit.json', event: 'Note Hook', text: ['object_attributes', 'note'], becomes: 'ignored' },
  { kind: 'gitlab', file: 'go-playground/gitlab/comment-merge-request-event.json', event: 'Note Hook', text: ['object_attributes', 'note'], becomes: 'given' },
  { kind: 'gitlab', file: 'go-playground/gitlab/comment-issue-event.json', event: 'Note Hook', text: ['object_attributes', 'note'], becomes: 'ignored' },
  { kind: 'bitbucket', file: 'go-playground/bitbucket/pull-request-comment-created.json', event: 'pullrequest:comment_created', text: ['comment', 'content', 'raw'], becomes: 'given' },
  { kind: 'bitbucket', file: 'go-playground/bitbucket/pull-request-comment-deleted.json', event: 'pullrequest:comment_deleted', text: ['comment', 'content', 'raw'], becomes: 'ignored' },
  { kind: 'bitbucket', file: 'go-playground/bitbucket-server/pr-comment-deleted.json', event: 'pr:comment:deleted', text: ['comment', 'text'], becomes: 'ignored' },
]; // prettier-ignore

function headersOf(kind: Kind, event: string, body: Buffer): Record<string, string> {
  const hex = createHmac('sha256', secret).update(body).digest('hex');
  switch (kind) {
    case 'github':
      return { 'x-github-event': event, 'x-github-delivery': 'd', 'x-hub-signature-256': `sha256=${hex}` };
    case 'gitea':
      return { 'x-gitea-event': event, 'x-gitea-delivery': 'd', 'x-gitea-signature': hex };
    case 'gitlab':
      return { 'x-gitlab-event': event, 'x-gitlab-event-uuid': 'u', 'x-gitlab-token': secret };
    case 'bitbucket':
      return { 'x-event-key': event, 'x-request-uuid': 'u', 'x-hub-signature': `sha256=${hex}` };
  }
}

/** Sends a payload through verification and translation, as its provider would have signed it. */
function receive({ kind, event }: Sample, body: Buffer): Translation {
  const { webhook } = findScmProvider(kind)!;
  const headers = headersOf(kind, event, body);
  const payload: unknown = JSON.parse(body.toString('utf8'));
  expect(webhook.verify(headers, body, ['another', secret], 0)).toBe(1);
  const site = { source: 's', baseUrl: webhook.siteOf(payload) ?? 'https://nowhere.invalid' };
  return webhook.translate(webhook.arrival(headers, payload).event, payload, site);
}

/** The sample with other words in its comment. */
function saying({ file, text }: Sample, words: string): Buffer {
  const payload = JSON.parse(corpusText(`webhooks/${file}`)) as Record<string, unknown>;
  let here = payload;
  for (const name of text.slice(0, -1)) here = here[name] as Record<string, unknown>;
  here[text.at(-1)!] = words;
  return Buffer.from(JSON.stringify(payload));
}

describeCorpus('webhooks', () => {
  it.each(samples.map((sample) => [sample.file, sample] as const))('%s is accepted, and gives no command', (_, sample) => {
    expect(receive(sample, Buffer.from(corpusText(`webhooks/${sample.file}`)))).toEqual({ ignored: expect.stringMatching(/\w/) });
  });

  it.each(samples.map((sample) => [sample.file, sample] as const))('%s would give one only on a change request', (_, sample) => {
    const read = receive(sample, saying(sample, 'Well.\n/throughline false-positive 2 because it is a test'));

    const command = { verb: 'false-positive', item: 2, reason: 'it is a test' };
    const given = {
      repository: expect.anything(),
      facts: [],
      given: expect.objectContaining({ commands: [command], account: expect.stringMatching(/./) }),
    };
    expect(read).toEqual(sample.becomes === 'given' ? given : { ignored: expect.stringMatching(/\w/) });
  });
});
