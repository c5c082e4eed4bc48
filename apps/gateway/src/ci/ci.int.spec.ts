import { createHmac, createPublicKey, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CiIssuer } from '@throughline/contracts';
import { Database, type Identity } from '@throughline/service';
import { ciIssuer, eventually, githubClaims, gitlabClaims, type CiIssuerInTest } from '@throughline/testing';
import { Clock } from '../access/clock.ts';
import { TokenLines } from '../access/token-lines.ts';
import { GatewayUnderTest, type Answer } from '../fixtures/gateway-under-test.ts';

const under = new GatewayUnderTest();
const commit = 'c'.repeat(40);
const audience = 'https://throughline.example';
const main = 'refs/heads/main';
const workflow = 'shop/till/.github/workflows/ci.yml@refs/heads/main';
const repository = { repository: 'https://github.example/shop/till.git', repositoryId: '1001', ownerId: '7' };
let github: CiIssuerInTest;
let gitlab: CiIssuerInTest;

beforeAll(async () => {
  github = await ciIssuer();
  gitlab = await ciIssuer();
  await under.start();
  await under.restart({ OUTBOUND_ALLOW: `${github.origin},${gitlab.origin}` });
  await eventually(async () => {
    const { status } = await under.call('GET', '/api/v1/things');
    if (status !== 200) throw new Error(`the gateway answers ${status}`);
  });
  await put('github', {
    kind: 'github-actions',
    issuer: github.origin,
    audience,
    repositories: [{ ...repository, workflows: [workflow] }],
  });
  const ofGitlab = { ...repository, repository: 'https://gitlab.example/shop/till.git', protectedRefs: [main, 'refs/tags/v*'] };
  await put('gitlab', { kind: 'gitlab-ci', issuer: gitlab.origin, audience, repositories: [ofGitlab] });
}, 300_000);

afterAll(async () => {
  await under.stop();
  await github.close();
  await gitlab.close();
}, 30_000);

async function put(name: string, document: object, ifMatch?: string): Promise<Answer> {
  const answer = await under.call('PUT', `/api/v1/ci-issuers/${name}`, {
    body: document,
    headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
  });
  return answer;
}

function exchange(token: string): Promise<Answer> {
  const body = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  };
  return under.call('POST', '/api/v1/tokens/exchange', { token: '', body });
}

const ofGithub = (more: object = {}): Promise<string> => github.sign(githubClaims(commit, more as Record<string, unknown>));
const ofGitlab = (more: object = {}): Promise<string> => gitlab.sign(gitlabClaims(commit, more as Record<string, unknown>));
const detailOf = ({ json }: Answer): string => String(json['detail']);
const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('a token of a CI job', () => {
  it('becomes a token that speaks for the commit of the job', async () => {
    const { status, json, headers } = await exchange(await ofGithub());

    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(json).toMatchObject({ token_type: 'Bearer', repository: 'github.example/shop/till', commit, ref: main });
    expect(json).not.toHaveProperty('changeOnly');
    const { json: seen } = await under.call('GET', '/api/v1/things/own', { token: String(json['access_token']) });
    const caller = (seen as unknown as { caller: Identity }).caller;
    expect(caller.bound).toEqual({ repository: 'github.example/shop/till', commit, ref: main });
    expect(caller.name).toBe('GitHub Actions github.example/shop/till run 42');
    expect(caller.rights).not.toContain('*');
  });

  it('is taken as a form too, as RFC 8693 has it', async () => {
    const form = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await ofGitlab(),
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    });

    const answer = await fetch(`${under.url}/api/v1/tokens/exchange`, { method: 'POST', body: form });

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ repository: 'gitlab.example/shop/till', commit });
  });

  it('is good by itself for one call', async () => {
    const token = await ofGithub();

    const first = await under.call('GET', '/api/v1/me', { token });
    const second = await under.call('GET', '/api/v1/me', { token });

    expect(first).toMatchObject({ status: 200, json: { name: 'GitHub Actions github.example/shop/till run 42' } });
    expect([second.status, detailOf(second)]).toEqual([401, expect.stringContaining('used before')]);
  });

  it('does what its handlers let a job do, and nothing else', async () => {
    const { json } = await exchange(await ofGithub());
    const token = String(json['access_token']);

    const refused = await Promise.all([
      under.call('GET', '/api/v1/things', { token }),
      under.call('POST', '/api/v1/things', { token, body: { name: 'x' } }),
      under.call('GET', '/api/v1/tokens', { token }),
      under.call('POST', '/api/v1/tokens', { token, body: { name: 'more', rights: ['findings:read'] } }),
      under.call('POST', '/api/v1/session', { token: '', body: { token } }),
      under.call('GET', '/api/v1/ci-issuers', { token }),
    ]);

    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
  });

  it('is written down with the job that came in', async () => {
    const head = async (): Promise<number> => {
      await eventually(async () => expect(await under.gateway.get(Database).rows('select 1 from audit_pending')).toEqual([]));
      const [row] = await under.gateway.get(Database).rows<{ number: number }>('select number::int from audit_head');
      return row!.number;
    };
    const before = await head();

    await exchange(await ofGithub());
    await exchange(await ofGithub({ aud: 'https://other.example' }));

    await eventually(async () => expect(await head()).toBe(before + 1));
  });
});

describe('a forged or strange token', () => {
  const hs256 = (): string => {
    const key = createPublicKey({ key: github.publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const now = Math.floor(Date.now() / 1000);
    const claims = { ...githubClaims(commit), iss: github.origin, iat: now, exp: now + 60, jti: randomUUID() };
    const text = `${encoded({ alg: 'HS256', kid: 'key-1' })}.${encoded(claims)}`;
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
  };
  const none = (): string => `${encoded({ alg: 'none', kid: 'key-1' })}.${encoded({ ...githubClaims(commit), iss: github.origin })}.`;
  const now = (): number => Math.floor(Date.now() / 1000);
  const table: readonly (readonly [what: string, token: () => string | Promise<string>, status: number, why: string])[] = [
    ['for another audience', () => ofGithub({ aud: 'https://other.example' }), 401, 'another audience'],
    ['for several audiences', () => ofGithub({ aud: [audience, 'https://other.example'] }), 401, 'us alone'],
    ['of a repository that was made anew', () => ofGithub({ repository_id: '2002' }), 403, 'made anew or moved'],
    ['of a repository that moved', () => ofGithub({ repository_owner_id: '8' }), 403, 'made anew or moved'],
    ['of a renamed repository', () => ofGithub({ repository: 'shop/kiosk' }), 403, 'called shop/kiosk by now'],
    ['of another repository', () => ofGithub({ repository: 'shop/other', repository_id: '9' }), 403, 'may not speak here'],
    ['of a fork', () => ofGithub({ repository: 'eve/till', repository_id: '666', repository_owner_id: '66' }), 403, 'may not speak here'],
    ['without a repository id', () => ofGithub({ repository_id: null }), 401, 'no claim repository_id'],
    ['without a full commit', () => ofGithub({ sha: 'main' }), 403, 'no full commit id'],
    ['with a strange ref', () => ofGithub({ ref: 'main' }), 403, 'no full ref'],
    ['that expired', () => ofGithub({ iat: now() - 600, nbf: now() - 600, exp: now() - 60 }), 401, 'expired'],
    ['that is not good yet', () => ofGithub({ nbf: now() + 120 }), 401, 'not good yet'],
    ['that lives for days', () => ofGithub({ exp: now() + 200_000 }), 401, 'longer than a day'],
    ['without a jti', () => ofGithub({ jti: null }), 401, 'jti'],
    ['of an issuer that nobody knows', () => ofGithub({ iss: 'https://evil.example' }), 401, 'no issuer that is known here'],
    ['of one issuer, signed by another', () => gitlab.sign(githubClaims(commit, { iss: github.origin })), 401, 'signature'],
    ['signed by a stranger', () => github.sign(githubClaims(commit), { by: 'stranger' }), 401, 'signature'],
    ['signed with nothing', none, 401, 'not taken'],
    ['signed with the public key as a secret', hs256, 401, 'not taken'],
    ['that says where its keys are', () => github.sign(githubClaims(commit), { header: { jku: 'https://evil.example/jwks' } }), 401, 'jku'],
    [
      'that says where its certificate is',
      () => github.sign(githubClaims(commit), { header: { x5u: 'https://evil.example' } }),
      401,
      'x5u',
    ],
    ['that brings its key', () => github.sign(githubClaims(commit), { header: { jwk: github.publicJwk } }), 401, 'jwk'],
    [
      'with a key id that leads elsewhere',
      () => github.sign(githubClaims(commit), { header: { kid: '../../etc/passwd' } }),
      401,
      'does not have',
    ],
    ['with a key id of two lines', () => github.sign(githubClaims(commit), { header: { kid: "k' or 1=1\n" } }), 401, 'kid'],
    ['that is no token', () => 'a.b.c', 401, 'no JWT'],
  ];

  it.each(table)('%s is refused, with the reason', async (_, make, status, why) => {
    const answer = await exchange(await make());

    expect([answer.status, detailOf(answer)]).toEqual([status, expect.stringContaining(why)]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('is taken once, whatever way it comes, and at the same time too', async () => {
    const token = await ofGithub();

    const answers = await Promise.all([exchange(token), exchange(token), exchange(token)]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect(detailOf(await under.call('GET', '/api/v1/me', { token }))).toContain('used before');
  });

  it('never makes anybody ask elsewhere than at the issuer, nor often', async () => {
    const asked = github.receiver.requests.length;

    for (let times = 0; times < 20; times++) await exchange(await github.sign(githubClaims(commit), { header: { kid: `key-${times}x` } }));

    expect(github.receiver.requests.length - asked).toBeLessThanOrEqual(2);
  });
});

describe('what a job says counts at the change gate only', () => {
  const table: readonly (readonly [what: string, token: () => Promise<string>, why: string | undefined])[] = [
    ['from a protected branch: no', () => ofGithub(), undefined],
    ['from a branch that is not protected', () => ofGithub({ ref: 'refs/heads/try', ref_protected: 'false' }), 'not protected'],
    ['from a change request', () => ofGithub({ event_name: 'pull_request', ref: 'refs/pull/3/merge' }), 'pull_request'],
    [
      'from pull_request_target, on the protected branch of the base',
      () => ofGithub({ event_name: 'pull_request_target' }),
      'pull_request_target',
    ],
    ['from a comment', () => ofGithub({ event_name: 'issue_comment' }), 'issue_comment'],
    ['from another workflow', () => ofGithub({ job_workflow_ref: 'shop/till/.github/workflows/x.yml@refs/heads/main' }), 'its workflow'],
    [
      'from a tag that was named: no',
      () => ofGitlab({ ref: 'v1', ref_type: 'tag', ref_path: 'refs/tags/v1', ref_protected: 'false' }),
      undefined,
    ],
    ['from a branch that was not named, protected or not', () => ofGitlab({ ref: 'x', ref_path: 'refs/heads/x' }), 'not protected'],
    ['from a merge request', () => ofGitlab({ pipeline_source: 'merge_request_event' }), 'merge_request_event'],
  ];

  it.each(table)('%s', async (_, make, why) => {
    const { status, json } = await exchange(await make());

    expect(status).toBe(200);
    expect(json['changeOnly']).toEqual(why === undefined ? undefined : expect.stringContaining(why));
  });
});

describe('the issuers', () => {
  it('are changed by version, kept, and go back to what was', async () => {
    const { headers, json } = await under.call('GET', '/api/v1/ci-issuers/gitlab');
    const { kind, issuer, repositories } = json as unknown as CiIssuer;
    const document = { kind, issuer, audience, repositories };
    const etag = headers.get('etag')!;
    const { json: entry } = await exchange(await ofGitlab());

    const unseen = await put('gitlab', document);
    const changed = await put('gitlab', { ...document, audience: 'https://renamed.example' }, etag);
    const stale = await put('gitlab', document, etag);
    const late = await exchange(await ofGitlab());
    const put_out = await under.call('GET', '/api/v1/me', { token: String(entry['access_token']) });
    const back = await put('gitlab', document, changed.headers.get('etag')!);
    const { json: versions } = await under.call('GET', '/api/v1/ci-issuers/gitlab/versions');

    expect([unseen.status, changed.status, stale.status, late.status, back.status]).toEqual([428, 200, 412, 401, 200]);
    expect([put_out.status, detailOf(put_out)]).toEqual([401, expect.stringContaining('CI issuer was changed')]);
    expect((versions as unknown as { items: { version: number; audience: string }[] }).items.map(({ version }) => version)).toEqual([
      3, 2, 1,
    ]);
    expect((await exchange(await ofGitlab())).status).toBe(200);
  });

  it.each([
    ['a kind that nobody reads', { kind: 'jenkins' }, 422],
    ['an address without TLS', { issuer: 'http://ci.example' }, 422],
    ['no repository', { repositories: [] }, 400],
    ['one repository twice', { repositories: [repository, repository] }, 422],
    ['a short ref', { repositories: [{ ...repository, protectedRefs: ['main'] }] }, 422],
    ['an issuer that another name has', {}, 409],
    ['fields that nobody knows', { jwksUri: 'https://evil.example/jwks' }, 400],
  ])('are refused with %s', async (_, fields, status) => {
    const document = { kind: 'github-actions', issuer: github.origin, audience, repositories: [repository], ...fields };

    expect(await put('another', document)).toMatchObject({ status });
  });

  it('are for administrators of the whole organisation', async () => {
    const reading = await under.newToken({ rights: ['findings:read', 'ci-issuers:read'] });
    const others = await under.newToken({ rights: ['findings:write'] });
    const ofTeam = await under.newToken({ rights: ['*'], team: 'red' });
    const document = { kind: 'github-actions', issuer: 'https://ci.example', audience, repositories: [repository] };

    const answers = await Promise.all([
      under.call('GET', '/api/v1/ci-issuers', { token: reading }),
      under.call('PUT', '/api/v1/ci-issuers/x', { token: reading, body: document }),
      under.call('GET', '/api/v1/ci-issuers', { token: others }),
      under.call('GET', '/api/v1/ci-issuers/github', { token: ofTeam }),
      under.call('PUT', '/api/v1/ci-issuers/x', { token: ofTeam, body: document }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([200, 403, 403, 403, 403]);
  });

  it('are removed, and their jobs with them', async () => {
    const other = await ciIssuer();
    const made = await put('other', { kind: 'oidc', issuer: other.origin, audience, repositories: [repository] });
    const { json: known } = await exchange(await ofGithub());

    const away = await exchange(await other.sign({ aud: audience, repository_id: '1001', owner_id: '7', sha: commit, ref: 'main' }));
    const removed = await under.call('DELETE', '/api/v1/ci-issuers/other', { headers: { 'if-match': made.headers.get('etag')! } });
    const after = await exchange(await other.sign({ aud: audience }));
    await other.close();

    expect([away.status, detailOf(away)]).toEqual([503, expect.stringContaining('OUTBOUND_ALLOW')]);
    expect([removed.status, after.status]).toEqual([204, 401]);
    expect(detailOf(after)).toContain('no issuer that is known here');
    expect((await under.call('GET', '/api/v1/ci-issuers/other')).status).toBe(404);
    expect((await under.call('GET', '/api/v1/me', { token: String(known['access_token']) })).status).toBe(200);
  });
});

describe('time', () => {
  it('takes in a key that the issuer has made meanwhile, and forgets what has ended', async () => {
    const clock = under.gateway.get(Clock);
    const real = clock.now.bind(clock);
    const { json } = await exchange(await ofGithub());
    await github.rotate();
    clock.now = () => new Date(real().getTime() + 60_000);

    const rotated = await exchange(await ofGithub());
    clock.now = () => new Date(real().getTime() + 3 * 3_600_000);
    under.gateway.get(TokenLines).forget();
    const ended = await under.call('GET', '/api/v1/me', { token: String(json['access_token']) });
    const then = Math.floor(clock.now().getTime() / 1000);
    const later = await exchange(await ofGithub({ iat: then, nbf: then, exp: then + 300 }));
    const left = await under.gateway
      .get(Database)
      .rows<{ uses: number; tokens: number }>(
        'select (select count(*)::int from ci_token_use) as uses, (select count(*)::int from token where ci_issuer is not null) as tokens',
      );
    clock.now = real;

    expect([rotated.status, ended.status, later.status]).toEqual([200, 401, 200]);
    expect(left).toEqual([{ uses: 1, tokens: 1 }]);
  });
});
