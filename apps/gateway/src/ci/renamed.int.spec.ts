import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Identity } from '@throughline/service';
import { ciIssuer, eventually, githubClaims, gitlabClaims, type CiIssuerInTest } from '@throughline/testing';
import { GatewayUnderTest, identified, identities, type Answer } from '../fixtures/gateway-under-test.ts';

const under = new GatewayUnderTest();
const commit = 'c'.repeat(40);
const audience = 'https://throughline.example';
const till = 'https://github.example/shop/till.git';
const kiosk = 'https://github.example/shop/kiosk.git';
let issuer: CiIssuerInTest;

beforeAll(async () => {
  issuer = await ciIssuer();
  await under.start();
  await under.restart({ OUTBOUND_ALLOW: issuer.origin });
  await eventually(async () => expect((await under.call('GET', '/api/v1/things')).status).toBe(200));
}, 300_000);

beforeEach(() => {
  identities.clear();
  identified.length = 0;
});

afterAll(async () => {
  await under.stop();
  await issuer.close();
}, 30_000);

/** The issuer from now on, whatever it was. */
async function configured(kind: string, ...repositories: object[]): Promise<Answer> {
  const { headers } = await under.call('GET', '/api/v1/ci-issuers/build');
  const etag = headers.get('etag');
  return under.call('PUT', '/api/v1/ci-issuers/build', {
    body: { kind, issuer: issuer.origin, audience, repositories },
    headers: etag === null ? {} : { 'if-match': etag },
  });
}

function exchange(token: string): Promise<Answer> {
  const body = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  };
  return under.call('POST', '/api/v1/tokens/exchange', { token: '', body });
}

const job = async (claims: Record<string, unknown> = {}): Promise<Answer> => exchange(await issuer.sign(githubClaims(commit, claims)));
const detailOf = ({ json }: Answer): string => String(json['detail']);

describe('a job of a repository that was renamed', () => {
  it('speaks for who it is by the id in its token, under the name that was known first', async () => {
    await configured('github-actions', { repository: till, repositoryId: '1001', ownerId: '7' });
    identities.set(`${till} 1001`, ['github.example/shop/till', 'github.example/shop/kiosk']);

    const { status, json } = await job({ repository: 'shop/kiosk' });

    expect([status, json]).toMatchObject([200, { repository: 'github.example/shop/till', commit }]);
    const { json: seen } = await under.call('GET', '/api/v1/things/own', { token: String(json['access_token']) });
    expect((seen as unknown as { caller: Identity }).caller.bound?.repository).toBe('github.example/shop/till');
  });

  it('is the same one where its new address was put in', async () => {
    await configured('github-actions', { repository: kiosk, repositoryId: '1001', ownerId: '7' });
    identities.set(`${kiosk} 1001`, ['github.example/shop/till']);

    const answers = [await job({ repository: 'shop/kiosk' }), await job()];

    expect(answers.map(({ status, json }) => [status, json['repository']])).toEqual([
      [200, 'github.example/shop/till'],
      [200, 'github.example/shop/till'],
    ]);
  });

  it('is refused under a name that its host told of nobody, until it does', async () => {
    await configured('github-actions', { repository: till, repositoryId: '1001', ownerId: '7' });
    identities.set(`${till} 1001`, ['github.example/shop/till']);

    const before = await job({ repository: 'shop/kiosk' });
    identities.set(`${till} 1001`, ['github.example/shop/till', 'github.example/shop/kiosk']);
    const after = await job({ repository: 'shop/kiosk' });

    expect([before.status, detailOf(before)]).toEqual([403, expect.stringContaining('which its host has not told here')]);
    expect([after.status, after.json['repository']]).toEqual([200, 'github.example/shop/till']);
  });

  it('waits for somebody to look where only its name is known here', async () => {
    await configured('github-actions', { repository: till, repositoryId: '1001', ownerId: '7' });

    const [renamed, named] = [await job({ repository: 'shop/kiosk' }), await job()];

    expect([renamed.status, detailOf(renamed), named.status]).toEqual([403, expect.stringContaining('called shop/kiosk by now'), 200]);
  });

  it('comes in no more when it went to another owner, whose people nobody chose', async () => {
    await configured('github-actions', { repository: till, repositoryId: '1001', ownerId: '7' });
    identities.set(`${till} 1001`, ['github.example/shop/till']);

    const answer = await job({ repository: 'eve/till', repository_owner_id: '66' });

    expect([answer.status, identified]).toEqual([403, []]);
  });
});

describe('a job of another repository under the name', () => {
  it('is refused by its id, and by what is known of the name when its id is put in', async () => {
    await configured('github-actions', { repository: till, repositoryId: '1001', ownerId: '7' });
    identities.set(`${till} 1001`, ['github.example/shop/till']);
    identities.set(`${till} 2002`, 'taken');

    const stranger = await job({ repository_id: '2002' });
    await configured('github-actions', { repository: till, repositoryId: '2002', ownerId: '7' });
    const added = await job({ repository_id: '2002' });

    expect([stranger.status, detailOf(stranger)]).toEqual([403, expect.stringContaining('made anew or moved')]);
    expect([added.status, detailOf(added)]).toEqual([403, expect.stringContaining('another repository here')]);
  });

  it('cannot be put beside it', async () => {
    const both = ['1001', '2002'].map((repositoryId) => ({ repository: till, repositoryId, ownerId: '7' }));

    const { status, json } = await configured('github-actions', ...both);

    expect([status, json]).toMatchObject([422, { errors: [{ pointer: '/repositories/1', detail: expect.stringContaining('other ids') }] }]);
  });
});

describe('an id', () => {
  it.each([
    ['of GitLab is that of the host', 'gitlab-ci', () => issuer.sign(gitlabClaims(commit)), '1001'],
    [
      'of a build system of its own says nothing at the host',
      'oidc',
      () => issuer.sign({ aud: audience, repository_id: '1001', owner_id: '7', sha: commit, ref: 'main' }),
      undefined,
    ],
  ])('%s', async (_what, kind, token, hostId) => {
    await configured(kind, { repository: till, repositoryId: '1001', ownerId: '7' });

    const { status } = await exchange(await token());

    expect([status, identified]).toEqual([200, [{ repository: till, ...(hostId === undefined ? {} : { hostId }) }]]);
  });

  it('is not guessed while the service that knows does not answer, and the token of the job is not spent by that', async () => {
    await configured('github-actions', { repository: till, repositoryId: '1001', ownerId: '7' });
    const token = await issuer.sign(githubClaims(commit));
    await under.restart({ OUTBOUND_ALLOW: issuer.origin, INGEST_URL: 'http://127.0.0.1:9' });

    const away = await exchange(token);
    await under.restart({ OUTBOUND_ALLOW: issuer.origin });
    const there = await exchange(token);

    expect([away.status, away.headers.get('retry-after'), there.status]).toEqual([503, '5', 200]);
  }, 60_000);
});
