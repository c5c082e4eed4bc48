import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readPolicy, sealBundle } from '@throughline/policy';
import { FakePlatform } from '../fixtures/fake-platform.ts';
import { verifyBundle } from './policy-verify.ts';
import { fetchBundle, publishPolicies, rollBack, testPolicies } from './policy.ts';

const policy = (name: string, expected = 'deny'): string => `name: ${name}
description: No secret is added
gates: [change]
mode: enforce
severity: critical
select: f.class == "secret"
message: Secret in {place}
fix: Take it out
cases:
  - name: a secret is denied
    facts: { findings: [{ class: secret, rule: r, severity: high, path: a.env, line: 1 }] }
    expect: ${expected}
`;

describe('throughline policy', () => {
  let platform: FakePlatform;
  let status: number;
  let answered: object;

  beforeEach(async () => {
    status = 201;
    answered = { sequence: 8, digest: 'sha256:d', policies: 3, detail: 'no' };
    platform = await FakePlatform.start(({ method }) =>
      method === 'GET' ? [200, { sequence: 7, envelope: { payloadType: 't' } }] : [status, answered],
    );
  });
  afterEach(() => platform.stop());

  describe('test', () => {
    it.each([
      ['all cases pass', { 'a.yaml': policy('a'), 'b.yml': policy('b'), 'notes.txt': 'x' }, 0],
      ['a case fails', { 'a.yaml': policy('a'), 'b.yaml': policy('b', 'pass') }, 1],
      ['a policy cannot be read', { 'a.yaml': policy('a', 'pass'), 'b.yaml': 'name: [' }, 2],
    ])('ends when %s with its own exit code', async (_, files, code) => {
      for (const [name, text] of Object.entries(files)) await platform.write(name, text);

      expect(await testPolicies(platform.folder, {})).toBe(code);
    });

    it('says what differs, also as JSON', async () => {
      await platform.write('a.yaml', policy('a', 'pass'));

      await testPolicies(join(platform.folder, 'a.yaml'), {});
      const text = platform.printed;
      platform.printed = '';
      await testPolicies(platform.folder, { json: true });

      expect(text).toMatch(/FAILED.*a.*1 cases[\s\S]*"a secret is denied": expected pass, but it is deny/);
      expect(JSON.parse(platform.printed)).toMatchObject({
        passed: false,
        policies: [{ name: 'a', passed: false, cases: [{ passed: false }] }],
      });
      expect(platform.printed).not.toContain('source');
    });

    it('is told when there is nothing to test', async () => {
      await expect(testPolicies(platform.folder, {})).rejects.toMatchObject({ exitCode: 2 });
      await expect(testPolicies(join(platform.folder, 'none'), {})).rejects.toMatchObject({ exitCode: 2 });
    });
  });

  describe('publish', () => {
    it('sends all policies after the bundle that it has seen', async () => {
      await platform.write('a.yaml', policy('a'));
      await platform.write('b.yaml', policy('b'));

      expect(await publishPolicies(platform.api(), platform.folder, { note: 'why' })).toBe(0);

      expect(platform.calls()).toEqual(['GET policies/bundles/current', 'POST policies/bundles']);
      expect(platform.asked[1]!.match).toBe('"7"');
      expect(JSON.parse(platform.asked[1]!.body)).toEqual({ note: 'why', policies: [{ source: policy('a') }, { source: policy('b') }] });
      expect(platform.printed).toContain('bundle 8');
    });

    it('ends with 5 when all of it waits for a second person, and tells which policy becomes weaker', async () => {
      await platform.write('a.yaml', policy('a'));
      status = 202;
      const waiting = {
        id: 'c1',
        kind: 'bundle',
        base: 7,
        state: 'awaiting_approval',
        requestedBy: 'ada',
        affected: [],
        digest: 'sha256:d',
      };
      answered = { ...waiting, weakens: ['a: mode enforce → warn'], approveBefore: '2026-11-15T00:00:00.000Z' };

      const codes = [await publishPolicies(platform.api(), platform.folder, {}), await rollBack(platform.api(), '5', {})];

      expect(codes).toEqual([5, 5]);
      expect(platform.said).toMatch(/waits for a second person: c1, http:\/\/127\.0\.0\.1:\d+\/policies\/changes\/c1/);
      expect(platform.printed).toContain('bundle after 7');
      expect(platform.printed).toContain('weaker: a: mode enforce → warn');
    });

    it('asks nobody when a case fails', async () => {
      await platform.write('a.yaml', policy('a'));
      await platform.write('b.yaml', policy('b', 'pass'));

      expect(await publishPolicies(platform.api(), platform.folder, {})).toBe(1);

      expect(platform.asked).toEqual([]);
      expect(platform.said).toContain('nothing was published');
    });

    it.each([
      [403, 4],
      [412, 2],
      [422, 2],
      [503, 3],
    ])('ends when it is answered %i with exit code %i', async (code, exitCode) => {
      await platform.write('a.yaml', policy('a'));
      status = code;

      await expect(publishPolicies(platform.api(), platform.folder, {})).rejects.toMatchObject({ exitCode });
    });
  });

  it('goes back, and fetches what was signed', async () => {
    expect(await rollBack(platform.api(), '5', { json: true })).toBe(0);
    expect(JSON.parse(platform.asked[1]!.body)).toEqual({ rollbackTo: 5 });
    await expect(rollBack(platform.api(), 'x', {})).rejects.toMatchObject({ exitCode: 2 });
    platform.printed = '';

    await fetchBundle(platform.api(), '7');

    expect(JSON.parse(platform.printed)).toEqual({ payloadType: 't' });
  });

  describe('verify', () => {
    const own = generateKeyPairSync('ed25519');
    const other = generateKeyPairSync('ed25519');
    const source = policy('a');
    const contents = { name: 'a', version: 1, digest: readPolicy(source, 1).digest, source };
    const { envelope } = sealBundle({ sequence: 7, publishedAt: '2026-01-01T00:00:00Z', by: 'Ada', policies: [contents] }, own.privateKey);

    async function verify(value: unknown, flags: object = {}, key: KeyObject = own.publicKey): Promise<number> {
      await platform.write('key.pem', key.export({ type: 'spki', format: 'pem' }).toString());
      await platform.write('bundle.json', typeof value === 'string' ? value : JSON.stringify(value));
      return verifyBundle(join(platform.folder, 'bundle.json'), { key: [join(platform.folder, 'key.pem')], ...flags });
    }

    it('believes what the key signed', async () => {
      expect(await verify(envelope, { after: '6', json: true })).toBe(0);
      expect(JSON.parse(platform.printed)).toMatchObject({ verified: true, sequence: 7, policies: [{ name: 'a', version: 1 }] });
    });

    it.each([
      ['another key', envelope, {}, other.publicKey, /none of the keys/],
      ['an older sequence', envelope, { after: '7' }, own.publicKey, /older bundle never comes back/],
      ['changed bytes', { ...envelope, payload: `AAAA${envelope.payload}` }, {}, own.publicKey, /changed since/],
      ['no envelope', {}, {}, own.publicKey, /no signed envelope/],
    ] as const)('refuses with 1 and the reason: %s', async (_, value, flags, key, why) => {
      expect(await verify(value, flags, key)).toBe(1);
      expect(platform.said).toMatch(why);
    });

    it('refuses with 2 what cannot be read', async () => {
      await expect(verify('{')).rejects.toMatchObject({ exitCode: 2 });
      await expect(verify(envelope, { key: [join(platform.folder, 'bundle.json')] })).rejects.toMatchObject({ exitCode: 2 });
      await expect(verify(envelope, { after: 'x' })).rejects.toMatchObject({ exitCode: 2 });
    });
  });
});
