/** A repository of an organisation, as its host lists it. */
export interface ListedRepository {
  readonly fullName: string;
  /** Nothing is pushed there any more. */
  readonly archived: boolean;
}

/** A page of them, counted from 1. */
export interface RepositoryPage {
  readonly repositories: readonly ListedRepository[];
  readonly more: boolean;
}

/** The repositories of an organisation, group, workspace or project, page by page. Throws `ScmCallFailed`. */
export type RepositoryList = (organisation: string, page: number) => Promise<RepositoryPage>;
