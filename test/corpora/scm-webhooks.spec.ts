import { createHmac } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { encodeValue, findFact, make } from '@throughline/contracts';
import { findScmProvider, type ScmFact, type Translation } from '@throughline/scm';
import { corpusFolder, corpusJson, corpusText, describeCorpus } from './corpora.ts';

interface Told {
  readonly eventKey?: string;
  readonly eventType?: string;
  readonly push?: { readonly changes?: readonly { readonly new: object | null }[] };
  readonly changes?: readonly { readonly type: string }[];
  readonly old?: { readonly slug: string };
  readonly new?: { readonly slug: string };
  readonly resource?: { readonly status?: string; readonly repository?: { readonly remoteUrl?: string } };
}

const secret = 'a secret of the hook';

/** The name of an event of Bitbucket Cloud is in a header, which the files are called after. */
const ofCloud: Readonly<Record<string, string>> = {
  'repo-push': 'repo:push', 'repo-fork': 'repo:fork', 'repo-updated': 'repo:updated', 'commit-comment-created': 'repo:commit_comment_created',
  'repo-commit-comment-created': 'repo:commit_comment_created', 'repo-commit-status-created': 'repo:commit_status_created',
  'repo-commit-status-updated': 'repo:commit_status_updated', 'issue-created': 'issue:created', 'issue-updated': 'issue:updated',
  'issue-comment-created': 'issue:comment_created', 'pull-request-created': 'pullrequest:created', 'pull-request-updated': 'pullrequest:updated',
  'pull-request-approved': 'pullrequest:approved', 'pull-request-approval-removed': 'pullrequest:unapproved',
  'pull-request-merged': 'pullrequest:fulfilled', 'pull-request-declined': 'pullrequest:rejected',
  'pull-request-comment-created': 'pullrequest:comment_created', 'pull-request-comment-updated': 'pullrequest:comment_updated',
  'pull-request-comment-deleted': 'pullrequest:comment_deleted',
}; // prettier-ignore

const filesOf = (folder: string): string[] => readdirSync(corpusFolder(`webhooks/go-playground/${folder}`)).sort();

/** Sends a sample through verification and translation, as its provider would have signed it. */
function receive(kind: string, file: string, headersOf: (body: Buffer, told: Told) => Record<string, string>): Translation {
  const { webhook } = findScmProvider(kind)!;
  const body = Buffer.from(corpusText(`webhooks/go-playground/${file}`));
  const told = JSON.parse(body.toString('utf8')) as Told;
  const headers = headersOf(body, told);
  expect(webhook.verify(headers, body, ['another', secret], 0)).toBe(1);
  expect(webhook.verify(headers, body, ['another'], 0)).toBeUndefined();
  const { event } = webhook.arrival(headers, told);
  const baseUrl = webhook.siteOf(told) ?? 'https://nowhere.invalid';
  return webhook.translate(event, told, { source: 's', baseUrl });
}

const hmac = (body: Buffer): string => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** A name that a repository has from now on is no fact: the host is asked whose it is. */
function typesOf(translation: Translation): string {
  if (!('facts' in translation)) return 'ignored';
  return [...new Set(translation.facts.map(({ type }) => type))].join() || 'a name';
}

/** A fact with what the origin adds to it can be published. */
function publishable({ type, fields }: ScmFact): void {
  const full = (value: unknown): unknown => (typeof value === 'string' && /^[0-9a-f]{7,39}$/.test(value) ? value.padEnd(40, '0') : value);
  const whole = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, full(value)]));
  const { defaultBranch = 'main', base = 'a'.repeat(40), ...rest } = whole;
  const added = type === 'change.pushed' ? { defaultBranch } : type === 'change.proposed' ? { defaultBranch, base } : {};
  encodeValue(make(findFact(type)!, { ...rest, ...added }));
}

/** What a sample of Bitbucket should become, by the name of its event. */
function expectedOfBitbucket(event: string, told: Told): string {
  if (event === 'repo:push') return told.push?.changes?.some((change) => change.new) ? 'change.pushed' : 'ignored';
  if (event === 'repo:updated') return 'full_name' in (told.changes ?? {}) ? 'a name' : 'ignored';
  if (event === 'repo:modified') return told.old?.slug === told.new?.slug ? 'ignored' : 'a name';
  if (event === 'repo:refs_changed') return told.changes?.some(({ type }) => type !== 'DELETE') ? 'change.pushed' : 'ignored';
  if (/^(?:pullrequest:(?:created|updated)|pr:(?:opened|from_ref_updated))$/.test(event)) return 'change.proposed';
  if (/^(?:pullrequest:(?:un)?approved|pr:reviewer:(?:approved|unapproved|needs_work))$/.test(event)) return 'change.reviewed';
  if (/^(?:pullrequest:rejected|pr:(?:declined|deleted))$/.test(event)) return 'change.abandoned';
  return /^(?:pullrequest:fulfilled|pr:merged)$/.test(event) ? 'change.merged' : 'ignored';
}

describeCorpus('webhooks', () => {
  it('reads every recorded event of Bitbucket Cloud as what it says', () => {
    const files = filesOf('bitbucket');

    const became = files.map((file) => {
      const event = ofCloud[file.replace(/\.json$/, '')] ?? 'unknown:event';
      const read = receive('bitbucket', `bitbucket/${file}`, (body) => ({
        'x-event-key': event,
        'x-request-uuid': 'u',
        'x-hub-signature': hmac(body),
      }));
      if ('facts' in read) read.facts.forEach(publishable);
      return { file, event, became: typesOf(read) };
    });

    expect(became).toEqual(
      became.map(({ file, event }) => ({
        file,
        event,
        became: expectedOfBitbucket(event, corpusJson(`webhooks/go-playground/bitbucket/${file}`)),
      })),
    );
    expect(files.length).toBeGreaterThan(5);
  });

  it('reads every recorded event of Bitbucket Data Center as what it says', () => {
    const files = filesOf('bitbucket-server');

    const became = files.map((file) => {
      const { eventKey: event = 'diagnostics:ping' } = corpusJson<Told>(`webhooks/go-playground/bitbucket-server/${file}`);
      const read = receive('bitbucket', `bitbucket-server/${file}`, (body) => ({
        'x-event-key': event,
        'x-request-id': 'i',
        'x-hub-signature': hmac(body),
      }));
      if ('facts' in read) read.facts.forEach(publishable);
      return { file, event, became: typesOf(read) };
    });

    expect(became).toEqual(
      became.map(({ file, event }) => ({
        file,
        event,
        became: expectedOfBitbucket(event, corpusJson(`webhooks/go-playground/bitbucket-server/${file}`)),
      })),
    );
    expect(files.length).toBeGreaterThan(5);
  });

  it('reads every recorded event of Azure DevOps as what it says, to be looked at', () => {
    const files = filesOf('azuredevops');

    const became = files.map((file) => {
      const read = receive('azure-devops', `azuredevops/${file}`, () => ({
        authorization: `Basic ${Buffer.from(`hook:${secret}`).toString('base64')}`,
      }));
      if ('facts' in read) read.facts.forEach(publishable);
      return { file, became: typesOf(read), unsure: 'facts' in read ? read.unsure : true };
    });

    expect(became).toEqual(files.map((file) => ({ file, became: expectedOfAzure(file), unsure: true })));
    expect(files.length).toBeGreaterThan(2);
  });
});

function expectedOfAzure(file: string): string {
  const { eventType, resource } = corpusJson<Told>(`webhooks/go-playground/azuredevops/${file}`);
  if (eventType === 'git.push') return 'change.pushed';
  if (!eventType?.startsWith('git.pullrequest.')) return 'ignored';
  if (resource?.status === 'abandoned') return 'change.abandoned';
  return resource?.status === 'completed' ? 'change.merged' : 'change.proposed';
}
