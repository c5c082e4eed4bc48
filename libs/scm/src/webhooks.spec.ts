import { encodeValue, findFact, make } from '@throughline/contracts';
import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { scmProviders } from './registry.ts';
import { WebhookRefused, type Translation } from './provider.ts';
import type { Site } from './provider.ts';

const site: Site = { source: 's1', baseUrl: 'https://git.example' };
const id = (digit: string): string => digit.repeat(40);
const repository = { full_name: 'Acme/Shop', clone_url: 'https://git.example/Acme/Shop.git', default_branch: 'main' };
const push = {
  ref: 'refs/heads/main',
  before: id('a'),
  after: id('b'),
  forced: true,
  repository,
  sender: { login: 'ada' },
  commits: [{ id: id('b'), message: 'feat: x\n\nwhy', author: { name: 'Ada' }, timestamp: '2026-01-02T03:04:05+01:00' }],
};
const change = {
  action: 'opened',
  number: 7,
  repository,
  pull_request: {
    number: 7,
    title: 'Add a thing',
    user: { login: 'ada' },
    head: { sha: id('c'), ref: 'topic', repo: { full_name: 'acme/shop' } },
    base: { sha: id('a'), ref: 'main' },
  },
};

/** Those that took over the form of GitHub's payloads. */
const ofGithubForm = scmProviders.filter(({ name }) => ['github', 'gitea'].includes(name));

const factsOf = (translation: Translation): readonly object[] =>
  'facts' in translation ? translation.facts.map(({ type, fields }) => make(findFact(type)!, fields)) : [];

describe.each(ofGithubForm.map((provider) => [provider.name, provider] as const))('webhooks of %s', (_name, provider) => {
  const translate = (event: string, payload: unknown): Translation => provider.webhook.translate(event, payload, site);

  it('turns a push into a fact addressed by the configured base', () => {
    const [fact] = factsOf(translate('push', push));

    expect(fact).toEqual({
      repository: 'git.example/acme/shop',
      source: 's1',
      ref: 'refs/heads/main',
      before: id('a'),
      after: id('b'),
      defaultBranch: 'main',
      forced: true,
      pusher: 'ada',
      commits: [{ id: id('b'), title: 'feat: x', author: 'Ada', time: '2026-01-02T02:04:05.000Z' }],
    });
  });

  it('leaves out where a new branch was', () => {
    const [fact] = factsOf(translate('push', { ...push, before: id('0') }));

    expect(fact).not.toHaveProperty('before');
  });

  it('takes the commit of an annotated tag, not the tag object', () => {
    const [fact] = factsOf(translate('push', { ...push, ref: 'refs/tags/v1', head_commit: { id: id('d') } }));

    expect(fact).toHaveProperty('after', id('d'));
  });

  it('keeps the newest twenty commits', () => {
    const commits = Array.from({ length: 30 }, (_, index) => ({ id: (index + 16).toString(16).padStart(40, '1') }));
    const newestFirst = provider.name === 'gitea';
    const [fact] = factsOf(translate('push', { ...push, commits: newestFirst ? commits.toReversed() : commits })) as [typeof push];

    expect(fact.commits.map((entry) => entry.id)).toEqual(commits.slice(10).map((entry) => entry.id));
  });

  it.each([
    ['a deleted branch', { ...push, after: id('0') }],
    ['a branch marked deleted', { ...push, deleted: true }],
    ['a push that moves nothing', { ...push, before: push.after }],
    ['a ref that is neither branch nor tag', { ...push, ref: 'refs/notes/x' }],
  ])('ignores %s with a reason', (_what, payload) => {
    expect(translate('push', payload)).toEqual({ ignored: expect.stringMatching(/\w/) });
  });

  it('ignores unknown events and pings with a reason', () => {
    expect(translate('star', {})).toEqual({ ignored: 'event "star" is not used' });
    expect(translate('ping', {})).toEqual({ ignored: expect.stringContaining('ping') });
  });

  it.each(['opened', 'synchronize', 'reopened', 'ready_for_review'])('turns a change request that was %s into a proposal', (action) => {
    const [fact] = factsOf(translate('pull_request', { ...change, action }));

    expect(fact).toMatchObject({
      number: 7,
      head: id('c'),
      headRef: 'refs/heads/topic',
      base: id('a'),
      baseRef: 'refs/heads/main',
      fork: false,
    });
    expect(fact).toHaveProperty('url', `https://git.example/Acme/Shop/${provider.name === 'github' ? 'pull' : 'pulls'}/7`);
  });

  it('sees a fork, also when its repository is gone', () => {
    const head = { ...change.pull_request.head, repo: null };
    const [fact] = factsOf(translate('pull_request', { ...change, pull_request: { ...change.pull_request, head } }));

    expect(fact).toHaveProperty('fork', true);
  });

  it('tells a merge from a close without one', () => {
    const merged = { ...change.pull_request, merged: true, merge_commit_sha: id('e'), merged_by: { login: 'bob' } };

    expect(factsOf(translate('pull_request', { ...change, action: 'closed', pull_request: merged }))).toEqual([
      {
        ...{ repository: 'git.example/acme/shop', source: 's1', number: 7 },
        ...{ commit: id('e'), head: id('c'), baseRef: 'refs/heads/main', mergedBy: 'bob' },
      },
    ]);
    expect(translate('pull_request', { ...change, action: 'closed', sender: { login: 'eve' } })).toMatchObject({
      facts: [{ type: 'change.abandoned', fields: { repository: 'git.example/acme/shop', source: 's1', number: 7, closedBy: 'eve' } }],
    });
  });

  it('proposes again when the request is aimed at another branch, not when its words change', () => {
    expect(factsOf(translate('pull_request', { ...change, action: 'edited', changes: { base: {} } }))).toHaveLength(1);
    expect(factsOf(translate('pull_request', { ...change, action: 'edited', changes: { title: {} } }))).toHaveLength(0);
  });

  it.each([
    ['another origin', 'https://evil.example/Acme/Shop.git'],
    ['another port', 'https://git.example:8443/Acme/Shop.git'],
    ['another repository', 'https://git.example/Acme/Other.git'],
    ['no address', 'file:///etc/passwd'],
  ])('refuses a payload whose clone address is %s', (_what, clone_url) => {
    const payload = { ...push, repository: { ...repository, clone_url } };

    expect(() => translate('push', payload)).toThrow(expect.objectContaining({ code: 'foreign_origin' }));
  });

  it.each(['Shop', '../shop', 'acme/..', 'acme/shop/x', 'acme/sh op', 'acme/shop\n', 7, undefined])(
    'refuses the full name %j',
    (full_name) => {
      const payload = { ...push, repository: { full_name } };

      expect(() => translate('push', payload)).toThrow(expect.objectContaining({ code: 'malformed' }));
    },
  );

  it('gives facts that can be published or refuses, whatever the payload holds', () => {
    const hostile = fc.oneof(
      fc.anything({ maxDepth: 2 }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('__proto__', '\u0000', null, -1, {}, []),
    );
    const places = fc.constantFrom<readonly string[]>(
      ['ref'], ['before'], ['after'], ['commits'], ['sender'], ['repository', 'default_branch'], ['repository', 'full_name'],
      ['action'], ['number'], ['pull_request', 'title'], ['pull_request', 'head'], ['pull_request', 'base'], ['pull_request', 'user'],
    ); // prettier-ignore
    fc.assert(
      fc.property(fc.constantFrom('push', 'pull_request'), places, hostile, (event, place, value) => {
        const payload = replaced({ ...structuredClone(change), ...structuredClone(push) }, place, value);
        try {
          for (const fact of factsOf(translate(event, payload))) encodeValue(fact);
        } catch (error) {
          expect(error).toBeInstanceOf(WebhookRefused);
        }
      }),
    );
  });
});

function replaced(payload: Record<string, unknown>, [first, ...rest]: readonly string[], value: unknown): unknown {
  const inner = payload[first!] as Record<string, unknown>;
  return { ...payload, [first!]: rest.length === 0 ? value : replaced(inner, rest, value) };
}

describe('whose request it is', () => {
  const github = scmProviders.find((provider) => provider.name === 'github')!.webhook;
  const gitea = scmProviders.find((provider) => provider.name === 'gitea')!.webhook;
  const body = Buffer.from('{}');
  const hex = createHmac('sha256', 'k').update(body).digest('hex');
  const githubHeaders = { 'x-github-event': 'push', 'x-github-delivery': 'd1', 'x-hub-signature-256': `sha256=${hex}` };
  const giteaHeaders = { ...githubHeaders, 'x-gitea-event': 'push', 'x-gitea-delivery': 'd2', 'x-gitea-signature': hex };

  it('verifies each provider by its own header', () => {
    expect(github.verify(githubHeaders, body, ['k'], 0)).toBe(0);
    expect(gitea.verify(giteaHeaders, body, ['k'], 0)).toBe(0);
    expect(gitea.verify(githubHeaders, body, ['k'], 0)).toBeUndefined();
    expect(github.verify({ 'x-hub-signature': `sha1=${hex}` }, body, ['k'], 0)).toBeUndefined();
  });

  it.each(['x-gitea', 'x-forgejo', 'x-gogs'])('takes a request of the %s family', (family) => {
    const headers = { [`${family}-event`]: 'push', [`${family}-delivery`]: 'd3', [`${family}-signature`]: hex };

    expect(gitea.verify(headers, body, ['k'], 0)).toBe(0);
    expect(gitea.arrival(headers, {})).toEqual({ event: 'push', deliveryId: 'd3' });
  });

  it('refuses a request of Gitea at a GitHub source, though it has GitHub headers too, and the reverse', () => {
    expect(() => github.arrival(giteaHeaders, {})).toThrow(expect.objectContaining({ code: 'another_provider' }));
    expect(() => gitea.arrival(githubHeaders, {})).toThrow(expect.objectContaining({ code: 'another_provider' }));
    expect(github.arrival(githubHeaders, {})).toEqual({ event: 'push', deliveryId: 'd1' });
  });

  it('refuses a request without a delivery id, and one with two', () => {
    expect(() => github.arrival({ 'x-github-event': 'push' }, {})).toThrow(expect.objectContaining({ code: 'missing_header' }));
    expect(() => github.arrival({ ...githubHeaders, 'x-github-delivery': ['a', 'b'] }, {})).toThrow(
      expect.objectContaining({ code: 'missing_header' }),
    );
  });
});
