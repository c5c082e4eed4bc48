import type { ConnectTo } from './client.ts';
import { hostIdOf } from './payload.ts';
import type { NameLookup, RepositoryAddress, Translation } from './provider.ts';
import { callRest } from './rest.ts';

/** Ids that are counted up. */
export const numericId = /^\d{1,20}$/;

/** How a host is asked for one repository, and words its answer. */
interface NameForm {
  /** What an id looks like there: nothing else is sent. */
  readonly id: RegExp;
  readonly path: (asked: { readonly hostId: string; readonly fullName: string }) => readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the id is in the answer. */
  readonly idOf: (json: unknown) => unknown;
  /** Its full name; undefined for what can be none. */
  readonly nameOf: (json: unknown) => string | undefined;
}

/** The look-up of one host by its form. An answer about another repository than was asked for says nothing. */
export function nameBy({ id, path, query, headers, idOf, nameOf }: NameForm): NameLookup {
  return async (to: ConnectTo, asked) => {
    if (!id.test(asked.hostId)) return undefined;
    const call = { method: 'GET', path: path(asked), ...(query && { query }), ...(headers && { headers }) } as const;
    const { found, json } = await callRest(to, call);
    return found && hostIdOf(idOf(json)) === asked.hostId ? nameOf(json) : undefined;
  };
}

/** What a delivery comes to that says only what a repository is called now. */
export function renamingOf(repository: RepositoryAddress): Translation {
  if (repository.hostId === undefined) return { ignored: 'a repository has another name, and its id is not told' };
  return { repository, facts: [], renaming: true };
}
