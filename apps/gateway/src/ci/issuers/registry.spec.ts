import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { githubClaims, gitlabClaims } from '@throughline/testing';
import { ClaimMissing } from './ci-issuer.ts';
import { ciIssuerKinds } from './registry.ts';

const commit = 'c'.repeat(40);
const generic = { repository_id: 1001, owner_id: '7', repository: 'shop/till', sha: commit, ref: 'main', ref_protected: true };
const tokens: Readonly<Record<string, Record<string, unknown>>> = {
  'github-actions': githubClaims(commit),
  'gitlab-ci': gitlabClaims(commit),
  oidc: generic,
};

describe('the build systems whose tokens are taken', () => {
  it('have a name each, which is their folder', () => {
    const names = ciIssuerKinds.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      expect(name).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
      expect(existsSync(new URL(`${name}/${name}.ts`, import.meta.url))).toBe(true);
    }
  });

  describe.each(ciIssuerKinds.map((kind) => [kind.name, kind] as const))('%s', (name, kind) => {
    it('reads which repository, commit and ref a job runs on', () => {
      expect(kind.job(tokens[name]!, {})).toMatchObject({
        ...{ repositoryId: '1001', ownerId: '7', repository: 'shop/till' },
        ...{ commit, ref: 'refs/heads/main', refProtected: true },
      });
    });

    it('refuses a token that does not say it', () => {
      const rest = { ...tokens[name]!, sha: undefined };

      expect(() => kind.job(rest, {})).toThrow(ClaimMissing);
      expect(() => kind.job({ ...rest, sha: { $ne: 1 } }, {})).toThrow(ClaimMissing);
    });

    it('calls no ref protected of which nothing is said', () => {
      const rest = { ...tokens[name]!, ref_protected: undefined };

      expect(kind.job(rest, {}).refProtected).toBeUndefined();
    });
  });

  it('take names of claims where an issuer has its own', () => {
    const kind = ciIssuerKinds.find(({ name }) => name === 'oidc')!;
    const claims = { repo: 5, org: 6, revision: commit, branch: 'main' };

    const job = kind.job(claims, { repositoryId: 'repo', ownerId: 'org', commit: 'revision', ref: 'branch' });

    expect(job).toMatchObject({ repositoryId: '5', ownerId: '6', commit, ref: 'refs/heads/main' });
  });
});
