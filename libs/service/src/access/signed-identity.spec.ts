import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { ServiceName } from '@throughline/contracts';
import { jwtVerify, SignJWT } from 'jose';
import type { Identity } from './identity.ts';
import { SignedIdentities } from './signed-identity.ts';

const keys = new Map<ServiceName, { publicKey: KeyObject; privateKey: KeyObject }>(
  (['gateway', 'ledger', 'notifier'] as const).map((name) => [name, generateKeyPairSync('ed25519')]),
);
const publicKeys = new Map([...keys].map(([name, { publicKey }]) => [name, publicKey]));
const of = (name: ServiceName): SignedIdentities => new SignedIdentities(name, keys.get(name)!.privateKey, publicKeys);

const ada: Identity = { kind: 'user', id: 'u1', name: 'Ada', rights: ['findings:read'], applications: ['shop'] };
const use = { audience: 'ledger', method: 'GET', path: '/api/v1/findings', body: undefined } as const;
const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Claims as the gateway signs them, changed a little. */
function claims(changed: object = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const whole = {
    iss: 'gateway',
    sub: 'u1',
    aud: 'ledger',
    iat: now,
    exp: now + 60,
    jti: 'j',
    kind: 'user',
    name: 'Ada',
    rights: ['*'],
    applications: '*',
  };
  return { ...whole, method: 'GET', path: '/', body: '', ...changed };
}

const signed = (
  payload: Record<string, unknown>,
  header = { alg: 'EdDSA', typ: 'throughline-identity+jwt' },
  by: ServiceName = 'gateway',
) => new SignJWT(payload).setProtectedHeader(header).sign(keys.get(by)!.privateKey);

describe('a signed identity', () => {
  it('tells who calls, and which request it is for', () => {
    const verified = of('ledger').verify(of('gateway').sign(ada, use));

    expect(verified).toMatchObject({ issuer: 'gateway', identity: ada, boundTo: { method: 'GET', path: '/api/v1/findings' } });
  });

  it('is a token that others read, and theirs are read', async () => {
    const { payload } = await jwtVerify(of('gateway').sign(ada, use), publicKeys.get('gateway')!, { audience: 'ledger' });
    const verified = of('ledger').verify(await signed(claims()));

    expect(payload).toMatchObject({ iss: 'gateway', sub: 'u1', path: '/api/v1/findings' });
    expect(verified.identity).toMatchObject({ id: 'u1', rights: ['*'] });
  });

  it('gives a service no rights of a user', () => {
    const verified = of('ledger').verify(of('notifier').sign({ ...of('notifier').ownIdentity(), rights: ['*'] }, use));

    expect(verified.identity).toEqual({ kind: 'service', id: 'notifier', name: 'notifier', rights: [], applications: '*' });
  });

  it.each<[string, () => Promise<string> | string]>([
    ['for another service', () => of('gateway').sign(ada, { ...use, audience: 'notifier' })],
    ['of a user by a service', () => of('notifier').sign(ada, use)],
    ['of another service', () => of('notifier').sign(of('ledger').ownIdentity(), use)],
    ['signed with another key', () => signed(claims(), undefined, 'notifier')],
    ['of nobody known', () => signed(claims({ iss: 'mallory' }))],
    ['that is over', () => signed(claims({ iat: 1_000_000, exp: 1_000_060 }))],
    ['that lives too long', () => signed(claims({ exp: Math.floor(Date.now() / 1000) + 3600 }))],
    ['that is to come', () => signed(claims({ iat: Math.floor(Date.now() / 1000) + 600, exp: Math.floor(Date.now() / 1000) + 660 }))],
    ['of another type', () => signed(claims(), { alg: 'EdDSA', typ: 'JWT' })],
    ['without a number of its own', () => signed(claims({ jti: undefined }))],
    ['without a signature', () => `${encoded({ alg: 'none', typ: 'throughline-identity+jwt' })}.${encoded(claims())}.`],
    ['signed with the public key as a password', () => hs256()],
    ['that is no token', () => 'hello'],
    ['with more in its header', () => signed(claims(), { alg: 'EdDSA', typ: 'throughline-identity+jwt', kid: '1' } as never)],
    ['with a part too many', async () => `${await signed(claims())}.x`],
    ['with half a signature', async () => (await signed(claims())).slice(0, -43)],
    ['whose claims were changed', async () => changedClaims(await signed(claims()))],
    ['that names no request', () => signed(claims({ path: undefined }))],
    ['for several services', () => signed(claims({ aud: ['ledger', 'notifier'] }))],
  ])('%s is refused', async (_what, make) => {
    const token = await make();

    expect(() => of('ledger').verify(token)).toThrow(expect.objectContaining({ code: 'identity_refused' }));
  });
});

function changedClaims(token: string): string {
  const [header, , signature] = token.split('.');
  return `${header}.${encoded(claims({ sub: 'u2' }))}.${signature}`;
}

function hs256(): string {
  const head = `${encoded({ alg: 'HS256', typ: 'throughline-identity+jwt' })}.${encoded(claims())}`;
  const password = publicKeys.get('gateway')!.export({ type: 'spki', format: 'pem' });
  return `${head}.${createHmac('sha256', password).update(head).digest('base64url')}`;
}
