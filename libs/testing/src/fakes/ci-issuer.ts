import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTHeaderParameters } from 'jose';
import { httpReceiver, type HttpReceiver } from './http-receiver.ts';

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** Claims of a token; null takes one away. */
type Claims = Readonly<Record<string, unknown>>;

/** A build system that signs tokens for its jobs, and tells its keys as OpenID Connect discovery does. */
export interface CiIssuerInTest {
  /** Its `iss`. */
  readonly origin: string;
  /** What it was asked for. */
  readonly receiver: HttpReceiver;
  /** Its public key as everybody can read it. */
  readonly publicJwk: JWK;
  /** Signs with its newest key, or with another that it never tells of. */
  sign(claims: Claims, how?: { readonly header?: Partial<JWTHeaderParameters>; readonly by?: 'own' | 'stranger' }): Promise<string>;
  /** A further key, which signs from now on. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

export async function ciIssuer(): Promise<CiIssuerInTest> {
  const receiver = await httpReceiver();
  const keys = [await newKey('key-1')];
  const stranger = await newKey('key-1');
  receiver.answer = ({ path }) => {
    const { origin } = receiver;
    if (path === '/.well-known/openid-configuration') return json({ issuer: origin, jwks_uri: `${origin}/jwks` });
    return path === '/jwks' ? json({ keys: keys.map(({ jwk }) => jwk) }) : { status: 404 };
  };
  return {
    origin: receiver.origin,
    receiver,
    get publicJwk() {
      return keys.at(-1)!.jwk;
    },
    async sign(claims, { header = {}, by = 'own' } = {}) {
      const { kid, privateKey } = by === 'own' ? keys.at(-1)! : stranger;
      const now = Math.floor(Date.now() / 1000);
      const whole = { iss: receiver.origin, iat: now, nbf: now, exp: now + 300, jti: crypto.randomUUID(), ...claims };
      const said = Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== null));
      return new SignJWT(said).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, ...header }).sign(privateKey);
    },
    async rotate() {
      keys.push(await newKey(`key-${keys.length + 1}`));
    },
    close: () => receiver.close(),
  };
}

/** The claims of a job of GitHub Actions that runs on a push to a protected branch. */
export function githubClaims(commit: string, more: Claims = {}): Claims {
  return {
    sub: 'repo:shop/till:ref:refs/heads/main',
    aud: 'https://throughline.example',
    ...{ repository: 'shop/till', repository_id: '1001', repository_owner: 'shop', repository_owner_id: '7' },
    ...{ ref: 'refs/heads/main', ref_type: 'branch', ref_protected: 'true', sha: commit, event_name: 'push' },
    ...{ run_id: '42', run_attempt: '1', actor: 'ada', workflow: 'ci', runner_environment: 'github-hosted' },
    job_workflow_ref: 'shop/till/.github/workflows/ci.yml@refs/heads/main',
    ...more,
  };
}

/** The claims of a job of GitLab CI that runs on a push to a protected branch. */
export function gitlabClaims(commit: string, more: Claims = {}): Claims {
  return {
    sub: 'project_path:shop/till:ref_type:branch:ref:main',
    aud: 'https://throughline.example',
    ...{ project_id: '1001', project_path: 'shop/till', namespace_id: '7', namespace_path: 'shop' },
    ...{ ref: 'main', ref_type: 'branch', ref_path: 'refs/heads/main', ref_protected: 'true', sha: commit, pipeline_source: 'push' },
    ...{ job_id: '42', pipeline_id: '41', ci_config_ref_uri: 'gitlab.example/shop/till//.gitlab-ci.yml@refs/heads/main' },
    ...more,
  };
}

async function newKey(kid: string): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}

function json(body: object): { status: number; headers: Record<string, string>; body: string } {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
