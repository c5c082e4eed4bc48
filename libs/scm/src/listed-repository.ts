/** A repository of an organisation, as its host lists it. */
export interface ListedRepository {
  readonly fullName: string;
  /** Nothing is pushed there any more. */
  readonly archived: boolean;
  /** Its id at the host, where that stays whatever it is called. */
  readonly id?: string;
}

/** A page of them, counted from 1. */
export interface RepositoryPage {
  readonly repositories: readonly ListedRepository[];
  readonly more: boolean;
}

/** The repositories of an organisation, group, workspace or project, page by page. Throws `ScmCallFailed`. */
export type RepositoryList = (organisation: string, page: number) => Promise<RepositoryPage>;
