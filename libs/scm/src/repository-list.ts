import { ScmCallFailed, type ConnectTo } from './client.ts';
import type { RepositoryList } from './listed-repository.ts';
import { hostIdOf, listAt } from './payload.ts';
import { callRest } from './rest.ts';

/** How a host words such a list. */
export interface ListForm {
  /** Paths that may have it: an organisation's first, then a person's. None for a name that cannot be one. */
  readonly places: (organisation: string) => readonly (readonly string[])[];
  readonly query: (page: number) => Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the list is in the answer; the answer itself when absent. */
  readonly listAt?: string;
  readonly nameOf: (repository: unknown) => string | undefined;
  readonly archived: (repository: unknown) => boolean;
  /** Where the id is that stays whatever it is called. */
  readonly idOf: (repository: unknown) => unknown;
  /** Whether another page follows; one that is full has one when absent. */
  readonly more?: (answer: unknown) => boolean;
}

/** Long enough to be quick, short enough for the bound of an answer. */
export const perPage = 50;

/** The list of one host by its form. */
export function listBy(to: ConnectTo, form: ListForm): RepositoryList {
  return async (organisation, page) => {
    for (const path of form.places(organisation)) {
      const { found, json } = await callRest(to, { method: 'GET', path, query: form.query(page), headers: form.headers ?? {} });
      if (!found) continue;
      const list = listAt(json, form.listAt);
      const repositories = list.flatMap((one) => {
        const fullName = form.nameOf(one);
        const id = hostIdOf(form.idOf(one));
        return fullName === undefined ? [] : [{ fullName, archived: form.archived(one), ...(id === undefined ? {} : { id }) }];
      });
      return { repositories, more: form.more ? form.more(json) : list.length >= perPage };
    }
    throw new ScmCallFailed(`there is no ${JSON.stringify(organisation.slice(0, 100))}, or the token may not see it`, false, 404);
  };
}
