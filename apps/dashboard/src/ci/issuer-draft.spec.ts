import { describe, expect, it } from '@jest/globals';
import type { CiIssuer } from '@throughline/contracts';
import { documentOf, draftOf, newDraft, noRepository, ofKind } from './issuer-draft.ts';

const kept: CiIssuer = {
  name: 'ours',
  version: 3,
  kind: 'oidc',
  issuer: 'https://ci.example',
  audience: 'throughline',
  repositories: [
    { repository: 'https://git.example/acme/shop.git', repositoryId: '1', ownerId: '2', protectedRefs: ['refs/heads/main', 'refs/tags/*'] },
    { repository: 'https://git.example/acme/web.git', repositoryId: '3', ownerId: '2', workflows: ['acme/ci/scan.yml@refs/heads/main'] },
  ],
  claims: { commit: 'sha' },
  updatedBy: 'ada',
  updatedAt: '2026-11-22T12:00:00.000Z',
};

describe('an issuer that is typed', () => {
  it('says the same again when nothing was changed', () => {
    const { kind, issuer, audience, repositories, claims } = kept;

    expect(documentOf(draftOf(kept))).toEqual({ kind, issuer, audience, repositories, claims });
  });

  it('leaves out what was left empty', () => {
    const repository = {
      ...noRepository,
      repository: ' https://git.example/a/b.git ',
      repositoryId: '1',
      ownerId: '2',
      protectedRefs: ' \n\n',
    };

    expect(documentOf({ ...newDraft(), repositories: [repository] })).toEqual({
      kind: 'github-actions',
      issuer: 'https://token.actions.githubusercontent.com',
      repositories: [{ repository: 'https://git.example/a/b.git', repositoryId: '1', ownerId: '2' }],
    });
  });

  it('brings the issuer of its kind along, but keeps one that was typed', () => {
    expect(ofKind(newDraft(), 'gitlab-ci').issuer).toBe('https://gitlab.com');
    expect(ofKind({ ...newDraft(), issuer: 'https://gitlab.acme.example' }, 'gitlab-ci').issuer).toBe('https://gitlab.acme.example');
    expect(documentOf(ofKind(draftOf(kept), 'gitlab-ci'))).not.toHaveProperty('claims');
  });
});
