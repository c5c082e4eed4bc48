import type { CiClaims, CiIssuer, CiIssuerDocument, CiRepository } from '@throughline/contracts';

/** Build systems whose tokens are known, and how the issuer of the public one is written. */
export const kinds = [
  { value: 'github-actions', label: 'GitHub Actions', issuer: 'https://token.actions.githubusercontent.com' },
  { value: 'gitlab-ci', label: 'GitLab CI', issuer: 'https://gitlab.com' },
  { value: 'oidc', label: 'Another one (OpenID Connect)', issuer: '' },
] as const;

export const claimNames = [
  'repositoryId',
  'ownerId',
  'repository',
  'commit',
  'ref',
  'workflow',
] as const satisfies readonly (keyof CiClaims)[];

/** A repository as it is typed; lists are lines. */
export type RepositoryDraft = { readonly [K in keyof CiRepository]-?: string };

/** An issuer as it is typed. */
export interface IssuerDraft {
  readonly name: string;
  readonly kind: string;
  readonly issuer: string;
  readonly audience: string;
  readonly repositories: readonly RepositoryDraft[];
  readonly claims: Readonly<Record<string, string>>;
}

export const noRepository: RepositoryDraft = { repository: '', repositoryId: '', ownerId: '', protectedRefs: '', workflows: '' };

export function newDraft(): IssuerDraft {
  const [{ value, issuer }] = kinds;
  return { name: '', kind: value, issuer, audience: '', repositories: [noRepository], claims: {} };
}

export function draftOf({ name, kind, issuer, audience, repositories, claims }: CiIssuer): IssuerDraft {
  const typed = repositories.map(({ protectedRefs, workflows, ...ids }) => ({
    ...ids,
    protectedRefs: protectedRefs?.join('\n') ?? '',
    workflows: workflows?.join('\n') ?? '',
  }));
  return { name, kind, issuer, audience: audience ?? '', repositories: typed, claims: { ...claims } };
}

/** Another kind brings its own issuer along, unless somebody has typed one. */
export function ofKind(draft: IssuerDraft, kind: string): IssuerDraft {
  const untouched = kinds.some(({ issuer }) => issuer === draft.issuer);
  const issuer = untouched ? (kinds.find(({ value }) => value === kind)?.issuer ?? '') : draft.issuer;
  return { ...draft, kind, issuer };
}

/** What is sent: empty fields are left out, and claims go with the kind that has them. */
export function documentOf({ kind, issuer, audience, repositories, claims }: IssuerDraft): CiIssuerDocument {
  const named = Object.fromEntries(claimNames.flatMap((name) => (claims[name]?.trim() ? [[name, claims[name].trim()]] : [])));
  return {
    kind,
    issuer: issuer.trim(),
    ...(audience.trim() === '' ? {} : { audience: audience.trim() }),
    repositories: repositories.map(({ repository, repositoryId, ownerId, protectedRefs, workflows }) => ({
      repository: repository.trim(),
      repositoryId: repositoryId.trim(),
      ownerId: ownerId.trim(),
      ...listed('protectedRefs', protectedRefs),
      ...listed('workflows', workflows),
    })),
    ...(kind === 'oidc' && Object.keys(named).length > 0 ? { claims: named } : {}),
  };
}

function listed(name: string, text: string): object {
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  return lines.length === 0 ? {} : { [name]: lines };
}
