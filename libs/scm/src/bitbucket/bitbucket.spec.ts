import { createHmac } from 'node:crypto';
import { encodeValue, findFact, make } from '@throughline/contracts';
import fc from 'fast-check';
import { WebhookRefused, type ScmFact, type Site, type Translation } from '../provider.ts';
import { bitbucket } from './bitbucket.ts';

const { webhook } = bitbucket;
const cloud: Site = { source: 's1', baseUrl: 'https://bitbucket.org' };
const own: Site = { source: 's1', baseUrl: 'https://code.example' };
const id = (digit: string): string => digit.repeat(40);

const account = { nickname: 'ada', display_name: 'Ada', uuid: '{1}' };
const branch = (name: string, hash: string): object => ({ type: 'branch', name, target: { hash } });
const change = (old: object | null, now: object | null, more: object = {}): object => ({
  old,
  new: now,
  created: old === null,
  closed: now === null,
  forced: false,
  commits: [],
  ...more,
});
const push = (...changes: object[]): Record<string, unknown> => ({
  actor: account,
  repository: { full_name: 'Acme/shop', links: { html: { href: 'https://bitbucket.org/Acme/shop' } } },
  push: { changes },
});
const pullRequest = (more: object = {}): Record<string, unknown> => ({
  actor: { nickname: 'bob' },
  repository: { full_name: 'acme/shop' },
  pullrequest: {
    id: 7,
    title: 'Add a thing',
    author: account,
    source: { branch: { name: 'topic' }, commit: { hash: 'c'.repeat(12) }, repository: { full_name: 'acme/shop' } },
    destination: { branch: { name: 'master' }, commit: { hash: 'a'.repeat(12) }, repository: { full_name: 'acme/shop' } },
    merge_commit: { hash: 'e'.repeat(12) },
    closed_by: { nickname: 'eve' },
    ...more,
  },
});
const factsOf = (translation: Translation): readonly ScmFact[] => ('facts' in translation ? translation.facts : []);

describe('a request of Bitbucket', () => {
  const body = Buffer.from('{"a":1}');
  const hex = createHmac('sha256', 'k').update(body).digest('hex');
  const headers = { 'x-event-key': 'repo:push', 'x-request-uuid': 'u1', 'x-hub-signature': `sha256=${hex}` };

  it('is believed by the signature over its raw body, by any of the secrets', () => {
    expect(webhook.verify(headers, body, ['another', 'k'], 0)).toBe(1);
  });

  it.each([
    ['nothing', {}],
    ['the bare digest', { 'x-hub-signature': hex }],
    ['a digest that calls itself SHA-1', { 'x-hub-signature': `sha1=${hex}` }],
    ["GitHub's header", { 'x-hub-signature-256': `sha256=${hex}` }],
    ['the signature of another body', { 'x-hub-signature': `sha256=${createHmac('sha256', 'k').update('{}').digest('hex')}` }],
    ['two signatures', { 'x-hub-signature': [`sha256=${hex}`, `sha256=${hex}`] }],
  ])('is not believed with %s', (_what, sent) => {
    expect(webhook.verify({ 'x-event-key': 'repo:push', 'x-request-uuid': 'u1', ...sent }, body, ['k'], 0)).toBeUndefined();
  });

  it('is known again by the id of the request, of the Cloud and of a Data Center', () => {
    expect(webhook.arrival(headers, {})).toEqual({ event: 'repo:push', deliveryId: 'u1' });
    expect(webhook.arrival({ 'x-event-key': 'pr:opened', 'x-request-id': 'i1' }, {})).toEqual({ event: 'pr:opened', deliveryId: 'i1' });
    expect(() => webhook.arrival({ 'x-event-key': 'repo:push' }, {})).toThrow(expect.objectContaining({ code: 'missing_header' }));
    expect(() => webhook.arrival({ 'x-github-event': 'push', 'x-request-id': 'i1' }, {})).toThrow(
      expect.objectContaining({ code: 'another_provider' }),
    );
  });

  it.each(['diagnostics:ping', 'repo:fork', 'issue:created', 'pullrequest:comment_created', 'pr:comment:added', 'constructor'])(
    'of the event %s is ignored with a reason',
    (event) => {
      expect(webhook.translate(event, { test: true }, own)).toEqual({ ignored: expect.stringMatching(/\w/) });
    },
  );
});

describe('a push to Bitbucket Cloud', () => {
  const translate = (payload: object): Translation => webhook.translate('repo:push', payload, cloud);

  it('becomes a fact below bitbucket.org, with its commits oldest first', () => {
    const commits = [
      { hash: id('b'), message: 'second\n', date: '2026-01-02T03:04:05+01:00', author: { raw: 'Ada <a@b>' } },
      { hash: id('c'), message: 'first\n', author: { display_name: 'Ada' } },
    ];

    expect(translate(push(change(branch('main', id('a')), branch('main', id('b')), { commits })))).toMatchObject({
      repository: { id: 'bitbucket.org/acme/shop', fullName: 'Acme/shop', url: 'https://bitbucket.org/Acme/shop' },
      facts: [
        {
          type: 'change.pushed',
          fields: {
            ref: 'refs/heads/main',
            before: id('a'),
            after: id('b'),
            forced: false,
            pusher: 'ada',
            commits: [
              { id: id('c'), title: 'first', author: 'Ada' },
              { id: id('b'), title: 'second', author: 'Ada <a@b>', time: '2026-01-02T02:04:05.000Z' },
            ],
          },
        },
      ],
    });
  });

  it('of several branches and tags is a fact for each that is there afterwards', () => {
    const facts = factsOf(
      translate(
        push(
          change(null, branch('feature/x', id('b'))),
          change(branch('old', id('a')), null),
          change(branch('main', id('a')), branch('main', id('c')), { forced: true }),
          change(null, { type: 'tag', name: 'v1', target: { hash: id('d') } }),
        ),
      ),
    );

    expect(facts.map(({ fields }) => fields)).toMatchObject([
      { ref: 'refs/heads/feature/x', after: id('b') },
      { ref: 'refs/heads/main', after: id('c'), forced: true },
      { ref: 'refs/tags/v1', after: id('d') },
    ]);
    expect(facts[0]!.fields).not.toHaveProperty('before');
  });

  it.each([
    ['a deleted branch', [change(branch('old', id('a')), null)]],
    ['a bookmark', [change(null, { type: 'bookmark', name: 'x', target: { hash: id('a') } })]],
    ['no change', []],
  ])('of %s is ignored with a reason', (_what, changes) => {
    expect(translate(push(...changes))).toEqual({ ignored: expect.stringMatching(/\w/) });
  });

  it('of more refs than anybody follows is bounded', () => {
    const many = Array.from({ length: 1500 }, (_, index) => change(null, branch(`b${index}`, id('b'))));

    expect(factsOf(translate(push(...many)))).toHaveLength(1000);
  });
});

describe('a pull request of Bitbucket Cloud', () => {
  const translate = (event: string, payload: unknown): Translation => webhook.translate(event, payload, cloud);

  it.each(['pullrequest:created', 'pullrequest:updated'])('is proposed by %s, unsure while its commits are cut short', (event) => {
    expect(translate(event, pullRequest())).toMatchObject({
      unsure: true,
      facts: [
        {
          type: 'change.proposed',
          fields: {
            number: 7,
            author: 'ada',
            head: 'c'.repeat(12),
            headRef: 'refs/heads/topic',
            base: 'a'.repeat(12),
            baseRef: 'refs/heads/master',
            fork: false,
            url: 'https://bitbucket.org/acme/shop/pull-requests/7',
          },
        },
      ],
    });
  });

  it('is sure of what is told in full', () => {
    const source = { branch: { name: 'topic' }, commit: { hash: id('c') }, repository: null };
    const destination = { branch: { name: 'master' }, commit: { hash: id('a') } };

    expect(translate('pullrequest:created', pullRequest({ source, destination }))).toMatchObject({
      unsure: false,
      facts: [{ fields: { head: id('c'), base: id('a'), fork: true } }],
    });
  });

  it.each([
    ['pullrequest:approved', { approval: { user: { nickname: 'eve' } } }, 'approved'],
    ['pullrequest:unapproved', { approval: { user: { nickname: 'eve' } } }, 'dismissed'],
    ['pullrequest:changes_request_created', { changes_request: { user: { nickname: 'eve' } } }, 'changes_requested'],
    ['pullrequest:changes_request_removed', { changes_request: { user: { nickname: 'eve' } } }, 'dismissed'],
  ])('is reviewed by %s', (event, said, state) => {
    expect(translate(event, { ...pullRequest(), ...said })).toMatchObject({
      facts: [{ type: 'change.reviewed', fields: { number: 7, commit: 'c'.repeat(12), reviewer: 'eve', state } }],
    });
  });

  it('is merged by its merge commit, or declined', () => {
    expect(translate('pullrequest:fulfilled', pullRequest())).toMatchObject({
      facts: [{ type: 'change.merged', fields: { number: 7, commit: 'e'.repeat(12), baseRef: 'refs/heads/master', mergedBy: 'eve' } }],
    });
    expect(translate('pullrequest:fulfilled', pullRequest())).not.toHaveProperty('facts.0.fields.head');
    expect(translate('pullrequest:rejected', pullRequest())).toMatchObject({
      facts: [{ type: 'change.abandoned', fields: { number: 7, closedBy: 'eve' } }],
      unsure: false,
    });
  });
});

describe('a Bitbucket Data Center', () => {
  const repository = {
    slug: 'shop',
    project: { key: 'ACME' },
    links: {
      clone: [
        { name: 'ssh', href: 'ssh://git@code.example:7999/acme/shop.git' },
        { name: 'http', href: 'https://code.example/scm/acme/shop.git' },
      ],
    },
  };
  const pushed = (...changes: object[]): Record<string, unknown> => ({
    eventKey: 'repo:refs_changed',
    date: '2026-01-02T03:04:05+1000',
    actor: { name: 'ada', displayName: 'Ada' },
    repository,
    changes,
  });
  const moved = (ref: string, fromHash: string, toHash: string, type = 'UPDATE'): object => ({
    ref: { id: ref },
    refId: ref,
    fromHash,
    toHash,
    type,
  });
  const request = (more: object = {}): Record<string, unknown> => ({
    actor: { name: 'bob' },
    pullRequest: {
      id: 5,
      title: 'Add a thing',
      author: { user: { name: 'ada' } },
      fromRef: { id: 'refs/heads/topic', latestCommit: id('c'), repository },
      toRef: { id: 'refs/heads/master', latestCommit: id('a'), repository },
      properties: { mergeCommit: { id: id('e') } },
    },
    ...more,
  });

  it('tells its address, also below a path, and where a repository is cloned', () => {
    expect(webhook.siteOf(pushed())).toBe('https://code.example');
    expect(webhook.siteOf({ repository: { full_name: 'acme/shop' } })).toBe('https://bitbucket.org');
    expect(bitbucket.cloneUrl('https://code.example/git', '~ada/shop')).toBe('https://code.example/git/scm/~ada/shop.git');
    expect(bitbucket.cloneUrl('https://bitbucket.org', 'acme/shop')).toBe('https://bitbucket.org/acme/shop.git');
  });

  it('pushes: a fact for each branch that is there afterwards', () => {
    const changes = [
      moved('refs/heads/main', id('a'), id('b')),
      moved('refs/heads/new', id('0'), id('c'), 'ADD'),
      moved('refs/heads/old', id('a'), id('0'), 'DELETE'),
    ];

    expect(webhook.translate('repo:refs_changed', pushed(...changes), own)).toMatchObject({
      repository: { id: 'code.example/scm/acme/shop', fullName: 'ACME/shop', url: 'https://code.example/projects/ACME/repos/shop' },
      saidAt: '2026-01-01T17:04:05.000Z',
      facts: [
        { fields: { ref: 'refs/heads/main', before: id('a'), after: id('b'), pusher: 'ada' } },
        { fields: { ref: 'refs/heads/new', after: id('c') } },
      ],
    });
  });

  it('tells the object of a tag: which commit it names is asked', () => {
    expect(webhook.translate('repo:refs_changed', pushed(moved('refs/tags/v1', id('0'), id('d'), 'ADD')), own)).toHaveProperty(
      'unsure',
      true,
    );
  });

  it.each(['pr:opened', 'pr:from_ref_updated'])('%s is a proposal', (event) => {
    expect(webhook.translate(event, request(), own)).toMatchObject({
      facts: [
        {
          fields: {
            number: 5,
            author: 'ada',
            head: id('c'),
            base: id('a'),
            baseRef: 'refs/heads/master',
            fork: false,
            url: 'https://code.example/projects/ACME/repos/shop/pull-requests/5',
            headAt: 'refs/pull-requests/5/from',
          },
        },
      ],
    });
  });

  it('proposes again when the request is aimed at another branch, not when its words change', () => {
    expect(webhook.translate('pr:modified', request({ previousTarget: { id: 'refs/heads/other' } }), own)).toHaveProperty('facts');
    expect(webhook.translate('pr:modified', request({ previousTitle: 'x' }), own)).toHaveProperty('ignored');
  });

  it.each([
    ['pr:reviewer:approved', 'approved'],
    ['pr:reviewer:unapproved', 'dismissed'],
    ['pr:reviewer:needs_work', 'changes_requested'],
    ['pr:reviewer:changes_requested', 'changes_requested'],
  ])('%s says %s, of the commit that was looked at', (event, state) => {
    const participant = { user: { name: 'eve' }, lastReviewedCommit: id('d') };

    expect(webhook.translate(event, request({ participant }), own)).toMatchObject({
      facts: [{ type: 'change.reviewed', fields: { reviewer: 'eve', commit: id('d'), state } }],
    });
  });

  it('merges, declines and deletes', () => {
    expect(webhook.translate('pr:merged', request(), own)).toMatchObject({
      facts: [{ fields: { commit: id('e'), head: id('c'), mergedBy: 'bob' } }],
    });
    for (const event of ['pr:declined', 'pr:deleted']) {
      expect(webhook.translate(event, request(), own)).toMatchObject({
        facts: [{ type: 'change.abandoned', fields: { number: 5, closedBy: 'bob' } }],
      });
    }
  });

  it('is refused from another address', () => {
    expect(() => webhook.translate('pr:opened', request(), { ...own, baseUrl: 'https://other.example' })).toThrow(
      expect.objectContaining({ code: 'foreign_origin' }),
    );
  });
});

it('gives facts that can be published or refuses, whatever a payload holds', () => {
  const hostile = fc.oneof(
    fc.anything({ maxDepth: 2 }),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('__proto__', '\u0000', null, -1, {}, []),
  );
  const sound = { ...pullRequest(), ...push(change(null, branch('x', id('a')))), changes: [], pullRequest: {} };
  const places = fc.constantFrom('actor', 'repository', 'push', 'pullrequest', 'changes', 'pullRequest', 'approval');
  const events = [
    'repo:push',
    'pullrequest:created',
    'pullrequest:approved',
    'pullrequest:fulfilled',
    'pullrequest:rejected',
    'repo:refs_changed',
    'pr:opened',
    'pr:merged',
    'pr:declined',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...events), places, hostile, (event, place, value) => {
      try {
        const facts = factsOf(webhook.translate(event, { ...sound, [place]: value }, cloud));
        for (const { type, fields } of facts)
          if (type === 'change.pushed') encodeValue(make(findFact(type)!, { ...fields, defaultBranch: 'main' }));
      } catch (error) {
        expect(error).toBeInstanceOf(WebhookRefused);
      }
    }),
  );
});
