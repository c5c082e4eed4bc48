import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readPolicy, sealBundle } from '@throughline/policy';
import { Api } from '../api.ts';
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
  let folder: string;
  let printed: string;
  let said: string;
  let server: Server;
  let asked: { method: string; url: string; match: string | undefined; body: string }[];
  let status: number;
  let answered: object;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'policy-'));
    [printed, said, asked, status] = ['', '', [], 201];
    answered = { sequence: 8, digest: 'sha256:d', policies: 3, detail: 'no' };
    server = createServer((request, answer) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, headers } = request;
        asked.push({ method: method!, url: url!, match: headers['if-match'], body: Buffer.concat(chunks).toString() });
        const now = { sequence: 7, envelope: { payloadType: 't' } };
        if (method === 'GET') return answer.end(JSON.stringify(now));
        return answer.writeHead(status).end(JSON.stringify(answered));
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  const api = (): Api => new Api({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'tl_x' });
  const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);

  describe('test', () => {
    it.each([
      ['all cases pass', { 'a.yaml': policy('a'), 'b.yml': policy('b'), 'notes.txt': 'x' }, 0],
      ['a case fails', { 'a.yaml': policy('a'), 'b.yaml': policy('b', 'pass') }, 1],
      ['a policy cannot be read', { 'a.yaml': policy('a', 'pass'), 'b.yaml': 'name: [' }, 2],
    ])('ends when %s with its own exit code', async (_, files, code) => {
      for (const [name, text] of Object.entries(files)) await put(name, text);

      expect(await testPolicies(folder, {})).toBe(code);
    });

    it('says what differs, also as JSON', async () => {
      await put('a.yaml', policy('a', 'pass'));

      await testPolicies(join(folder, 'a.yaml'), {});
      const text = printed;
      printed = '';
      await testPolicies(folder, { json: true });

      expect(text).toMatch(/FAILED.*a.*1 cases[\s\S]*"a secret is denied": expected pass, but it is deny/);
      expect(JSON.parse(printed)).toMatchObject({ passed: false, policies: [{ name: 'a', passed: false, cases: [{ passed: false }] }] });
      expect(printed).not.toContain('source');
    });

    it('is told when there is nothing to test', async () => {
      await expect(testPolicies(folder, {})).rejects.toMatchObject({ exitCode: 2 });
      await expect(testPolicies(join(folder, 'none'), {})).rejects.toMatchObject({ exitCode: 2 });
    });
  });

  describe('publish', () => {
    it('sends all policies after the bundle that it has seen', async () => {
      await put('a.yaml', policy('a'));
      await put('b.yaml', policy('b'));

      expect(await publishPolicies(api(), folder, { note: 'why' })).toBe(0);

      expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
        'GET /api/v1/policies/bundles/current',
        'POST /api/v1/policies/bundles',
      ]);
      expect(asked[1]!.match).toBe('"7"');
      expect(JSON.parse(asked[1]!.body)).toEqual({ note: 'why', policies: [{ source: policy('a') }, { source: policy('b') }] });
      expect(printed).toContain('bundle 8');
    });

    it('ends with 5 when all of it waits for a second person, and tells which policy becomes weaker', async () => {
      await put('a.yaml', policy('a'));
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

      const codes = [await publishPolicies(api(), folder, {}), await rollBack(api(), '5', {})];

      expect(codes).toEqual([5, 5]);
      expect(said).toMatch(/waits for a second person: c1, http:\/\/127\.0\.0\.1:\d+\/policies\/changes\/c1/);
      expect(printed).toContain('bundle after 7');
      expect(printed).toContain('weaker: a: mode enforce → warn');
    });

    it('asks nobody when a case fails', async () => {
      await put('a.yaml', policy('a'));
      await put('b.yaml', policy('b', 'pass'));

      expect(await publishPolicies(api(), folder, {})).toBe(1);

      expect(asked).toEqual([]);
      expect(said).toContain('nothing was published');
    });

    it.each([
      [403, 4],
      [412, 2],
      [422, 2],
      [503, 3],
    ])('ends when it is answered %i with exit code %i', async (code, exitCode) => {
      await put('a.yaml', policy('a'));
      status = code;

      await expect(publishPolicies(api(), folder, {})).rejects.toMatchObject({ exitCode });
    });
  });

  it('goes back, and fetches what was signed', async () => {
    expect(await rollBack(api(), '5', { json: true })).toBe(0);
    expect(JSON.parse(asked[1]!.body)).toEqual({ rollbackTo: 5 });
    await expect(rollBack(api(), 'x', {})).rejects.toMatchObject({ exitCode: 2 });
    printed = '';

    await fetchBundle(api(), '7');

    expect(JSON.parse(printed)).toEqual({ payloadType: 't' });
  });

  describe('verify', () => {
    const own = generateKeyPairSync('ed25519');
    const other = generateKeyPairSync('ed25519');
    const source = policy('a');
    const contents = { name: 'a', version: 1, digest: readPolicy(source, 1).digest, source };
    const { envelope } = sealBundle({ sequence: 7, publishedAt: '2026-01-01T00:00:00Z', by: 'Ada', policies: [contents] }, own.privateKey);

    async function verify(value: unknown, flags: object = {}, key: KeyObject = own.publicKey): Promise<number> {
      await put('key.pem', key.export({ type: 'spki', format: 'pem' }).toString());
      await put('bundle.json', typeof value === 'string' ? value : JSON.stringify(value));
      return verifyBundle(join(folder, 'bundle.json'), { key: [join(folder, 'key.pem')], ...flags });
    }

    it('believes what the key signed', async () => {
      expect(await verify(envelope, { after: '6', json: true })).toBe(0);
      expect(JSON.parse(printed)).toMatchObject({ verified: true, sequence: 7, policies: [{ name: 'a', version: 1 }] });
    });

    it.each([
      ['another key', envelope, {}, other.publicKey, /none of the keys/],
      ['an older sequence', envelope, { after: '7' }, own.publicKey, /older bundle never comes back/],
      ['changed bytes', { ...envelope, payload: `AAAA${envelope.payload}` }, {}, own.publicKey, /changed since/],
      ['no envelope', {}, {}, own.publicKey, /no signed envelope/],
    ] as const)('refuses with 1 and the reason: %s', async (_, value, flags, key, why) => {
      expect(await verify(value, flags, key)).toBe(1);
      expect(said).toMatch(why);
    });

    it('refuses with 2 what cannot be read', async () => {
      await expect(verify('{')).rejects.toMatchObject({ exitCode: 2 });
      await expect(verify(envelope, { key: [join(folder, 'bundle.json')] })).rejects.toMatchObject({ exitCode: 2 });
      await expect(verify(envelope, { after: 'x' })).rejects.toMatchObject({ exitCode: 2 });
    });
  });
});
