import { describe, expect, it } from '@jest/globals';
import type { Finding } from './finding.ts';
import { identityKeys, vulnerabilityKey } from './identity.ts';

const repository = 'github.com/acme/shop';
const code: Finding = {
  class: 'code',
  rule: 'B602',
  title: 'shell',
  severity: 'high',
  location: { path: 'app/run.py', line: 4, snippet: 'run(cmd, shell=True)' },
};
const first = (finding: Finding, where = repository): string =>
  `${identityKeys(finding, where)[0]!.scheme} ${identityKeys(finding, where)[0]!.key}`;

describe('identityKeys', () => {
  it('does not depend on severity, words, CWE or the line', () => {
    const moved: Finding = {
      ...code,
      title: 'other',
      description: 'x',
      severity: 'low',
      cwe: [78],
      location: { ...code.location!, line: 90 },
    };

    expect(first(moved)).toBe(first(code));
  });

  it('depends on the rule, the file, the source and the repository', () => {
    const others: Finding[] = [
      { ...code, rule: 'B603' },
      { ...code, location: { ...code.location!, path: 'app/other.py' } },
      { ...code, location: { ...code.location!, snippet: 'run(other)' } },
    ];

    const keys = [first(code), ...others.map((finding) => first(finding)), first(code, 'github.com/acme/other')];

    expect(new Set(keys).size).toBe(5);
  });

  it('takes the best that the tool gives', () => {
    const bare: Finding = { ...code, location: { path: 'app/run.py', line: 4 } };
    const scheme = (finding: Finding): string => identityKeys(finding, repository)[0]!.scheme;

    expect(scheme({ ...code, fingerprints: { hash: '0123456789' } })).toBe('code/fingerprint');
    expect(scheme(code)).toBe('code/snippet');
    expect(scheme(bare)).toBe('code/line');
  });

  it('keeps a stable fingerprint when the file moves, a partial one only within the file', () => {
    const moved = (fingerprints: Record<string, string>): boolean =>
      first({ ...code, fingerprints }) === first({ ...code, fingerprints, location: { path: 'elsewhere.py' } });

    expect(moved({ 'match/v1': '0123456789' })).toBe(true);
    expect(moved({ 'partial:lineHash': '0123456789' })).toBe(false);
  });

  it('finds a finding again by the older version of a fingerprint', () => {
    const before = identityKeys({ ...code, fingerprints: { 'match/v1': 'aaaaaaaa' } }, repository);
    const after = identityKeys({ ...code, fingerprints: { 'match/v1': 'aaaaaaaa', 'match/v2': 'bbbbbbbb' } }, repository);

    expect(after).toHaveLength(2);
    expect(after[1]).toEqual(before[0]);
  });

  it('is not misled by a sentence in place of a fingerprint', () => {
    expect(identityKeys({ ...code, fingerprints: { 'match/v1': 'requires login' } }, repository)[0]!.scheme).toBe('code/snippet');
  });

  it('knows a secret by its digest, wherever it lies and whichever rule found it', () => {
    const secret: Finding = { ...code, class: 'secret', secret: { scheme: 'hmac-v1', hmac: 'ab'.repeat(32), preview: 'AKIA…' } };
    const elsewhere: Finding = { ...secret, rule: 'other', location: { path: 'b.env', line: 1 } };

    expect(first(elsewhere)).toBe(first(secret));
    expect(first(secret, 'github.com/acme/other')).not.toBe(first(secret));
  });

  it('knows a secret under a new key by its digest under the former one', () => {
    const before = { scheme: 'hmac-v1/one', hmac: 'ab'.repeat(32) };
    const secret = { scheme: 'hmac-v1/two', hmac: 'cd'.repeat(32), preview: 'AKIA…' };
    const found: Finding = { ...code, class: 'secret', secret: { ...secret, former: [before] } };

    const keys = identityKeys(found, repository);

    expect(keys).toContainEqual(identityKeys({ ...found, secret: { ...before, preview: '' } }, repository)[0]);
    expect(keys[0]).toEqual(identityKeys({ ...found, secret }, repository)[0]);
  });

  it('keeps five masked secrets five', () => {
    const masked = [1, 2, 3, 4, 5].map((line): Finding => ({
      ...code,
      class: 'secret',
      location: { path: 'a.env', line, snippet: 'REDACTED' },
    }));

    expect(new Set(masked.map((finding) => first(finding))).size).toBe(5);
  });

  it('knows a configuration by its resource, else by its file', () => {
    const workload: Finding = { ...code, class: 'configuration', resource: 'Deployment/shop/web' };

    expect(first({ ...workload, location: { path: 'moved.yaml', line: 1 } })).toBe(first(workload));
    expect(identityKeys({ ...code, class: 'configuration' }, repository)[0]!.scheme).toBe('configuration/file');
  });
});

describe('what was found in something that runs', () => {
  const running: Finding = { class: 'code', rule: '10011', title: 'Cookie Without Secure Flag', severity: 'low' };

  it('is known by its rule and by what it was found in', () => {
    const shop: Finding = { ...running, resource: 'https://shop.example' };

    expect(first({ ...shop, title: 'other' })).toBe(first(shop));
    expect(first({ ...shop, resource: 'https://other.example' })).not.toBe(first(shop));
  });
});

describe('a vulnerability that a report names', () => {
  const named = (purl: string, ...ids: string[]): Finding => ({
    ...code,
    class: 'vulnerability',
    vulnerability: { ids, name: 'lodash', purl },
  });
  const keysOf = (finding: Finding): string[] => identityKeys(finding, repository).map(({ key }) => key);

  it('is the same to two tools that know one id in common, whatever the version', () => {
    const trivy = keysOf(named('pkg:npm/lodash@4.17.20', 'CVE-2021-23337'));
    const grype = keysOf(named('pkg:npm/lodash@4.17.19', 'GHSA-35jh-r3h4-6jhm', 'CVE-2021-23337'));

    expect(grype[0]).toBe(trivy[0]);
    expect(keysOf(named('pkg:npm/other@1.0.0', 'CVE-2021-23337'))).not.toContain(trivy[0]);
  });
});

describe('vulnerabilityKey', () => {
  it('depends on group, package and repository and on nothing else', () => {
    const keys = [
      vulnerabilityKey('1', 'pkg:npm/a', repository),
      vulnerabilityKey('2', 'pkg:npm/a', repository),
      vulnerabilityKey('1', 'pkg:npm/b', repository),
      vulnerabilityKey('1', 'pkg:npm/a', 'github.com/acme/other'),
    ];

    expect(new Set(keys.map(({ key }) => key)).size).toBe(4);
  });

  it('does not let one part run into the next', () => {
    expect(vulnerabilityKey('1', '2pkg:npm/a', repository).key).not.toBe(vulnerabilityKey('12', 'pkg:npm/a', repository).key);
  });
});
