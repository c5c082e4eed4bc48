import type { NewWork } from '@throughline/messaging';

/** Payload of the work that looks at one repository. */
export interface RepositoryVisit {
  readonly repository: string;
}

/** Work that looks at each of some repositories. @param kind of the work */
export function visitsTo(kind: string, repositories: readonly { readonly id: string }[]): NewWork[] {
  return repositories.map(({ id }) => ({ kind, payload: { repository: id } satisfies RepositoryVisit, dedupe: id, priority: 'bulk' }));
}
