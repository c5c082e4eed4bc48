import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, jwtVerify } from 'jose';
import { httpReceiver, type HttpReceiver } from '@throughline/testing';
import { appJwt } from './app-jwt.ts';
import { githubApps } from './apps.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** As GitHub gives it: PKCS #1. */
const app = { id: '12', key: pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() };
const wanted = {
  name: 'Throughline',
  url: 'https://tl.example',
  hookUrl: 'https://tl.example/hooks/1',
  redirectUrl: 'https://tl.example/back',
};

describe('what an App proves itself with', () => {
  it('is signed by its key, issued a minute ago, and ends within ten minutes of that', async () => {
    const now = Date.UTC(2026, 10, 22);

    const token = await appJwt(app, now);

    const { iss, iat, exp } = decodeJwt(token);
    expect([iss, iat! - now / 1000, exp! - iat!]).toEqual(['12', -60, 600]);
    await expect(jwtVerify(token, pair.publicKey, { algorithms: ['RS256'], currentDate: new Date(now) })).resolves.toBeDefined();
  });

  it('is not made with what is no key, and the key is not told', async () => {
    await expect(appJwt({ id: '12', key: 'secret words' })).rejects.toThrow(/^the App's private key cannot be read$/);
  });
});

describe('the manifest', () => {
  it('asks for what is needed and no more', () => {
    expect(githubApps.manifest({ ...wanted, fixes: false })).toEqual({
      name: 'Throughline',
      url: 'https://tl.example',
      hook_attributes: { url: 'https://tl.example/hooks/1', active: true },
      redirect_url: 'https://tl.example/back',
      public: false,
      default_events: [
        'push',
        'pull_request',
        'pull_request_review',
        'merge_group',
        'check_run',
        'check_suite',
        'status',
        'issue_comment',
        'repository',
      ],
      default_permissions: {
        ...{ checks: 'write', statuses: 'write', pull_requests: 'write' },
        ...{ contents: 'read', merge_queues: 'read', metadata: 'read' },
      },
    });
  });

  it('asks to write contents only where fixes are wanted', () => {
    expect(githubApps.manifest({ ...wanted, fixes: true })).toMatchObject({ default_permissions: { contents: 'write' } });
  });

  it.each([
    ['acme', 'https://github.com/organizations/acme/settings/apps/new?state=s'],
    [undefined, 'https://github.com/settings/apps/new?state=s'],
    ['a/../b', 'https://github.com/organizations/a%2F..%2Fb/settings/apps/new?state=s'],
  ])('of %s is posted to %s', (organisation, url) => {
    expect(githubApps.creationUrl('https://github.com', organisation, 's')).toBe(url);
  });
});

describe('tokens', () => {
  let api: HttpReceiver;
  let installed: boolean;

  beforeEach(async () => {
    installed = true;
    api = await httpReceiver();
    api.answer = ({ method, path }) => {
      if (method === 'POST') return { status: 201, body: JSON.stringify({ token: 'ghs_1', expires_at: '2026-11-22T01:00:00Z' }) };
      return installed && !path.startsWith('/orgs/') ? { status: 200, body: '{"id":77,"suspended_at":null}' } : { status: 404, body: '{}' };
    };
  });

  afterEach(() => api.close());

  it.each([
    ['clone', { contents: 'read' }],
    ['status', { checks: 'write', statuses: 'write', pull_requests: 'write' }],
    ['write', { contents: 'write', pull_requests: 'write' }],
  ] as const)('to %s are for one repository and that alone', async (purpose, permissions) => {
    await expect(githubApps.token({ apiUrl: api.origin }, app, { fullName: 'acme/shop' }, purpose)).resolves.toBe('ghs_1');

    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /repos/acme/shop/installation',
      'POST /app/installations/77/access_tokens',
    ]);
    expect(JSON.parse(api.requests[1]!.body)).toEqual({ repositories: ['shop'], permissions });
    const [, jwt] = api.requests[1]!.headers['authorization']!.split(' ');
    await expect(jwtVerify(jwt!, pair.publicKey)).resolves.toMatchObject({ payload: { iss: '12' } });
  });

  it('to list are for what the App was given of an organisation, or of a person', async () => {
    await githubApps.token({ apiUrl: api.origin }, app, { organisation: 'octo' }, 'list');

    expect(api.requests.map(({ path }) => path)).toEqual([
      '/orgs/octo/installation',
      '/users/octo/installation',
      '/app/installations/77/access_tokens',
    ]);
    expect(JSON.parse(api.requests[2]!.body)).toEqual({ permissions: { metadata: 'read' } });
  });

  it('are not there where the App is not installed', async () => {
    installed = false;

    await expect(githubApps.token({ apiUrl: api.origin }, app, { fullName: 'acme/shop' }, 'clone')).resolves.toBeUndefined();
  });
});

it('takes key and secret out of the exchange of a code, and refuses half an App', async () => {
  const api = await httpReceiver();
  const made = { id: 12, slug: 'tl', pem: app.key, webhook_secret: 's', html_url: 'https://github.com/apps/tl', client_secret: 'unused' };
  api.answer = () => ({ status: 201, body: JSON.stringify(made) });
  const whole = await githubApps.exchange({ apiUrl: api.origin }, 'c0de');
  api.answer = () => ({ status: 201, body: JSON.stringify({ ...made, webhook_secret: null }) });

  await expect(githubApps.exchange({ apiUrl: api.origin }, 'c0de')).rejects.toMatchObject({ code: 'scm_call_failed' });
  await api.close();

  expect(whole).toEqual({ id: '12', key: app.key, secret: 's', url: 'https://github.com/apps/tl' });
  expect(api.requests[0]).toMatchObject({ method: 'POST', path: '/app-manifests/c0de/conversions' });
});
