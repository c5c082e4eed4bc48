import { Injectable } from '@nestjs/common';
import type { RepositoryAddress, ScmFact, Translation } from '@throughline/scm';
import { Database } from '@throughline/service';

const mostKnown = 10_000;

/** SQL: the repository that is now called by the canonical id in a parameter, by the id under which it was first known. */
export const firstNames = (called: string): string => `
  select alias as called, named.repository as first
  from repository_alias join repository named on named.id = repository_alias.repository_id where alias = any(${called}::text[])`;

/** Repositories that were renamed at their host stay who they were: what is told of them is told under their first name. */
@Injectable()
export class Renames {
  private readonly known = new Map<string, string>();

  constructor(private readonly database: Database) {}

  /** By what was learned here; what was not, or is over, is seen when it is written. */
  remembered(translation: Translation): Translation {
    return 'ignored' in translation ? translation : underFirstName(translation, this.known.get(translation.repository.id));
  }

  async current(translation: Translation): Promise<Translation> {
    if ('ignored' in translation) return translation;
    const [row] = await this.database.rows<{ first: string }>(firstNames('$1'), [[translation.repository.id]]);
    return underFirstName(translation, row?.first);
  }

  learn(called: string, first: string | undefined): void {
    this.known.delete(called);
    if (first === undefined) return;
    if (this.known.size >= mostKnown) this.known.clear();
    this.known.set(called, first);
  }
}

/** The canonical id of what a repository is called now. */
export function calledNow({ id, called }: RepositoryAddress): string {
  return called ?? id;
}

function underFirstName(translation: Extract<Translation, { facts: unknown }>, first: string | undefined): Translation {
  if (first === undefined) return translation;
  const { repository, facts } = translation;
  return {
    ...translation,
    repository: { ...repository, id: first, called: repository.id },
    facts: facts.map((fact) => ({ ...fact, fields: { ...fact.fields, repository: first } }) as ScmFact),
  };
}
